"""The work on the open lesson: its step, and what was answered, done and captured.

Predict, do, notice: what there is to notice in a step is shown when its questions are answered and
its tasks done. Asks `tool` for quantities and evidence, and writes on the lesson's record of the
worksheet; knows neither how the tool is set up nor how steps are drawn. Imported when a lesson is
opened.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lmpanel.errors import BadArgument, LMPanelError
from lmpanel.lessons.answers import judge, solution
from lmpanel.lessons.directives import Ask, Capture, Check
from lmpanel.lessons.worksheet import MAX_ANSWER, MAX_ENTRIES, Answer, Evidence, Record, Todo
from lmpanel.number_text import grouped
from lmpanel.wording import t

if TYPE_CHECKING:
    from lmpanel.lessons.parse import Lesson, Step
    from lmpanel.lessons.tool import Tool

TELL_AFTER = 2
"""After so many wrong answers the right one may be asked for."""


class Work:
    """What one student makes of one lesson; `source` says which, `record` is what is kept."""

    def __init__(
        self,
        source: str,
        lesson: Lesson,
        record: Record,
        tool: Tool,
        can_set_up: Callable[[int], bool],
    ):
        self.source = source
        self.lesson = lesson
        self.record = record
        self._tool = tool
        self.revealed: set[int] = set()
        """Steps whose notices are shown although not all is answered."""
        self.said: dict[str, str] = {}
        """What was said to the last answer of each question."""
        self.refused: set[str] = set()
        """Questions whose last answer was none, and is not kept."""
        self._met: set[str] = set()
        self._can_set_up = can_set_up

    @property
    def step(self) -> Step:
        """The step that is shown."""
        return self.lesson.steps[self.record.step]

    def visit(self, step: int) -> None:
        """Go to a step."""
        self.record.step = step
        self.record.seen = sorted({*self.record.seen, step})

    def answer(self, id: str, value: str) -> bool:
        """Check an answer if there is a right one, and keep it; False for what is no answer.

        Raises BadArgument for an unknown question and on a full worksheet, as `capture`.
        """
        ask = self._find(Ask, id)
        value = str(value).strip()
        if not value:
            return self._refuse(id, t("Write an answer first."))
        if len(value) > MAX_ANSWER:
            most = grouped(MAX_ANSWER)
            return self._refuse(id, t("At most {n} characters have room.", n=most))
        task = self._task_before(ask) if ask.measured else None
        if task is not None:
            return self._refuse(id, t("First: {task}", task=task.task))
        verdict = judge(ask, value, self._tool.quantity)
        if not verdict.counts:
            return self._refuse(id, verdict.said)
        self.said[id] = verdict.said
        self.refused.discard(id)
        self._keep_answer(ask, value, verdict.right)
        return True

    def _refuse(self, id: str, said: str) -> bool:
        kept = self.record.answers.get(id)
        if kept:
            stays = t("Your answer “{answer}” stays.", answer=kept.value[:40])
            said = f"{said} {stays}"
        self.said[id] = said
        self.refused.add(id)
        return False

    def _task_before(self, part: Ask | Capture) -> Check | None:
        """The first task before a part of the step that was not done yet, None if there is none."""
        parts = self.step.parts
        before = parts[: parts.index(part)]
        tasks = (task for task in before if isinstance(task, Check))
        return next((task for task in tasks if task.id not in self._met), None)

    def _keep_answer(self, ask: Ask, value: str, right: bool | None) -> None:
        answers, old = self.record.answers, self.record.answers.get(ask.id)
        _check_room(answers, ask.id)
        tries = old.tries + 1 if old else 1
        question = f"{ask.question} ({ask.unit})" if ask.unit else ask.question
        answers[ask.id] = Answer(
            question[:1000], self.record.step, value, right, tries, bool(old and old.shown)
        )

    def tell_answer(self, id: str) -> None:
        """Show the right answer; the worksheet says that it was shown. Raises BadArgument."""
        ask = self._find(Ask, id)
        answer = self.record.answers.get(id)
        if answer is None or answer.right is not False or answer.tries < TELL_AFTER:
            raise BadArgument(t("Try it yourself first."))
        answer.shown = True
        right = solution(ask, self._tool.quantity)
        self.said[id] = t("A right answer is: {answer}", answer=right)

    def capture(self, id: str) -> None:
        """Keep the numbers of the tool as evidence; a second time replaces the first.

        Raises BadArgument before a task is done that stands before it.
        """
        wanted, evidence = self._find(Capture, id), self.record.evidence
        task = self._task_before(wanted)
        if task is not None:
            raise BadArgument(t("First: {task}", task=task.task))
        _check_room(evidence, id)
        table = self._tool.capture(wanted.what)
        now = f"{datetime.now(UTC):%Y-%m-%d %H:%M}"
        table["notes"].append(t("Captured {time} UTC.", time=now))
        evidence[id] = Evidence(wanted.label[:200], self.record.step, table)
        self.said.pop(id, None)

    def not_captured(self, id: str, error: LMPanelError) -> None:
        """Say beside the button why there is no evidence."""
        self.said[str(id)] = str(error)

    def undo_tasks(self) -> None:
        """The step begins again: what it asks for is still to be done; ticks stay."""
        self._met -= {task.id for task in self.step.all(Check)}

    def reveal(self) -> None:
        """Show what there is to notice in the step although not all is answered."""
        self.revealed.add(self.record.step)

    def tick_off(self) -> bool:
        """Tick off the tasks of the step that are done by now; whether there was one."""
        tasks, quantity = self.record.tasks, self._tool.quantity
        done = [
            task
            for task in self.step.all(Check)
            if task.id not in self._met
            and all(wanted.met(quantity(name)) for name, wanted in task.conditions)
        ]
        self._met |= {task.id for task in done}
        fresh = [task for task in done if task.id not in tasks]
        for task in fresh:
            tasks[task.id] = task.task[:1000]
        return bool(fresh)

    @property
    def did_tasks(self) -> bool:
        """Whether the tasks of the step were done since the lesson was opened."""
        return all(task.id in self._met for task in self.step.all(Check))

    @property
    def can_set_up(self) -> bool:
        """Whether the lesson says how the tool is to be in this step."""
        return self._can_set_up(self.record.step)

    def done(self, step: int) -> bool:
        """Whether everything that a step asks for is answered and done."""
        record, parts = self.record, self.lesson.steps[step].parts
        answered = all(self.answered(part.id) for part in parts if isinstance(part, Ask))
        return answered and all(
            part.id in record.tasks for part in parts if isinstance(part, Check)
        )

    def answered(self, id: str) -> bool:
        """Whether a question needs no more answer."""
        answer = self.record.answers.get(id)
        return answer is not None and (answer.right is not False or answer.shown)

    def clear(self) -> None:
        """Forget what was answered, done and captured; the step stays."""
        old = self.record
        self.record = Record(old.title, old.steps, old.step, [old.step], todo=old.todo)
        self.revealed, self.said, self._met = set(), {}, set()
        self.refused = set()

    def _find(self, kind: type, id: str) -> Any:
        found = self.step.find(kind, id)
        if found is None:
            raise BadArgument(t('This step has no "{id}".', id=str(id)[:40]))
        return found


def todo(lesson: Lesson) -> dict[str, Todo]:
    """All tasks of a lesson, for its record."""
    every = [(at, task) for at, step in enumerate(lesson.steps) for task in step.all(Check)]
    return {task.id: Todo(task.task[:1000], at) for at, task in every[:MAX_ENTRIES]}


def _check_room(entries: dict[str, Any], id: str) -> None:
    if id not in entries and len(entries) >= MAX_ENTRIES:
        raise BadArgument(t("The worksheet of this lesson is full."), t("Clear it first."))
