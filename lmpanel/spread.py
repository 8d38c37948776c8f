"""How surprise is spread over tokens: a histogram, and the most and the least surprising ones.

Knows nothing about documents, units or how scores were obtained.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Iterable, Sequence

from lmpanel.scoring import TokenScore

Scored = tuple[int, TokenScore]
"""A token's position, and what the model thought of it."""


def histogram(values: Iterable[float], edges: Sequence[float]) -> list[int]:
    """How many values lie in each bin: bin i is [edges[i], edges[i + 1]), the last has no end.

    `edges` rise from the smallest value that can occur.

    >>> histogram([0.0, 0.4, 1.0, 7.5], [0, 1, 2])
    [2, 1, 1]
    """
    counts = [0] * len(edges)
    for value in values:
        counts[bisect_right(edges, value) - 1] += 1
    return counts


def most_surprising(scored: Iterable[Scored], count: int) -> list[Scored]:
    """The `count` tokens with the largest surprisal, largest first; of equal ones the earlier.

    >>> tokens = [(i, TokenScore(logprob, 1, 0.0)) for i, logprob in enumerate([-1.0, -3.0, -2.0])]
    >>> [i for i, _ in most_surprising(tokens, 2)], [i for i, _ in least_surprising(tokens, 2)]
    ([1, 2], [0, 2])
    """
    return heapq.nsmallest(count, scored, key=lambda token: (token[1].logprob, token[0]))


def least_surprising(scored: Iterable[Scored], count: int) -> list[Scored]:
    """The `count` tokens with the smallest surprisal, smallest first; of equal ones the earlier."""
    return heapq.nsmallest(count, scored, key=lambda token: (-token[1].logprob, token[0]))
