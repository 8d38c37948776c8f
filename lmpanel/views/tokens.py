"""A token as the components draw it: `{id, text, kind, spoken}`."""

from __future__ import annotations

from typing import Any

from lmpanel.vocabulary import Vocabulary


def token_row(vocabulary: Vocabulary, id: int) -> dict[str, Any]:
    """What site/components/token_text.js needs; kind is "text", "special" or "bytes"."""
    token = vocabulary.token(id)
    kind = "special" if token.special else "bytes" if token.partial else "text"
    text = token.display if token.partial else token.text
    return {"id": id, "text": text, "kind": kind, "spoken": token.spoken}
