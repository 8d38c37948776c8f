"""What the attempts lens shows: a row for each response that was kept. Plain data."""

from __future__ import annotations

from typing import Any

from lmpanel.attempts import Attempt
from lmpanel.explorer import TRANSFORMER
from lmpanel.ngrams.ladder import in_full
from lmpanel.scoring import LN2
from lmpanel.session import Session
from lmpanel.wording import later, t

TITLE = later("Attempts")
CHARACTERS = 120


def payload(session: Session) -> dict[str, Any]:
    """The state of site/components/lens_attempts.js."""
    attempts = session.attempts
    start, stop = attempts.span
    current = attempts.current
    return {
        "rows": [_row(session, attempt, attempt is current) for attempt in attempts.kept],
        "can_keep": stop > start and current is None and not session.explorer.generating,
    }


def actions(session: Session) -> dict[str, Any]:
    """What may be asked for here."""
    attempts = session.attempts

    def show(number: int) -> None:
        attempt = attempts.find(int(number))
        session.changes.change(attempt.document, t("went to attempt {n}", n=attempt.number))

    async def compare(number: int) -> None:
        """Put an attempt and the document side by side, in the branches lens."""
        attempt = attempts.find(int(number))
        session.explorer.open("branches")
        await session.branches.put_side_by_side(attempt.document, session.explorer.document)

    return {
        "compare_attempt": compare,
        "keep": lambda: attempts.keep("by hand"),
        "show_attempt": show,
        "remove_attempt": lambda number: attempts.remove(int(number)),
    }


def sources(session: Session) -> list[tuple[Any, list[str]]]:
    """What the payload is made from besides the document."""
    return [(session.attempts, ["kept"])]


def _row(session: Session, attempt: Attempt, current: bool) -> dict[str, Any]:
    ids = attempt.document.ids[attempt.start : attempt.stop]
    totals = session.attempts.totals(attempt)
    text = session.model.tokenizer.decode(ids)
    counted = totals is not None and totals.count > 0
    return {
        "number": attempt.number,
        "label": attempt.how,
        "model": in_full(attempt.predictor, attempt.model),
        "ngram": attempt.predictor != TRANSFORMER,
        "text": text if len(text) <= CHARACTERS else f"{text[: CHARACTERS - 1]}…",
        "tokens": len(ids),
        "current": current,
        "ended": ids[-1] in session.model.end_of_turn_ids,
        "logprob": -totals.bits * LN2 if counted else None,
        "loss": totals.bits_per_token * LN2 if counted else None,
        "bits": totals.bits if counted else None,
        "per_token": totals.bits_per_token if counted else None,
    }
