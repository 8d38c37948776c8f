"""Reads `::: setup`: the document, the place in it, the settings and the game of a step.

Knows nothing about how the tool is set up; see `tool`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from lmpanel.explorer import ROOMS, TABS
from lmpanel.lessons.directives import Setup
from lmpanel.lessons.expectations import read_number
from lmpanel.lessons.file import Block, Entry
from lmpanel.lessons.play_setup import KEYS as PLAY
from lmpanel.lessons.play_setup import read_play
from lmpanel.messages import ROLES
from lmpanel.state_codec import SETTINGS

_PLAIN = ("reply", "raw", "look", "select", "room", "goes_on")
_NOT_SET = ("ahead", "biases")
"""Settings that no lesson touches."""
_SWITCH = {"on": True, "yes": True, "true": True, "off": False, "no": False, "false": False}


def read_setup(block: Block, complain: Callable[[int, str], None]) -> Setup:
    """How the tool is to be; `complain` is told of every mistake.

    >>> setup = read_setup(Block("setup", "", 1, ((2, "raw: Once"), (3, "top k: 5"))), print)
    >>> setup.raw, setup.settings
    ('Once', {'top_k': 5})
    """
    turns, plain, settings, play = [], {}, {}, {}
    entries = block.entries(complain)
    of_game = PLAY if any(entry.key == "game" for entry in entries) else ()
    for entry in entries:
        if entry.key in of_game:
            play[entry.key] = entry
        elif entry.key in ROLES:
            turns.append((entry.key, entry.value))
        elif entry.key in _PLAIN:
            plain[entry.key] = entry.value
        elif entry.key in SETTINGS and entry.key not in _NOT_SET:
            _read_setting(entry, settings, complain)
        else:
            complain(entry.line, f'"{entry.key}" is nothing that a setup can set')
    for reason in _wrong(turns, plain):
        complain(block.line, reason)
    return Setup(
        tuple(turns),
        plain.get("reply"),
        plain.get("raw"),
        plain.get("look", ""),
        plain.get("select", ""),
        plain.get("room") or ("play" if play else None),
        read_play(play, complain) if play else None,
        settings,
        _SWITCH.get(plain.get("goes_on", "no").lower(), False),
    )


def _wrong(turns: list[tuple[str, str]], plain: dict[str, str]) -> Iterator[str]:
    """What does not fit together."""
    if "raw" in plain and (turns or "reply" in plain):
        yield "a raw text has no turns: give either raw, or turns"
    if "reply" in plain and not turns:
        yield "a reply needs a message before it (user: …)"
    if turns and turns[-1][0] == "system":
        yield "after the system prompt a message is missing (user: …)"
    if plain.get("goes_on", "no").lower() not in _SWITCH:
        yield f'"goes on: {plain["goes_on"][:40]}" is neither yes nor no'
    if "goes_on" in plain and not turns and "raw" not in plain:
        yield "a step goes on anyway without a document of its own: leave out “goes on”"
    if plain.get("room", "explore") not in ROOMS:
        yield f'there is no room "{plain["room"]}"; there are {", ".join(ROOMS)}'


def _read_setting(
    entry: Entry, settings: dict[str, Any], complain: Callable[[int, str], None]
) -> None:
    values = [_SWITCH.get(entry.value.lower()), read_number(entry.value), entry.value]
    if isinstance(values[1], float) and values[1].is_integer():
        values.insert(1, int(values[1]))
    for value in values:
        if value is not None and SETTINGS[entry.key](value):
            settings[entry.key] = value
            return
    known = f"; there are {', '.join(TABS)}" if entry.key == "tab" else ""
    complain(entry.line, f'{entry.key} cannot be "{entry.value[:40]}"{known}')
