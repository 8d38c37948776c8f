"""What "Shape" shows: the sizes of the model, its parts, and their sums. Plain data."""

from __future__ import annotations

from typing import Any

from lmpanel.model_shape import FLOAT_BYTES, cache_bytes, parts, tables_bytes
from lmpanel.session import Session
from lmpanel.wording import later, t

TITLE = later("Shape")
NAMES = {
    "embedding": later("token embedding"),
    "attn_norm": later("norm"),
    "q": later("query"),
    "k": later("key"),
    "v": later("value"),
    "o": later("output of attention"),
    "ffn_norm": later("norm"),
    "gate": later("gate"),
    "up": later("up"),
    "down": later("down"),
    "output_norm": later("final norm"),
    "output": later("output matrix"),
}
SIZES = ("layers", "hidden", "heads", "kv_heads", "head_dim", "ffn", "vocab_size", "context_length")


def payload(session: Session) -> dict[str, Any]:
    """The state of site/components/inside_shape.js; without sizes for a model that has none."""
    info = session.model.info
    model = info.model
    if "tensors" not in model:
        return {"sizes": None}
    found = parts(model)
    return {
        "name": model["name"],
        "backend": info.backend,
        "file": model["source"]["file"],
        "sizes": {name: model[name] for name in SIZES},
        "tied": bool(model["tied_embeddings"]),
        "rope_base": model["rope_base"],
        "matrices": [
            {
                "group": part.group,
                "name": t(NAMES[part.name]),
                "rows": part.rows,
                "cols": part.cols,
                "times": part.times,
                "parameters": part.parameters,
                "kind": part.kind.upper(),
                "stored": round(part.stored),
            }
            for part in found
        ],
        "total": sum(part.parameters for part in found),
        "declared": model["parameters"],
        "stored": model["weights"]["bytes"],
        "tables": tables_bytes(model),
        "as_floats": FLOAT_BYTES * model["parameters"],
        "cache": cache_bytes(model),
    }


def actions(session: Session) -> dict[str, Any]:
    """Nothing can be done here but look."""
    return {}


def sources(session: Session) -> list[tuple[Any, list[str]]]:
    """The shape does not change."""
    return []
