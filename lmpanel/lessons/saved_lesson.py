"""The open lesson as plain JSON and back: what a link and a session file carry of it.

Reading trusts nothing and refuses the whole. Knows nothing about who plays lessons.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from lmpanel.errors import BadState
from lmpanel.lessons.worksheet import Record, read_record
from lmpanel.wording import t

VERSION = 1
MAX_SOURCE = 300


def saved_lesson(
    source: str, record: Record, evidence: bool = True, game: dict[str, Any] | None = None
) -> dict[str, Any]:
    """A lesson's record as JSON-able values; without `evidence` small enough for a link.

    `game` is what waits for the end of the lesson.
    """
    kept = record if evidence else replace(record, evidence={}, todo={})
    saved = {"version": VERSION, "source": source, "record": asdict(kept)}
    return {**saved, "game": game} if evidence and game else saved


def read_saved_lesson(value: Any) -> tuple[str, Record]:
    """Source and record of `saved_lesson`. Raises BadState.

    >>> read_saved_lesson(saved_lesson("lessons/a.md", Record("A", ["One"])))[0]
    'lessons/a.md'
    """
    if not isinstance(value, dict) or set(value) - {"game"} != {"version", "source", "record"}:
        raise _bad()
    source = value["source"]
    if value["version"] != VERSION or not isinstance(source, str):
        raise _bad()
    if not 0 < len(source) <= MAX_SOURCE:
        raise _bad()
    return source, read_record(value["record"])


def _bad() -> BadState:
    return BadState(t("The lesson in it cannot be read."), t("Nothing was changed."))
