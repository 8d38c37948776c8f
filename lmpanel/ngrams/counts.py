"""How often each run of 1 to n tokens occurs in a text.

Sorted arrays instead of dictionaries, so that 1 MB of text is counted in a moment. Knows nothing
about probabilities, tokenizers or models.

An n-gram is known by its place among the sorted n-grams of its length. Its key is
`place of its first n-1 tokens * vocabulary + last token`: a single int64 however long it is, and
everything that follows one context lies side by side. All is int64 in so many words: numpy's own
choice has 32 bits in the browser.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

NOWHERE = -1
"""The place of what never occurred."""


@dataclass(frozen=True)
class Level:
    """The n-grams of one length: `keys` (int64, sorted) occurred `counts` times.

    What follows the context at place c is `keys[starts[c]:starts[c + 1]]`; `totals[c]` adds up its
    counts. Contexts are the places of the level below; single tokens have one context, place 0.
    """

    n: int
    size: int
    keys: np.ndarray
    counts: np.ndarray
    starts: np.ndarray
    totals: np.ndarray

    def find(self, contexts: np.ndarray, tokens: np.ndarray) -> np.ndarray:
        """Places of the n-grams made of these contexts and last tokens, or NOWHERE."""
        wanted = np.asarray(contexts, np.int64) * self.size + tokens
        places = np.searchsorted(self.keys, wanted)
        found = places < len(self.keys)
        found[found] = self.keys[places[found]] == wanted[found]
        return np.where(found & (contexts >= 0), places, NOWHERE).astype(np.int64)

    def followers(self, context: int) -> tuple[np.ndarray, np.ndarray]:
        """The tokens that followed a context, in the order of their ids, and how often."""
        start, stop = self.starts[context], self.starts[context + 1]
        return self.keys[start:stop] - context * self.size, self.counts[start:stop]

    def types(self, contexts: np.ndarray | int) -> np.ndarray:
        """How many different tokens followed these contexts."""
        return self.starts[np.asarray(contexts) + 1] - self.starts[contexts]

    def times(self, times: int) -> int:
        """How many n-grams occurred exactly so often."""
        return int(np.count_nonzero(self.counts == times))


def count_levels(ids: np.ndarray, size: int, order: int) -> Iterator[Level]:
    """Count the n-grams of `ids` (a vocabulary of `size` tokens): one level after the other.

    Levels that a short text has no n-grams for are left out.

    >>> one, two = count_levels(np.array([0, 1, 0, 1, 2]), 3, 2)
    >>> one.counts.tolist(), two.totals.tolist()
    ([2, 2, 1], [2, 2, 0])
    >>> [part.tolist() for part in two.followers(1)]
    [[0, 2], [1, 1]]
    """
    ids = np.asarray(ids, dtype=np.int64)
    contexts, known = np.zeros(len(ids), np.int64), 1
    for n in range(1, order + 1):
        ids = ids[min(n - 1, 1) :]
        if not len(ids):
            return
        keys, places, counts = np.unique(
            contexts * size + ids, return_inverse=True, return_counts=True
        )
        starts = np.searchsorted(keys, np.arange(known + 1, dtype=np.int64) * size)
        sums = np.concatenate(([0], np.cumsum(counts)))
        totals = sums[starts[1:]] - sums[starts[:-1]]
        yield Level(n, size, keys, counts, starts, totals)
        contexts, known = places.reshape(-1)[:-1].astype(np.int64), len(keys)


def places(levels: list[Level], ids: np.ndarray) -> list[np.ndarray]:
    """Where the n-gram that ends with each token of `ids` stands, level by level, or NOWHERE."""
    ids = np.asarray(ids, dtype=np.int64)
    found: list[np.ndarray] = []
    before = np.zeros(len(ids), np.int64)
    for level in levels:
        here = level.find(before, ids)
        found.append(here)
        before = np.concatenate(([NOWHERE], here[:-1]))[: len(ids)]
    return found
