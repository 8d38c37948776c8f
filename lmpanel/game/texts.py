"""The texts that come with the game, at several levels; read from this folder when asked for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lmpanel.errors import BadArgument

_FOLDER = Path(__file__).parent / "texts"


@dataclass(frozen=True)
class GameText:
    """A bundled text: its level, and where it is from."""

    name: str
    title: str
    level: str
    language: str
    source: str


@cache
def game_texts() -> tuple[GameText, ...]:
    """All of them, the most predictable first."""
    rows = json.loads((_FOLDER / "catalogue.json").read_text("utf-8"))
    return tuple(GameText(**row) for row in rows)


@cache
def text_named(name: str) -> GameText:
    """The description of one text. Raises BadArgument.

    >>> text_named("alice").level
    'Literary'
    """
    for text in game_texts():
        if text.name == name:
            return text
    raise BadArgument("There is no such text here.", "Choose one of the list.")


@cache
def content_of(name: str) -> str:
    """The words of one text. Raises BadArgument.

    >>> content_of("alice")[:27]
    'Alice was beginning to get '
    """
    return (_FOLDER / f"{text_named(name).name}.txt").read_text("utf-8").rstrip("\n")
