"""The player: the open lesson, its step, and what was answered, done and captured.

Predict, do, notice: what there is to notice in a step is shown when its questions are answered and
its tasks done. Sets the tool up through `tool`; knows neither the session nor how steps are drawn.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import param

from lmpanel.document import Document
from lmpanel.errors import BadArgument, BadState, LMPanelError
from lmpanel.lessons.sheet import Sheet, merge
from lmpanel.lessons.worksheet import (
    MAX_ANSWER,
    MAX_ENTRIES,
    MAX_LESSONS,
    Answer,
    Evidence,
    Record,
    Worksheet,
    read_record,
)

if TYPE_CHECKING:
    from lmpanel.explorer import Explorer
    from lmpanel.lessons.blocks import Ask
    from lmpanel.lessons.parse import Lesson, Step
    from lmpanel.lessons.tool import Tool

MAX_SOURCE = 300
TELL_AFTER = 2
"""After so many wrong answers the right one may be asked for."""


class Player(Sheet):
    """Plays one lesson at a time; `source` says which: a path of the site, or "file:NAME"."""

    wanted = param.String(default="", doc="A lesson of the site that is to be fetched and opened.")
    page = param.Selector(
        default="list", objects=["list", "worksheet", "glossary"], doc="Of the room."
    )
    refused = param.Dict(default={}, doc="The file that could not be opened: name, problems.")

    def __init__(self, explorer: Explorer, tool: Tool):
        super().__init__()
        self._explorer = explorer
        self.tool = tool
        self.lesson: Lesson | None = None
        self.source = ""
        self.revealed: set[int] = set()
        """Steps whose notices are shown although not all is answered."""
        self.said: dict[str, str] = {}
        """What was said to the last answer of each question."""
        self._left: dict[int, Document] = {}
        self._before: dict[str, Any] = {}
        self._resume: dict[str, Any] | None = None
        self._setting_up = False
        for source, names in tool.watched:
            source.param.watch(self._look, names)

    # The open lesson

    @property
    def record(self) -> Record:
        """What the worksheet has of the open lesson."""
        return self.worksheet.records[self.source]

    @property
    def step(self) -> Step:
        """The step that is shown."""
        return self.lesson.steps[self.record.step]

    def open(self, source: str, text: str, step: int | None = None, set_up: bool = True) -> None:
        """Open a lesson from the text of its file, at a step (from 0) or where it was left.

        A lesson with mistakes is refused with all of them in `refused`; whatever was open stays.
        Raises BadLesson, BadArgument while the model writes.
        """
        from lmpanel.lessons.parse import BadLesson, parse

        if self.tool.busy:
            raise BadArgument("The model is writing.", "Stop it first, then open the lesson.")
        source, resume = str(source)[:MAX_SOURCE], self._take_resume(source)
        try:
            lesson = parse(str(text))
        except BadLesson as error:
            problems = [{"line": p.line, "reason": p.reason} for p in error.problems]
            self.refused = {"name": source, "problems": problems}
            raise
        record = self._record(source, lesson)
        if resume is not None:
            merge(record, resume)
        if self.lesson is None:
            self._before = self.tool.settings()
        self.param.update(refused={}, wanted="")
        self.lesson, self.source = lesson, source
        self.worksheet.records[source] = record
        self.revealed, self.said, self._left = set(), {}, {}
        if resume is None and set_up:
            self.tool.start_afresh()
        again = step is None and resume is None and record.finished
        start = 0 if again else record.step if step is None else step
        start = min(max(int(start), 0), len(lesson.steps) - 1)
        self._begin(start, set_up and resume is None, not set_up and resume is None)

    def _begin(self, step: int, set_up: bool, restarted: bool) -> None:
        """Open the lesson at a step; one that only goes on is set up as the last before it."""
        setups = [i for i in range(step + 1) if self.lesson.steps[i].setup is not None]
        if set_up and setups and setups[-1] != step:
            self._set_up(setups[-1])
        self._enter(step, set_up)
        if restarted and setups:
            self.tool.reopen(self.lesson.steps[setups[-1]].setup)

    def _take_resume(self, source: str) -> Record | None:
        """The record of a restored state, if this is the lesson that it asked for."""
        resume, self._resume = self._resume, None
        return resume["record"] if resume and resume["source"] == source else None

    def _record(self, source: str, lesson: Lesson) -> Record:
        titles = [step.title[:200] for step in lesson.steps]
        known = self.worksheet.records.get(source)
        if known is None and len(self.worksheet.records) >= MAX_LESSONS:
            raise BadArgument("The worksheet is full.", "Save it, then clear it.")
        if known is None or len(known.steps) != len(titles):
            fresh = Record(lesson.title, titles)
            if known is not None:  # the file has changed: what was answered stays
                fresh.answers, fresh.tasks, fresh.evidence = (
                    known.answers,
                    known.tasks,
                    known.evidence,
                )
                last = len(titles) - 1
                for entry in (*fresh.answers.values(), *fresh.evidence.values()):
                    entry.step = min(entry.step, last)
            return fresh
        known.title, known.steps = lesson.title, titles
        return known

    def close(self) -> None:
        """Close the lesson; settings become what they were before it, the document stays."""
        if self.lesson is None:
            return
        self.lesson, self.source = None, ""
        settings = {name: value for name, value in self._before.items() if name != "room"}
        self.tool.give_back(settings)
        self._tell(kept=False)

    def resume(self) -> None:
        """Leave the list of lessons for the room that the open lesson is about."""
        self._require()
        setup = self.step.setup
        self.tool.use({"room": (setup.room if setup else None) or "explore"})

    def go(self, step: int) -> None:
        """Show a step. One that was visited is found as it was left, a new one is set up."""
        self._require()
        if self.tool.busy:
            raise BadArgument("The model is writing.", "Stop it first, then go on.")
        if not 0 <= step < len(self.lesson.steps):
            raise BadArgument(f"There is no step {step + 1}.")
        self._left[self.record.step] = self.tool.document
        self._enter(step, set_up=True)

    def set_up_again(self) -> None:
        """Put the step's document and settings back to what the lesson says."""
        self._require()
        self._left.pop(self.record.step, None)
        self._set_up(self.record.step, anew=True)
        self._tell(kept=False)

    def _enter(self, step: int, set_up: bool) -> None:
        record = self.record
        record.step = step
        record.seen = sorted({*record.seen, step})
        # Drawn with the old tool for a moment, rather than a new tool under the old step.
        self._tell()
        if set_up:
            self._set_up(step)
        self._look()

    def _set_up(self, step: int, anew: bool = False) -> None:
        lesson_step, left = self.lesson.steps[step], self._left.get(step)
        label = f"lesson: {lesson_step.title}"[:80]
        # What the tool is on its way there was not done by the student.
        self._setting_up = True
        try:
            if lesson_step.setup is not None:
                self.tool.set_up(lesson_step.setup, label, anew)
            if left is not None:
                self.tool.show(left, label)
        except LMPanelError as error:
            self._explorer.report(error)
        finally:
            self._setting_up = False

    def _require(self) -> None:
        if self.lesson is None:
            raise BadArgument("No lesson is open.", "Open one in Lessons.")

    # Answers, tasks, evidence

    def answer(self, id: str, value: str) -> None:
        """Take an answer, check it if there is a right one, and keep it."""
        from lmpanel.lessons.answers import judge

        self._require()
        ask = self._find("Ask", id)
        value = str(value).strip()
        if not value:
            self.said[id] = "Write an answer first."
            return self._tell(kept=False)
        if len(value) > MAX_ANSWER:
            self.said[id] = f"This answer is longer than {MAX_ANSWER:,} characters."
            return self._tell(kept=False)
        verdict = judge(ask, value, self.tool.quantity)
        self.said[id] = verdict.said
        if verdict.counts:
            self._keep_answer(ask, value, verdict.right)
        return self._tell()

    def _keep_answer(self, ask: Ask, value: str, right: bool | None) -> None:
        answers, old = self.record.answers, self.record.answers.get(ask.id)
        if old is None and len(answers) >= MAX_ENTRIES:
            raise BadArgument("The worksheet of this lesson is full.", "Clear it first.")
        tries = old.tries + 1 if old else 1
        question = f"{ask.question} ({ask.unit})" if ask.unit else ask.question
        answers[ask.id] = Answer(
            question[:1000], self.record.step, value, right, tries, bool(old and old.shown)
        )

    def tell_answer(self, id: str) -> None:
        """Show the right answer; the worksheet says that it was shown."""
        from lmpanel.lessons.answers import solution

        self._require()
        ask = self._find("Ask", id)
        answer = self.record.answers.get(id)
        if answer is None or answer.right is not False or answer.tries < TELL_AFTER:
            raise BadArgument("Try it yourself first.")
        answer.shown = True
        self.said[id] = f"A right answer is: {solution(ask, self.tool.quantity)}"
        self._tell()

    def capture(self, id: str) -> None:
        """Keep the numbers of the tool as evidence; a second time replaces the first."""
        self._require()
        wanted = self._find("Capture", id)
        evidence = self.record.evidence
        if id not in evidence and len(evidence) >= MAX_ENTRIES:
            raise BadArgument("The worksheet of this lesson is full.", "Clear it first.")
        table = self.tool.capture(wanted.what)
        table["notes"].append(f"Captured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC.")
        evidence[id] = Evidence(wanted.label[:200], self.record.step, table)
        self._tell()

    def show_notice(self) -> None:
        """Show what there is to notice although not all is answered."""
        self._require()
        self.revealed.add(self.record.step)
        self._tell(kept=False)

    def _find(self, kind: str, id: str) -> Any:
        from lmpanel.lessons import blocks

        found = self.step.find(getattr(blocks, kind), id)
        if found is None:
            raise BadArgument(f'This step has no "{str(id)[:40]}".')
        return found

    def done(self, step: int) -> bool:
        """Whether everything that a step asks for is answered and done."""
        from lmpanel.lessons.blocks import Ask, Check

        record, parts = self.record, self.lesson.steps[step].parts
        answered = all(self._answered(part.id) for part in parts if isinstance(part, Ask))
        return answered and all(
            part.id in record.tasks for part in parts if isinstance(part, Check)
        )

    def _answered(self, id: str) -> bool:
        answer = self.record.answers.get(id)
        return answer is not None and (answer.right is not False or answer.shown)

    def _look(self, *events: Any) -> None:
        """Tick off the tasks of the step that are done by now."""
        if self.lesson is None or self.tool.busy or self._setting_up:
            return
        from lmpanel.lessons.blocks import Check

        tasks, quantity = self.record.tasks, self.tool.quantity
        open_tasks = [part for part in self.step.all(Check) if part.id not in tasks]
        done = [
            task
            for task in open_tasks
            if all(wanted.met(quantity(name)) for name, wanted in task.conditions)
        ]
        for task in done:
            tasks[task.id] = task.task[:1000]
        if done:
            self._tell()

    # The worksheet

    def clear(self) -> None:
        """Forget all answers and evidence; an open lesson stays open."""
        kept = {}
        if self.lesson is not None:
            kept = {
                self.source: Record(
                    self.record.title, self.record.steps, self.record.step, [self.record.step]
                )
            }
        self.worksheet = Worksheet(records=kept)
        self.revealed, self.said = set(), {}
        self._tell()

    # Links and session files

    def saved(self, evidence: bool = True) -> dict[str, Any] | None:
        """The open lesson as JSON-able values for links and files, None when none is open.

        Without `evidence` it is small enough for a link. A lesson from a file on disk cannot be
        found again by a link: its source begins with "file:".
        """
        if self.lesson is None:
            return None
        from dataclasses import asdict

        record = asdict(self.record)
        if not evidence:
            record["evidence"] = {}
        return {"version": 1, "source": self.source, "record": record}

    def restore(self, value: Any) -> list[str]:
        """Take over what `saved` gave: the lesson is asked for in `wanted` and opens as it was.

        The document is not touched: whoever saves the lesson saves the document too. Answers that
        are on the worksheet already stay. None closes the lesson. Returns warnings. Raises
        BadState, and nothing is changed.
        """
        if value is None:
            self.close()
            return []
        if not isinstance(value, dict) or set(value) != {"version", "source", "record"}:
            raise BadState("The lesson in it cannot be read.", "Nothing was changed.")
        source = value["source"]
        if (
            value["version"] != 1
            or not isinstance(source, str)
            or not 0 < len(source) <= MAX_SOURCE
        ):
            raise BadState("The lesson in it cannot be read.", "Nothing was changed.")
        record = read_record(value["record"])
        self._resume = {"source": source, "record": record}
        if source.startswith("file:"):
            name = source.removeprefix("file:")[:60]
            return [f"The lesson “{name}” is in a file: open it in Lessons to go on with it."]
        self.wanted = ""
        self.wanted = source
        return []
