"""What the surprise lens shows: the bits of the selected span and the totals. Plain data."""

from __future__ import annotations

import math
from typing import Any

from lmpanel.explorer import Explorer
from lmpanel.scoring import REFERENCE_MARKS, TokenScore, Totals, written_sum
from lmpanel.session import Session

TITLE = "Surprise"
ROWS = 400


def payload(session: Session) -> dict[str, Any]:
    """The state of site/components/lens_surprise.js."""
    explorer = session.explorer
    scores = explorer.scores()
    factor = 1.0 if explorer.unit == "bits" else math.log(2)
    return {
        "unit": explorer.unit,
        "span": _span(explorer, scores, factor),
        "totals": _totals(explorer, scores, factor),
        "marks": [{"label": label, "value": bits * factor} for label, bits in REFERENCE_MARKS],
        "progress": explorer.progress or None,
    }


def actions(session: Session) -> dict[str, Any]:
    """What may be asked for here."""
    return {}


def sources(session: Session) -> list[tuple[Any, list[str]]]:
    """What the payload is made from besides the document."""
    return []


def _span(explorer: Explorer, scores: list[TokenScore | None], factor: float) -> dict[str, Any]:
    start, stop = explorer.span
    known = [(i, scores[i]) for i in range(start, stop) if scores[i] is not None]
    totals = Totals.of([score for _, score in known])
    running, rows = 0.0, []
    for position, score in known[:ROWS]:
        running += score.bits * factor
        rows.append(_row(explorer, position, score, factor, running))
    values = [score.bits * factor for _, score in known]
    return {
        "rows": rows,
        "sum": written_sum(values, unit=explorer.unit),
        "skipped": start == 0 and stop > 0,
        **_figures(totals, factor),
    }


def _row(
    explorer: Explorer, position: int, score: TokenScore, factor: float, running: float
) -> dict[str, Any]:
    token = explorer.model.tokenizer.vocabulary.token(explorer.document.ids[position])
    return {
        "index": position,
        "text": token.display if token.partial else token.text,
        "kind": "bytes" if token.partial else "text",
        "prob": score.prob,
        "value": score.bits * factor,
        "running": running,
    }


def _totals(
    explorer: Explorer, scores: list[TokenScore | None], factor: float
) -> list[dict[str, Any]]:
    parts = [("document", 0, len(scores))]
    turns = explorer.editor.turns(explorer.document)
    response = explorer.editor.response(explorer.document)
    if response is not None:
        end = response.content_stop + bool(response.closed)
        parts.insert(0, ("response", response.content_start, end))
    at = min(explorer.cursor, len(scores) - 1)
    for turn in turns:
        if turn.start <= at < turn.stop:
            parts.insert(0, (f"this turn ({turn.role or 'text'})", turn.start, turn.stop))
    return [
        {"label": label, **_figures(Totals.of(scores[start:stop]), factor)}
        for label, start, stop in parts
    ]


def _figures(totals: Totals, factor: float) -> dict[str, Any]:
    per_token = totals.bits_per_token
    return {
        "count": totals.count,
        "total": totals.bits * factor,
        "per_token": None if per_token is None else per_token * factor,
        "perplexity": totals.perplexity,
    }
