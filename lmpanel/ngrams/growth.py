"""What happens as the text and n grow: bits per token on text that was held out.

Knows nothing about how it is drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lmpanel.ngrams.counts import count_levels
from lmpanel.ngrams.smoothing import Smoothed

SHARES = (1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1)
"""Parts of the training text that are counted, from its beginning."""


@dataclass(frozen=True)
class Point:
    """`bits` per held-out token by n-grams of `n` tokens, counted in `tokens` tokens."""

    n: int
    tokens: int
    bits: float


def cross_entropy(smoothed: Smoothed, ids: np.ndarray, order: int) -> float:
    """Bits per token of `ids`, each predicted from those before it.

    >>> cross_entropy(Smoothed(8, []), np.array([1, 2, 3]), 0)
    3.0
    """
    return float(-np.log2(smoothed.probs(ids, order)).mean())


def growth(train: np.ndarray, held_out: np.ndarray, size: int, order: int) -> Iterator[Point]:
    """The points of the plot, smallest text first; each text is counted anew."""
    for share in SHARES:
        part = train[: max(1, round(len(train) * share))]
        smoothed = Smoothed(size, list(count_levels(part, size, order)))
        for n in range(1, smoothed.order + 1):
            yield Point(n, len(part), cross_entropy(smoothed, held_out, n))
