"""A whole lesson from the text of its file, or everything that is wrong with it.

Knows nothing about who plays it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from lmpanel.errors import LMPanelError
from lmpanel.lessons.blocks import Reader
from lmpanel.lessons.directives import Ask, Capture, Check, Setup
from lmpanel.lessons.expectations import read_number
from lmpanel.lessons.file import Block, Outline, Problem, Section, Text, cut
from lmpanel.lessons.glossary import TERMS
from lmpanel.lessons.markdown import Node, plain, tree
from lmpanel.lessons.setup_block import read_setup
from lmpanel.wording import t

_FRONT = ("title", "summary", "minutes", "order", "hide", "lock")
MAX_PARTS = 40


class BadLesson(LMPanelError):
    """A lesson file with mistakes; `problems` has all of them, by line."""

    code = "bad_lesson"

    def __init__(self, problems: Iterable[Problem]):
        self.problems = sorted(problems)
        first, rest = self.problems[0], len(self.problems) - 1
        said = t("This lesson cannot be opened: {problem}.", problem=first)
        if rest:
            said = t(
                "This lesson cannot be opened: {problem} (and {n} more).", problem=first, n=rest
            )
        super().__init__(said, t("Nothing was changed."))


@dataclass(frozen=True)
class Prose:
    """Text of a step; what only comes after the answers is a `notice`."""

    nodes: list[Node]
    notice: bool = False


Part = Prose | Ask | Check | Capture


@dataclass
class Step:
    """One step: what it shows, in order, and what it does to the tool."""

    title: str
    parts: list[Part] = field(default_factory=list)
    setup: Setup | None = None
    highlight: tuple[str, ...] = ()
    hide: tuple[str, ...] = ()
    lock: tuple[str, ...] = ()
    until: dict[str, str] = field(default_factory=dict)
    """Hidden or locked parts that are back when a question is answered: part → its name."""

    def find(self, kind: type, id: str) -> Any:
        """A question, check or capture of this step by its name, None if there is none."""
        return next((part for part in self.parts if isinstance(part, kind) and part.id == id), None)

    def all(self, kind: type) -> list[Any]:
        """The parts of one kind."""
        return [part for part in self.parts if isinstance(part, kind)]


@dataclass(frozen=True)
class Lesson:
    """A lesson that can be played."""

    title: str
    summary: str
    minutes: int
    order: float
    steps: tuple[Step, ...]


def parse(text: str) -> Lesson:
    """Read a lesson file. Raises BadLesson with everything that is wrong.

    >>> lesson = parse("---\\ntitle: T\\nminutes: 5\\n---\\n## One\\n::: ask a\\nquestion: 1+1?\\n"
    ...                "type: number\\nanswer: 2\\n:::\\n")
    >>> lesson.steps[0].parts[0].number
    (2.0, 0.0)
    >>> try:
    ...     parse("---\\ntitle: T\\nminutes: 1\\n---\\n## One\\n[[wug]]")
    ... except BadLesson as error:
    ...     print(*error.problems)
    line 6: [[wug]] is not a term of the glossary
    """
    outline = cut(text)
    reader = Reader(outline.complain)
    lesson = _lesson(outline, reader) if outline.sections else None
    if outline.problems:
        raise BadLesson(outline.problems)
    return lesson


def _lesson(outline: Outline, reader: Reader) -> Lesson:
    front = {entry.key: entry for entry in outline.front}
    for entry in outline.front:
        if entry.key not in _FRONT:
            outline.complain(
                entry.line, f'"{entry.key}" is not known here; possible: {", ".join(_FRONT)}'
            )
    end = max((entry.line for entry in outline.front), default=1) + 1
    for key in ("title", "minutes"):
        if key not in front:
            outline.complain(end, f'"{key}: …" is missing')
    numbers = {key: _number(front.get(key), outline) for key in ("minutes", "order")}
    shared = {key: _shared(front.get(key), reader) for key in ("hide", "lock")}
    steps = tuple(_step(section, reader, shared) for section in outline.sections)
    texts = {key: front[key].value[:300] if key in front else "" for key in ("title", "summary")}
    return Lesson(**texts, minutes=int(numbers["minutes"]), order=numbers["order"], steps=steps)


def _number(entry: Any, outline: Outline) -> float:
    value = read_number(entry.value) if entry else 0.0
    if value is None or not 0 <= value <= 1000:
        outline.complain(
            entry.line, f'{entry.key}: "{entry.value[:40]}" is not a number up to 1000'
        )
    return value or 0.0


def _shared(entry: Any, reader: Reader) -> tuple[str, ...]:
    """Parts that are hidden or locked in all steps."""
    if entry is None:
        return ()
    return reader.parts(Block(entry.key, "", entry.line, ((entry.line, f"parts: {entry.value}"),)))


def _step(section: Section, reader: Reader, shared: dict[str, tuple[str, ...]]) -> Step:
    title = plain(tree(section.title, section.line, TERMS, reader.complain)).strip()
    step = Step(title or section.title, hide=shared["hide"], lock=shared["lock"])
    if not section.title:
        reader.complain(section.line, "the step has no title")
    if len(section.parts) > MAX_PARTS:
        reader.complain(section.line, f"the step has more than {MAX_PARTS} parts")
    for part in section.parts[:MAX_PARTS]:
        if isinstance(part, Text):
            step.parts.append(Prose(tree(part.text, part.line, TERMS, reader.complain)))
        else:
            _take_block(part, step, reader)
    return step


def _take_block(block: Block, step: Step, reader: Reader) -> None:
    if block.kind in ("ask", "check", "capture"):
        step.parts.append(getattr(reader, block.kind)(block))
    elif block.kind == "notice":
        first = block.lines[0][0] if block.lines else block.line
        step.parts.append(Prose(tree(block.text, first, TERMS, reader.complain), notice=True))
    elif block.kind == "setup":
        if step.setup is not None:
            reader.complain(block.line, "a step has one setup at most")
        step.setup = read_setup(block, reader.complain)
    elif block.kind in ("highlight", "hide", "lock"):
        names, until = reader.parts(block), reader.until(block)
        setattr(step, block.kind, (*getattr(step, block.kind), *names))
        if until and step.find(Ask, until) is None:
            reader.complain(block.line, f'before it there is no question "{until[:40]}"')
        elif until:
            step.until.update(dict.fromkeys(names, until))
    else:
        reader.complain(
            block.line,
            f'there is no directive "{block.kind}"; there are setup, ask, check, '
            "capture, highlight, hide, lock, notice",
        )
