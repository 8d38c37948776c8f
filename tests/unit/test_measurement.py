"""Measuring in the background: what is in view first, and a newer look takes over."""

from __future__ import annotations

import asyncio

from lmpanel.engine.fake import fake_tokenizer
from lmpanel.model import LanguageModel
from lmpanel.session import Session
from support.asynchronous import asynchronous
from support.held_engine import HeldEngine


@asynchronous
async def test_everything_in_view_gets_measured(session):
    explorer = session.explorer
    session.measurement.look()
    await session.measurement.settle()
    assert None not in explorer.scores()[1:] and explorer.scores()[0] is None
    assert explorer.distribution is not None and explorer.progress == ""


@asynchronous
async def test_a_look_at_a_measured_document_costs_nothing(session, engine):
    session.measurement.look()
    await session.measurement.settle()
    calls = engine.stats.calls
    session.measurement.look()
    await session.measurement.settle()
    session.explorer.select(5, 9)
    assert session.explorer.distribution is None, "only its token's score is kept"
    assert engine.stats.calls == calls


@asynchronous
async def test_looking_at_an_old_token_costs_one_call(session, engine):
    session.measurement.look()
    await session.measurement.settle()
    calls, tokens = engine.stats.calls, engine.stats.tokens
    session.explorer.select(9, 9)
    await session.measurement.settle()
    assert session.explorer.distribution is not None
    assert (engine.stats.calls, engine.stats.tokens) == (calls + 1, tokens + 1)


@asynchronous
async def test_a_newer_look_takes_over(errors):
    engine = HeldEngine()
    session = Session(LanguageModel(engine, fake_tokenizer()), errors.append)
    session.changes.raw_text("an old text that nobody waits for any longer")
    await engine.asked.wait()
    session.changes.raw_text("new")
    engine.gate.set()
    await session.measurement.settle()
    assert None not in session.explorer.scores()[1:] and errors == []
    assert engine.requests == [("logits", 3, 3)], "the old text was never computed"


async def measuring(errors):
    """A session that waits for its engine to measure the document."""
    engine = HeldEngine()
    session = Session(LanguageModel(engine, fake_tokenizer()), errors.append)
    session.measurement.look()
    await engine.asked.wait()
    return session, engine


@asynchronous
async def test_a_second_look_at_the_same_does_not_begin_anew(errors):
    session, engine = await measuring(errors)
    engine.asked.clear()
    session.explorer.param.trigger("anchor", "cursor", "where")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not engine.asked.is_set()
    engine.gate.set()
    await session.measurement.settle()
    assert None not in session.explorer.scores()[1:] and errors == []


@asynchronous
async def test_a_look_after_it_was_stopped_begins_anew(errors):
    session, engine = await measuring(errors)
    session.measurement.cancel()
    session.measurement.look()
    engine.gate.set()
    await session.measurement.settle()
    assert None not in session.explorer.scores()[1:] and errors == []


@asynchronous
async def test_writing_stops_measuring_and_ends_with_a_look(errors):
    engine = HeldEngine()
    session = Session(LanguageModel(engine, fake_tokenizer()), errors.append)
    session.explorer.progress = "measuring token 1 of 2"
    session.measurement.look()
    await engine.asked.wait()
    run = asyncio.ensure_future(session.generation.run(max_tokens=2))
    engine.gate.set()
    await run
    assert session.explorer.progress == ""
    await session.measurement.settle()
    assert session.explorer.distribution is not None and errors == []


@asynchronous
async def test_a_long_document_says_how_far_it_is(session):
    said = []
    session.explorer.param.watch(lambda event: said.append(event.new), "progress")
    session.changes.raw_text("x" * 300)
    await session.measurement.settle()
    assert said == [f"measuring token {n} of 299" for n in (128, 256, 299)] + [""]


@asynchronous
async def test_a_failure_is_reported_and_looking_again_tries_again(session, engine, errors):
    engine.lose_next(2)
    session.explorer.select(5, 5)
    await session.measurement.settle()
    assert [error.code for error in errors] == ["engine_lost"]
    session.explorer.select(5, 5)
    await session.measurement.settle()
    assert len(errors) == 1 and session.explorer.distribution is not None


@asynchronous
async def test_tokens_that_typing_would_not_give_are_noted(session):
    session.changes.raw_text("a")
    for piece in (" d", "ra", "gon"):
        session.changes.append_text(piece)
    await session.measurement.settle()
    assert session.explorer.note.startswith("Typed, this text would be split differently")
    session.changes.raw_text("a dragon")
    await session.measurement.settle()
    assert session.explorer.note == ""


@asynchronous
async def test_the_recorded_example_stands_until_it_is_measured(session):
    explorer = session.explorer
    ids = list(explorer.document.ids)
    explorer.recorded = {"ids": ids, "scores": [None] + [[-1.0, 2, 3.0]] * (len(ids) - 1)}
    assert explorer.scores()[1].rank == 2 and explorer.scores()[1].entropy_bits == 3.0
    session.measurement.look()
    await session.measurement.settle()
    assert explorer.recorded is None and explorer.scores()[1].logprob != -1.0


@asynchronous
async def test_what_is_looked_at_stays_whatever_scripts_ask(errors, engine):
    session = Session(LanguageModel(engine, fake_tokenizer(), kept=4), errors.append)
    session.measurement.look()
    await session.measurement.settle()
    for token in range(9):
        await session.model.distribution((1, token))
    assert session.explorer.distribution is not None
    assert len(session.model.known) == 4


@asynchronous
async def test_a_click_makes_the_lens_anew_once_its_numbers_are_known(session):
    session.measurement.look()
    await session.measurement.settle()
    told = []
    session.explorer.param.watch(lambda event: told.append(event.new), "measured")
    session.changes.pick(session.explorer.distribution.top_id)
    await session.measurement.settle()
    assert len(told) == 1 and session.explorer.distribution is not None
