"""The file that a whole session is saved to: JSON with a part for each who has something to keep.

Reading checks the frame alone; each part is read by the one it belongs to. Knows nothing about
what the parts hold.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lmpanel.bounded_json import read_json, reason_of
from lmpanel.errors import BadState
from lmpanel.wording import later, t

FORMAT = "lmpanel session"
VERSION = 1
MAX_CHARACTERS = 5_000_000
_UNCHANGED = later("Nothing was changed.")
_WHERE = later("Session, Save to a file, makes one. Nothing was changed.")


def write_session(parts: Mapping[str, Any]) -> str:
    """The text of a session file.

    >>> read_session(write_session({"attempts": []}))
    {'attempts': []}
    """
    value = {"format": FORMAT, "version": VERSION, "parts": dict(parts)}
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def read_session(text: str) -> dict[str, Any]:
    """The parts of a session file. Raises BadState that says why it is none."""
    try:
        value = read_json(text, max_characters=MAX_CHARACTERS)
    except json.JSONDecodeError as error:
        raise _none(text) from error
    except ValueError as error:
        problem = t("This file is no session: {reason}.", reason=reason_of(error))
        raise BadState(problem, t(_UNCHANGED)) from error
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise _none(text)
    if value.get("version") != VERSION or type(value["version"]) is not int:
        raise BadState(t("This session was saved by another version."), t(_UNCHANGED))
    parts = value.get("parts")
    if value.keys() != {"format", "version", "parts"} or not isinstance(parts, dict):
        raise BadState(t("This session file is damaged."), t(_UNCHANGED))
    return parts


def _none(text: str) -> BadState:
    """Why a text is no session file, as far as its beginning tells."""
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("---"):
        return BadState(
            t("This file looks like a lesson."), t("Open it in Lessons. Nothing was changed.")
        )
    if start.startswith(f'{{"format":"{FORMAT}"'):
        return BadState(
            t("This session file is damaged: a part of it is missing."), t(_UNCHANGED)
        )
    return BadState(t("This file is no session of lmpanel."), t(_WHERE))
