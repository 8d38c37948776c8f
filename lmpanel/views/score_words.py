"""Why surprise changes as it does, in sentences with the player's own scores.

Source: surprise = ln Σ e^score − score, see lmpanel/game/surprise.py. Knows nothing about rounds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from lmpanel.game.surprise import LARGEST, log_sum_exp, probabilities, surprises
from lmpanel.wording import later, t

_EVERYDAY = 1e6
_JOLTS = (
    (0.1, later("Hardly a jolt: you were as good as certain.")),
    (0.7, later("A nudge.")),
    (1.386, later("A small jolt.")),
    (3.0, later("A jolt.")),
    (6.0, later("A strong jolt.")),
)

_ROUNDS = (
    (0.15, later("Hardly a jolt: you were as good as certain.")),
    (1.0, later("A nudge.")),
    (3.0, later("A small jolt.")),
    (7.0, later("A jolt.")),
    (math.inf, later("A strong jolt.")),
)

_RAISED = later(
    "You raised “{token}” from {old} to {new}: its weight against every other token changed by "
    "the factor {factor}."
)
_LOWERED = later(
    "You lowered “{token}” from {old} to {new}: its weight against every other token changed by "
    "the factor {factor}."
)
_OWN = (
    later("Its surprise rose by {nats};"),
    later("Its surprise fell by {nats};"),
    later("Its surprise stayed (within 0.0005);"),
)
_OTHERS = (
    later(
        "ln Σ rose by {nats}, and so did the surprise of each other token, though its score is "
        "the same."
    ),
    later(
        "ln Σ fell by {nats}, and so did the surprise of each other token, though its score is "
        "the same."
    ),
    later(
        "ln Σ stayed (within 0.0005), and so did the surprise of each other token, though its "
        "score is the same."
    ),
)
"""Halves of one sentence, for what rose, fell and stayed."""


def nats(value: float) -> str:
    """A number with three decimals and a real minus sign; one of a million and more in powers.

    What no float can hold is told to be more than the largest one.

    >>> nats(3.0722), nats(-1.5), nats(1e300), nats(LARGEST)
    ('3.072', '−1.500', '1.000e+300', '> 1.797e+308')
    """
    if abs(value) >= LARGEST:
        return "> 1.797e+308" if value > 0 else "< −1.797e+308"
    text = f"{value:.3f}" if abs(value) < _EVERYDAY else f"{value:.3e}"
    return ("0.000" if text == "-0.000" else text).replace("-", "−")


def score(value: float) -> str:
    """A score as it was meant: 3, −2.5, 1e+300."""
    return f"{value:.10g}".replace("-", "−")


def felt(loss: float) -> str:
    """The jolt in words.

    >>> felt(0.072), felt(1e300)
    ('Hardly a jolt: you were as good as certain.', 'As strong a jolt as there is here.')
    """
    for limit, words in _JOLTS:
        if loss < limit:
            return t(words)
    return t("As strong a jolt as there is here.")


def felt_in_game(cost: float, even: float) -> str:
    """A round's bits in words, against those of an even guess over the vocabulary.

    >>> felt_in_game(2.0, 15.58), felt_in_game(15.58, 15.58)
    ('A small jolt.', 'As strong a jolt as an even guess over the whole vocabulary gives.')
    >>> felt_in_game(22.23, 15.58)
    'Stronger than an even guess would give: your points were on something else.'
    """
    for limit, words in _ROUNDS:
        if cost < min(limit, even - 0.05):
            return t(words)
    if cost < even + 0.05:
        return t("As strong a jolt as an even guess over the whole vocabulary gives.")
    return t("Stronger than an even guess would give: your points were on something else.")


def written_log_sum(scores: Sequence[float]) -> str:
    """ln Σ e^score with these scores and its value.

    >>> written_log_sum([3, 1, 6, 2])
    'ln(e^3 + e^1 + e^6 + e^2) = 6.072'
    """
    terms = " + ".join(f"e^{score(value)}" for value in scores)
    return f"ln({terms}) = {nats(log_sum_exp(scores))}"


def written_total(scores: Sequence[float]) -> str:
    """The sum of e^−surprise, which is 1.

    >>> written_total([3, 1, 6, 2]), written_total([0, 0, 0, 0])
    ('0.046 + 0.006 + 0.930 + 0.017 ≈ 1.000', '0.250 + 0.250 + 0.250 + 0.250 = 1.000')
    """
    shares = [f"{share:.3f}" for share in probabilities(scores)]
    sign = "=" if round(1000 * sum(map(float, shares))) == 1000 else "≈"
    return f"{' + '.join(shares)} {sign} 1.000"


def one_more(tokens: Sequence[str], scores: Sequence[float], place: int) -> str:
    """What one more for a single token would do.

    >>> one_more(["the", "cat"], [0, 0], 0)
    'With 1 instead of 0, “the” has e^1 = 2.718 times its weight: its p goes from 0.500 to \
0.731, and what is left for the others shrinks, their p to 0.538 of what it was.'
    """
    raised = [value + (i == place) for i, value in enumerate(scores)]
    if raised[place] == scores[place]:
        told = score(scores[place])
        return t("Next to a score of {score}, one more is too little to count.", score=told)
    before, after = probabilities(scores), probabilities(raised)
    shrinking = math.exp(log_sum_exp(scores) - log_sum_exp(raised))
    return t(
        "With {new} instead of {old}, “{token}” has e^1 = 2.718 times its weight: its p goes from "
        "{p_old} to {p_new}, and what is left for the others shrinks, their p to {share} of what "
        "it was.",
        new=score(raised[place]),
        old=score(scores[place]),
        token=tokens[place],
        p_old=f"{before[place]:.3f}",
        p_new=f"{after[place]:.3f}",
        share=f"{shrinking:.3f}",
    )


def one_more_for_all(scores: Sequence[float]) -> str:
    """What one more for every token would do: nothing.

    >>> one_more_for_all([3, 1, 6, 2])
    'ln Σ becomes 7.072, each score is one more as well, and 7.072 − 4 is again 3.072.'
    """
    raised = [value + 1 for value in scores]
    if raised[0] == scores[0]:
        return t("All surprises stay: only differences between scores count.")
    return t(
        "ln Σ becomes {sum}, each score is one more as well, and {sum} − {score} is again {nats}.",
        sum=nats(log_sum_exp(raised)),
        score=score(raised[0]),
        nats=nats(surprises(raised)[0]),
    )


def why(tokens: Sequence[str], before: Sequence[float] | None, after: Sequence[float]) -> str:
    """Why the numbers changed when the scores `before` became `after`.

    >>> why(["the", "cat"], [0, 0], [1, 1])
    'You added 1 to every score. ln Σ grew by as much, so no surprise changed: only differences \
between scores count.'
    """
    if before is None:
        return ""
    steps = [new - old for old, new in zip(before, after, strict=True)]
    changed = [place for place, step in enumerate(steps) if step]
    step = steps[0]
    if step and all(math.isclose(step, other, rel_tol=1e-9, abs_tol=1e-12) for other in steps):
        return _why_all(step)
    if len(changed) == 1:
        return _why_one(tokens[changed[0]], changed[0], before, after)
    return t(
        "ln Σ went from {old} to {new}. A token's surprise changes by that, less what its own "
        "score gained.",
        old=nats(log_sum_exp(before)),
        new=nats(log_sum_exp(after)),
    )


def _why_all(step: float) -> str:
    amount = score(abs(step))
    if step > 0:
        return t(
            "You added {amount} to every score. ln Σ grew by as much, so no surprise changed: "
            "only differences between scores count.",
            amount=amount,
        )
    return t(
        "You took {amount} from every score. ln Σ shrank by as much, so no surprise changed: "
        "only differences between scores count.",
        amount=amount,
    )


def _why_one(token: str, place: int, before: Sequence[float], after: Sequence[float]) -> str:
    step = after[place] - before[place]
    own = surprises(after)[place] - surprises(before)[place]
    others = log_sum_exp(after) - log_sum_exp(before)
    first = t(
        _RAISED if step > 0 else _LOWERED,
        token=token,
        old=score(before[place]),
        new=score(after[place]),
        factor=f"e^{score(step)}{_factor(step)}",
    )
    return f"{first} {_moved(own, *_OWN)} {_moved(others, *_OTHERS)}"


def _factor(step: float) -> str:
    return f" = {math.exp(step):.4g}" if abs(step) <= 20 else ""


def _moved(difference: float, rose: str, fell: str, stayed: str) -> str:
    if f"{abs(difference):.3f}" == "0.000":
        return t(stayed)
    return t(rose if difference > 0 else fell, nats=nats(abs(difference)))
