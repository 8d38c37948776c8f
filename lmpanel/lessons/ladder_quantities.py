"""What a lesson may ask about the n-gram ladder: bits per token and probabilities by its rungs.

Of the selected tokens or the whole document, and of the token that the lens compares. Reads a
session, changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lmpanel.explorer import TRANSFORMER

if TYPE_CHECKING:
    from lmpanel.session import Session

Read = Callable[["Session"], Any]
NAMES = ("uniform", "unigram", "bigram", "trigram")


def _per_token(name: str) -> Read:
    def read(session: Session) -> float | None:
        cost = session.rungs.costs().get(name)
        return None if cost is None else cost.per_token

    return read


def _probability(name: str) -> Read:
    def read(session: Session) -> float | None:
        rungs = session.rungs
        found = rungs.transformer
        if name != TRANSFORMER:
            rows = rungs.distributions()
            found = rows[NAMES.index(name)] if rows else None
        asked = rungs.asked
        return None if found is None or asked is None else found.prob(asked)

    return read


def _trained(session: Session) -> str | None:
    trained = session.ladder.trained
    return None if trained is None else trained.text.title


def _compared(session: Session) -> str | None:
    asked = session.rungs.asked
    return None if asked is None else session.model.tokenizer.decode([asked])


_ALL = (*NAMES, TRANSFORMER)
NUMBERS: dict[str, Read] = {
    "passage": lambda session: session.rungs.passage_number,
    **{f"{name}_bits_per_token": _per_token(name) for name in _ALL},
    **{f"{name}_probability": _probability(name) for name in _ALL},
}

"""`passage`: which of the held-out passages the document is, from 1."""

TEXTS: dict[str, Read] = {
    "predictor": lambda session: session.explorer.predictor,
    "counted_in": _trained,
    "counts_of": lambda session: session.rungs.opened or None,
    "compared": _compared,
    "over": lambda session: session.words.over,
}
"""`counts_of` is the rung whose counts are shown, `compared` the token of the lens."""
