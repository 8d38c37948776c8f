"""What the sampling lens shows of forbidden and favoured tokens."""

from __future__ import annotations

from typing import Any

from lmpanel.biases import FAVOUR
from lmpanel.distribution import Distribution
from lmpanel.session import Session
from lmpanel.views.tokens import token_row

FOUND = 6
"""Tokens that are offered for what is typed."""


def payload(session: Session, distribution: Distribution | None) -> dict[str, Any]:
    """Tokens with a bias, and what fits the text by which another one is looked for."""
    biases, query = session.biases, session.biases.query
    vocabulary = session.model.tokenizer.vocabulary
    found = vocabulary.find(query, FOUND) if query else []
    return {
        "ends_forbidden": biases.ends_forbidden,
        "can_end": bool(session.model.end_of_turn_ids),
        "query": query,
        "found": [token_row(vocabulary, id) for id in found],
        "rows": [
            {
                **token_row(vocabulary, id),
                "bias": bias,
                "prob": None if distribution is None else distribution.prob(id),
            }
            for id, bias in session.explorer.biases
        ],
    }


def actions(session: Session) -> dict[str, Any]:
    """What may be asked for here."""
    biases = session.biases
    return {
        "bias_query": lambda query: biases.param.update(query=str(query)[:200]),
        "set_bias": lambda id, bias: biases.set(int(id), None if bias is None else float(bias)),
        "favour": lambda id: biases.set(int(id), FAVOUR),
        "remove_bias": lambda id: biases.remove(int(id)),
        "forbid_ends": lambda on: biases.forbid_ends(bool(on)),
    }
