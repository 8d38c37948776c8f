"""Working on a step: answers, tasks and evidence, over the fake model."""

from __future__ import annotations

import pytest
from small_lesson import LESSON

from lmpanel.errors import BadArgument
from support.asynchronous import asynchronous


@pytest.mark.parametrize(
    ("value", "right", "said"),
    [("2", True, "Right."), ("2,05", True, "Right."), ("1.95 bits", True, "Right."),
     ("2.2", False, "Not yet. Count."), ("3", False, "Not yet. Count.")],
)  # fmt: skip
def test_numbers_are_checked_with_their_tolerance(opened, value, right, said):
    opened.answer("sum", value)
    assert opened.work.record.answers["sum"].right is right and opened.work.said["sum"] == said


@pytest.mark.parametrize("value", ["", "  ", "two", "1" * 5000])
def test_what_is_no_answer_is_not_kept(opened, value):
    opened.answer("sum", value)
    assert opened.work.said["sum"] and "sum" not in opened.work.record.answers


def test_the_notice_comes_after_all_answers(opened):
    opened.answer("sum", "2")
    assert not opened.work.done(0)
    opened.answer("free", "because")
    assert opened.work.done(0) and opened.work.record.answers["free"].right is None


def test_the_answer_is_told_after_two_tries(opened):
    with pytest.raises(BadArgument):
        opened.tell_answer("sum")
    opened.answer("sum", "5")
    opened.answer("sum", "6")
    opened.tell_answer("sum")
    answer = opened.work.record.answers["sum"]
    assert answer.shown and answer.tries == 2 and "2" in opened.work.said["sum"]
    opened.answer("free", "x")
    assert opened.work.done(0), "a told answer does not keep from the notice"


def test_an_unknown_question_is_refused(opened):
    for verb in (opened.tell_answer, opened.capture, lambda id: opened.answer(id, "1")):
        with pytest.raises(BadArgument):
            verb("nothing")


def test_a_task_is_ticked_off_by_what_the_tool_is(session, opened):
    opened.go(1)
    assert session.explorer.temperature == 1, "a new document begins with the first settings"
    session.explorer.temperature = 0
    assert opened.work.record.tasks == {"cold": "Be cold"}
    session.explorer.temperature = 1
    assert "cold" in opened.work.record.tasks, "done stays done"


def test_setting_up_does_no_task(session, player):
    lesson = LESSON.replace("raw: a b c\n", "raw: a b c\ntemperature: 1.5\n").replace(
        "temperature: 0\n", "temperature: <= 1\n")  # fmt: skip
    player.open("lessons/t.md", lesson)
    player.go(1)
    assert session.explorer.temperature == 1.5 and not player.work.record.tasks


@asynchronous
async def test_evidence_is_the_models_numbers(session, opened):
    opened.go(1)
    with pytest.raises(BadArgument):
        opened.capture("span")
    await session.model.scores(session.explorer.document.ids)
    opened.capture("span")
    table = opened.work.record.evidence["span"].table
    scores = session.explorer.scores()
    assert [row[3] for row in table["rows"]] == [s and round(s.bits, 6) for s in scores]
    total = sum(score.bits for score in scores[1:])
    opened.answer("bits", f"{total + 1:.3f}")
    assert opened.work.record.answers["bits"].right is False
    opened.answer("bits", f"{total:.3f}")
    assert opened.work.record.answers["bits"].right is True
