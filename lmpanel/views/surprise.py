"""What the surprise lens shows: the bits of the selected span, how they are spread, the totals.

Plain data. Knows nothing about Panel.
"""

from __future__ import annotations

from typing import Any

from lmpanel.changes import MAX_SCORED
from lmpanel.explorer import Explorer
from lmpanel.scoring import (
    PER_BIT,
    REFERENCE_MARKS,
    TokenScore,
    Totals,
    written_perplexity,
    written_sum,
)
from lmpanel.session import Session
from lmpanel.spread import Scored, histogram, least_surprising, most_surprising
from lmpanel.views import guessing
from lmpanel.views.tokens import token_row
from lmpanel.wording import later, t

TITLE = later("Surprise")
ROWS = 400
LISTED = 10
BINS = {"bits": 13, "nats": 10}
"""How many bins the histogram has: each is one bit or nat wide, but the last has no end."""


def payload(session: Session) -> dict[str, Any]:
    """The state of site/components/lens_surprise.js."""
    explorer = session.explorer
    hidden = guessing.withheld(session, *_stretch(explorer))
    if hidden:
        return {"hidden": hidden}
    scores = session.guesses.scores()
    return {
        "hidden": "",
        "span": _span(explorer, scores),
        "spread": _spread(explorer, scores),
        "totals": _totals(explorer, scores),
        "marks": [{"label": t(label), "bits": bits} for label, bits in REFERENCE_MARKS],
        "progress": explorer.progress or None,
        "can_reply": bool(explorer.editor.turns(explorer.document)),
        "scored": session.changes.scored == (explorer.document, explorer.span),
        "max_scored": MAX_SCORED,
    }


def actions(session: Session) -> dict[str, Any]:
    """What may be asked for here."""

    def show_token(index: int) -> None:
        """Look at a token; where a span is selected, that stays and the token is pointed at."""
        explorer = session.explorer
        start, stop = explorer.span
        if stop - start > 1:
            explorer.pointed = min(max(int(index), 0), len(explorer.document) - 1)
        else:
            explorer.select(int(index), int(index), tab="surprise")

    return {
        "show_token": show_token,
        "score_text": lambda text, reply: session.changes.score_text(str(text), bool(reply)),
    }


def sources(session: Session) -> list[tuple[Any, list[str]]]:
    """What the payload is made from besides the document."""
    return guessing.hiding(session)


def _stretch(explorer: Explorer) -> tuple[int, int]:
    """The selected span; the document while a span is not selected."""
    start, stop = explorer.span
    return (0, len(explorer.document)) if stop - start < 2 else (start, stop)


def _span(explorer: Explorer, scores: list[TokenScore | None]) -> dict[str, Any]:
    start, stop = explorer.span
    known = _known(scores, start, stop)
    running, rows = 0.0, []
    for position, score in known[:ROWS]:
        running += score.bits
        rows.append({**_token(explorer, position, score), "running": running})
    return {
        "rows": rows,
        "sum": written_sum(_in_unit(explorer, known), unit=explorer.unit),
        "selected": stop - start,
        "skipped": start == 0 and stop > 0,
        **_figures(explorer, scores, start, stop),
    }


def _spread(explorer: Explorer, scores: list[TokenScore | None]) -> dict[str, Any]:
    """Histogram and extremes of the selected span; of the document while a span is not selected."""
    start, stop = explorer.span
    whole = stop - start < 2
    known = _known(scores, *_stretch(explorer))
    edges = range(BINS[explorer.unit])
    counts = histogram(_in_unit(explorer, known), edges)
    return {
        "whole": whole,
        "count": len(known),
        "bins": [{"low": low, "count": count} for low, count in zip(edges, counts, strict=True)],
        "most": _listed(explorer, most_surprising(known, LISTED)),
        "least": _listed(explorer, least_surprising(known, LISTED)),
    }


def _known(scores: list[TokenScore | None], start: int, stop: int) -> list[Scored]:
    """The tokens from `start` up to `stop` that have a score."""
    return [(i, score) for i, score in enumerate(scores[start:stop], start) if score is not None]


def _in_unit(explorer: Explorer, scored: list[Scored]) -> list[float]:
    return [score.bits * PER_BIT[explorer.unit] for _, score in scored]


def _listed(explorer: Explorer, scored: list[Scored]) -> list[dict[str, Any]]:
    return [_token(explorer, position, score) for position, score in scored]


def _token(explorer: Explorer, position: int, score: TokenScore) -> dict[str, Any]:
    return {
        **token_row(explorer.model.tokenizer.vocabulary, explorer.document.ids[position]),
        "index": position,
        "prob": score.prob,
        "bits": score.bits,
    }


def _totals(explorer: Explorer, scores: list[TokenScore | None]) -> list[dict[str, Any]]:
    parts = [(t("document"), 0, len(scores))]
    turns = explorer.editor.turns(explorer.document)
    response = explorer.editor.response(explorer.document)
    if response is not None:
        end = response.content_stop + bool(response.closed)
        parts.insert(0, (t("response"), response.content_start, end))
    at = min(explorer.cursor, len(scores) - 1)
    for turn in turns:
        if turn.start <= at < turn.stop:
            parts.insert(0, (_this_turn(turn.role), turn.start, turn.stop))
    return [
        {"label": label, **_figures(explorer, scores, start, stop)}
        for label, start, stop in parts
    ]


def _this_turn(role: str | None) -> str:
    return t("this turn ({role})", role=role) if role else t("this turn (text)")


def _figures(
    explorer: Explorer, scores: list[TokenScore | None], start: int, stop: int
) -> dict[str, Any]:
    """Totals of a stretch; `missing` tokens of it are still to be measured."""
    totals = Totals.of(scores[start:stop])
    return {
        "count": totals.count,
        "missing": stop - max(start, 1) - totals.count if stop > start else 0,
        "total": totals.bits,
        "per_token": totals.bits_per_token,
        "perplexity": totals.perplexity,
        "formula": written_perplexity(totals, explorer.unit),
    }
