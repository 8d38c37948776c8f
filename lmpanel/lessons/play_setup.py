"""What a lesson says of the game: the tutorial with scores, or a game on a text.

Knows nothing about how it is begun; see `tool`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lmpanel.errors import BadArgument
from lmpanel.lessons.expectations import read_number
from lmpanel.lessons.file import Entry

KEYS = ("game", "game_text", "seed", "rounds", "game_order", "scores")
"""Lines of a setup that are about the game where it has `game: …`."""
TUTORIAL = "tutorial"
SCORES = 4


@dataclass(frozen=True)
class PlaySetup:
    """The part of the game that is opened, and what it begins with.

    Either `scores`, four texts, for the tutorial, or a `game`: what differs from the first setup
    of the game, see `lmpanel.game.setup.Setup`.
    """

    part: str
    scores: tuple[str, ...] = ()
    game: Mapping[str, Any] = field(default_factory=dict)


def read_play(entries: Mapping[str, Entry], complain: Callable[[int, str], None]) -> PlaySetup:
    """The game of a setup from its lines by their keys, `game` among them.

    >>> read_play({"game": Entry("game", "alice", 1), "seed": Entry("seed", "7", 2)}, print)
    PlaySetup(part='game', scores=(), game={'text': 'alice', 'seed': 7})
    """
    tutorial = entries["game"].value == TUTORIAL
    wrong = KEYS[1:5] if tutorial else KEYS[5:]
    for entry in (entries[key] for key in wrong if key in entries):
        about = "the tutorial" if tutorial else "a game on a text"
        complain(entry.line, f'"{entry.key}" says nothing about {about}')
    if tutorial:
        return PlaySetup(TUTORIAL, _scores(entries.get("scores"), complain))
    return PlaySetup("game", game=_game(entries, complain))


def _scores(entry: Entry | None, complain: Callable[[int, str], None]) -> tuple[str, ...]:
    if entry is None:
        return ()
    scores = tuple(entry.value.replace(",", " ").split())
    if len(scores) != SCORES or None in map(read_number, scores):
        complain(entry.line, f'"{entry.value[:40]}" are not four scores, like "3 1 6 2"')
        return ()
    return scores


def _game(entries: Mapping[str, Entry], complain: Callable[[int, str], None]) -> dict[str, Any]:
    from lmpanel.game.setup import Setup, checked_setup

    names = {"game": "text", "game_text": "own", "game_order": "order"}
    found: dict[str, Any] = {}
    for entry in (entries[key] for key in KEYS if key in entries and key != "scores"):
        whole = entry.value.isdecimal() and entry.key in ("seed", "rounds")
        change = {names.get(entry.key, entry.key): int(entry.value) if whole else entry.value}
        try:
            checked_setup(Setup(), **change)
            found.update(change)
        except BadArgument as error:
            complain(entry.line, f'{entry.key} cannot be "{entry.value[:40]}": {error}')
    return found
