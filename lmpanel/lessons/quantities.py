"""What a lesson may ask the tool about: numbers, texts and switches by name.

A quantity is None while it is not known (not measured, nothing selected). Reads a session, changes
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from lmpanel.lessons import game_quantities as game
from lmpanel.lessons import ladder_quantities as ladder
from lmpanel.scoring import TokenScore, Totals

if TYPE_CHECKING:
    from lmpanel.session import Session

Read = Callable[["Session"], Any]


def _setting(name: str) -> Read:
    return lambda session: getattr(session.explorer, name)


def _scores(session: Session) -> Sequence[TokenScore | None]:
    return session.explorer.scores()


def _span(session: Session) -> tuple[int, int]:
    explorer = session.explorer
    return explorer.span if explorer.cursor < len(explorer.document) else (0, 0)


def reply_span(session: Session) -> tuple[int, int]:
    """The tokens of the reply without its end-of-turn token; empty when there is none."""
    response = session.explorer.editor.response(session.explorer.document)
    return (response.content_start, response.content_stop) if response else (0, 0)


def _text(session: Session, start: int, stop: int) -> str:
    return session.model.tokenizer.decode(session.explorer.document.ids[start:stop])


def _totals(session: Session, start: int, stop: int) -> Totals | None:
    scores = _scores(session)[start:stop]
    # Only the document's first token has no prediction; any other None is not measured yet.
    if not scores or None in scores[1 if start == 0 else 0 :]:
        return None
    totals = Totals.of(scores)
    return totals if totals.count else None


def _total(span: Callable[[Session], tuple[int, int]], name: str) -> Read:
    def read(session: Session) -> float | None:
        totals = _totals(session, *span(session))
        return None if totals is None else getattr(totals, name)

    return read


def _of_token(name: str) -> Read:
    """Of the token looked at: its bits, probability or rank."""

    def read(session: Session) -> float | None:
        explorer = session.explorer
        if explorer.cursor >= len(explorer.document):
            return None
        score = _scores(session)[explorer.cursor]
        return None if score is None else getattr(score, name)

    return read


def _first_of_reply(name: str) -> Read:
    def read(session: Session) -> float | None:
        start, stop = reply_span(session)
        score = _scores(session)[start] if start < stop else None
        return None if score is None else getattr(score, name)

    return read


def _of_distribution(read: Callable[[Any], Any]) -> Read:
    def look(session: Session) -> Any:
        distribution = session.explorer.distribution
        return None if distribution is None else read(distribution)

    return look


def _top_token(session: Session) -> str | None:
    distribution = session.explorer.distribution
    vocabulary = session.model.tokenizer.vocabulary
    return None if distribution is None else vocabulary.token(distribution.top_id).text


def _selected(session: Session) -> str | None:
    start, stop = _span(session)
    return _text(session, start, stop) if start < stop else None


def _token(session: Session) -> str | None:
    explorer = session.explorer
    if explorer.cursor >= len(explorer.document):
        return None
    return _text(session, explorer.cursor, explorer.cursor + 1)


def _reply(session: Session) -> str:
    return _text(session, *reply_span(session))


def _user(session: Session) -> str | None:
    """The last message of the user."""
    explorer = session.explorer
    turns = [turn for turn in explorer.editor.turns(explorer.document) if turn.role == "user"]
    return _text(session, turns[-1].content_start, turns[-1].content_stop) if turns else None


def _last_role(session: Session) -> str | None:
    turns = session.explorer.editor.turns(session.explorer.document)
    return turns[-1].role if turns else None


def _at(session: Session) -> str:
    explorer = session.explorer
    return "end" if explorer.cursor >= len(explorer.document) else "token"


def _count_span(session: Session) -> int:
    start, stop = _span(session)
    return stop - start


def _count_reply(session: Session) -> int:
    start, stop = reply_span(session)
    return stop - start


NUMBERS: dict[str, Read] = {
    "tokens": lambda session: len(session.explorer.document),
    "turns": lambda session: len(session.explorer.editor.turns(session.explorer.document)),
    "reply_tokens": _count_reply,
    "selected_tokens": _count_span,
    "entropy": _of_distribution(lambda distribution: distribution.entropy_bits),
    "top_probability": _of_distribution(
        lambda distribution: distribution.prob(distribution.top_id)
    ),
    "probability": _of_token("prob"),
    "bits": _of_token("bits"),
    "rank": _of_token("rank"),
    "first_rank": _first_of_reply("rank"),
    "first_probability": _first_of_reply("prob"),
    "selection_bits": _total(_span, "bits"),
    "selection_bits_per_token": _total(_span, "bits_per_token"),
    "selection_perplexity": _total(_span, "perplexity"),
    "reply_bits": _total(reply_span, "bits"),
    "reply_bits_per_token": _total(reply_span, "bits_per_token"),
    "reply_loss": _total(reply_span, "nats_per_token"),
    "attempts": lambda session: len(session.attempts.kept),
    "guesses": lambda session: session.guesses.tally.count,
    "temperature": _setting("temperature"),
    "top_k": _setting("top_k"),
    "top_p": _setting("top_p"),
    "min_p": _setting("min_p"),
    "seed": _setting("seed"),
    "max_tokens": _setting("max_tokens"),
    **game.NUMBERS,
    **ladder.NUMBERS,
}
"""Numbers; surprise in bits, loss in nats per token."""

TEXTS: dict[str, Read] = {
    "reply": _reply,
    "message": _user,
    "document": lambda session: session.model.tokenizer.decode(session.explorer.document.ids),
    "selection": _selected,
    "token": _token,
    "top_token": _top_token,
    "at": _at,
    "last_role": _last_role,
    "mode": lambda session: "raw" if session.explorer.document.raw else "chat",
    "attempt": lambda session: session.attempts.current and session.attempts.current.label,
    "tab": _setting("tab"),
    "room": _setting("room"),
    "where": _setting("where"),
    "measure": _setting("measure"),
    "unit": _setting("unit"),
    "strategy": _setting("strategy"),
    **game.TEXTS,
    **ladder.TEXTS,
}
"""Texts; `attempt` is how the response that the document shows came about."""

SWITCHES: dict[str, Read] = {
    "curve": _setting("curve"),
    "guessing": _setting("guessing"),
    "past_end": _setting("past_end"),
    "guessed": lambda session: session.guesses.guess is not None,
    "undone": lambda session: session.explorer.history.can_redo,
}

KINDS = {
    **dict.fromkeys(NUMBERS, "number"),
    **dict.fromkeys(TEXTS, "text"),
    **dict.fromkeys(SWITCHES, "switch"),
}
"""What kind of value each quantity is."""


def quantity(session: Session, name: str) -> Any:
    """The value of a quantity now, None while it is not known."""
    return {**NUMBERS, **TEXTS, **SWITCHES}[name](session)
