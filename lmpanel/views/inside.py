"""The room "Inside", as plain data: its navigation and the open part. Knows nothing about Panel."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from lmpanel.session import Session
from lmpanel.views import inside_embedding, inside_layers, inside_shape, inside_tokens
from lmpanel.wording import t

PARTS: dict[str, ModuleType] = {
    "tokens": inside_tokens,
    "embedding": inside_embedding,
    "shape": inside_shape,
    "layers": inside_layers,
}
"""A part is a module with TITLE, `payload(session)`, `actions(session)` and `sources(session)`."""


def payload(session: Session) -> dict[str, Any]:
    """The state of site/components/room_inside.js."""
    name = session.inside.part
    parts = [{"name": name, "title": t(part.TITLE)} for name, part in PARTS.items()]
    return {**PARTS[name].payload(session), "part": name, "parts": parts}


def actions(session: Session) -> dict[str, Any]:
    """What may be asked for in any part."""
    inside = session.inside

    async def open_part(name: str) -> None:
        inside.part = name
        if name == "embedding":
            await inside.embedding.look_at_first()

    asked: dict[str, Any] = {"inside_part": open_part}
    for part in PARTS.values():
        asked |= part.actions(session)
    return asked


def sources(session: Session) -> list[tuple[Any, list[str]]]:
    """What the payload is made from besides the room."""
    found = [(session.inside, ["part"])]
    for part in PARTS.values():
        found += part.sources(session)
    return found
