"""Working on a step: answers, tasks and evidence, over the fake model."""

from __future__ import annotations

import pytest
from small_lesson import LESSON

from lmpanel.errors import BadArgument
from lmpanel.lessons.answers import judge
from lmpanel.lessons.directives import Ask
from lmpanel.lessons.parse import BadLesson, parse
from lmpanel.views.lesson_step import payload
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


def test_a_refused_answer_stands_apart_from_the_right_one(opened):
    def shown() -> dict:
        return next(part for part in payload(opened.work, [])["parts"] if part.get("id") == "sum")

    opened.answer("sum", "2")
    assert shown()["verdict"] == "right"
    opened.answer("sum", "two")
    assert shown()["verdict"] == "refused" and "“2” stays" in shown()["said"]
    assert opened.work.record.answers["sum"].tries == 1
    opened.answer("sum", "2")
    assert shown()["verdict"] == "right" and shown()["said"] == "Right."


@pytest.mark.parametrize(
    ("value", "wanted", "unit", "right"),
    [("30.9%", 0.309, "", True), ("37.2 %", 0.372, "", True), ("37,2 %.", 0.372, "", True),
     ("0.372", 0.372, "", True), ("372 %", 0.372, "", False), ("5 %", 5, "%", True),
     ("3%", 3, "", False), ("3,021", 3021, "", True), ("3 021", 3021, "", True),
     ("3\u202f021", 3021, "", True), ("3’021", 3021, "", True), ("3021", 3021, "", True),
     ("3,021", 3.021, "bits", True), ("3,5", 3.5, "", True), ("3,5", 35, "", False),
     ("0,372", 0.372, "", True), ("1,234,567.5", 1234567.5, "", True), ("3 02", 302, "", False)],
)  # fmt: skip
def test_numbers_are_taken_as_people_write_them(value, wanted, unit, right):
    ask = Ask("a", "?", 1, type="number", number=(wanted, 0.0001), unit=unit)
    assert (judge(ask, value, {}.get).right or False) is right


PREDICTION = """---
title: T
minutes: 5
---
## One
::: ask guess
question: What comes?
outcome: Hello
:::
::: hide
parts: lens, candidates
until: guess
:::
::: check hot
task: Be hot
temperature: 1.5
:::
"""


def test_a_prediction_is_set_against_what_came(session, player):
    player.open("lessons/p.md", PREDICTION)

    def ask() -> dict:
        return payload(player.work, [])["parts"][0]

    assert len(payload(player.work, [])["hide"]) == 2
    player.show_notice()
    assert payload(player.work, [])["hide"] == [], "who wants to see all sees it"
    player.work.revealed.clear()
    player.answer("guess", "Goodbye")
    assert (ask()["verdict"], ask()["outcome"]) == ("kept", "")
    assert payload(player.work, [])["hide"] == [], "the answer is given: now one may look"
    session.explorer.temperature = 1.5
    assert (ask()["value"], ask()["outcome"]) == ("Goodbye", "Hello")


def test_what_is_hidden_until_nothing_is_told():
    with pytest.raises(BadLesson) as caught:
        parse(PREDICTION.replace("until: guess", "until: hot"))
    assert "no question" in str(caught.value)


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
    opened.try_capture("span")
    assert not opened.work.record.evidence and opened.work.said["span"] == "First: Be cold"
    opened.answer("bits", "3")
    assert "bits" not in opened.work.record.answers, "before its task it is another number"
    session.explorer.temperature = 0
    opened.capture("span")
    assert "span" not in opened.work.said
    table = opened.work.record.evidence["span"].table
    scores = session.explorer.scores()
    assert [row[3] for row in table["rows"]] == [s and round(s.bits, 6) for s in scores]
    total = sum(score.bits for score in scores[1:])
    opened.answer("bits", f"{total + 1:.3f}")
    assert opened.work.record.answers["bits"].right is False
    opened.answer("bits", f"{total:.3f}")
    assert opened.work.record.answers["bits"].right is True
