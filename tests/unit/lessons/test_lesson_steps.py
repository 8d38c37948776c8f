"""Every step of every lesson is right however it is reached: in order, by its dot, coming back."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmpanel.document import Document
from lmpanel.engine.fake import FakeEngine, fake_tokenizer
from lmpanel.lessons.directives import Ask, Check
from lmpanel.lessons.parse import BadLesson, parse
from lmpanel.measurement import Measurement
from lmpanel.model import LanguageModel
from lmpanel.ngrams.corpus import BUNDLED, Text
from lmpanel.session import Session
from support.asynchronous import asynchronous

FOLDER = Path(__file__).parents[3] / "site" / "lessons"
LESSONS = {path.stem: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
STEPS = {name: len(parse(text).steps) for name, text in LESSONS.items()}
EVERY = [(name, step) for name, count in STEPS.items() for step in range(count)]
BEFORE = {"unit": "nats", "measure": "rank", "curve": True, "temperature": 1.7, "tab": "attempts"}
"""What a student may have left behind."""


async def deliver() -> bytes:
    return gzip.compress(b"The white whale swam. The captain of the ship saw the whale. " * 40)


def new_session(name: str) -> Session:
    reported = []
    session = Session(LanguageModel(FakeEngine(), fake_tokenizer()), reported.append, deliver)
    session.explorer.ahead = False
    session.lessons.open(f"lessons/{name}.md", LESSONS[name], 0)
    assert not reported
    return session


def shown(session: Session) -> tuple:
    """All that a step can be about."""
    explorer, play = session.explorer, session.play
    if explorer.room != "play":
        return session.lessons.tool.place(), explorer.room
    # Beside a game the document is not in view, and stays.
    in_view = play.tutorial.texts if play.part == "tutorial" else play.game.playing
    return in_view, play.part, explorer.room


def disturb(session: Session) -> None:
    explorer = session.explorer
    explorer.param.update(room="lessons", **BEFORE)
    session.changes.change(explorer.editor.from_text("something else"), "x")


@pytest.mark.parametrize("name", LESSONS)
@asynchronous
async def test_a_step_reached_by_its_dot_is_as_in_order(unmeasured, name):
    walked = new_session(name)
    in_order = [shown(walked)]
    for step in range(1, STEPS[name]):
        walked.lessons.go(step)
        in_order.append(shown(walked))
    for step in range(2, STEPS[name]):
        session = new_session(name)
        session.lessons.go(1)
        disturb(session)
        session.lessons.go(step) if step > 2 else session.lessons.set_up_again()
        expected = in_order[step if step > 2 else 1]
        assert shown(session) == expected, f"step {step + 1}"


@pytest.mark.parametrize(("name", "step"), EVERY)
@asynchronous
async def test_what_is_asked_before_anything_is_done_can_be_measured(unmeasured, name, step):
    session = new_session(name)
    if step != 0:
        session.lessons.go(step)
    explorer, work = session.explorer, session.lessons.work
    await session.model.scores(explorer.document.ids)
    await session.model.distribution(explorer.context or explorer.document.ids)
    for part in work.step.parts:
        if isinstance(part, Check):
            return  # what comes after it is there when it is done
        if isinstance(part, Ask) and part.measured:
            assert session.lessons.tool.quantity(part.measured) is not None, part.id
            session.lessons.answer(part.id, "12345.6")
            assert work.record.answers[part.id].right is False


@pytest.mark.parametrize("name", LESSONS)
def test_no_question_of_a_lesson_is_before_its_task(name):
    """A question about what only a task brings about stands after the task."""
    for step in parse(LESSONS[name]).steps:
        asks = [part for part in step.parts if isinstance(part, Ask | Check)]
        measured = [at for at, part in enumerate(asks) if isinstance(part, Ask) and part.measured]
        for at in measured:
            task_follows = any(isinstance(part, Check) for part in asks[at:])
            assert not task_follows, f"{step.title}: {asks[at].id}"


MANY = """---
title: T
minutes: 5
---
## A
::: setup
raw: a b c d
select: 2-3
tab: surprise
:::
## B
Goes on.
## C
::: setup
unit: nats
:::
## D
::: check long
task: Write
tokens: >= 8
:::
## E
::: setup
raw: one two three four five six
goes on: yes
tab: branches
:::
"""


@pytest.fixture
def many(player):
    player.open("lessons/m.md", MANY)
    return player


def test_who_did_the_task_goes_on_with_what_stands_there(session, many):
    explorer = session.explorer
    for step in (1, 2, 3):
        many.go(step)
    session.changes.change(explorer.document.append(*range(7, 14)), "x")
    own = explorer.document
    many.go(4)
    assert explorer.document == own and explorer.tab == "branches"
    many.set_up_again()
    assert explorer.editor.text(explorer.document) == "one two three four five six"


def test_who_did_not_finds_what_the_lesson_has_for_it(session, many):
    for step in (1, 2, 3, 4):
        many.go(step)
    assert session.explorer.editor.text(session.explorer.document) == "one two three four five six"


def test_a_task_that_is_on_the_worksheet_is_not_done_in_this_document(session, many):
    many.go(3)
    many.work.record.tasks["long"] = "Write"
    many.go(4)
    assert session.explorer.editor.text(session.explorer.document) == "one two three four five six"


def test_every_setting_is_found_as_it_was_left(session, many):
    explorer = session.explorer
    many.go(1)
    many.go(2)
    assert (explorer.unit, explorer.span, explorer.tab) == ("nats", (1, 3), "surprise")
    many.go(1)
    assert (explorer.unit, explorer.span, explorer.tab) == ("bits", (1, 3), "surprise")
    explorer.param.update(tab="attempts", room="lessons")
    many.go(2)
    assert (explorer.unit, explorer.tab, explorer.room) == ("nats", "surprise", "explore")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 4), max_size=8))
def test_no_way_through_the_steps_leads_elsewhere(path):
    """Nothing is done on the way: then each step is one and the same, whatever came before."""
    look, Measurement.look = Measurement.look, lambda self, *events: None
    try:
        session = Session(LanguageModel(FakeEngine(), fake_tokenizer()), [].append)
        session.lessons.open("lessons/m.md", MANY)
        for step in path:
            session.lessons.go(step)
            explorer = session.explorer
            assert explorer.tab == ("branches" if step == 4 else "surprise")
            assert explorer.unit == ("nats" if step in (2, 3) else "bits") or step == 4
            assert session.lessons.work.can_set_up
    finally:
        Measurement.look = look


@pytest.mark.parametrize(
    ("lines", "reason"),
    [("raw: x\ngoes on: perhaps", "neither yes nor no"), ("tab: next\ngoes on: yes", "anyway")],
)
def test_what_cannot_go_on_is_told(lines, reason):
    with pytest.raises(BadLesson) as caught:
        parse(f"---\ntitle: T\nminutes: 5\n---\n## S\n::: setup\n{lines}\n:::\n")
    assert [problem.line for problem in caught.value.problems] == [6]
    assert reason in caught.value.problems[0].reason


NGRAMS = """---
title: N
minutes: 5
---
## A
::: setup
raw: the whale
tab: ngrams
:::
## B
::: setup
raw: the captain
tab: ngrams
:::
"""
OWN = Text("mine", "my own text is about a purple giraffe and nothing else. " * 20)


@asynchronous
async def test_a_lesson_counts_in_the_bundled_text_and_gives_the_own_one_back(unmeasured):
    session = new_session("surprise")
    lessons, ladder = session.lessons, session.ladder
    lessons.close()
    await ladder.train(OWN)
    mine = ladder.trained
    saved = ladder.saved()
    lessons.open("lessons/n.md", NGRAMS)
    assert (await ladder.ready()).text.title == BUNDLED and ladder.own is None
    assert lessons.tool.quantity("counted_in") == BUNDLED
    assert any("mine" in said for said in lessons.tool.aside)
    assert ladder.saved() == saved, "a crash does not lose it"
    lessons.close()
    assert ladder.trained is mine and not lessons.tool.aside
    assert ladder.saved() == saved


@asynchronous
async def test_an_own_text_that_waits_or_is_being_read_is_not_lost(unmeasured):
    for begin in (lambda ladder: ladder.restore({"title": "mine", "text": OWN.packed}),
                  lambda ladder: ladder.begin(OWN)):  # fmt: skip
        session = new_session("surprise")
        begin(session.ladder)
        session.lessons.open("lessons/n.md", NGRAMS)
        assert (await session.ladder.ready()).text.title == BUNDLED
        session.lessons.close()
        assert session.ladder.own.title == "mine"
        assert (await session.ladder.ready()).text.title == "mine"


@asynchronous
async def test_an_own_text_of_the_lesson_stays_until_the_step_is_set_up_again(unmeasured):
    session = new_session("surprise")
    lessons, ladder = session.lessons, session.ladder
    lessons.open("lessons/n.md", NGRAMS)
    await ladder.train(OWN)
    lessons.go(1)
    assert lessons.tool.quantity("counted_in") == "mine", "the lesson may be about it"
    lessons.set_up_again()
    assert (await ladder.ready()).text.title == BUNDLED
    await ladder.train(Text("newer", OWN.text))
    lessons.close()
    assert ladder.own.title == "newer"


@asynchronous
async def test_who_begins_anew_reads_the_first_passage(unmeasured, monkeypatch):
    monkeypatch.setattr("lmpanel.rungs.PASSAGE", 12)
    session = new_session("ngrams")
    lessons, rungs = session.lessons, session.rungs
    lessons.go(3)
    await session.ladder.ready()

    def read() -> tuple[int, ...]:
        session.changes.change(Document(rungs.passage(), raw=True), "x")
        return session.explorer.document.ids

    assert lessons.tool.quantity("passage") is None
    first, second = read(), read()
    assert first != second and lessons.tool.quantity("passage") == 2
    assert "passage" in lessons.work.record.tasks
    lessons.set_up_again()
    assert read() == first and lessons.tool.quantity("passage") == 1
