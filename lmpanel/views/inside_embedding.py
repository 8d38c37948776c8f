"""What "Embedding" shows: the neighbours of a token, and one other beside it. Plain data."""

from __future__ import annotations

from typing import Any

from lmpanel.embedding import Neighbour, Neighbourhood
from lmpanel.session import Session
from lmpanel.views.next_token import not_found
from lmpanel.views.tokens import token_row
from lmpanel.wording import later

TITLE = later("Embedding")
NEIGHBOURS = 20
FOUND = 6
EXAMPLES = [" dragon", " Paris", "7", "ization", " good", "<|im_start|>"]


def payload(session: Session) -> dict[str, Any]:
    """The state of site/components/inside_embedding.js."""
    embedding, model = session.inside.embedding, session.model
    vocabulary = model.tokenizer.vocabulary
    around = embedding.neighbourhood
    known = {} if around is None else _numbers(session, around)
    return {
        "token": None if embedding.token < 0 else token_row(vocabulary, embedding.token),
        "other": None if embedding.other < 0 else token_row(vocabulary, embedding.other),
        "search": _search(session, embedding.query),
        "other_search": _search(session, embedding.other_query),
        "examples": [
            token_row(vocabulary, found[0]) for text in EXAMPLES if (found := _exact(session, text))
        ],
        "width": model.info.model["hidden"],
        "vocab": model.info.vocab_size,
        "tied": bool(model.info.model.get("tied_embeddings")),
        "waiting": around is None and embedding.token >= 0 and not embedding.error,
        "error": embedding.error,
        **known,
    }


def actions(session: Session) -> dict[str, Any]:
    """What may be asked for here."""
    embedding = session.inside.embedding
    return {
        "embedding_query": lambda query: embedding.param.update(query=str(query)[:200]),
        "embedding_other_query": lambda query: embedding.param.update(other_query=str(query)[:200]),
        "embedding_look": lambda id: embedding.look(int(id)),
        "embedding_compare": lambda id: embedding.compare(int(id)),
    }


def sources(session: Session) -> list[tuple[Any, list[str]]]:
    """What the payload is made from."""
    names = ["query", "other_query", "token", "other", "known", "error"]
    return [(session.inside.embedding, names)]


def _numbers(session: Session, around: Neighbourhood) -> dict[str, Any]:
    other = session.inside.embedding.other
    return {
        "own": _row(session, around.of(around.token)),
        "rows": [_row(session, near) for near in around.nearest(NEIGHBOURS)],
        "compared": None if other < 0 else _row(session, around.of(other)),
        "middle": around.middle,
        "spread": around.spread(),
    }


def _row(session: Session, near: Neighbour) -> dict[str, Any]:
    row = token_row(session.model.tokenizer.vocabulary, near.id)
    return {**row, "rank": near.rank, "cosine": near.cosine, "length": near.length}


def _search(session: Session, query: str) -> dict[str, Any]:
    vocabulary = session.model.tokenizer.vocabulary
    found = vocabulary.find(query, FOUND) if query else []
    missing = bool(query) and not found
    return {
        "query": query,
        "found": [token_row(vocabulary, id) for id in found],
        "message": not_found(session.explorer, query) if missing else "",
    }


def _exact(session: Session, text: str) -> list[int]:
    """The token with exactly this text, if there is one."""
    vocabulary = session.model.tokenizer.vocabulary
    return [id for id in vocabulary.reading(text) if vocabulary.text_of(id) == text]
