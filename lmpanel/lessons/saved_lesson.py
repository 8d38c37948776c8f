"""The open lesson as plain JSON and back: what a link and a session file carry of it.

Reading trusts nothing and refuses the whole. Knows nothing about who plays lessons.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from lmpanel.errors import BadState
from lmpanel.lessons.worksheet import Record, read_record

VERSION = 1
MAX_SOURCE = 300


def saved_lesson(source: str, record: Record, evidence: bool = True) -> dict[str, Any]:
    """A lesson's record as JSON-able values; without `evidence` small enough for a link."""
    kept = record if evidence else replace(record, evidence={}, todo={})
    return {"version": VERSION, "source": source, "record": asdict(kept)}


def read_saved_lesson(value: Any) -> tuple[str, Record]:
    """Source and record of `saved_lesson`. Raises BadState.

    >>> read_saved_lesson(saved_lesson("lessons/a.md", Record("A", ["One"])))[0]
    'lessons/a.md'
    """
    if not isinstance(value, dict) or set(value) != {"version", "source", "record"}:
        raise _bad()
    source = value["source"]
    if value["version"] != VERSION or not isinstance(source, str):
        raise _bad()
    if not 0 < len(source) <= MAX_SOURCE:
        raise _bad()
    return source, read_record(value["record"])


def _bad() -> BadState:
    return BadState("The lesson in it cannot be read.", "Nothing was changed.")
