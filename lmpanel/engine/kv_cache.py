"""Decides which cached key/value sequence a request starts from, and which ones to keep.

Sequences share nothing: each holds the tokens it was computed for and an opaque payload (the keys
and values). Extending a sequence replaces it, leaving it at an earlier point keeps both, and the
least recently used go when the token budget is exceeded. Pure bookkeeping: it knows nothing about
tensors or onnxruntime.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Payload = TypeVar("Payload")

MAX_SEQUENCES = 8
TOKEN_BUDGET = 12_288
"""Tokens kept over all sequences; SmolLM2-135M needs 46 kB for each."""


@dataclass(frozen=True)
class Cached(Generic[Payload]):
    """The tokens of one computed sequence and its keys and values."""

    ids: tuple[int, ...]
    payload: Payload


class KVCache(Generic[Payload]):
    """Computed sequences, the most recently used last.

    >>> cache = KVCache()
    >>> cache.store([1, 2, 3], "kv of 1 2 3")
    >>> cached, length = cache.longest_prefix([1, 2, 9])
    >>> cached.payload, length
    ('kv of 1 2 3', 2)
    """

    def __init__(self, token_budget: int = TOKEN_BUDGET, max_sequences: int = MAX_SEQUENCES):
        self._budget = token_budget
        self._limit = max_sequences
        self._sequences: list[Cached[Payload]] = []

    @property
    def sequences(self) -> list[tuple[int, ...]]:
        """The tokens of every sequence kept, the most recently used last."""
        return [cached.ids for cached in self._sequences]

    def longest_prefix(self, ids: Sequence[int]) -> tuple[Cached[Payload] | None, int]:
        """The sequence that shares most leading tokens with `ids`, and how many it shares.

        Marks it as used. (None, 0) when nothing is shared.
        """
        best, length = None, 0
        for cached in self._sequences:
            shared = common_prefix(cached.ids, ids)
            if shared > length:
                best, length = cached, shared
        if best is not None:
            self._sequences.remove(best)
            self._sequences.append(best)
        return best, length

    def store(self, ids: Sequence[int], payload: Payload) -> None:
        """Keep what was computed for `ids`.

        It replaces sequences that `ids` continues. When a kept sequence already covers `ids`,
        that longer one stays instead.
        """
        new = tuple(ids)
        if any(common_prefix(cached.ids, new) == len(new) for cached in self._sequences):
            return
        self._sequences = [cached for cached in self._sequences
                           if common_prefix(cached.ids, new) < len(cached.ids)]
        self._sequences.append(Cached(new, payload))
        self._forget_oldest()

    def clear(self) -> None:
        """Forget every sequence."""
        self._sequences.clear()

    def _forget_oldest(self) -> None:
        """Drop the least recently used beyond the limits; the newest always stays."""
        while len(self._sequences) > 1 and (
            len(self._sequences) > self._limit
            or sum(len(cached.ids) for cached in self._sequences) > self._budget
        ):
            self._sequences.pop(0)


def common_prefix(one: Sequence[int], other: Sequence[int]) -> int:
    """How many leading tokens two sequences share.

    >>> common_prefix([1, 2, 3], [1, 2, 4, 5])
    2
    """
    length = min(len(one), len(other))
    for index in range(length):
        if one[index] != other[index]:
            return index
    return length
