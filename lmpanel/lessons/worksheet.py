"""The worksheet: what was answered, done and captured in each lesson, as plain bounded data.

It holds all that an export needs, so that no lesson has to be opened for it. Reading back trusts
nothing. Knows nothing about where a worksheet is kept.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from lmpanel.bounded_json import read_json
from lmpanel.errors import BadState
from lmpanel.wording import t

VERSION = 1
MAX_LESSONS = 60
MAX_ENTRIES = 200
MAX_ANSWER = 4_000
MAX_TEXT = 1_000
MAX_CELLS = 12
MAX_ROWS = 201
MAX_STEPS = 60
MAX_CHARACTERS = 3_000_000

Check = Callable[[Any], bool]


@dataclass
class Answer:
    """What was answered. `right` is None where nothing is right or wrong, `shown`: it was told."""

    question: str
    step: int
    value: str
    right: bool | None = None
    tries: int = 1
    shown: bool = False


@dataclass
class Evidence:
    """A captured table with what it was captured for."""

    label: str
    step: int
    table: dict[str, Any]


@dataclass
class Todo:
    """A task that the lesson sets, in its step."""

    text: str
    step: int


@dataclass
class Record:
    """One lesson's share of the worksheet. `steps` are the titles, `seen` the steps visited.

    `tasks` are those that were done, `todo` all that the lesson sets, as far as it is known.
    """

    title: str
    steps: list[str]
    step: int = 0
    seen: list[int] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    tasks: dict[str, str] = field(default_factory=dict)
    evidence: dict[str, Evidence] = field(default_factory=dict)
    todo: dict[str, Todo] = field(default_factory=dict)

    @property
    def finished(self) -> bool:
        """Whether every step was visited."""
        return len(self.seen) == len(self.steps)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to hand in."""
        return not (self.answers or self.tasks or self.evidence)


@dataclass
class Worksheet:
    """All records, by the source of their lesson, and the name to be written on top."""

    name: str = ""
    records: dict[str, Record] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The worksheet as JSON-able values; `read_worksheet` reads them."""
        return {"version": VERSION, **asdict(self)}


def parse_worksheet(text: str) -> Worksheet:
    """Read a worksheet from JSON text. Raises BadState."""
    try:
        value = read_json(text, max_characters=MAX_CHARACTERS, max_depth=10)
    except ValueError as error:
        raise _bad(t("it is not usable JSON: {reason}", reason=error)) from error
    return read_worksheet(value)


def read_worksheet(value: Any) -> Worksheet:
    """A worksheet from values that came from outside: all or nothing. Raises BadState.

    >>> read_worksheet({"version": 1, "name": "", "records": {}})
    Worksheet(name='', records={})
    """
    value = _object(value, {"version", "name", "records"})
    if value["version"] != VERSION or type(value["version"]) is not int:
        raise _bad(t("its version is not {version}", version=VERSION))
    records = _mapping(value["records"], MAX_LESSONS, read_record)
    return Worksheet(_text(value["name"], 200), records)


def read_record(value: Any) -> Record:
    """One lesson's record from values that came from outside. Raises BadState."""
    keys = {"title", "steps", "step", "seen", "answers", "tasks", "evidence"}
    # Worksheets of before have no list of what there is to do.
    value = _object({"todo": {}, **value} if isinstance(value, dict) else value, keys | {"todo"})
    steps = [_text(title, 200) for title in _list(value["steps"], MAX_STEPS)]
    if not steps:
        raise _bad(t("a lesson has no steps"))
    seen = sorted({_whole(step, len(steps) - 1) for step in _list(value["seen"], MAX_STEPS)})
    step = _whole(value["step"], len(steps) - 1)
    return Record(
        _text(value["title"], 300), steps, step, seen,
        _mapping(value["answers"], MAX_ENTRIES, lambda item: _answer(item, len(steps))),
        _mapping(value["tasks"], MAX_ENTRIES, lambda item: _text(item, MAX_TEXT)),
        _mapping(value["evidence"], MAX_ENTRIES, lambda item: _evidence(item, len(steps))),
        _mapping(value["todo"], MAX_ENTRIES, lambda item: _todo(item, len(steps))),
    )  # fmt: skip


def _todo(value: Any, steps: int) -> Todo:
    value = _object(value, {"text", "step"})
    return Todo(_text(value["text"], MAX_TEXT), _whole(value["step"], steps - 1))


def _answer(value: Any, steps: int) -> Answer:
    value = _object(value, {"question", "step", "value", "right", "tries", "shown"})
    if value["right"] not in (None, True, False) or type(value["shown"]) is not bool:
        raise _bad(t("an answer is neither right nor wrong"))
    right = None if value["right"] is None else bool(value["right"])
    return Answer(
        _text(value["question"], MAX_TEXT),
        _whole(value["step"], steps - 1),
        _text(value["value"], MAX_ANSWER),
        right,
        _whole(value["tries"], 10_000),
        value["shown"],
    )


def _evidence(value: Any, steps: int) -> Evidence:
    value = _object(value, {"label", "step", "table"})
    table = _object(value["table"], {"kind", "title", "columns", "rows", "notes"})
    rows = [
        [_cell(cell) for cell in _list(row, MAX_CELLS)] for row in _list(table["rows"], MAX_ROWS)
    ]
    columns = [_text(column, 60) for column in _list(table["columns"], MAX_CELLS)]
    if any(len(row) != len(columns) for row in rows):
        raise _bad(t("a row of evidence is too long or too short"))
    kept = {
        "kind": _text(table["kind"], 40),
        "title": _text(table["title"], MAX_TEXT),
        "columns": columns,
        "rows": rows,
        "notes": [_text(note, MAX_TEXT) for note in _list(table["notes"], 10)],
    }
    return Evidence(_text(value["label"], 200), _whole(value["step"], steps - 1), kept)


def _cell(value: Any) -> Any:
    if value is None or (type(value) is int and abs(value) < 2**53):
        return value
    if type(value) is float and math.isfinite(value):
        return value
    return _text(value, MAX_TEXT)


def _object(value: Any, keys: set[str]) -> dict[str, Any]:
    if not isinstance(value, dict) or set(value) != keys:
        raise _bad(t("an entry is not made of {keys}", keys=", ".join(sorted(keys))))
    return value


def _mapping(value: Any, most: int, read: Callable[[Any], Any]) -> dict[str, Any]:
    if not isinstance(value, dict) or len(value) > most:
        raise _bad(t("a list in it is none, or too long"))
    return {_text(key, 300): read(item) for key, item in value.items()}


def _list(value: Any, most: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise _bad(t("a list in it is none, or too long"))
    return value


def _text(value: Any, most: int) -> str:
    if not isinstance(value, str) or len(value) > most:
        raise _bad(t("a text in it is none, or too long"))
    return value


def _whole(value: Any, most: int) -> int:
    if type(value) is not int or not 0 <= value <= most:
        raise _bad(t("a number in it is out of range"))
    return value


def _bad(reason: str) -> BadState:
    said = t("This worksheet cannot be read: {reason}.", reason=reason)
    return BadState(said, t("Nothing was changed."))
