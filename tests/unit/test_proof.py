"""Checking known answers: right, wrong and broken ones."""

import numpy as np
import pytest

from lmpanel.engine.proof import largest_error, log_softmax, proof_rows

PROOF = {"expected": [{"position": 2, "top": [[0, float(np.log(0.5))]],
                       "probe": [[1, float(np.log(0.5))]]}]}


def test_log_softmax_survives_large_logits():
    assert np.exp(log_softmax(np.array([[1e4, 1e4]], np.float32))).tolist() == [[0.5, 0.5]]


def test_prefill_then_single_tokens():
    calls = []

    def logits(ids, first):
        calls.append((list(ids), first))
        return np.zeros((len(ids) - first, 2), np.float32)

    rows = proof_rows([5, 6, 7], 2, logits)
    assert calls == [([5, 6], 1), ([5, 6, 7], 2)]
    assert sorted(rows) == [1, 2]
    assert largest_error(PROOF, rows) < 1e-12


@pytest.mark.parametrize(("row", "error"), [
    (np.log([0.25, 0.75]), np.log(2)), (np.array([np.nan, 0.0]), np.inf)])
def test_largest_error(row, error):
    assert largest_error(PROOF, {2: row}) == pytest.approx(error)
