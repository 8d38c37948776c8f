"""What is shown of a guess: what is asked before it, and how the guesses went.

The numbers of a hidden position never come here: only `views/next_token.py` reads them, after the
guess. Plain data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from lmpanel.session import Session
from lmpanel.views.tokens import token_row
from lmpanel.wording import later, many, t

_ASK = later("Guess first what comes next: the numbers are shown after your guess.")


def payload(session: Session) -> dict[str, Any]:
    """The state of site/components/guess_form.js, without numbers of the position looked at."""
    explorer, guesses = session.explorer, session.guesses
    if not explorer.guessing:
        return {"guessing": False, "asks": None, "tally": None}
    tally = guesses.tally
    return {
        "guessing": True,
        "asks": _asks(session) if guesses.hidden else None,
        "tally": asdict(tally) if tally.count else None,
    }


def _asks(session: Session) -> dict[str, Any]:
    guesses, vocabulary = session.guesses, session.model.tokenizer.vocabulary
    return {
        "turn": guesses.asked,
        "text": guesses.text,
        "suggestions": [token_row(vocabulary, id) for id in guesses.suggestions()],
        "problem": guesses.problem,
    }


def actions(session: Session) -> dict[str, Any]:
    """What may be asked for here."""
    explorer, guesses = session.explorer, session.guesses

    def commit(text: str, id: int | None, at: int) -> None:
        # A guess that was made for a position no longer looked at is none for this one.
        if int(at) == len(explorer.context):
            guesses.commit(str(text), None if id is None else int(id))

    return {
        "guessing": lambda on: explorer.param.update(guessing=bool(on)),
        "type_guess": lambda text: guesses.type(str(text)),
        "guess": commit,
        "show_anyway": guesses.show_anyway,
        "reset_guesses": guesses.reset,
    }


def sources(session: Session) -> list[tuple[Any, list[str]]]:
    """What the payload is made from besides the document."""
    watched = ["text", "problem", "asked", "changes"]
    return [(session.guesses, watched), (session.explorer, ["guessing"])]


def hidden(session: Session, ids: Sequence[int]) -> str:
    """Why a lens hides what it knows of the position after `ids`; empty when it need not."""
    return t(_ASK) if session.guesses.hides(ids) else ""


def withheld(session: Session, start: int, stop: int) -> str:
    """Why numbers of the tokens [start, stop) are not added up; empty when they are."""
    waiting = session.guesses.withholds(start, stop)
    if not waiting:
        return ""
    return many(
        waiting,
        "One of these tokens waits for your guess: numbers of a token are shown after it.",
        "{n} of these tokens wait for your guess: numbers of a token are shown after it.",
    )


def hiding(session: Session) -> list[tuple[Any, list[str]]]:
    """What decides whether numbers are hidden: for lenses that only hide theirs."""
    return [(session.guesses, ["changes"]), (session.explorer, ["guessing"])]
