"""From any scores to surprise: the arithmetic of the tutorial.

A score is what a player says a token is worth, any finite number; surprise is what the token
costs if it is the one, in nats. Knows nothing about tokens, rounds or models.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Sequence

from lmpanel.errors import BadArgument
from lmpanel.wording import t

LARGEST = sys.float_info.max
FULL_JOLT = 6.0
"""The loss in nats from which on a jolt of the tutorial is as strong as it gets."""
_LONGEST = 5000
_NUMBER = re.compile(r"[+-]?(\d+[.,]?\d*|[.,]\d+)([eE][+-]?\d+)?", re.ASCII)


def log_sum_exp(scores: Sequence[float]) -> float:
    """ln of the sum of e^score, without overflow however large the scores are.

    Source: ln Σ e^s = m + ln Σ e^(s − m) for any m, here the largest score, so that no exponent
    is above 0. Raises BadArgument without scores or when one is not finite.

    >>> round(log_sum_exp([3, 1, 6, 2]), 3), log_sum_exp([1e300, 1e300]) == 1e300
    (6.072, True)
    """
    top, rest = _top_and_rest(scores)
    return min(top + rest, LARGEST)


def surprises(scores: Sequence[float]) -> list[float]:
    """What each token costs if it comes: ln Σ e^score − its score, in nats; never negative.

    Differences that no float can hold become the largest one. Raises as `log_sum_exp`.

    >>> [round(nats, 3) for nats in surprises([3, 1, 6, 2])]
    [3.072, 5.072, 0.072, 4.072]
    >>> surprises([1e300, 0])
    [0.0, 1e+300]
    """
    top, rest = _top_and_rest(scores)
    # The difference first: next to 1e300, the small rest would be rounded away.
    return [min((top - score) + rest, LARGEST) for score in scores]


def probabilities(scores: Sequence[float]) -> list[float]:
    """e^−surprise of each token: positive or 0, and 1 in all.

    >>> [round(p, 3) for p in probabilities([3, 1, 6, 2])]
    [0.046, 0.006, 0.93, 0.017]
    """
    return [math.exp(-nats) for nats in surprises(scores)]


def read_score(text: str) -> float:
    """The number that was typed, with a point or a comma. Raises BadArgument.

    >>> read_score(" 3 "), read_score("−2,5"), read_score("1e300")
    (3.0, -2.5, 1e+300)
    """
    typed = text.strip().replace("−", "-")
    if not typed:
        raise BadArgument(t("There is no score."), t("Any number will do, 0 for example."))
    shown = typed if len(typed) <= 20 else typed[:20] + "…"
    if len(typed) > _LONGEST or not _NUMBER.fullmatch(typed):
        message = t("“{typed}” is not a number.", typed=shown)
        raise BadArgument(message, t("Type one such as 3, −1.5 or 1e6."))
    score = float(typed.replace(",", "."))
    if not math.isfinite(score):
        message = t("{number} is too large.", number=shown)
        raise BadArgument(message, t("The largest number is about 1.8e308."))
    return score


def jolt(loss: float, full: float = FULL_JOLT) -> float:
    """How strong a loss is felt, 0 to 1: proportional to it, and bounded by what `full` costs.

    >>> jolt(0.0), jolt(3.0), jolt(1e300)
    (0.0, 0.5, 1.0)
    """
    return min(max(loss, 0.0) / full, 1.0)


def _top_and_rest(scores: Sequence[float]) -> tuple[float, float]:
    """The largest score, and ln Σ e^(score − largest), which is between 0 and ln n."""
    if not scores or not all(map(math.isfinite, scores)):
        message = t("Every score must be a finite number.")
        raise BadArgument(message, t("Any finite number will do."))
    top = max(map(float, scores))
    return top, math.log(math.fsum(math.exp(score - top) for score in scores))
