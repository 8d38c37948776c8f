"""Reliability: what was claimed against what happened.

Every token that points were put on is a claim with a probability; it came or it did not. Knows
nothing about tokens and rounds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

EDGES = (0.0, 0.05, 0.15, 0.3, 0.5, 0.7, 0.9, 1.0)
"""Limits of the groups of claims, in which an upper limit is inside."""
Z95 = 1.959963984540054


@dataclass(frozen=True)
class Group:
    """Claims between two limits: how many, how many came, and their mean.

    `low` and `high` hold the frequency that these counts allow for (Wilson, 95 %).
    """

    count: int
    came: int
    claimed: float
    low: float
    high: float

    @property
    def happened(self) -> float:
        """How often a claimed token came."""
        return self.came / self.count


def reliability(claims: Iterable[tuple[float, bool]]) -> list[Group]:
    """The claims (q, whether it came) by groups of similar q, those without any left out.

    Source: reliability diagrams, DeGroot and Fienberg, The Comparison and Evaluation of
    Forecasters, 1983.

    >>> groups = reliability([(0.2, False), (0.3, True), (0.9, True)])
    >>> [(g.count, g.came, g.claimed) for g in groups]
    [(2, 1, 0.25), (1, 1, 0.9)]
    """
    known = list(claims)
    groups = []
    for low, high in pairwise(EDGES):
        inside = [(q, came) for q, came in known if low < q <= high]
        if inside:
            count, came = len(inside), sum(came for _, came in inside)
            mean = math.fsum(q for q, _ in inside) / count
            groups.append(Group(count, came, mean, *wilson(came, count)))
    return groups


def wilson(came: int, count: int) -> tuple[float, float]:
    """The 95 % interval of a frequency of `came` out of `count`.

    Source: Wilson, Probable Inference, the Law of Succession, and Statistical Inference, 1927.

    >>> [round(limit, 3) for limit in wilson(1, 10)]
    [0.018, 0.404]
    """
    share, z2 = came / count, Z95**2
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    root = math.sqrt(share * (1 - share) / count + z2 / (4 * count**2))
    half = Z95 * root / (1 + z2 / count)
    return max(0.0, middle - half), min(1.0, middle + half)
