"""Attempts: kept when a response is finished, gone back to, with the loss that `score` gives."""

from __future__ import annotations

import asyncio

import pytest

from lmpanel.api import Api
from lmpanel.attempts import LIMIT
from lmpanel.errors import BadArgument
from lmpanel.scoring import LN2
from lmpanel.views.lens import Lens
from support.asynchronous import asynchronous


@asynchronous
async def test_a_generated_response_is_kept_with_what_it_cost(session):
    before = len(session.explorer.document)
    session.explorer.past_end = True
    await session.generation.run(max_tokens=6)
    await session.measurement.settle()
    attempt = session.attempts.current
    assert (attempt.number, attempt.label) == (1, "greedy")
    assert (attempt.start, attempt.stop) == (before, before + 6)
    ids = list(attempt.document.ids)
    answer = (await Api(session.model).call("score", [{"ids": ids}]))["result"]
    bits = sum(token["bits"] for token in answer["tokens"][attempt.start : attempt.stop])
    totals = session.attempts.totals(attempt)
    assert totals.bits == pytest.approx(bits) and totals.count == 6
    session.explorer.tab = "attempts"
    row = Lens(session).payload()["rows"][0]
    assert row["loss"] == pytest.approx(bits * LN2 / 6) and row["current"]
    assert row["logprob"] == pytest.approx(sum(t["logprob"] for t in answer["tokens"][before:]))


@asynchronous
async def test_how_it_came_about_is_told(session):
    explorer = session.explorer
    explorer.param.update(strategy="sample", seed=3, temperature=0.5, top_k=7, past_end=True)
    session.changes.append_text("a")
    given = len(explorer.document) - session.attempts.span[0]
    await session.generation.run(max_tokens=3)
    label = session.attempts.current.label
    assert label == f"sampled, seed 3, T 0.5, top-k 7, after {given} given tokens"
    start, stop = session.attempts.span
    assert stop - start == 3 + given, "given words are part of the response and of its loss"


@asynchronous
async def test_the_same_response_is_kept_once_and_others_beside_it(session):
    session.explorer.past_end = True
    for tokens in (3, 4):
        await session.generation.run(max_tokens=tokens)
        session.changes.clear_response()
    await session.generation.run(max_tokens=3)
    session.attempts.keep("by hand")
    assert [attempt.label for attempt in session.attempts.kept] == ["greedy", "greedy"]


@asynchronous
async def test_going_back_and_removing(session):
    session.explorer.past_end = True
    await session.generation.run(max_tokens=3)
    written = session.explorer.document
    session.changes.clear_response()
    lens = Lens(session)
    lens.actions()["show_attempt"](1)
    assert session.explorer.document == written
    lens.actions()["remove_attempt"](1)
    assert session.attempts.kept == [] and session.explorer.document == written
    for action in ("show_attempt", "remove_attempt"):
        with pytest.raises(BadArgument):
            lens.actions()[action](1)


@asynchronous
async def test_by_hand(session):
    session.explorer.tab = "attempts"
    lens = Lens(session)
    assert not lens.payload()["can_keep"]
    session.changes.pick(5)
    assert lens.payload()["can_keep"]
    lens.actions()["keep"]()
    assert not lens.payload()["can_keep"]
    assert [attempt.label for attempt in session.attempts.kept] == ["by hand"]
    await session.measurement.settle()
    assert lens.payload()["rows"][0]["tokens"] == 1


@asynchronous
async def test_raw_text_keeps_what_was_written(session):
    session.changes.set_mode("raw")
    session.explorer.past_end = True
    await session.generation.run(max_tokens=4)
    attempt = session.attempts.kept[0]
    assert attempt.stop - attempt.start == 4


@asynchronous
async def test_there_is_a_limit_with_a_remedy(session):
    session.changes.pick(5)
    session.attempts.keep("one")
    session.attempts.kept = session.attempts.kept * LIMIT
    session.changes.pick(6)
    with pytest.raises(BadArgument, match="Remove"):
        session.attempts.keep("one more")
    await asyncio.sleep(0)


@asynchronous
async def test_an_attempt_beside_the_document(session):
    await session.generation.run(3)
    first = session.explorer.document
    session.changes.undo()
    session.changes.append_text("a")
    lens = Lens(session)
    await lens.actions()["compare_attempt"](1)
    assert session.explorer.tab == "branches"
    assert session.branches.chosen == [first, session.explorer.document]
    assert session.branches.comparison is not None
