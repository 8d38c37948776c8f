"""Which tokens of a text are hidden: chosen by a seed, or every one in order.

They always come in the order of the text, so that no context shows what was asked before it.
Knows nothing about tokens.
"""

from __future__ import annotations

import numpy as np

FIRST = 8
"""Tokens before the first hidden one; in a short text a quarter of it, one at least."""


def hidden_positions(length: int, order: str, seed: int, rounds: int) -> tuple[int, ...]:
    """Up to `rounds` positions of a text of `length` tokens, ascending, each with a context.

    "order" takes one after the other. "seed" draws one number for each position from
    `numpy.random.Generator(PCG64(seed))` and takes those with the smallest.

    >>> hidden_positions(12, "order", 0, 3), hidden_positions(12, "seed", 1, 3)
    ((3, 4, 5), (5, 7, 10))
    >>> hidden_positions(3, "order", 0, 10)
    (1, 2)
    """
    possible = range(min(FIRST, max(1, length // 4)), length)
    if order == "order":
        return tuple(possible[:rounds])
    drawn = np.random.Generator(np.random.PCG64(seed)).random(len(possible))
    chosen = np.argsort(drawn, kind="stable")[:rounds]
    return tuple(possible[int(place)] for place in sorted(chosen))
