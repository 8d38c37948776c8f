"""What the next-token lens shows, as plain data. Knows nothing about Panel."""

from __future__ import annotations

from typing import Any

from lmpanel.distribution import Candidate, Distribution
from lmpanel.explorer import Explorer
from lmpanel.session import Session
from lmpanel.views import guessing
from lmpanel.views.tokens import token_row
from lmpanel.wording import later, t

TITLE = later("Next token")
TITLE_CHARACTERS = 36
LOOKUP_ROWS = 8


def payload(session: Session) -> dict[str, Any]:
    """The state of site/components/lens_next.js."""
    explorer = session.explorer
    inside = explorer.cursor < len(explorer.document)
    shared = {
        "where": "here" if explorer.newest is not None else explorer.where if inside else "next",
        "writing": explorer.generating,
        "can_here": inside,
        "can_next": True,
        "title": {"text": before(explorer), "token": _here(explorer)},
        "length": explorer.length,
        "at": len(explorer.context),
        **guessing.payload(session),
    }
    if session.guesses.hidden:
        return {**shared, "message": ""}
    distribution = explorer.distribution
    if distribution is None and _is_recorded(explorer) and not explorer.guessing:
        return explorer.example["lens"]["state"]
    if distribution is None:
        return {**shared, "message": waiting(explorer), "waiting": bool(explorer.context)}
    return {**shared, **_numbers(explorer, distribution), **_guessed(session, distribution)}


def actions(session: Session) -> dict[str, Any]:
    """What may be asked for here."""
    update = session.explorer.param.update
    return {
        "where": lambda name: update(where=name),
        "pick": lambda id, at: session.changes.pick(int(id), int(at)),
        "press": lambda id, at: session.prefetch.press(int(id), int(at)),
        "length": lambda n: update(length=n),
        "lookup": lambda query: update(query=str(query)[:200]),
        **guessing.actions(session),
    }


def sources(session: Session) -> list[tuple[Any, list[str]]]:
    """What the payload is made from besides the document."""
    return [(session.explorer, ["query"]), *guessing.sources(session)]


def _numbers(explorer: Explorer, distribution: Distribution) -> dict[str, Any]:
    length = explorer.length
    here = explorer.here
    return {
        "message": "",
        "entropy": distribution.entropy_bits,
        "choices": distribution.effective_choices,
        "rows": [_row(explorer, candidate) for candidate in distribution.top(length)],
        "marked": None if here is None else _row(explorer, distribution.candidate(here)),
        "other": {"count": distribution.size - length, "prob": distribution.other_prob(length)},
        "lookup": _lookup(explorer, distribution),
    }


def _guessed(session: Session, distribution: Distribution) -> dict[str, Any]:
    """The guess with its numbers, however unlikely, and the token that the model had first."""
    explorer, guess = session.explorer, session.guesses.guess
    if guess is None or not explorer.guessing:
        return {"guessed": None}
    ids = {"guessed": guess, "first": distribution.top_id}
    return {name: _row(explorer, distribution.candidate(id)) for name, id in ids.items()}


def _row(explorer: Explorer, candidate: Candidate) -> dict[str, Any]:
    return {
        **token_row(explorer.model.tokenizer.vocabulary, candidate.id),
        "rank": candidate.rank,
        "logit": candidate.logit,
        "prob": candidate.prob,
        "logprob": candidate.logprob,
        "bits": candidate.bits,
        "cumulative": candidate.cumulative,
    }


def _lookup(explorer: Explorer, distribution: Distribution) -> dict[str, Any]:
    query = explorer.query
    if not query:
        return {"query": "", "rows": []}
    found = explorer.model.tokenizer.vocabulary.find(query, LOOKUP_ROWS)
    message = "" if found else not_found(explorer, query)
    rows = [_row(explorer, distribution.candidate(id)) for id in found]
    return {"query": query, "rows": rows, "message": message}


def not_found(explorer: Explorer, query: str) -> str:
    """Why no token is what was looked up."""
    pieces = explorer.model.tokenizer.encode(query)
    if len(pieces) <= 1:
        return t("No token has this text or id.")
    parts = explorer.model.tokenizer.parts(query)
    return t("Not one token: it is read as {parts}", parts=parts)


def before(explorer: Explorer) -> str:
    """The end of the text before the position looked at: whole tokens, as many as have room."""
    return explorer.model.tokenizer.vocabulary.ending(explorer.context, TITLE_CHARACTERS)


def _here(explorer: Explorer) -> str:
    if explorer.here is None:
        return ""
    return explorer.model.tokenizer.vocabulary.token(explorer.here).display


def _is_recorded(explorer: Explorer) -> bool:
    example = explorer.example
    return bool(example) and list(explorer.context) == example["ids"]


def waiting(explorer: Explorer) -> str:
    """Why there are no numbers yet."""
    if not explorer.context:
        return t("The first token has no prediction: the model needs something to read.")
    return explorer.progress or t("The model is reading…")
