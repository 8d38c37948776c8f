"""Generating on the fake engine: what is written, how it ends, what the history keeps."""

from __future__ import annotations

import asyncio

import pytest

from lmpanel.decoding import Decoding
from lmpanel.engine.fake import FakeEngine, fake_model, fake_tokenizer
from lmpanel.errors import BadArgument, EngineLost
from lmpanel.model import LanguageModel
from lmpanel.session import Session
from support.asynchronous import asynchronous
from support.held_engine import HeldEngine


def ending_after(count, errors):
    """A session whose model ends its turn with the token it writes as number `count`."""
    plain = Session(LanguageModel(FakeEngine(), fake_tokenizer()), errors.append)
    run = Decoding(plain.model, plain.explorer.document.ids, max_tokens=count)
    end = asyncio.run(run.complete()).tokens[-1]
    described = fake_model(len(fake_tokenizer()), 512)
    described["special"] = {"bos": None, "eos": end, "end_of_turn": end}
    return Session(LanguageModel(FakeEngine(model=described), fake_tokenizer()), errors.append)


@asynchronous
async def test_a_response_is_greedy_and_one_entry_of_the_history(session):
    explorer, start = session.explorer, session.explorer.document
    await session.generation.run(max_tokens=12)
    expected = await Decoding(session.model, start.ids, max_tokens=12).complete()
    assert explorer.document.ids == (*start.ids, *expected.tokens)
    assert explorer.written == "12 tokens, length reached"
    assert explorer.history.current.label == "generated 12 tokens"
    assert explorer.max_tokens == 12 and not explorer.generating
    assert explorer.cursor == len(explorer.document)
    session.changes.undo()
    assert explorer.document == start


@asynchronous
async def test_every_token_costs_one_call_of_one_token(session, engine):
    session.measurement.look()
    await session.measurement.settle()
    before = (engine.stats.calls, engine.stats.tokens)
    await session.generation.run(max_tokens=10)
    await session.measurement.settle()
    # The first token needs no call; behind the last one stands one more distribution.
    assert (engine.stats.calls, engine.stats.tokens) == (before[0] + 10, before[1] + 10)


def test_the_model_ends_its_turn_unless_told_to_go_on(errors):
    session = ending_after(6, errors)
    start = len(session.explorer.document)

    async def both():
        await session.generation.run(max_tokens=20)
        ended = session.explorer.written, len(session.explorer.document) - start
        session.changes.undo()
        await session.generation.run(max_tokens=20, past_end=True)
        return ended

    assert asyncio.run(both()) == ("6 tokens, the model ended its turn", 6)
    assert session.explorer.written == "20 tokens, length reached"
    assert session.explorer.past_end


@asynchronous
async def test_stopping_keeps_what_is_written(session):
    explorer, start = session.explorer, session.explorer.document

    def stop_at_five(event):
        if len(explorer.document) - len(start) == 5:
            session.generation.stop()

    explorer.param.watch(stop_at_five, "document")
    await session.generation.run(max_tokens=100)
    assert len(explorer.document) - len(start) == 5
    assert explorer.written == "5 tokens, stopped"
    assert explorer.history.current.label == "generated 5 tokens"


@asynchronous
async def test_stopping_while_the_model_still_reads_writes_nothing(errors):
    engine = HeldEngine()
    session = Session(LanguageModel(engine, fake_tokenizer()), errors.append)
    session.changes.raw_text("x" * 400)
    before, calls = session.explorer.document, []
    session.explorer.param.watch(lambda event: calls.append(len(engine.requests)), "generating")
    run = asyncio.ensure_future(session.generation.run(max_tokens=50))
    await engine.asked.wait()
    session.generation.stop()
    engine.gate.set()
    await run
    assert session.explorer.document == before and not session.explorer.generating
    assert session.explorer.written == "stopped" and calls == [0, 1]


@asynchronous
async def test_stopping_without_a_run_does_nothing(session):
    session.generation.stop()
    await session.generation.run(max_tokens=2)
    assert session.explorer.written == "2 tokens, length reached"


@asynchronous
async def test_a_second_run_is_not_begun(session):
    first = asyncio.ensure_future(session.generation.run(max_tokens=6))
    await asyncio.sleep(0)
    await session.generation.run(max_tokens=50)
    await first
    assert session.explorer.written == "6 tokens, length reached"


@asynchronous
async def test_while_it_writes_the_lens_is_about_the_newest_token(session):
    explorer, seen = session.explorer, []
    explorer.param.watch(lambda event: seen.append((len(explorer.context), explorer.here)),
                         "document")
    start = len(explorer.document)
    await session.generation.run(max_tokens=3)
    assert seen == [(start + i, explorer.document.ids[start + i]) for i in range(3)]
    assert explorer.context == explorer.document.ids


@asynchronous
async def test_what_was_written_before_a_failure_stays(session, engine):
    explorer, start = session.explorer, session.explorer.document

    def lose_at_three(event):
        if len(explorer.document) - len(start) == 3:
            engine.lose_next(2)

    explorer.param.watch(lose_at_three, "document")
    with pytest.raises(EngineLost):
        await session.generation.run(max_tokens=10)
    assert len(explorer.document) - len(start) == 3 and not explorer.generating
    assert explorer.written == "3 tokens written"
    session.changes.undo()
    assert explorer.document == start


@asynchronous
async def test_nothing_comes_out_of_an_empty_document(session):
    session.changes.raw_text("")
    with pytest.raises(BadArgument, match="first token"):
        await session.generation.run()
    assert not session.explorer.generating


@asynchronous
async def test_a_full_document_is_not_written_on(session):
    session.changes.raw_text("x" * 510)
    await session.generation.run(max_tokens=10)
    assert len(session.explorer.document) == 512
    assert session.explorer.written == "2 tokens, length reached"


@pytest.mark.parametrize(("asked", "used"), [(0, 1), (-3, 1), (10**9, 2000), ("7", 7)])
@asynchronous
async def test_the_length_is_bounded(session, asked, used):
    session.changes.raw_text("x" * 511)
    await session.generation.run(max_tokens=asked)
    assert session.explorer.max_tokens == used
