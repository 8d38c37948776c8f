"""Lessons on the game and the n-gram ladder: set-ups, tasks, evidence, and what is given back."""

from __future__ import annotations

import gzip
import json

import pytest

from lmpanel.errors import BadArgument, BadState
from lmpanel.lessons.parse import BadLesson, parse
from lmpanel.lessons.worksheet import parse_worksheet
from lmpanel.saving import Saving
from lmpanel.session import Session
from support.asynchronous import asynchronous

TEXT = "the dragon in the red garden and the other dragon on the roof there"
HEAD = "---\ntitle: T\nminutes: 5\n---\n"
LESSON = f"""{HEAD}## Scores
::: setup
game: tutorial
scores: 3, 1 6 2
:::
::: check equal
task: All the same
tutorial surprises: 1.386 1.386 1.386 1.386
tutorial step: 0
:::
::: capture losses
what: tutorial
:::
## Text
::: setup
game: own
game text: {TEXT}
seed: 3
rounds: 4
:::
::: check two
task: Play twice, once with 90 points
rounds: >= 2
highest bet: >= 90
:::
::: capture rounds
what: game
:::
## More of it
::: setup
room: play
game: own
game text: {TEXT}
seed: 3
rounds: 4
:::
"""


async def deliver() -> bytes:
    return gzip.compress(f"{TEXT}. ".encode() * 40)


@pytest.fixture
def session(unmeasured, model, errors) -> Session:
    """A session with a text to count n-grams in."""
    session = Session(model, errors.append, deliver)
    session.explorer.ahead = False
    return session


@pytest.fixture
def opened(session):
    session.lessons.open("lessons/t.md", LESSON)
    return session.lessons


async def play_round(game, points: int) -> None:
    await game.settle()
    game.commit(game.turn, [[game.forecasts.suggestions[0], points]])


@asynchronous
async def test_the_tutorial_begins_with_the_scores_of_the_lesson(session, opened):
    play = session.play
    assert session.explorer.room == "play" and play.part == "tutorial"
    assert opened.tool.quantity("tutorial_scores") == "3 1 6 2" and play.tutorial.before is None
    assert opened.tool.quantity("tutorial_surprises") == "3.072 5.072 0.072 4.072"
    assert opened.tool.quantity("tutorial_highest_score") == 6
    assert opened.tool.quantity("tutorial_loss") is None
    tasks = opened.work.record.tasks
    assert "equal" not in tasks, "even scores on the way there are not the student's"
    with pytest.raises(BadArgument):
        opened.capture("losses")
    play.tutorial.type(["2", "2", "2", "2"])
    assert "equal" in opened.work.record.tasks
    play.tutorial.type(["3", "1", "6", "2"])
    play.tutorial.reveal()
    assert opened.tool.quantity("tutorial_last_loss") == pytest.approx(3.072, abs=5e-4)
    opened.capture("losses")
    assert opened.work.record.evidence["losses"].table["rows"] == [[1, "the", 3.072172]]
    opened.set_up_again()
    assert not play.tutorial.losses and play.tutorial.texts == ["3", "1", "6", "2"]


@asynchronous
async def test_a_game_goes_on_from_step_to_step(session, opened):
    opened.go(1)
    game = session.play.game
    assert (game.playing.text, game.playing.seed, game.playing.rounds) == ("own", 3, 4)
    await play_round(game, 40)
    game.go_on()
    await play_round(game, 90)
    assert "two" in opened.work.record.tasks
    opened.capture("rounds")
    table = opened.work.record.evidence["rounds"].table
    assert [row[0] - 1 for row in table["rows"]] == [one.position for one in game.rounds]
    assert [row[4] for row in table["rows"]] == pytest.approx(
        [one.costs(game.vocab_size)["you"] for one in game.rounds], abs=1e-6)
    mean = opened.tool.quantity("game_bits")
    assert f"you {mean:.3f}" in table["notes"][0]
    whole = json.dumps(opened.worksheet.as_json())
    assert parse_worksheet(whole) == opened.worksheet, "as wide as a table of evidence may be"

    opened.go(2)
    assert len(game.rounds) == 2, "the same game goes on"
    opened.go(0)
    opened.go(1)
    assert len(game.rounds) == 2 and session.play.part == "game"
    opened.set_up_again()
    assert not game.rounds and game.playing is not None
    await play_round(game, 10)
    opened.open("lessons/t.md", LESSON, step=1)
    assert not game.rounds, "a lesson that is opened begins the same for everybody"


@asynchronous
async def test_a_game_before_the_lesson_goes_on_after_it(session):
    session.play.game.choose(text="own", own=TEXT, rounds=3)
    session.play.game.start()
    await play_round(session.play.game, 30)
    before = session.play.saved()
    session.lessons.open("lessons/t.md", LESSON, step=1)
    assert session.play.saved() != before
    session.lessons.close()
    assert session.play.saved() == before

    session.lessons.open("lessons/t.md", LESSON, step=1)
    session.play.game.again()
    own = session.play.game.playing
    session.lessons.close()
    assert session.play.game.playing == own, "a game that the player began is left alone"


@asynchronous
async def test_a_game_that_came_with_the_lesson_goes_on(session, opened, model, errors):
    opened.go(1)
    await play_round(session.play.game, 50)
    saved = Saving(session).saved()
    other = Session(model, errors.append, deliver)
    Saving(other).open(saved)
    other.lessons.open("lessons/t.md", LESSON, set_up=False)
    other.lessons.go(2)
    assert len(other.play.game.rounds) == 1


@asynchronous
async def test_the_game_set_aside_comes_back_after_a_restart_too(session, model, errors):
    session.play.game.choose(text="own", own=TEXT, rounds=3)
    session.play.game.start()
    await play_round(session.play.game, 30)
    before = session.play.saved()
    session.lessons.open("lessons/t.md", LESSON, step=1)
    assert session.lessons.tool.aside == ["Your own game is set aside."]
    saved = Saving(session).saved()
    other = Session(model, errors.append, deliver)
    Saving(other).open(saved)
    other.lessons.open("lessons/t.md", LESSON)
    other.lessons.go(0)
    other.lessons.close()
    assert other.play.saved() == before and not other.lessons.tool.aside
    value = session.lessons.saved()
    for game in ({}, [], {**value["game"], "version": 9}):
        with pytest.raises(BadState):
            other.lessons.restore({**value, "game": game})
        assert not other.lessons.tool.aside


@asynchronous
async def test_after_a_restart_the_room_and_the_game_of_the_step_are_opened(session):
    document = session.explorer.document
    session.lessons.open("lessons/t.md", LESSON, step=2, set_up=False)
    assert session.explorer.room == "play" and session.play.part == "game"
    assert session.play.game.playing.seed == 3 and session.explorer.document is document
    session.lessons.close()


@asynchronous
async def test_the_ladder_is_asked_and_captured(session, opened):
    tool = opened.tool
    session.explorer.room = "explore"
    assert tool.quantity("bigram_bits_per_token") is None and tool.quantity("counted_in") is None
    with pytest.raises(BadArgument):
        tool.capture("ladder")
    session.explorer.tab = "ngrams"
    await session.ladder.ready()
    document = session.explorer.editor.from_text("the dragon in the red garden")
    session.changes.change(document, "x")
    await session.model.scores(document.ids)
    await session.model.distribution(document.ids)
    smoothed = session.ladder.trained.smoothed
    asked = session.rungs.asked
    assert tool.quantity("trigram_probability") == pytest.approx(
        smoothed.row(document.ids, 3)[asked], rel=1e-5)
    table = tool.capture("ladder")
    rows = {row[0]: row for row in table["rows"]}
    assert rows["uniform"][1] is None and len(rows) == 7
    assert rows["bigram"][3] == pytest.approx(tool.quantity("bigram_bits_per_token"), abs=1e-6)
    assert rows["transformer"][3] == pytest.approx(
        tool.quantity("transformer_bits_per_token"), abs=1e-6)
    session.explorer.predictor = "trigram"
    assert tool.quantity("predictor") == "trigram"
    opened.close()
    assert session.explorer.predictor == "transformer"


WRONG = [
    ("game: nothing", "There is no such text"),
    ("game: alice\nseed: many", "seed cannot be"),
    ("game: alice\nrounds: 1000", "cannot be played"),
    ("game: alice\nscores: 1 2 3 4", "says nothing about a game on a text"),
    ("game: tutorial\nscores: 1 2 3", "are not four scores"),
    ("game: tutorial\nrounds: 3", "says nothing about the tutorial"),
    ("rounds: 3", "nothing that a setup can set"),
    ("game order: order\ngame: alice\nunknown: 1", '"unknown" is nothing'),
]


@pytest.mark.parametrize(("lines", "reason"), WRONG)
def test_a_game_that_cannot_be_is_told_with_its_line(lines, reason):
    with pytest.raises(BadLesson) as caught:
        parse(f"{HEAD}## S\n::: setup\n{lines}\n:::\n")
    assert any(reason in problem.reason and problem.line > 5 for problem in caught.value.problems)
