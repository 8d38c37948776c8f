"""The worksheet on the desk: what is told of it, taken from elsewhere, signed and handed out.

Knows nothing about lessons being played; see `player`, and `worksheet` for what is on it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

import param

from lmpanel import __version__
from lmpanel.errors import BadArgument
from lmpanel.lessons.worksheet import MAX_ENTRIES, MAX_LESSONS, Record, Worksheet, parse_worksheet
from lmpanel.wording import t


class Sheet(param.Parameterized):
    """One student's worksheet.

    >>> sheet = Sheet()
    >>> sheet.sign("Ada")
    >>> sheet.worksheet.name, sheet.kept
    ('Ada', 1)
    """

    changed = param.Integer(default=0, doc="Counts up when what is shown of the lesson changes.")
    kept = param.Integer(default=0, doc="Counts up when the worksheet changes.")
    exported = param.Parameter(default=None, doc="A file to be saved: (name, type, text).")

    def __init__(self) -> None:
        super().__init__()
        self.worksheet = Worksheet()
        self.model = ""
        """The model whose numbers are on it, by its name."""

    def _tell(self, kept: bool = True) -> None:
        self.changed += 1
        if kept:
            self.kept += 1

    def record_for(self, source: str, title: str, steps: list[str]) -> Record:
        """What the worksheet has of a lesson, or a new record; fit for its steps.

        Of a lesson whose file has other steps now, what was answered stays. Raises BadArgument
        when no further lesson has room.
        """
        known = self.worksheet.records.get(source)
        if known is None and len(self.worksheet.records) >= MAX_LESSONS:
            raise BadArgument(t("The worksheet is full."), t("Save it, then clear it."))
        if known is None:
            return Record(title, steps)
        if len(known.steps) != len(steps):
            return _moved(known, title, steps)
        known.title, known.steps = title, steps
        return known

    def take_worksheet(self, text: str) -> None:
        """Add what another worksheet has more: an older one, another tab's. Raises BadState."""
        worksheet = parse_worksheet(text)
        self.worksheet.name = self.worksheet.name or worksheet.name
        for source, record in list(worksheet.records.items())[:MAX_LESSONS]:
            known = self.worksheet.records.setdefault(source, record)
            if known is not record:
                step = known.step
                merge(known, record)
                known.step = step
        self._tell(kept=False)

    def sign(self, name: str) -> None:
        """Write a name on the worksheet."""
        self.worksheet.name = str(name)[:200]
        self._tell()

    def export(self, form: str) -> None:
        """Hand the worksheet out as a file, "markdown" or "html"; see `exported`."""
        from lmpanel.lessons.export import as_html, as_markdown

        made = {
            "markdown": ("md", "text/markdown;charset=utf-8", as_markdown),
            "html": ("html", "text/html;charset=utf-8", as_html),
        }
        if form not in made:
            raise BadArgument("A worksheet is saved as markdown or html.")
        ending, kind, write = made[form]
        self.exported = (self.file_name(ending), kind, write(self.worksheet, self.about))

    @property
    def about(self) -> str:
        """Whose numbers these are, and of which day."""
        told = (self.model, f"lmpanel {__version__}", f"{datetime.now(UTC):%Y-%m-%d}")
        return " · ".join(part for part in told if part)

    def file_name(self, ending: str) -> str:
        """A name that tells one student's file from another's, and one lesson's.

        >>> sheet = Sheet()
        >>> record = Record("A/B?", ["x"], tasks={"a": ""})
        >>> sheet.worksheet = Worksheet("Ada Lovelace", {"s": record})
        >>> sheet.file_name("md")
        'worksheet-Ada-Lovelace-A-B.md'
        """
        titles = [record.title for record in self.worksheet.records.values() if not record.empty]
        parts = (self.worksheet.name, titles[0] if len(titles) == 1 else "")
        plain = (re.sub(r"[\W_]+", "-", part).strip("-")[:40] for part in parts)
        return "-".join(("worksheet", *filter(None, plain))) + f".{ending}"


def _moved(record: Record, title: str, steps: list[str]) -> Record:
    """A record with what was answered in steps that are others now."""
    fresh = Record(
        title, steps, answers=record.answers, tasks=record.tasks, evidence=record.evidence
    )
    for entry in (*fresh.answers.values(), *fresh.evidence.values()):
        entry.step = min(entry.step, len(steps) - 1)
    return fresh


def merge(record: Record, other: Record) -> None:
    """Add what `record` lacks; the step is the other's."""
    last = len(record.steps) - 1
    record.step = min(other.step, last)
    record.seen = sorted({*record.seen, *(step for step in other.seen if step <= last)})
    for name in ("answers", "tasks", "evidence"):
        mine, theirs = getattr(record, name), getattr(other, name)
        for id, entry in theirs.items():
            if id not in mine and len(mine) < MAX_ENTRIES:
                if name != "tasks":
                    entry.step = min(entry.step, last)
                mine[id] = entry
    record.todo = record.todo or {
        id: task for id, task in other.todo.items() if task.step <= last
    }
