"""The ladder: models that train when they are first asked, in steps that can be stopped."""

from __future__ import annotations

import asyncio
import gzip

import numpy as np
import pytest

from lmpanel.engine.base import Engine
from lmpanel.engine.fake import fake_tokenizer
from lmpanel.errors import BadArgument, BadInput, Cancelled, NotAvailable
from lmpanel.explorer import PREDICTORS, TRANSFORMER
from lmpanel.ngrams.corpus import BUNDLED, MAX_BYTES, Text, bundled, pieces, split
from lmpanel.ngrams.ladder import RUNGS, Ladder, no_corpus
from lmpanel.session import Session
from support.asynchronous import asynchronous

STORY = "The dragon in the den. The dragon and the hero. " * 40


async def deliver() -> bytes:
    return gzip.compress(STORY.encode())


@pytest.fixture
def ladder(model) -> Ladder:
    return Ladder(model, deliver)


@pytest.fixture
def session(model, errors) -> Session:
    session = Session(model, errors.append, deliver)
    session.explorer.ahead = False
    return session


def test_the_names_are_those_that_can_be_chosen():
    assert [TRANSFORMER, *RUNGS] == PREDICTORS


@asynchronous
async def test_the_first_question_trains_all_rungs(ladder):
    assert list(ladder.models) == list(RUNGS) and ladder.trained is None
    ids = fake_tokenizer().encode("The dragon")
    scores = {name: (await model.scores(ids))[-1] for name, model in ladder.models.items()}
    assert scores["uniform"].bits == pytest.approx(np.log2(len(fake_tokenizer())))
    smoothed = ladder.trained.smoothed
    for order, name in enumerate(RUNGS):
        expected = -np.log2(smoothed.probs(ids, order)[-1])
        assert scores[name].bits == pytest.approx(expected, rel=1e-6)
    assert scores["trigram"].bits < scores["unigram"].bits
    assert ladder.models["bigram"].info.model["name"] == f"bigram, {BUNDLED}"


@asynchronous
async def test_many_questions_at_once_wait_for_one_training(ladder):
    steps = []
    ladder.param.watch(lambda event: steps.append(event.new), ["done"])
    models = ladder.models.values()
    await asyncio.gather(*(model.distribution([3, 4]) for model in models))
    assert steps == sorted(steps) and steps[-1] == 1.0
    assert not ladder.working and ladder.step == ""


@asynchronous
async def test_training_goes_in_steps_and_can_be_stopped(ladder):
    waiting = asyncio.ensure_future(ladder.models["trigram"].distribution([3]))
    while ladder.done == 0:
        await asyncio.sleep(0)
    assert ladder.working and 0 < ladder.done < 1
    ladder.stop()
    with pytest.raises(Cancelled):
        await waiting
    assert ladder.trained is None and not ladder.working
    assert (await ladder.ready()).text.title == BUNDLED


@asynchronous
async def test_who_waits_may_leave_and_the_training_goes_on(ladder):
    waiting = asyncio.ensure_future(ladder.ready())
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert ladder.working
    assert (await ladder.ready()) is ladder.trained


@asynchronous
async def test_another_text_takes_the_place_of_the_first_one(ladder):
    ids = fake_tokenizer().encode("xyxy")
    before = (await ladder.models["bigram"].scores(ids))[-1]
    trained = await ladder.train(Text("mine", "xy" * 100))
    after = (await ladder.models["bigram"].scores(ids))[-1]
    assert trained.text.title == "mine" and after.bits < 1 < before.bits
    assert len(trained.train) == 180 and len(trained.held_out) == 20


@asynchronous
async def test_a_stopped_second_text_leaves_the_first_one(ladder):
    first = await ladder.ready()
    waiting = asyncio.ensure_future(ladder.train(Text("mine", "ab" * 20_000)))
    await asyncio.sleep(0)
    ladder.stop()
    with pytest.raises(Cancelled):
        await waiting
    assert ladder.trained is first and (await ladder.ready()) is first


@asynchronous
async def test_a_text_that_cannot_be_had_is_told_and_tried_again(model):
    ladder = Ladder(model, no_corpus)
    for _ in range(2):
        with pytest.raises(NotAvailable):
            await ladder.models["unigram"].distribution([3])
    assert "text of your own" in ladder.problem
    await ladder.train(Text("mine", STORY))
    assert ladder.problem == ""


@pytest.mark.parametrize("text", ["ab", "to be or not to be"])
@asynchronous
async def test_a_text_small_enough_to_be_counted_by_hand_is_counted_whole(ladder, text):
    trained = await ladder.train(Text("toy", text))
    ids = fake_tokenizer().encode_plain(text)
    assert trained.train.tolist() == ids and len(trained.held_out) == 0
    for order, name in enumerate(RUNGS):
        row = (await ladder.models[name].distribution(ids)).probs
        assert row.sum() == pytest.approx(1, abs=1e-5)
        assert row == pytest.approx(trained.smoothed.row(ids, order), rel=1e-4)
    (scored,) = (await ladder.models["unigram"].scores(ids[:2]))[1:]
    [first] = trained.smoothed.explain([], ids[1], 1)
    assert first.count == ids.count(ids[1]) and first.total == len(ids)
    assert scored.bits == pytest.approx(-np.log2(first.prob), rel=1e-5)


def test_texts_are_refused_with_a_reason():
    with pytest.raises(BadArgument, match="1\u202f000\u202f001 bytes"):
        Text("mine", "a" * (MAX_BYTES + 1))
    with pytest.raises(BadArgument, match="no text"):
        Text("mine", " \n")
    with pytest.raises(BadArgument, match="has 1 token; none follows"):
        split(np.zeros(1))
    with pytest.raises(NotAvailable, match="damaged"):
        bundled(gzip.compress(b"abc" * 99)[:-9])
    assert bundled(b"unpacked on the way").text == "unpacked on the way"


def test_pieces_have_the_tokens_of_the_text(tokenizer):
    text = "It's 42 dragons —  \n\n\tand  more.\n" * 50 + "x" * 300
    for length in (1, 7, 64, 10_000):
        cut = list(pieces(text, length))
        assert "".join(cut) == text
        assert [id for piece in cut for id in tokenizer.encode_plain(piece)] == (
            tokenizer.encode_plain(text)
        )


@asynchronous
async def test_the_engine_keeps_to_the_protocol(ladder):
    await ladder.ready()
    ids = fake_tokenizer().encode("The dragon in the den")
    for name, model in ladder.models.items():
        engine = model.engine
        assert isinstance(engine, Engine) and engine.info.vocab_size == len(fake_tokenizer())
        rows = await engine.logits(ids, 0)
        assert rows.dtype == np.float32 and rows.shape == (len(ids), engine.info.vocab_size)
        assert np.exp(rows.astype(np.float64)).sum(axis=1) == pytest.approx(1, abs=1e-5)
        # The same rows, asked for from later on and as branches.
        assert np.array_equal(await engine.logits(ids, 4), rows[4:]), name
        tails = [ids[3:5], ids[3:6]]
        assert np.array_equal(await engine.branch(ids[:3], tails), rows[4:6]), name
        with pytest.raises(BadInput):
            await engine.logits(ids, len(ids))


# The explorer looks through a rung


@asynchronous
async def test_another_model_predicts_with_the_same_controls(session, errors, saving):
    explorer = session.explorer
    session.measurement.look()
    await session.measurement.settle()
    transformer = explorer.scores()
    explorer.predict_with("bigram")
    await session.measurement.settle()
    assert explorer.model is session.ladder.models["bigram"]
    assert session.model is explorer.models[TRANSFORMER]
    assert explorer.scores() != transformer and None not in explorer.scores()[1:]
    assert explorer.distribution is not None
    assert saving.state()["settings"]["predictor"] == "bigram"
    explorer.predict_with(TRANSFORMER)
    await session.measurement.settle()
    assert explorer.scores() == transformer
    assert errors == []


@asynchronous
async def test_an_attempt_keeps_the_model_that_measured_it(session):
    explorer = session.explorer
    explorer.predict_with("trigram")
    await session.generation.run(5)
    [attempt] = session.attempts.kept
    assert (attempt.predictor, attempt.model) == ("trigram", f"trigram, {BUNDLED}")
    totals = session.attempts.totals(attempt)
    explorer.predict_with(TRANSFORMER)
    await session.measurement.settle()
    assert session.attempts.totals(attempt) == totals and session.attempts.current is None
    # Another text changes what the model says, not what was measured.
    await session.ladder.train(Text("mine", "xy" * 100))
    assert session.attempts.totals(attempt) == totals
    session.attempts.keep("by hand")
    assert [kept.model for kept in session.attempts.kept] == [attempt.model, "fake"]


@asynchronous
async def test_branches_have_the_numbers_of_the_model_that_predicts(session):
    explorer, branches = session.explorer, session.branches
    start = explorer.document
    for id in (7, 8):
        session.changes.change(start.append(id, 9), "another")
        await session.measurement.settle()
    runs = [run for run in branches.tree.runs() if not run.children]
    before = [branches.cost(run) for run in runs]
    explorer.predict_with("unigram")
    await branches.measure()
    after = [branches.cost(run) for run in runs]
    assert None not in before + after and before != after
    await session.ladder.train(Text("mine", "xy" * 100))
    await branches.measure()
    assert [branches.cost(run) for run in runs] != after
    explorer.predict_with(TRANSFORMER)
    assert [branches.cost(run) for run in runs] == before


@asynchronous
async def test_a_training_that_is_stopped_gives_the_transformer_back(session, errors):
    explorer = session.explorer
    explorer.predict_with("trigram")
    while not session.ladder.done:
        await asyncio.sleep(0)
    session.ladder.stop()
    await session.measurement.settle()
    assert explorer.predictor == TRANSFORMER and errors == []
    assert None not in explorer.scores()[1:]


@asynchronous
async def test_while_a_model_writes_no_other_is_chosen(session):
    session.explorer.generating = True
    with pytest.raises(BadArgument, match="writing"):
        session.explorer.predict_with("trigram")
    with pytest.raises(BadArgument, match="no model"):
        session.explorer.predict_with("hexagram")
    assert session.explorer.predictor == TRANSFORMER
