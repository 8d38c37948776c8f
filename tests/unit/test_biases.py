"""Forbidden and favoured tokens: in the distribution, in generation, on the screen."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmpanel.biases import FAVOUR, LIMIT
from lmpanel.distribution import Distribution
from lmpanel.errors import BadArgument, NothingLeft, UnknownToken
from lmpanel.filters import Filters, with_biases
from lmpanel.views.lens import Lens
from support.asynchronous import asynchronous

LOGITS = st.lists(st.floats(-20, 20), min_size=3, max_size=12)


@given(LOGITS, st.floats(-10, 10), st.data())
def test_a_bias_multiplies_the_odds(logits, bias, data):
    token = data.draw(st.integers(0, len(logits) - 1))
    before = Distribution(np.array(logits)).probs
    after = Filters(biases=((token, bias),)).apply(Distribution(np.array(logits))).probs
    weights = before * np.where(np.arange(len(logits)) == token, math.exp(bias), 1)
    assert after == pytest.approx(weights / weights.sum())


@given(LOGITS, st.data())
def test_a_forbidden_token_is_never_left(logits, data):
    forbidden = data.draw(st.sets(st.integers(0, len(logits) - 1), max_size=len(logits)))
    filters = Filters(0, 1, 1e-9, 1, tuple((token, None) for token in forbidden))
    if len(forbidden) == len(logits):
        with pytest.raises(NothingLeft, match="Every token is forbidden"):
            filters.apply(Distribution(np.array(logits)))
        return
    after = filters.apply(Distribution(np.array(logits)))
    allowed = [logit for token, logit in enumerate(logits) if token not in forbidden]
    assert after.prob(after.top_id) == 1 and logits[after.top_id] == max(allowed)


def test_what_is_not_there_cannot_be_biased():
    with pytest.raises(UnknownToken):
        with_biases(np.zeros(3), ((3, 1.0),))


@asynchronous
async def test_greedy_and_picking_the_top_go_by_the_biases(session):
    document = session.explorer.document
    first = (await session.model.distribution(document.ids)).ranked(2)
    session.biases.set(int(first[0]), None)
    await session.changes.pick_top()
    assert session.explorer.document.ids[-1] == first[1]
    session.changes.undo()
    await session.generation.run(1)
    assert session.explorer.document.ids[-1] == first[1]
    assert "greedy, 1 forbidden" in session.attempts.kept[-1].label


@asynchronous
async def test_a_model_that_cannot_end_goes_on(session):
    explorer = session.explorer
    ends = session.model.end_of_turn_ids
    session.biases.set(next(iter(ends)), FAVOUR * 4)
    await session.generation.run(30)
    assert explorer.document.ids[-1] in ends and "ended its turn" in explorer.written
    session.changes.undo()
    session.biases.forbid_ends(True)
    assert session.biases.ends_forbidden
    start = len(explorer.document)
    await session.generation.run(30)
    assert len(explorer.document) == start + 30 and not ends & set(explorer.document.ids[start:])
    session.biases.forbid_ends(False)
    assert explorer.biases == []


@asynchronous
async def test_when_everything_is_forbidden_it_is_said_and_nothing_is_lost(session, errors):
    explorer, document = session.explorer, session.explorer.document
    await session.model.distribution(document.ids)
    explorer.biases = [(id, None) for id in range(session.model.info.vocab_size)]
    explorer.tab = "sampling"
    lens = Lens(session)
    assert "Every token is forbidden" in lens.payload()["message"]
    lens.actions()["roll"]()
    assert session.throws.draw is None
    for run in (session.generation.run, session.changes.pick_top):
        with pytest.raises(NothingLeft):
            await run()
    assert explorer.document == document and not explorer.generating
    session.explorer.biases = []
    assert lens.payload()["message"] == ""


@asynchronous
async def test_the_lens_lists_biases_and_orders_by_what_is_drawn_from(session):
    explorer = session.explorer
    session.measurement.look()
    await session.measurement.settle()
    explorer.tab = "sampling"
    lens = Lens(session)
    act = lens.actions()
    act["bias_query"](" the")
    assert lens.payload()["biases"]["found"][0]["text"] == " the"
    distribution = explorer.distribution
    last, first = int(distribution.ranked(distribution.size)[-1]), distribution.top_id
    act["set_bias"](last, 60)
    act["set_bias"](first, None)
    state = json.loads(json.dumps(lens.payload()))
    assert [row["bias"] for row in state["biases"]["rows"]] == [60, None]
    assert state["rows"][0]["id"] == last and state["rows"][0]["rank"] == distribution.size
    assert state["rows"][-1]["id"] == first and state["rows"][-1]["after"] == 0
    total = sum(row["after"] for row in state["rows"]) + state["other"]["after"]
    assert total == pytest.approx(1)
    before = sum(row["before"] for row in state["rows"]) + state["other"]["before"]
    assert before == pytest.approx(1)
    worked = state["working"]["rows"][0]
    assert worked["divided"] == pytest.approx(worked["logit"] + 60)
    act["remove_bias"](last)
    act["favour"](last)
    assert dict(explorer.biases) == {first: None, last: FAVOUR}


def test_impossible_biases_are_refused(session):
    biases = session.biases
    for bias in (101, -101, float("nan")):
        with pytest.raises(BadArgument):
            biases.set(1, bias)
    with pytest.raises(UnknownToken):
        biases.set(10**6, None)
    for id in range(LIMIT):
        biases.set(id, 1)
    with pytest.raises(BadArgument, match="50 tokens"):
        biases.set(LIMIT, 1)
    biases.set(3, None)
    assert len(session.explorer.biases) == LIMIT
