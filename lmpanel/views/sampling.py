"""What the sampling lens shows: the distribution before and after filters, the working, the dice.

Plain data. Knows nothing about Panel.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import param

from lmpanel.distribution import Distribution
from lmpanel.errors import NothingLeft
from lmpanel.explorer import Explorer
from lmpanel.sampling import Tally
from lmpanel.session import Session
from lmpanel.views import biases, guessing, next_token, working
from lmpanel.views.tokens import token_row
from lmpanel.wording import later

TITLE = later("Sampling")


def payload(session: Session) -> dict[str, Any]:
    """The state of site/components/lens_sampling.js."""
    explorer = session.explorer
    distribution = explorer.distribution
    hidden = guessing.hidden(session, explorer.context)
    shared = {
        "at": len(explorer.context),
        "settings": {name: getattr(explorer, name) for name in SETTINGS},
        "biases": biases.payload(session, None if hidden else distribution),
        "dice": None,
        "tally": [],
        "hidden": hidden,
    }
    if hidden:
        return {**shared, "message": ""}
    if distribution is None:
        return {**shared, "message": next_token.waiting(explorer)}
    try:
        after = explorer.filters.apply(distribution)
    except NothingLeft as error:
        return {**shared, "message": str(error)}
    ids = _shown(distribution, after, explorer.length)
    return {
        **shared,
        "message": "",
        "title": {"text": next_token.before(explorer)},
        "kept": int(np.count_nonzero(np.isfinite(after.logits))),
        "entropy": [distribution.entropy_bits, after.entropy_bits],
        "rows": _rows(session, distribution, after, ids),
        "other": _other(distribution, after, ids),
        "working": working.payload(session, distribution, after, ids),
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
        **biases.actions(session),
    }


def sources(session: Session) -> list[tuple[Any, list[str]]]:
    """What the payload is made from besides the document."""
    return [
        (session.throws, ["throw", "tally"]),
        (session.biases, ["query"]),
        (session.explorer, [*SETTINGS, "biases"]),
        *guessing.hiding(session),
    ]


def set_filters(explorer: Explorer, settings: dict[str, float]) -> None:
    """Set filters; a value outside its bounds takes the nearest one inside."""
    known = FILTERS & settings.keys()
    explorer.param.update({name: _inside(explorer, name, settings[name]) for name in known})


def _inside(explorer: Explorer, name: str, value: float) -> float:
    parameter = explorer.param[name]
    low, high = parameter.bounds
    inside = min(max(float(value), low), high)
    return int(inside) if isinstance(parameter, param.Integer) else inside


def _shown(before: Distribution, after: Distribution, length: int) -> list[int]:
    """The likeliest after the filters, in the order of the dice, then those of before that were
    removed or, by biases, overtaken."""
    kept = min(length, int(np.count_nonzero(np.isfinite(after.logits))))
    ids = dict.fromkeys(after.ranked(kept).tolist())
    ids |= dict.fromkeys(before.ranked(length).tolist())
    return list(ids)


def _rows(
    session: Session, before: Distribution, after: Distribution, ids: list[int]
) -> list[dict[str, Any]]:
    # One look at all of them is quicker than one at each; biases bring in others.
    likeliest = {candidate.id: candidate for candidate in before.top(len(ids))}
    rows, total = [], 0.0
    for id in ids:
        candidate, prob = likeliest.get(id) or before.candidate(id), after.prob(id)
        total += prob
        rows.append(
            {
                **token_row(session.model.tokenizer.vocabulary, id),
                "rank": candidate.rank,
                "before": candidate.prob,
                "after": prob,
                "cumulative": min(total, 1.0),
            }
        )
    return rows


def _other(before: Distribution, after: Distribution, ids: list[int]) -> dict[str, Any]:
    rest = np.ones(before.size, dtype=bool)
    rest[ids] = False
    return {
        "count": int(rest.sum()),
        "before": float(before.probs[rest].sum()),
        "after": float(after.probs[rest].sum()),
    }


def _dice(session: Session) -> dict[str, Any] | None:
    throw, drawn = session.throws.shown, session.throws.draw
    if throw is None or drawn is None:
        return None
    return {
        **token_row(session.model.tokenizer.vocabulary, drawn.id),
        "r": throw.r,
        "source": throw.source,
        "low": drawn.low,
        "high": min(drawn.high, 1.0),
        "rank": drawn.rank,
    }


def _counted(session: Session, entry: Tally) -> dict[str, Any]:
    vocabulary = session.model.tokenizer.vocabulary
    token = {"id": None} if entry.id is None else token_row(vocabulary, entry.id)
    low, high = entry.usual
    return {
        **token,
        "prob": entry.prob,
        "count": entry.count,
        "expected": entry.expected,
        "low": low,
        "high": high,
    }
