"""Playing a lesson: set-ups, answers, tasks, evidence, and what is kept, over the fake model."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmpanel.errors import BadArgument, BadState
from lmpanel.lessons.export import as_html, as_markdown
from lmpanel.lessons.parse import BadLesson
from lmpanel.lessons.worksheet import (
    Answer,
    Evidence,
    Record,
    Worksheet,
    parse_worksheet,
    read_worksheet,
)
from lmpanel.measurement import Measurement
from lmpanel.session import Session
from support.asynchronous import asynchronous

LESSON = """---
title: T
minutes: 5
---
## One
::: setup
user: Hi
reply: Hello you
temperature: 0.5
:::
::: ask sum
question: 1+1?
type: number
answer: 2
tolerance: 0.1
hint: Count.
:::
::: ask free
question: Why?
:::
::: notice
See.
:::
## Two
::: setup
raw: a b c
select: all
tab: surprise
:::
::: check cold
task: Be cold
temperature: 0
selected tokens: >= 1
:::
::: capture span
what: sum
:::
::: ask bits
question: How many?
type: number
answer: measured selection bits
tolerance: 0.01
:::
## Three
The end.
"""


@pytest.fixture
def session(monkeypatch, model, errors):
    """A session that measures nothing by itself, so that no event loop is needed."""
    monkeypatch.setattr(Measurement, "look", lambda self, *events: None)
    session = Session(model, errors.append)
    session.explorer.ahead = False
    return session


@pytest.fixture
def player(session):
    return session.lessons


@pytest.fixture
def opened(player):
    player.open("lessons/t.md", LESSON)
    return player


def test_opening_sets_the_tool_up_and_loses_nothing(session, opened):
    explorer = session.explorer
    assert session.explorer.editor.text(explorer.document).endswith("Hello you")
    assert explorer.temperature == 0.5 and explorer.room == "explore"
    assert explorer.history.can_undo
    before = explorer.history.entries[0].state
    session.changes.undo()
    assert explorer.document == before


def test_closing_gives_the_settings_back_and_keeps_the_document(session, player):
    session.explorer.param.update(temperature=1.3, unit="nats")
    player.open("lessons/t.md", LESSON)
    assert session.explorer.unit == "bits"
    document = session.explorer.document
    player.close()
    assert (session.explorer.temperature, session.explorer.unit) == (1.3, "nats")
    assert session.explorer.document == document and player.work is None


def test_a_broken_lesson_leaves_everything(saving, opened):
    state, record = saving.state(), opened.work.record
    with pytest.raises(BadLesson):
        opened.open("lessons/bad.md", "nonsense")
    assert saving.state() == state and opened.work.record is record
    assert opened.refused["problems"][0]["line"] == 1


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


def test_a_lesson_opened_at_a_step_that_only_goes_on_has_the_tool_of_the_step_before(
    session, player
):
    player.open("lessons/t.md", LESSON, step=2)
    assert session.explorer.document.raw and session.explorer.tab == "surprise"
    assert player.work.record.step == 2


def test_a_step_is_found_as_it_was_left(session, opened):
    document = session.explorer.document.append(7)
    session.changes.change(document, "x")
    opened.go(1)
    assert session.explorer.document.raw and session.explorer.tab == "surprise"
    opened.go(0)
    assert session.explorer.document == document
    opened.set_up_again()
    assert session.explorer.document != document
    with pytest.raises(BadArgument):
        opened.go(9)


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


def test_while_the_model_writes_the_step_stays(session, opened):
    session.explorer.generating = True
    for act in (lambda: opened.go(1), lambda: opened.open("lessons/t.md", LESSON)):
        with pytest.raises(BadArgument):
            act()
    session.explorer.generating = False


def test_a_lesson_is_saved_and_restored(saving, opened, engine):
    opened.answer("sum", "2")
    opened.go(1)
    saved = json.loads(json.dumps(opened.saved()))
    state = saving.state()
    opened.clear()
    opened.close()
    assert opened.saved() is None
    assert opened.restore(saved) == [] and opened.wanted == "lessons/t.md"
    opened.open("lessons/t.md", LESSON, set_up=False)
    assert opened.work.record.step == 1 and opened.work.record.answers["sum"].value == "2"
    assert saving.state()["ids"] == state["ids"], "the document is not the lesson's to restore"


def test_a_lesson_from_a_file_waits_for_it(opened):
    saved = {**opened.saved(), "source": "file:mine.md"}
    assert "mine.md" in opened.restore(saved)[0]


HOSTILE = [
    [], 3, "x", {}, {"version": 1}, {"version": 2, "source": "a", "record": {}},
    {"version": 1, "source": "a" * 400, "record": {}}, {"version": 1, "source": 3, "record": {}},
    {"version": 1, "source": "a", "record": {"__proto__": 1}},
]  # fmt: skip


@pytest.mark.parametrize("value", HOSTILE)
def test_a_foreign_state_changes_nothing(opened, value):
    before = opened.saved()
    with pytest.raises(BadState):
        opened.restore(value)
    assert opened.saved() == before


TEXT = st.text(max_size=20)
TABLES = st.lists(st.tuples(TEXT, st.none() | st.floats(-9, 9)), max_size=3).map(
    lambda rows: {"kind": "sum", "title": "t", "columns": ["a", "b"], "notes": ["n"],
                  "rows": [list(row) for row in rows]})  # fmt: skip
RECORDS = st.builds(
    Record, title=TEXT, steps=st.just(["one", "two"]), step=st.integers(0, 1),
    seen=st.sampled_from([[], [0], [0, 1]]),
    answers=st.dictionaries(TEXT, st.builds(Answer, TEXT, st.integers(0, 1), TEXT,
                            st.sampled_from([None, True, False]), st.integers(0, 9),
                            st.booleans()), max_size=3),
    tasks=st.dictionaries(TEXT, TEXT, max_size=3),
    evidence=st.dictionaries(TEXT, st.builds(Evidence, TEXT, st.integers(0, 1), TABLES),
                             max_size=2),
)  # fmt: skip


@given(st.builds(Worksheet, TEXT, st.dictionaries(TEXT, RECORDS, max_size=3)))
def test_a_worksheet_is_read_back_as_it_was(worksheet):
    assert parse_worksheet(json.dumps(worksheet.as_json())) == worksheet
    page = as_html(worksheet)
    assert page.count("<h2>") == page.count("</h2>") == len(worksheet.records)
    assert as_markdown(worksheet).count("\n## ") == len(worksheet.records)


@pytest.mark.parametrize("path", [
    ("version",), ("records", "s", "step"), ("records", "s", "answers", "a", "tries"),
    ("records", "s", "evidence", "e", "table", "rows"), ("records", "s", "seen"),
])  # fmt: skip
@pytest.mark.parametrize("value", [-1, "x" * 5000, None, {}, [[1]], [[[]]], 1e400, True])
def test_a_damaged_worksheet_is_refused(path, value):
    table = {"kind": "sum", "title": "t", "columns": ["a", "b"], "notes": [], "rows": [["x", 1.0]]}
    record = Record("T", ["one"], answers={"a": Answer("q", 0, "v")},
                    evidence={"e": Evidence("l", 0, table)})
    whole = Worksheet("", {"s": record}).as_json()
    assert read_worksheet(json.loads(json.dumps(whole)))
    place = whole
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(BadState):
        read_worksheet(whole)


@pytest.mark.parametrize("text", ["", "[", "[" * 100_000, "{}", "1", "x" * 4_000_000, "NaN"])
def test_no_json_is_no_worksheet(player, text):
    with pytest.raises(BadState):
        player.take_worksheet(text)
    assert player.worksheet == Worksheet()


def test_what_is_on_the_worksheet_stays_when_another_is_taken(opened):
    opened.answer("sum", "2")
    other = Worksheet("Ada", {"lessons/t.md": Record("T", ["1", "2", "3"]),
                              "lessons/u.md": Record("U", ["1"])})
    opened.take_worksheet(json.dumps(other.as_json()))
    assert opened.work.record.answers["sum"].value == "2"
    assert opened.worksheet.name == "Ada" and "lessons/u.md" in opened.worksheet.records


def test_two_tabs_add_up_to_one_worksheet(opened):
    opened.answer("sum", "2")
    other = opened.worksheet.as_json()
    record = json.loads(json.dumps(other))["records"]["lessons/t.md"]
    record["answers"]["free"] = {**record["answers"].pop("sum"), "value": "from the other tab"}
    opened.take_worksheet(json.dumps({**other, "records": {"lessons/t.md": record}}))
    assert {id: a.value for id, a in opened.work.record.answers.items()} == {
        "sum": "2", "free": "from the other tab"}  # fmt: skip


def test_a_link_carries_no_evidence(opened):
    evidence = opened.work.record.evidence
    evidence["span"] = Evidence("l", 0, {"kind": "sum", "title": "", "columns": [],
                                         "rows": [], "notes": []})
    assert opened.saved()["record"]["evidence"]
    assert not opened.saved(evidence=False)["record"]["evidence"]
    assert "span" in evidence


def test_exports_escape_what_was_typed():
    answer = Answer("<b>q</b>", 0, "<img src=x onerror=alert(1)>\n| a | `b`", None)
    worksheet = Worksheet("<script>", {"s": Record("T & U", ["one"], answers={"a": answer})})
    page, text = as_html(worksheet), as_markdown(worksheet)
    for mark in ("<b>", "<img", "<script>"):
        assert mark not in page and mark not in text.replace("\\<", "")
    assert "T &amp; U" in page and r"\<img src=x" in text and r"\| a \|" in text
