"""Many token sequences that begin alike, written down briefly and read back safely.

Each is written as how many tokens it shares with the one before it, and the rest. Knows nothing
about what the sequences are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from lmpanel.checks import list_of, whole
from lmpanel.engine.kv_cache import common_prefix
from lmpanel.errors import BadState
from lmpanel.wording import t

MAX_TOKENS = 4_000_000
"""Most tokens of all sequences together, once unpacked."""


def pack(sequences: Iterable[Sequence[int]]) -> list[list[Any]]:
    """The sequences as [shared, rest] pairs.

    >>> pack([(1, 2, 3), (1, 2, 4), (1,)])
    [[0, [1, 2, 3]], [2, [4]], [1, []]]
    """
    packed, before = [], ()
    for ids in sequences:
        shared = common_prefix(before, ids)
        packed.append([shared, list(ids[shared:])])
        before = ids
    return packed


def unpack(
    value: Any, *, most: int, vocab_size: int, context_length: int
) -> list[tuple[int, ...]]:
    """Read what `pack` wrote. Raises BadState for what it never writes.

    >>> unpack([[0, [1, 2]], [1, [3]]], most=2, vocab_size=4, context_length=8)
    [(1, 2), (1, 3)]
    """
    rest = list_of(whole(0, vocab_size - 1), context_length)
    if not isinstance(value, list) or len(value) > most:
        raise BadState(t("A list of at most {n} token sequences was expected.", n=most))
    sequences: list[tuple[int, ...]] = []
    before: tuple[int, ...] = ()
    total = 0
    for pair in value:
        if not isinstance(pair, list) or len(pair) != 2:
            raise BadState(t("A token sequence is not written as two parts."))
        if not whole(0, len(before))(pair[0]) or not rest(pair[1]):
            raise BadState(
                t("A token sequence does not fit this model's vocabulary and context.")
            )
        before = (*before[: pair[0]], *pair[1])
        total += len(before)
        if len(before) > context_length or total > MAX_TOKENS:
            raise BadState(t("The token sequences are too long."))
        sequences.append(before)
    return sequences
