"""What the sampling lens shows: the distribution before and after filters, the working, the dice.

Plain data. Knows nothing about Panel.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import param

from lmpanel.distribution import Distribution
from lmpanel.explorer import Explorer
from lmpanel.filters import Filters, with_temperature
from lmpanel.session import Session
from lmpanel.throws import expected_spread
from lmpanel.views import guessing, next_token

TITLE = "Sampling"
WORKED = 3
"""Likeliest tokens whose numbers are worked out in the open."""


def payload(session: Session) -> dict[str, Any]:
    """The state of site/components/lens_sampling.js."""
    explorer = session.explorer
    distribution = explorer.distribution
    shared = {
        "at": len(explorer.context),
        "settings": {name: getattr(explorer, name) for name in SETTINGS},
        "dice": None,
        "tally": [],
        "hidden": guessing.hidden(session, explorer.context),
    }
    if shared["hidden"]:
        return {**shared, "message": ""}
    if distribution is None:
        return {**shared, "message": next_token.waiting(explorer)}
    after = explorer.filters.apply(distribution)
    return {
        **shared,
        "message": "",
        "title": {"text": next_token.before(explorer)},
        "kept": int(np.count_nonzero(np.isfinite(after.logits))),
        "entropy": [distribution.entropy_bits, after.entropy_bits],
        "rows": _rows(session, distribution, after),
        "other": _other(distribution, after, explorer.length),
        "working": _working(session, distribution, after),
        "dice": _dice(session),
        "tally": [_counted(session, entry) for entry in session.throws.tally],
    }


FILTERS = {"temperature", "top_k", "top_p", "min_p"}
SETTINGS = (*sorted(FILTERS), "seed")


def actions(session: Session) -> dict[str, Any]:
    """What may be asked for here."""
    throws = session.throws

    def take() -> None:
        drawn = throws.draw
        if drawn is not None:
            session.changes.pick(drawn.id)

    return {
        "filters": lambda **settings: set_filters(session.explorer, settings),
        "seed": lambda text: throws.set_seed(str(text)),
        "roll": throws.roll,
        "throw": lambda text, kind: throws.type(str(text), kind),
        "take": take,
        "draw_many": throws.draw_many,
    }


def sources(session: Session) -> list[tuple[Any, list[str]]]:
    """What the payload is made from besides the document."""
    watched = [(session.throws, ["throw", "tally"]), (session.explorer, list(SETTINGS))]
    return watched + guessing.hiding(session)


def set_filters(explorer: Explorer, settings: dict[str, float]) -> None:
    """Set filters; a value outside its bounds takes the nearest one inside."""
    known = FILTERS & settings.keys()
    explorer.param.update({name: _inside(explorer, name, settings[name]) for name in known})


def _inside(explorer: Explorer, name: str, value: float) -> float:
    parameter = explorer.param[name]
    low, high = parameter.bounds
    inside = min(max(float(value), low), high)
    return int(inside) if isinstance(parameter, param.Integer) else inside


def _rows(session: Session, before: Distribution, after: Distribution) -> list[dict[str, Any]]:
    # The order is that of the dice: filters never change it, but for ties.
    rows, total = [], 0.0
    for candidate in before.top(session.explorer.length):
        prob = after.prob(candidate.id)
        total += prob
        rows.append(
            {
                **_token(session, candidate.id),
                "rank": candidate.rank,
                "before": candidate.prob,
                "after": prob,
                "cumulative": min(total, 1.0),
            }
        )
    return rows


def _token(session: Session, id: int) -> dict[str, Any]:
    token = session.model.tokenizer.vocabulary.token(id)
    kind = "special" if token.special else "bytes" if token.partial else "text"
    text = token.display if token.partial else token.text
    return {"id": id, "text": text, "kind": kind, "spoken": token.spoken}


def _other(before: Distribution, after: Distribution, length: int) -> dict[str, Any]:
    shown = before.ranked(length)
    rest = np.ones(before.size, dtype=bool)
    rest[shown] = False
    return {
        "count": int(rest.sum()),
        "before": before.other_prob(length),
        "after": float(after.probs[rest].sum()),
    }


def _working(session: Session, before: Distribution, after: Distribution) -> dict[str, Any]:
    """Each step with this position's numbers: logits, divided, softmax, filtered, renormalised."""
    filters = session.explorer.filters
    warm = Distribution(with_temperature(before.logits, filters.temperature))
    finite = np.isfinite(after.logits)
    return {
        "temperature": filters.temperature,
        "kept_mass": float(warm.probs[finite].sum()),
        "log_sum": _log_sum(warm),
        "rules": _rules(filters),
        "rows": [
            {
                **_token(session, candidate.id),
                "logit": candidate.logit,
                "divided": _finite(float(warm.logits[candidate.id])),
                "softmax": warm.prob(candidate.id),
                "kept": bool(finite[candidate.id]),
                "after": after.prob(candidate.id),
            }
            for candidate in before.top(WORKED)
        ],
    }


def _log_sum(distribution: Distribution) -> float:
    """Natural logarithm of the sum of exp(logit): what the softmax subtracts."""
    top = distribution.top_id
    return float(distribution.logits[top]) - distribution.logprob(top)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _rules(filters: Filters) -> list[str]:
    """The filters in force, in their order."""
    rules = []
    if filters.top_k is not None:
        rules.append(f"top-k keeps the {filters.top_k} likeliest")
    if filters.top_p is not None and filters.top_p < 1:
        rules.append(f"top-p keeps the likeliest until they hold {filters.top_p:g}")
    if filters.min_p:
        rules.append(f"min-p keeps those at least {filters.min_p:g} times as likely as the first")
    return rules


def _dice(session: Session) -> dict[str, Any] | None:
    throw, drawn = session.throws.throw, session.throws.draw
    if throw is None or drawn is None:
        return None
    return {
        **_token(session, drawn.id),
        "r": throw.r,
        "source": throw.source,
        "low": drawn.low,
        "high": min(drawn.high, 1.0),
        "rank": drawn.rank,
    }


def _counted(session: Session, entry: Any) -> dict[str, Any]:
    low, high = expected_spread(entry)
    return {
        **_token(session, entry.id),
        "prob": entry.prob,
        "count": entry.count,
        "expected": entry.expected,
        "low": low,
        "high": high,
    }
