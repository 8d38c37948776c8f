"""Rounds that were played: what was claimed, what came, and what it cost each predictor.

Knows nothing about models or how rounds come about.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lmpanel.game.points import POINTS, Spread, bits, claim

YOU = "you"


@dataclass(frozen=True)
class Played:
    """One round: the hidden `token` at `position` of the text, and the player's points.

    `rivals` has what the token cost each predictor, in bits, by the predictor's name.
    """

    position: int
    token: int
    spread: Spread
    rivals: Mapping[str, float]

    def q(self, vocab_size: int) -> float:
        """The probability that the player gave to what came."""
        return claim(self.spread, self.token, vocab_size)

    @property
    def on_token(self) -> int:
        """The points on what came; 0 when it was one of the others."""
        return dict(self.spread).get(self.token, 0)

    def costs(self, vocab_size: int) -> dict[str, float]:
        """Bits by name, the player's own first."""
        return {YOU: bits(self.q(vocab_size)), **self.rivals}

    @property
    def claims(self) -> list[tuple[float, bool]]:
        """What was claimed of each token with points, and whether it came."""
        return [(points / POINTS, token == self.token) for token, points in self.spread]


@dataclass(frozen=True)
class Standing:
    """What a predictor has paid so far.

    >>> standings([Played(8, 5, ((5, 50),), {"model": 3.0})], 100)
    [Standing(name='you', count=1, bits=1.0), Standing(name='model', count=1, bits=3.0)]
    """

    name: str
    count: int
    bits: float

    @property
    def bits_per_token(self) -> float:
        """The mean."""
        return self.bits / self.count


def standings(rounds: Sequence[Played], vocab_size: int) -> list[Standing]:
    """Sums over the rounds in which each predictor took part, the player's first."""
    costs: dict[str, list[float]] = {}
    for played in rounds:
        for name, cost in played.costs(vocab_size).items():
            costs.setdefault(name, []).append(cost)
    return [Standing(name, len(paid), _sum(paid)) for name, paid in costs.items()]


def _sum(costs: Iterable[float]) -> float:
    known = list(costs)
    return math.fsum(known) if all(map(math.isfinite, known)) else math.inf
