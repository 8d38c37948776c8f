"""The rule of the game: what a player's points say about every token of the vocabulary.

A player has 100 points. n points on a token claim that it comes with probability n/100; at most
99 may be placed, and what is kept is spread evenly over all other tokens, so that no guess is
infinitely wrong. Knows nothing about texts and rounds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from lmpanel.errors import BadArgument
from lmpanel.wording import t

POINTS = 100
MOST_PLACED = 99
MOST_TOKENS = 99
"""Tokens that points can be on: each gets one at least."""

Spread = tuple[tuple[int, int], ...]
"""Pairs of a token and its points, 1 to 99; no token twice; 99 points at most."""


def check_spread(pairs: Iterable[Any]) -> Spread:
    """The pairs (token, points) that have points, as a spread. Raises BadArgument.

    >>> check_spread([[7, 30], [9, 0], [2, 5]])
    ((7, 30), (2, 5))
    >>> check_spread([[7, 60], [9, 40]])
    Traceback (most recent call last):
    lmpanel.errors.BadArgument: These are 100 points. Place 99 at most: the rest must have one.
    """
    spread = []
    for pair in pairs:
        if not isinstance(pair, list | tuple) or len(pair) != 2 or not all(map(_is_whole, pair)):
            raise BadArgument(t("Points are whole numbers from 0 to 99."), t("Change them."))
        if not 0 <= pair[1] <= MOST_PLACED or pair[0] < 0:
            raise BadArgument(t("{n} points cannot be placed.", n=pair[1]), t("Give 0 to 99."))
        if pair[1]:
            spread.append((pair[0], pair[1]))
    if len({token for token, _ in spread}) != len(spread):
        raise BadArgument(t("A token has points twice."), t("Give each token one number."))
    total = placed(spread)
    if total > MOST_PLACED:
        raise BadArgument(
            t("These are {n} points.", n=total),
            t("Place {n} at most: the rest must have one.", n=MOST_PLACED),
        )
    return tuple(spread)


def placed(spread: Iterable[tuple[int, int]]) -> int:
    """How many points are on tokens."""
    return sum(points for _, points in spread)


def claim(spread: Spread, token: int, vocab_size: int) -> float:
    """q, the probability that the player's points give to `token`.

    n/100 with n points on it; else (100 − placed)/100 shared evenly by the tokens without points.
    Over the vocabulary this sums to 1.

    >>> claim(((7, 30),), 7, 49152), claim(((7, 30),), 8, 71)
    (0.3, 0.01)
    """
    points: Mapping[int, int] = dict(spread)
    if token in points:
        return points[token] / POINTS
    return rest_each(spread, vocab_size)


def rest_each(spread: Spread, vocab_size: int) -> float:
    """What each token without points gets."""
    return (POINTS - placed(spread)) / POINTS / (vocab_size - len(spread))


def bits(q: float) -> float:
    """What a token with the probability `q` costs: −log₂ q.

    >>> bits(0.25)
    2.0
    """
    return -math.log2(q) + 0.0


def _is_whole(value: Any) -> bool:
    return type(value) is int


def worst(vocab_size: int) -> float:
    """Bits of the costliest round there is: 99 points on one token, and another one comes.

    >>> round(worst(49152), 2)
    22.23
    """
    return bits((POINTS - MOST_PLACED) / POINTS / (vocab_size - 1))
