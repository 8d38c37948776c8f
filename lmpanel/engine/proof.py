"""Checks an engine against the known answers of proof.json.

proof.json holds a short document, how many of its tokens are run in one call ("prefill"; the rest
one by one), and log-probabilities expected after some positions. Pure: the caller runs the model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

Logits = Callable[[Sequence[int], int], np.ndarray]


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """Natural log-probabilities over the last axis, in float64.

    >>> np.exp(log_softmax(np.array([0.0, 0.0]))).tolist()
    [0.5, 0.5]
    """
    values = np.asarray(logits, np.float64)
    values = values - values.max(axis=-1, keepdims=True)
    return values - np.log(np.exp(values).sum(axis=-1, keepdims=True))


def proof_rows(ids: Sequence[int], prefill: int, logits: Logits) -> dict[int, np.ndarray]:
    """Run the proof's document; log-probabilities [vocab] by position.

    `logits(ids, first)` is as `Engine.logits`, but synchronous.
    """
    return {end - 1: log_softmax(logits(ids[:end], end - 1)[-1])
            for end in range(prefill, len(ids) + 1)}


def largest_error(proof: Mapping[str, Any], rows: Mapping[int, np.ndarray]) -> float:
    """Largest difference from the expected log-probabilities, in nats; inf for NaN."""
    errors = [abs(rows[answer["position"]][token] - expected)
              for answer in proof["expected"]
              for token, expected in answer["top"] + answer["probe"]]
    worst = float(np.max(errors))
    return worst if np.isfinite(worst) else float("inf")
