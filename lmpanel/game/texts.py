"""The texts that come with the game, at several levels; read from this folder when asked for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lmpanel.errors import BadArgument
from lmpanel.wording import later, t

_FOLDER = Path(__file__).parent / "texts"

TOLD = (
    later("Very predictable"),
    later("Everyday"),
    later("News"),
    later("Literary"),
    later("Technical"),
    later("Another language"),
    later("English"),
    later("German"),
    later("Traditional nursery rhyme, printed in 1755; public domain"),
    later("Written for lmpanel"),
    later("Written for lmpanel; the town and its people are made up"),
    later("Lewis Carroll, 1865, chapter 1; public domain"),
    later("Jacob and Wilhelm Grimm, 1857; public domain"),
)
"""Levels, languages and sources in catalogue.json, translated where they are shown."""


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
    raise BadArgument(t("There is no such text here."), t("Choose one of the list."))


@cache
def content_of(name: str) -> str:
    """The words of one text. Raises BadArgument.

    >>> content_of("alice")[:27]
    'Alice was beginning to get '
    """
    return (_FOLDER / f"{text_named(name).name}.txt").read_text("utf-8").rstrip("\n")
