"""Cut a lesson file into front matter, steps, text and directive blocks, each with its line.

Knows the outline of a lesson file, but not what its directives mean, nor Markdown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from lmpanel.number_text import grouped

MAX_CHARACTERS = 200_000
MAX_STEPS = 60
MAX_LINE = 4_000
MAX_PROBLEMS = 100

_OPENS = re.compile(r":::\s*([a-z]+)\s*(.*?)\s*$")
_KEY = re.compile(r"([A-Za-z][A-Za-z0-9 _-]{0,40}?)\s*:(?:\s+(.*))?$")
_FENCE = re.compile(r"\s{0,3}(```+|~~~+)")


@dataclass(frozen=True, order=True)
class Problem:
    """What is wrong with a lesson file, and in which line (from 1)."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


@dataclass(frozen=True)
class Entry:
    """A `key: value` line; the key in lower case with underscores."""

    key: str
    value: str
    line: int


@dataclass(frozen=True)
class Block:
    """A directive: `::: kind name`, its lines, and `:::`."""

    kind: str
    name: str
    line: int
    lines: tuple[tuple[int, str], ...]

    def entries(self, complain: Callable[[int, str], None]) -> list[Entry]:
        """Its `key: value` lines; lines that are indented go on with the value before."""
        return _entries(self.lines, complain)

    @property
    def text(self) -> str:
        """Its lines as Markdown."""
        return "\n".join(text for _, text in self.lines)


@dataclass(frozen=True)
class Text:
    """Markdown between two directives."""

    line: int
    text: str


@dataclass
class Section:
    """A step as it stands in the file."""

    title: str
    line: int
    parts: list[Text | Block] = field(default_factory=list)


@dataclass
class Outline:
    """A lesson file cut into its parts, and what is wrong with its outline."""

    front: list[Entry] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def complain(self, line: int, reason: str) -> None:
        """Note a problem; of very many the first hundred are enough."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(line, reason))


def cut(text: str) -> Outline:
    """Cut a lesson file; whatever is wrong is noted, never raised.

    >>> outline = cut("---\\ntitle: T\\n---\\n## One\\nHi\\n::: ask a\\nanswer: 3\\n:::\\n")
    >>> outline.front[0].value, outline.sections[0].title, outline.sections[0].parts[1].kind
    ('T', 'One', 'ask')
    >>> print(*cut("::: ask").problems, sep="; ")
    line 1: a lesson begins with a line "---", then "title: …", then "---"
    """
    outline = Outline()
    if len(text) > MAX_CHARACTERS:
        most = grouped(MAX_CHARACTERS)
        outline.complain(1, f"the file has {grouped(len(text))} characters; {most} are the most")
        return outline
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for number, line in enumerate(lines, 1):
        if len(line) > MAX_LINE:
            outline.complain(number, f"the line is longer than {grouped(MAX_LINE)} characters")
    if not outline.problems:
        body = _front(lines, outline)
        if body is not None:
            _body(lines, body, outline)
    return outline


def _front(lines: list[str], outline: Outline) -> int | None:
    """Read the front matter; returns the index of the first line after it."""
    if lines[0].strip() != "---":
        outline.complain(1, 'a lesson begins with a line "---", then "title: …", then "---"')
        return None
    for index in range(1, len(lines)):
        if lines[index].strip() == "---":
            numbered = tuple((i + 1, lines[i]) for i in range(1, index))
            outline.front = _entries(numbered, outline.complain)
            return index + 1
    outline.complain(1, 'the front matter is not closed by a second line "---"')
    return None


def _body(lines: list[str], start: int, outline: Outline) -> None:
    cutter = _Cutter(outline)
    for index in range(start, len(lines)):
        cutter.take(index + 1, lines[index])
    cutter.close(len(lines))
    if not outline.sections and not outline.problems:
        outline.complain(len(lines), 'there is no step; a step begins with a line "## Title"')
    if len(outline.sections) > MAX_STEPS:
        line = outline.sections[MAX_STEPS].line
        outline.complain(line, f"there are {len(outline.sections)} steps; {MAX_STEPS} are the most")


class _Cutter:
    """Takes the lines of the body, one after the other."""

    def __init__(self, outline: Outline):
        self.outline = outline
        self.text: list[str] = []
        self.text_line = 0
        self.fence = ""
        self.opened: tuple[str, str, int] | None = None
        self.inside: list[tuple[int, str]] = []

    def take(self, number: int, line: str) -> None:
        if self.opened is not None:
            self._take_inside(number, line)
        elif self.fence or _FENCE.match(line):
            self._follow_fence(line)
            self._add_text(number, line)
        elif line.startswith("## "):
            self._end_text()
            self.outline.sections.append(Section(line[3:].strip()[:120], number))
        elif line.startswith(":::"):
            self._open(number, line)
        else:
            self._add_text(number, line)

    def _follow_fence(self, line: str) -> None:
        match = _FENCE.match(line)
        if not self.fence:
            self.fence = match[1]
        elif match and match[1].startswith(self.fence) and not line.strip(" `~"):
            self.fence = ""

    def _add_text(self, number: int, line: str) -> None:
        if not self.outline.sections:
            if line.strip():
                self.outline.complain(number, 'text before the first step; it begins with "## …"')
            return
        if not self.text:
            self.text_line = number
        self.text.append(line)

    def _end_text(self) -> None:
        text, self.text = self.text, []
        if any(line.strip() for line in text):
            self.outline.sections[-1].parts.append(Text(self.text_line, "\n".join(text)))

    def _open(self, number: int, line: str) -> None:
        self._end_text()
        match = _OPENS.match(line)
        if not match:
            self.outline.complain(number, 'a directive begins like "::: setup", with its name')
        if match and not self.outline.sections:
            self.outline.complain(number, 'a directive before the first step ("## …")')
        self.opened = (match[1], match[2], number) if match else ("", "", number)
        self.inside = []

    def _take_inside(self, number: int, line: str) -> None:
        if line.strip() == ":::":
            kind, name, opened = self.opened
            if kind and self.outline.sections:
                block = Block(kind, name, opened, tuple(self.inside))
                self.outline.sections[-1].parts.append(block)
            self.opened = None
        elif line.startswith((":::", "## ")):
            self._not_closed()
            self.take(number, line)
        else:
            self.inside.append((number, line))

    def _not_closed(self) -> None:
        kind, _, opened = self.opened
        self.opened = None
        self.outline.complain(opened, f'"::: {kind}" is not closed by a line ":::"')

    def close(self, last: int) -> None:
        if self.opened is not None:
            self._not_closed()
        if self.fence:
            self.outline.complain(self.text_line, "a block of code is not closed")
        if self.outline.sections:
            self._end_text()


def _entries(
    lines: tuple[tuple[int, str], ...], complain: Callable[[int, str], None]
) -> list[Entry]:
    entries: list[Entry] = []
    for number, line in _logical(lines):
        match = _KEY.fullmatch(line)
        if not match:
            complain(number, f'"{line[:60]}" is not of the form "key: value"')
            continue
        key = match[1].lower().replace(" ", "_").replace("-", "_")
        entries.append(Entry(key, _unquoted(match[2] or "", number, complain), number))
    return entries


def _logical(lines: tuple[tuple[int, str], ...]) -> Iterator[tuple[int, str]]:
    """Lines with what goes on with them; empty lines and comments (#) left out."""
    held: tuple[int, str] | None = None
    for number, line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        if held is not None and line.startswith("  "):
            held = held[0], f"{held[1]} {line.strip()}"
            continue
        if held is not None:
            yield held
        held = number, line.strip()
    if held is not None:
        yield held


def _unquoted(value: str, line: int, complain: Callable[[int, str], None]) -> str:
    """A value in double quotes is a JSON string: for spaces at its ends and line breaks."""
    if not (value.startswith('"') and value.endswith('"') and len(value) > 1):
        return value
    try:
        return str(json.loads(value))
    except ValueError:
        complain(line, f"{value[:60]} is not a text in quotes as JSON writes it")
        return ""
