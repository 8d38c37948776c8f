"""What the n-grams lens shows, and what may be asked for there."""

from __future__ import annotations

import asyncio
import gzip
import json

import numpy as np
import pytest

from lmpanel.errors import BadArgument, UnknownToken
from lmpanel.explorer import TRANSFORMER
from lmpanel.ngrams.growth import growth
from lmpanel.ngrams.ladder import RUNGS
from lmpanel.scoring import Totals
from lmpanel.session import Session
from lmpanel.views.lens import Lens
from support.asynchronous import asynchronous

STORY = "The dragon in the den. The dragon and the hero. " * 40


async def deliver() -> bytes:
    return gzip.compress(STORY.encode())


@pytest.fixture
def session(model, errors) -> Session:
    session = Session(model, errors.append, deliver)
    session.explorer.ahead = False
    return session


async def opened(session) -> Lens:
    session.measurement.look()
    await session.measurement.settle()
    lens = Lens(session)
    session.explorer.open("ngrams")
    await session.ladder.ready()
    await session.measurement.settle()
    return lens


def state(lens: Lens) -> dict:
    return json.loads(lens.state)


def rows(lens: Lens) -> dict:
    return {row["name"]: row for row in state(lens)["rows"]}


@asynchronous
async def test_nothing_is_trained_before_the_lens_is_opened(session):
    lens = Lens(session)
    await asyncio.sleep(0)
    assert session.ladder.trained is None and not session.ladder.working
    session.explorer.open("ngrams")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert state(lens)["trained"] is None and state(lens)["training"] is not None
    await session.ladder.ready()
    assert state(lens)["trained"]["title"] == "Moby-Dick" and state(lens)["training"] is None


@asynchronous
async def test_of_a_small_text_nothing_is_held_out_and_the_lens_says_so(session):
    lens = await opened(session)
    await lens.actions()["train_ngrams"](title="", text="abcabd")
    shown = state(lens)
    assert shown["trained"]["train"] == 6 and shown["trained"]["held_out"] == 0
    with pytest.raises(BadArgument, match="nothing was held out"):
        session.rungs.passage()
    with pytest.raises(BadArgument, match="no text to test on"):
        await session.rungs.draw()
    await lens.actions()["train_ngrams"](title="", text="a")
    assert "has 1 token;" in state(lens)["problem"] and state(lens)["trained"]["train"] == 6


@asynchronous
async def test_a_stopped_training_begins_when_it_is_asked_for(session):
    lens = Lens(session)
    session.explorer.open("ngrams")
    while not session.ladder.done:
        await asyncio.sleep(0)
    lens.actions()["stop_ngrams"]()
    session.explorer.select(3, 3)
    await session.measurement.settle()
    assert session.ladder.trained is None and not session.ladder.working
    await lens.actions()["train_ngrams"]()
    assert state(lens)["trained"] and not state(lens)["trained"]["own"]


@asynchronous
async def test_every_row_has_its_model_s_numbers(session):
    lens = await opened(session)
    explorer, smoothed = session.explorer, session.ladder.trained.smoothed
    ids = explorer.document.ids
    shown, asked = rows(lens), state(lens)["asked"]["id"]
    assert list(shown) == [*RUNGS, TRANSFORMER]
    assert asked == explorer.distribution.top_id and not state(lens)["asked"]["here"]
    for order, name in enumerate(RUNGS):
        row = smoothed.row(ids, order)
        assert shown[name]["prob"] == pytest.approx(row[asked], rel=1e-5)
        bits = -np.log2(smoothed.probs(ids, order))[1:]
        assert shown[name]["per_token"] == pytest.approx(bits.mean())
        if order:
            best = np.argsort(-row.astype(np.float32), kind="stable")[:3].tolist()
            assert [token["id"] for token in shown[name]["top"]] == best
    assert shown[TRANSFORMER]["prob"] == explorer.distribution.prob(asked)
    assert shown[TRANSFORMER]["predicts"] and not shown["trigram"]["predicts"]
    assert shown[TRANSFORMER]["per_token"] == Totals.of(explorer.scores()).bits_per_token


@asynchronous
async def test_the_transformer_is_measured_too_when_another_model_predicts(session):
    explorer = session.explorer
    explorer.predict_with("bigram")
    lens = Lens(session)
    explorer.open("ngrams")
    await session.ladder.ready()
    await session.measurement.settle()
    while rows(lens)[TRANSFORMER]["per_token"] is None:
        await asyncio.sleep(0)
    shown = rows(lens)
    assert shown[TRANSFORMER]["prob"] is not None and shown["bigram"]["predicts"]
    assert state(lens)["by"] == "bigram, Moby-Dick"


@asynchronous
async def test_a_token_here_a_token_asked_about_and_a_span(session):
    lens = await opened(session)
    explorer = session.explorer
    explorer.select(12, 12)
    await session.measurement.settle()
    here = explorer.document.ids[12]
    assert state(lens)["asked"]["id"] == here and state(lens)["asked"]["here"]
    lens.actions()["ask_ngrams"](id=5)
    assert state(lens)["asked"]["id"] == 5
    with pytest.raises(UnknownToken):
        session.rungs.ask(10**6)
    explorer.select(5, 9)
    assert state(lens)["tab"] == "ngrams" and state(lens)["measured"] == {"count": 5, "span": True}
    bits = -np.log2(session.ladder.trained.smoothed.probs(explorer.document.ids, 2))[5:10]
    assert rows(lens)["bigram"]["per_token"] == pytest.approx(bits.mean())
    # Another position is asked about anew.
    assert state(lens)["asked"]["id"] != 5 or explorer.here == 5


@asynchronous
async def test_the_working_is_that_of_the_opened_rung(session):
    lens = await opened(session)
    session.changes.raw_text("The dragon and")
    await session.measurement.settle()
    session.rungs.open("trigram")
    session.rungs.ask(session.model.tokenizer.encode(" the")[0])
    shown = state(lens)
    assert [term["n"] for term in shown["working"]] == [1, 2, 3]
    last = shown["working"][-1]
    assert last["prob"] == pytest.approx(rows(lens)["trigram"]["prob"], rel=1e-5)
    assert last["formula"].endswith(f"= {last['prob']:.4g}") and last["count"] == last["total"]
    assert last["followers"][0]["count"] == last["count"] > 30
    session.rungs.open("trigram")
    assert state(lens)["working"] == []


@asynchronous
async def test_numbers_wait_for_the_guess(session):
    lens = await opened(session)
    session.explorer.guessing = True
    assert "rows" not in state(lens) and state(lens)["hidden"]


@asynchronous
async def test_the_first_token_has_no_prediction(session):
    lens = await opened(session)
    session.explorer.select(0, 0)
    assert "no prediction" in state(lens)["message"] and "rows" not in state(lens)


@asynchronous
async def test_the_plot_is_computed_in_steps_and_can_be_stopped(session):
    lens = await opened(session)
    trained = session.ladder.trained
    expected = list(growth(trained.train, trained.held_out, trained.smoothed.size, 5))
    drawing = asyncio.ensure_future(session.rungs.draw())
    while len(session.rungs.points) < 3:
        await asyncio.sleep(0)
    assert state(lens)["growth"]["drawing"]
    session.rungs.stop()
    await drawing
    assert 3 <= len(session.rungs.points) < len(expected) and not session.rungs.drawing
    await session.rungs.draw()
    assert session.rungs.points == expected
    assert expected[-1].tokens == len(trained.train) and expected[-1].n == 5


@asynchronous
async def test_held_out_passages_were_not_counted(session):
    with pytest.raises(BadArgument):
        session.rungs.passage()
    lens = await opened(session)
    held_out = session.ladder.trained.held_out.tolist()
    first, second = session.rungs.passage(), session.rungs.passage()
    for passage in (first, second):
        size = len(passage)
        assert any(tuple(held_out[i : i + size]) == passage for i in range(len(held_out)))
    lens.actions()["read_passage"]()
    assert session.explorer.document.raw and session.explorer.history.can_undo


@asynchronous
async def test_a_refused_text_is_told_in_the_lens(session, errors):
    lens = await opened(session)
    train = lens.actions()["train_ngrams"]
    await train(title="mine", text="a")
    assert "none follows" in state(lens)["problem"]
    await train(title="mine", text="  ")
    assert "no text" in state(lens)["problem"]
    assert state(lens)["trained"]["title"] == "Moby-Dick" and errors == []
    await train(title="", text="ab " * 200)
    assert state(lens)["trained"]["title"] == "your text" and state(lens)["problem"] == ""


@asynchronous
async def test_words_are_counted_when_they_are_chosen(session):
    lens = await opened(session)
    session.changes.raw_text("Once the dragon")
    await session.measurement.settle()
    lens.actions()["count_over"](name="words")
    assert state(lens)["words"] == {"rows": None}
    while session.words.model is None:
        await asyncio.sleep(0)
    shown = state(lens)["words"]
    assert shown["context"] == ["the", "dragon"] and "rows" not in state(lens)
    trigram = shown["rows"][2]
    assert [entry["word"] for entry in trigram["top"][:2]] == ["in", "and"]
    assert trigram["seen"] == sum(entry["count"] for entry in trigram["top"])
    # Another text has other words.
    first = session.words.model
    await session.ladder.train()
    assert session.words.model is not first
    lens.actions()["count_over"](name="tokens")
    assert state(lens)["words"] is None and "rows" in state(lens)
