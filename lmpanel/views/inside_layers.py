"""What "Layers" shows: the guess of every layer, and who looks at whom. Plain data.

Probabilities of the grid and of attention come in ten-thousandths, whole numbers: there are
thousands of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lmpanel.engine.base import MAX_INSIDE
from lmpanel.layer_look import LayerLook
from lmpanel.layers import MAX_CHARACTERS
from lmpanel.session import Session
from lmpanel.views import guessing
from lmpanel.views.tokens import token_row
from lmpanel.wording import later

TITLE = later("Layers")
GUESSES = 5
PARTS = 10_000


def payload(session: Session) -> dict[str, Any]:
    """The state of site/components/inside_layers.js."""
    layers = session.inside.layers
    look = layers.look
    hidden = "" if look is None else _hidden(session, look)
    return {
        "source": layers.source,
        "text": layers.text,
        "view": layers.view,
        "most": MAX_INSIDE,
        "document": len(session.explorer.document),
        "phase": layers.phase,
        "error": layers.error,
        "too_long": layers.too_long,
        "taken": layers.part,
        "deviation": layers.deviation,
        "hidden": hidden,
        "look": None if look is None or hidden else _look(session, look),
    }


def actions(session: Session) -> dict[str, Any]:
    """What may be asked for here."""
    layers = session.inside.layers

    async def look_inside(source: str, part: str, text: str | None = None) -> None:
        if text is not None:
            layers.text = str(text)[:MAX_CHARACTERS]
        await layers.begin(source, part)

    return {
        "look_inside": look_inside,
        "look_stop": layers.stop,
        "look_view": lambda name: layers.show(view=name),
        "look_position": lambda index: layers.show(position=int(index)),
        "look_layer": lambda number: layers.show(layer=int(number)),
        "look_head": lambda number: layers.show(head=int(number)),
    }


def sources(session: Session) -> list[tuple[Any, list[str]]]:
    """What the payload is made from."""
    names = ["source", "phase", "done", "error", "too_long", "view", "position", "layer", "head"]
    hiding = guessing.hiding(session)
    return [(session.inside.layers, names), (session.explorer, ["document"]), *hiding]


def _hidden(session: Session, look: LayerLook) -> str:
    """Why nothing is shown: the tokens are those of the document, where a guess comes first."""
    if session.explorer.document.ids[: len(look.ids)] != look.ids:
        return ""
    withheld = guessing.withheld(session, 0, len(look.ids))
    return withheld or guessing.hidden(session, look.ids)


def _look(session: Session, look: LayerLook) -> dict[str, Any]:
    layers, vocabulary = session.inside.layers, session.model.tokenizer.vocabulary
    shared = {
        "tokens": [token_row(vocabulary, id) for id in look.ids],
        "layers": look.layers,
        "heads": int(look.attention.shape[1]),
        "position": layers.position,
        "complete": look.complete,
    }
    source, part, text = layers.looked
    shared["of"] = {"source": source, "part": part, "text": text, "stale": layers.stale}
    shown = _guesses if layers.view == "lens" else _attention
    return {**shared, **shown(session, look)}


def _guesses(session: Session, look: LayerLook) -> dict[str, Any]:
    position = session.inside.layers.position
    tops, probs = look.top_ids[:, :, 0], _parts(np.exp(look.top_logprobs[:, :, 0]))
    grid = [
        list(zip(tops[row].tolist(), probs[row].tolist(), strict=True)) if look.known[row] else None
        for row in range(look.layers + 1)
    ]
    rows = [_row(look, row, position) if look.known[row] else None
            for row in range(look.layers + 1)]
    follows = look.ids[position + 1] if position + 1 < len(look.ids) else None
    ids = {int(id) for id in np.unique(tops[look.known])} | {int(look.finals[position])}
    ids |= {id for row in rows if row for id, _ in row["top"]}
    vocabulary = session.model.tokenizer.vocabulary
    return {
        "grid": grid,
        "names": {str(id): token_row(vocabulary, id) for id in ids},
        "rows": rows,
        "final": int(look.finals[position]),
        "follows": None if follows is None else token_row(vocabulary, follows),
        "settled": look.settled_at(position),
    }


def _row(look: LayerLook, row: int, position: int) -> dict[str, Any]:
    ids, logprobs = look.top_ids[row, position], look.top_logprobs[row, position]
    ranks, own = look.ranks[row, position], np.exp(look.logprobs[row, position])
    return {
        "top": list(zip(ids[:GUESSES].tolist(), np.exp(logprobs[:GUESSES]).tolist(), strict=True)),
        "entropy": float(look.entropy_bits[row, position]),
        "final_rank": int(ranks[0]),
        "final_prob": float(own[0]),
        "next_rank": int(ranks[1]),
        "next_prob": float(own[1]),
    }


def _attention(session: Session, look: LayerLook) -> dict[str, Any]:
    layers = session.inside.layers
    layer = min(layers.layer, look.layers)
    weights = _parts(look.attention[layer - 1])
    return {
        "layer": layer,
        "head": min(layers.head, len(weights)),
        "weights": [
            [row[: place + 1] for place, row in enumerate(head)] for head in weights.tolist()
        ],
        "habits": look.head_habits(layer - 1),
    }


def _parts(probs: np.ndarray) -> np.ndarray:
    return np.rint(probs * PARTS).astype(int)
