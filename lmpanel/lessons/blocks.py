"""Reads the blocks of a lesson's directives; every mistake with its line.

What they say is in `directives`; `::: setup` has its own reader in `setup_block`. Knows nothing
about how a lesson is played.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from lmpanel.lessons.directives import Ask, Capture, Check
from lmpanel.lessons.evidence_kinds import KINDS as EVIDENCE
from lmpanel.lessons.expectations import Expectation, expect, read_number
from lmpanel.lessons.file import Block, Entry
from lmpanel.lessons.parts import PARTS
from lmpanel.lessons.quantities import KINDS, NUMBERS, TEXTS

TYPES = ("text", "number", "choice")
MAX_OPTIONS = 12
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class Reader:
    """Reads the blocks of one lesson; `complain` is told of every mistake."""

    def __init__(self, complain: Callable[[int, str], None]):
        self.complain = complain
        self._ids: set[str] = set()

    def ask(self, block: Block) -> Ask:
        """A question with its right answer, if it has one."""
        known = ("question", "type", "option", "answer", "tolerance", "unit", "hint", "lines")
        known += ("outcome",)
        entries = self._known(block, known)
        one = self._single(block, entries, repeated=("option", "answer"))
        options = tuple(entry.value for entry in entries if entry.key == "option")
        kind = one.get("type", "choice" if options else "text")
        ask = {
            "id": self._id(block),
            "question": one.get("question", ""),
            "line": block.line,
            "type": kind,
            "options": options,
            "unit": one.get("unit", ""),
            "hint": one.get("hint", ""),
            "lines": 4 if one.get("lines") == "many" else 1,
            "outcome": one.get("outcome", ""),
        }
        for reason in _wrong(ask["question"], kind, options):
            self.complain(block.line, reason)
        answers = [entry for entry in entries if entry.key == "answer"]
        if answers and ask["outcome"]:
            self.complain(block.line, "an answer that is checked has no outcome besides")
        return Ask(**ask, **self._right(kind, options, answers, one))

    def _right(
        self, kind: str, options: tuple[str, ...], answers: list[Entry], one: Mapping[str, str]
    ) -> dict[str, Any]:
        if not answers:
            return {}
        first = answers[0]
        tolerance = read_number(one.get("tolerance", "0"))
        if tolerance is None or tolerance < 0:
            self.complain(first.line, f'the tolerance "{one["tolerance"][:40]}" is not a number')
            tolerance = 0.0
        if first.value.startswith("measured "):
            return self._measured(first, kind, tolerance)
        if kind == "number":
            number = read_number(first.value)
            if number is None or len(answers) > 1:
                self.complain(first.line, f'the answer "{first.value[:40]}" is not one number')
            return {"number": (number or 0.0, tolerance)}
        for answer in answers:
            if kind == "choice" and answer.value not in options:
                self.complain(
                    answer.line, f'the answer "{answer.value[:60]}" is none of the options'
                )
        return {"right": tuple(answer.value for answer in answers)}

    def _measured(self, entry: Entry, kind: str, tolerance: float) -> dict[str, Any]:
        name = entry.value.removeprefix("measured ").strip().replace(" ", "_").replace("-", "_")
        wanted = NUMBERS if kind == "number" else TEXTS
        if name not in wanted:
            self.complain(
                entry.line,
                f'"{name}" is nothing that can be measured as a {kind}; there are {_list(wanted)}',
            )
            return {}
        return {"measured": name, "tolerance": tolerance}

    def check(self, block: Block) -> Check:
        """A task with its conditions."""
        task, conditions = "", []
        entries = block.entries(self.complain)
        for entry in entries:
            if entry.key == "task":
                task = entry.value
            elif entry.key in KINDS:
                self._condition(entry, conditions)
            else:
                self.complain(
                    entry.line,
                    f'"{entry.key}" is nothing that can be checked; there are {_list(KINDS)}',
                )
        if not task:
            self.complain(block.line, 'a check needs a line "task: …" that says what is to be done')
        if all(entry.key == "task" for entry in entries):
            self.complain(block.line, 'a check needs a condition, for example "temperature: 0"')
        return Check(self._id(block), task, block.line, tuple(conditions))

    def _condition(self, entry: Entry, conditions: list[tuple[str, Expectation]]) -> None:
        try:
            conditions.append((entry.key, expect(KINDS[entry.key], entry.value)))
        except ValueError as error:
            self.complain(entry.line, f"{entry.key}: {error}")

    def capture(self, block: Block) -> Capture:
        """Numbers to be kept."""
        entries = self._known(block, ("what", "label"))
        one = self._single(block, entries)
        what = one.get("what", "")
        if what not in EVIDENCE:
            self.complain(block.line, f'"what: {what}" is no evidence; there are {_list(EVIDENCE)}')
        return Capture(self._id(block), what, one.get("label", ""))

    def until(self, block: Block) -> str:
        """The question that parts are hidden or locked until; empty where it is the step's end."""
        found = [entry.value for entry in block.entries(_quiet) if entry.key == "until"]
        return found[0] if found else ""

    def parts(self, block: Block) -> tuple[str, ...]:
        """Names of parts of the page: one per line "part: …", or several after "parts:"."""
        names: list[str] = []
        keys = ("part", "parts") if block.kind == "highlight" else ("part", "parts", "until")
        for entry in self._known(block, keys):
            if entry.key == "until":
                continue
            for name in (" ".join(piece.split()) for piece in entry.value.split(",")):
                if name in PARTS:
                    names.append(name)
                else:
                    self.complain(
                        entry.line, f'there is no part "{name[:40]}"; there are {_list(PARTS)}'
                    )
        if not block.lines:
            self.complain(block.line, f'"::: {block.kind}" needs a line "part: …"')
        return tuple(names)

    def _known(self, block: Block, keys: tuple[str, ...]) -> list[Entry]:
        entries = block.entries(self.complain)
        for entry in entries:
            if entry.key not in keys:
                self.complain(
                    entry.line, f'"{entry.key}" is not known here; possible: {_list(keys)}'
                )
        return [entry for entry in entries if entry.key in keys]

    def _single(
        self, block: Block, entries: list[Entry], repeated: tuple[str, ...] = ()
    ) -> dict[str, str]:
        single: dict[str, str] = {}
        for entry in entries:
            if entry.key in single and entry.key not in repeated:
                self.complain(entry.line, f'"{entry.key}" stands here twice')
            single[entry.key] = entry.value
        return single

    def _id(self, block: Block) -> str:
        if not _ID.fullmatch(block.name):
            self.complain(
                block.line,
                f'"::: {block.kind}" needs a name of small letters, digits and '
                f'hyphens after it, for example "::: {block.kind} first-word"',
            )
        elif block.name in self._ids:
            self.complain(block.line, f'the name "{block.name}" is used already')
        self._ids.add(block.name)
        return block.name


def _quiet(line: int, reason: str) -> None:
    """Complains of nothing: what is wrong was told already."""


def _wrong(question: str, kind: str, options: tuple[str, ...]) -> Iterator[str]:
    """What does not fit together in a question."""
    if not question:
        yield 'a question needs a line "question: …"'
    if kind not in TYPES:
        yield f'there is no type "{kind}" of question; there are {_list(TYPES)}'
    if (kind == "choice") != bool(options) or len(options) > MAX_OPTIONS or len(options) == 1:
        yield f'a choice has 2 to {MAX_OPTIONS} lines "option: …", and only a choice has them'


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)
