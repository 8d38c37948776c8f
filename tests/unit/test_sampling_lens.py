"""The sampling lens shows the model's numbers before and after filters, and obeys its controls."""

from __future__ import annotations

import asyncio
import math

import pytest

from lmpanel.views.lens import Lens
from support.asynchronous import asynchronous


async def opened(session):
    session.measurement.look()
    await session.measurement.settle()
    session.explorer.tab = "sampling"
    return Lens(session)


@asynchronous
async def test_without_filters_nothing_changes(session):
    state = (await opened(session)).payload()
    assert state["tab"] == "sampling" and state["message"] == ""
    assert all(row["before"] == pytest.approx(row["after"]) for row in state["rows"])
    assert state["kept"] == session.explorer.distribution.size
    assert state["working"]["rules"] == [] and state["working"]["kept_mass"] == pytest.approx(1)
    total = sum(row["after"] for row in state["rows"]) + state["other"]["after"]
    assert total == pytest.approx(1)


@asynchronous
async def test_the_working_adds_up(session):
    lens = await opened(session)
    lens.actions()["filters"](temperature=0.5, top_k=4, top_p=0.8, min_p=0.01)
    state = lens.payload()
    working = state["working"]
    assert len(working["rules"]) == 3
    for row in working["rows"]:
        assert row["divided"] == pytest.approx(row["logit"] / 0.5)
        assert row["softmax"] == pytest.approx(math.exp(row["divided"] - working["log_sum"]))
        wanted = row["softmax"] / working["kept_mass"] if row["kept"] else 0
        assert row["after"] == pytest.approx(wanted)
    assert sum(row["after"] for row in state["rows"]) + state["other"]["after"] == pytest.approx(1)
    assert state["rows"][-1]["cumulative"] == pytest.approx(1)


@asynchronous
async def test_temperature_nought_leaves_one(session):
    lens = await opened(session)
    lens.actions()["filters"](temperature=0)
    state = lens.payload()
    assert state["kept"] == 1 and state["rows"][0]["after"] == 1
    assert state["working"]["rows"][1]["divided"] is None


@asynchronous
async def test_values_outside_their_bounds_take_the_nearest(session):
    lens = await opened(session)
    lens.actions()["filters"](temperature=9, top_k=-3, top_p="0.5", seed=4, nonsense=1)
    explorer = session.explorer
    assert (explorer.temperature, explorer.top_k, explorer.top_p) == (2, 0, 0.5)
    assert explorer.seed == 1


@asynchronous
async def test_filters_never_call_the_engine(session):
    lens = await opened(session)
    calls = session.model.engine.stats.calls
    for step in range(20):
        lens.actions()["filters"](temperature=step / 10, top_p=1 - step / 40)
        session.throws.roll()
        session.throws.draw_many()
        lens.payload()
    assert session.model.engine.stats.calls == calls


@asynchronous
async def test_the_dice_and_taking_what_they_fell_on(session):
    lens = await opened(session)
    lens.actions()["throw"]("20", "d20")
    dice = lens.payload()["dice"]
    assert dice["r"] == 0.975 and dice["low"] <= 0.975 < dice["high"]
    length = len(session.explorer.document)
    lens.actions()["take"]()
    assert session.explorer.document.ids[length:] == (dice["id"],)
    lens.actions()["take"]()
    assert len(session.explorer.document) == length + 1
    await session.measurement.settle()


@asynchronous
async def test_a_response_by_dice_is_the_seeds(session):
    explorer = session.explorer
    explorer.param.update(strategy="sample", seed=5, temperature=1.5, past_end=True)
    texts = []
    for _ in range(2):
        await session.generation.run(max_tokens=12)
        texts.append(explorer.document.ids)
        assert explorer.written.endswith(" (sampled, seed 5, T 1.5)")
        session.changes.undo()
    assert texts[0] == texts[1]
    explorer.seed = 6
    await session.generation.run(max_tokens=12)
    assert explorer.document.ids != texts[0]


@asynchronous
async def test_a_response_is_told_by_the_settings_it_began_with(session):
    explorer = session.explorer
    explorer.param.update(strategy="sample", seed=5, past_end=True)
    run = asyncio.ensure_future(session.generation.run(max_tokens=6))
    while not explorer.generating:
        await asyncio.sleep(0)
    explorer.param.update(strategy="greedy", seed=9, temperature=0.5)
    await run
    assert session.attempts.current.label == "sampled, seed 5"
    assert explorer.written.endswith(" (sampled, seed 5)")
