"""The player: opens lessons, goes through their steps, and sets the tool up for each.

What is answered and done in a step is for `work`, what is kept of it for `sheet`. Sets the tool
up through `tool`; knows neither the session nor how steps are drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import param

from lmpanel.errors import BadArgument, LMPanelError
from lmpanel.lessons.saved_lesson import MAX_SOURCE, read_saved_lesson, saved_lesson
from lmpanel.lessons.sheet import Sheet, merge
from lmpanel.lessons.worksheet import Record, Worksheet
from lmpanel.wording import t

if TYPE_CHECKING:
    from lmpanel.explorer import Explorer
    from lmpanel.lessons.parse import Lesson
    from lmpanel.lessons.stage import Stage
    from lmpanel.lessons.tool import Tool
    from lmpanel.lessons.work import Work


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
        self.work: Work | None = None
        """What is made of the open lesson, None when none is open."""
        self._stage: Stage | None = None
        self.model = str(explorer.model.info.model["name"])
        self._before: dict[str, Any] = {}
        self._resume: tuple[str, Record] | None = None
        self._setting_up = False
        for source, names in tool.watched:
            source.param.watch(self._look, names)

    @property
    def source(self) -> str:
        """Where the open lesson is from; empty when none is open."""
        return self.work.source if self.work else ""

    # Opening and closing

    def open(self, source: str, text: str, step: int | None = None, set_up: bool = True) -> None:
        """Open a lesson from the text of its file, at a step (from 0) or where it was left.

        A lesson with mistakes is refused with all of them in `refused`; whatever was open stays.
        Raises BadLesson, BadArgument while the model writes.
        """
        if self.tool.busy:
            raise BadArgument(t("The model is writing."), t("Stop it first, then open the lesson."))
        source, resume = str(source)[:MAX_SOURCE], self._take_resume(source)
        lesson = self._parsed(source, str(text))
        titles = [step.title[:200] for step in lesson.steps]
        record = self.record_for(source, lesson.title, titles)
        if resume is not None:
            merge(record, resume)
        self._take(source, lesson, record)
        if resume is None and set_up:
            self.tool.start_afresh()
        again = step is None and resume is None and record.finished
        start = 0 if again else record.step if step is None else step
        start = min(max(int(start), 0), len(lesson.steps) - 1)
        self._enter(start, set_up=set_up and resume is None)
        if resume is None and not set_up:
            # After Python was started again: document and settings are there already.
            self._stage.reopen(start)

    def _parsed(self, source: str, text: str) -> Lesson:
        from lmpanel.lessons.parse import BadLesson, parse

        try:
            return parse(text)
        except BadLesson as error:
            problems = [{"line": p.line, "reason": p.reason} for p in error.problems]
            self.refused = {"name": source, "problems": problems}
            raise

    def _take(self, source: str, lesson: Lesson, record: Record) -> None:
        from lmpanel.lessons.stage import Stage
        from lmpanel.lessons.work import Work, todo

        record.todo = todo(lesson)
        if self.work is None:
            self._before = self.tool.settings()
        self.tool.lend()
        self.param.update(refused={}, wanted="")
        self.worksheet.records[source] = record
        self._stage = Stage(lesson, self.tool)
        self.work = Work(source, lesson, record, self.tool, self._stage.can_set_up)

    def _take_resume(self, source: str) -> Record | None:
        """The record of a restored state, if this is the lesson that it asked for."""
        resume, self._resume = self._resume, None
        return resume[1] if resume and resume[0] == source else None

    def close(self) -> None:
        """Close the lesson; settings become what they were before it, the document stays."""
        if self.work is None:
            return
        self.work = None
        settings = {name: value for name, value in self._before.items() if name != "room"}
        self.tool.give_back(settings)
        self._tell(kept=False)

    @property
    def _open_work(self) -> Work:
        if self.work is None:
            raise BadArgument(t("No lesson is open."), t("Open one in Lessons."))
        return self.work

    # Steps

    def resume(self) -> None:
        """Leave the list of lessons for the room that the open lesson is about."""
        step = self._open_work.record.step
        self.tool.use({"room": self._stage.room(step)})

    def go(self, step: int) -> None:
        """Show a step. One that was visited is found as it was left, a new one is set up."""
        work = self._open_work
        if self.tool.busy:
            raise BadArgument(t("The model is writing."), t("Stop it first, then go on."))
        if not 0 <= step < len(work.lesson.steps):
            raise BadArgument(t("There is no step {number}.", number=step + 1))
        self._stage.leave(work.record.step)
        self._enter(step, follows=step == work.record.step + 1, did=work.did_tasks)

    def set_up_again(self) -> None:
        """Put the step's document and settings back to what the lesson says."""
        step = self._open_work.record.step
        self._open_work.undo_tasks()
        self._set_up(lambda: self._stage.again(step))
        self._tell(kept=False)

    def _enter(
        self, step: int, set_up: bool = True, follows: bool = False, did: bool = False
    ) -> None:
        self._open_work.visit(step)
        # Drawn with the old tool for a moment, rather than a new tool under the old step.
        self._tell()
        if set_up:
            self._set_up(lambda: self._stage.enter(step, follows, did))
        self._look()

    def _set_up(self, do: Callable[[], None]) -> None:
        # What the tool is on its way there was not done by the student.
        self._setting_up = True
        try:
            do()
        except LMPanelError as error:
            self._explorer.report(error)
        finally:
            self._setting_up = False

    # Work on a step

    def answer(self, id: str, value: str) -> None:
        """Take an answer, check it if there is a right one, and keep it. Raises BadArgument."""
        self._tell(kept=self._open_work.answer(id, value))

    def tell_answer(self, id: str) -> None:
        """Show the right answer; the worksheet says that it was shown. Raises BadArgument."""
        self._open_work.tell_answer(id)
        self._tell()

    def capture(self, id: str) -> None:
        """Keep the numbers of the tool as evidence. Raises BadArgument when there are none."""
        self._open_work.capture(id)
        self._tell()

    def try_capture(self, id: str) -> None:
        """Keep evidence, or say beside its button why there is none."""
        try:
            self.capture(id)
        except LMPanelError as error:
            self._open_work.not_captured(id, error)
            self._tell(kept=False)

    def show_notice(self) -> None:
        """Show what there is to notice although not all is answered."""
        self._open_work.reveal()
        self._tell(kept=False)

    def _look(self, *events: Any) -> None:
        """Tick off the tasks of the step that are done by now."""
        if self.work is None or self.tool.busy or self._setting_up:
            return
        if self.work.tick_off():
            self._tell()

    def clear(self) -> None:
        """Forget all answers and evidence; an open lesson stays open."""
        kept = {}
        if self.work is not None:
            self.work.clear()
            kept = {self.work.source: self.work.record}
        self.worksheet = Worksheet(records=kept)
        self._tell()

    # Links and session files

    def saved(self, evidence: bool = True) -> dict[str, Any] | None:
        """The open lesson as JSON-able values for links and files, None when none is open.

        Without `evidence` it is small enough for a link. A lesson from a file on disk cannot be
        found again by a link: its source begins with "file:".
        """
        if self.work is None:
            return None
        work, game = self.work, self.tool.play.game_aside
        return saved_lesson(work.source, work.record, evidence, game)

    def restore(self, value: Any) -> list[str]:
        """Take over what `saved` gave: the lesson is asked for in `wanted` and opens as it was.

        The document is not touched: whoever saves the lesson saves the document too. Answers that
        are on the worksheet already stay. None closes the lesson. Returns warnings. Raises
        BadState, and nothing is changed.
        """
        if value is None:
            self.close()
            return []
        source, record = read_saved_lesson(value)
        if "game" in value:
            self.tool.play.check(value["game"])
            self.tool.play.set_aside(value["game"])
        self._resume = source, record
        if source.startswith("file:"):
            name = source.removeprefix("file:")[:60]
            return [
                t(
                    "The lesson “{name}” is in a file: open it in Lessons to go on with it.",
                    name=name,
                )
            ]
        self.wanted = ""
        self.wanted = source
        return []
