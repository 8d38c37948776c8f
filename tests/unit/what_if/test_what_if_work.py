"""Long comparisons: in small pieces, stopped, asked anew, and with an engine that is lost."""

from __future__ import annotations

import asyncio

from comparing import PIRATE, REPLY, compared

from lmpanel.engine.fake import fake_tokenizer
from lmpanel.model import ROWS_ALONG, LanguageModel
from lmpanel.session import Session
from support.asynchronous import asynchronous
from support.held_engine import HeldEngine


@asynchronous
async def test_rows_come_in_small_chunks_and_nothing_is_remembered(answered, engine):
    answered.explorer.show(answered.explorer.document.append(*[7] * 300))
    await answered.measurement.settle()
    engine.requests.clear()
    told = []
    answered.what_if.param.watch(lambda event: told.append(event.new), ["progress"])
    result = await compared(answered)
    assert len(result.shifts) == 305
    rows = [rows for _, _, rows in engine.requests]
    assert max(rows) <= ROWS_ALONG and sum(rows) == 2 * 305
    assert answered.model.cached(answered.explorer.document.ids[: result.start]) is None
    assert "token 8 of 305" in told and told[-1] == ""


@asynchronous
async def test_a_long_context_is_read_in_pieces(answered, engine):
    told = []
    answered.what_if.param.watch(lambda event: told.append(event.new), ["progress"])
    engine.requests.clear()
    assert await compared(answered, "word " * 100) is not None
    assert [(tokens, rows) for _, tokens, rows in engine.requests][:2] == [(256, 1), (512, 1)]
    assert told[1].startswith("reading token 512 of")


def held_session() -> tuple[Session, HeldEngine, list]:
    errors: list = []
    engine = HeldEngine(order=1000)
    session = Session(LanguageModel(engine, fake_tokenizer()), errors.append)
    session.explorer.show(session.explorer.document.append(*REPLY))
    session.measurement._task.cancel()
    return session, engine, errors


@asynchronous
async def test_stopped_while_the_model_reads(errors):
    session, engine, errors = held_session()
    what_if = session.what_if
    what_if.stop()
    assert what_if.said == "", "nothing was under way"
    what_if.compare(PIRATE)
    await engine.asked.wait()
    assert what_if.running
    what_if.stop()
    assert (what_if.running, what_if.said) == (False, "Stopped.")
    engine.gate.set()
    await what_if.settle()
    await asyncio.sleep(0)
    assert what_if.result is None and errors == []


@asynchronous
async def test_asked_anew_the_older_comparison_makes_way():
    session, engine, errors = held_session()
    what_if = session.what_if
    what_if.compare(PIRATE)
    await engine.asked.wait()
    what_if.compare("You are a cat.")
    engine.gate.set()
    await what_if.settle()
    result = what_if.result
    assert (result.number, result.change.text) == (1, "You are a cat.")
    assert not what_if.running and errors == []


@asynchronous
async def test_a_wrong_wish_leaves_the_running_comparison_alone():
    session, engine, _ = held_session()
    session.what_if.compare(PIRATE)
    await engine.asked.wait()
    session.what_if.compare("You are a fake.")
    assert session.what_if.running and "same" in session.what_if.said
    engine.gate.set()
    await session.what_if.settle()
    assert session.what_if.result.change.text == PIRATE


@asynchronous
async def test_a_lost_engine_is_reported_and_the_result_before_is_kept(answered, engine, errors):
    first = await compared(answered)
    engine.lose_next(2)
    await compared(answered, "You are a cat.")
    assert answered.what_if.result is first and not answered.what_if.running
    assert [error.code for error in errors] == ["engine_lost"]
    assert answered.what_if.said == "This could not be compared."
