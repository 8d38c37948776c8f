"""KL divergence in bits: pinned values, properties, and scipy as the reference."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.special import rel_entr

from lmpanel.distribution import Distribution, kl_bits
from lmpanel.errors import BadInput

SIZES = st.shared(st.integers(1, 40), key="vocabulary")
VALUES = st.floats(-60, 60, width=32)
LOGITS = SIZES.flatmap(lambda size: hnp.arrays(np.float32, size, elements=VALUES))
HOLES = SIZES.flatmap(
    lambda size: hnp.arrays(np.float32, size, elements=VALUES | st.just(-math.inf))
).filter(lambda row: np.isfinite(row).any())


def scipys(p: Distribution, q: Distribution) -> float:
    return float(rel_entr(p.probs, q.probs).sum()) / math.log(2)


@given(LOGITS, LOGITS)
def test_is_scipys_and_never_negative(first, second):
    p, q = Distribution(first), Distribution(second)
    assert kl_bits(p, q) == pytest.approx(scipys(p, q), rel=1e-9, abs=1e-12)
    assert kl_bits(p, q) >= 0


@given(HOLES, HOLES)
def test_impossible_tokens_count_for_nothing_or_without_end(first, second):
    p, q = Distribution(first), Distribution(second)
    found = kl_bits(p, q)
    assert found == pytest.approx(scipys(p, q), rel=1e-9, abs=1e-12)
    lacking = bool(((p.probs > 0) & np.isneginf(q.logits)).any())
    assert math.isinf(found) == lacking


@given(HOLES)
def test_is_zero_from_a_distribution_to_itself(logits):
    assert kl_bits(Distribution(logits), Distribution(logits.copy())) == 0


@given(LOGITS, LOGITS, st.floats(-100, 100), st.floats(-100, 100))
def test_a_constant_added_to_all_logits_changes_nothing(first, second, up, down):
    p, q = first.astype(np.float64), second.astype(np.float64)
    shifted = kl_bits(Distribution(p + up), Distribution(q + down))
    assert shifted == pytest.approx(kl_bits(Distribution(p), Distribution(q)), rel=1e-9, abs=1e-9)


def test_by_hand():
    fair, loaded = Distribution(np.log([0.5, 0.5])), Distribution(np.log([0.25, 0.75]))
    assert kl_bits(fair, loaded) == pytest.approx(0.5 * math.log2(2) + 0.5 * math.log2(2 / 3))
    assert kl_bits(loaded, fair) == pytest.approx(0.25 * math.log2(0.5) + 0.75 * math.log2(1.5))


def test_two_vocabularies_cannot_be_compared():
    with pytest.raises(BadInput, match="over 2 and 3"):
        kl_bits(Distribution(np.zeros(2)), Distribution(np.zeros(3)))
