"""Histogram, extremes and the written perplexity: every scored token counts once, in its bin."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmpanel.scoring import TokenScore, Totals, written_perplexity
from lmpanel.spread import histogram, least_surprising, most_surprising
from lmpanel.views.lens import Lens
from support.asynchronous import asynchronous

LOGPROBS = st.lists(st.floats(-60, 0), max_size=60)


@given(LOGPROBS, st.integers(1, 20))
def test_the_bins_hold_every_value_where_numpy_puts_it(logprobs, bins):
    values = [-logprob for logprob in logprobs]
    counts = histogram(values, range(bins))
    assert sum(counts) == len(values)
    assert counts == np.histogram(values, [*range(bins), math.inf])[0].tolist()


@given(LOGPROBS, st.integers(1, 10))
def test_the_extremes_are_the_ends_of_the_sorted_tokens(logprobs, count):
    scored = [(i, TokenScore(logprob, 1, 0.0)) for i, logprob in enumerate(logprobs)]
    by_bits = sorted(scored, key=lambda token: token[1].bits)
    least, most = least_surprising(scored, count), most_surprising(scored, count)
    assert least == by_bits[:count], "a stable sort keeps the earlier of equal ones first"
    assert [score.bits for _, score in most] == [s.bits for _, s in by_bits[::-1][:count]]
    assert most == sorted(most, key=lambda token: (token[1].logprob, token[0]))


@pytest.mark.parametrize("unit", ["bits", "nats"])
@pytest.mark.parametrize("span", [None, (4, 9)])
@asynchronous
async def test_the_lens_counts_every_scored_token_of_what_is_selected(session, unit, span):
    explorer = session.explorer
    explorer.param.update(unit=unit, tab="surprise")
    if span:
        explorer.select(*span)
    session.measurement.look()
    await session.measurement.settle()
    spread = json.loads(Lens(session).state)["spread"]
    start, stop = (4, 10) if span else (1, len(explorer.document))
    values = [score.bits for score in explorer.scores()[start:stop]]
    factor = math.log(2) if unit == "nats" else 1.0
    low = spread["bins"][-1]["low"]
    expected = np.histogram(np.array(values) * factor, [*range(low + 1), math.inf])[0]
    assert [bin["count"] for bin in spread["bins"]] == expected.tolist()
    assert sum(bin["count"] for bin in spread["bins"]) == spread["count"] == stop - start
    assert spread["whole"] is (span is None)
    assert [token["bits"] for token in spread["most"]] == sorted(values, reverse=True)[:10]
    assert [token["bits"] for token in spread["least"]] == sorted(values)[:10]
    for token in spread["most"]:
        assert token["bits"] == explorer.scores()[token["index"]].bits


@asynchronous
async def test_a_listed_token_is_shown_without_leaving_the_lens(session):
    explorer, show = session.explorer, Lens(session).actions()["show_token"]
    explorer.tab = "surprise"
    show(7)
    assert (explorer.anchor, explorer.cursor, explorer.tab) == (7, 7, "surprise")
    explorer.select(4, 9)
    show(7)
    assert (explorer.anchor, explorer.cursor, explorer.tab) == (4, 9, "surprise")
    assert explorer.pointed == 7
    explorer.select(5, 5)
    assert explorer.pointed == -1


@asynchronous
async def test_what_is_not_measured_yet_is_said_to_be_missing(session):
    explorer = session.explorer
    explorer.tab = "surprise"
    explorer.select(0, len(explorer.document) - 1)
    state = Lens(session).payload()
    assert state["span"]["count"] == 0
    assert state["span"]["missing"] == state["totals"][-1]["missing"] == len(explorer.document) - 1
    await session.measurement.settle()
    state = Lens(session).payload()
    assert state["span"]["missing"] == state["totals"][-1]["missing"] == 0
    explorer.select(0, 0)
    span = Lens(session).payload()["span"]
    assert (span["selected"], span["count"], span["missing"]) == (1, 0, 0)


@asynchronous
async def test_before_anything_is_measured_nothing_is_counted(session):
    session.explorer.tab = "surprise"
    spread = json.loads(Lens(session).state)["spread"]
    assert spread["count"] == 0 and spread["most"] == spread["least"] == []
    assert {bin["count"] for bin in spread["bins"]} == {0}


@pytest.mark.parametrize(("unit", "base"), [("bits", 2.0), ("nats", math.e)])
@given(st.lists(st.floats(-12, 0), min_size=1, max_size=40))
def test_the_formula_can_be_worked_out_by_hand(unit, base, logprobs):
    totals = Totals.of([TokenScore(logprob, 1, 0.0) for logprob in logprobs])
    written = written_perplexity(totals, unit)
    power, result = written.split(" = ")
    total, count = power.split("^(")[1].rstrip(")").split(" / ")
    assert int(count) == totals.count
    by_hand = base ** (float(total) / int(count))
    assert by_hand == pytest.approx(totals.perplexity, rel=1e-3)
    assert float(result.replace("\u202f", "")) == pytest.approx(by_hand, rel=2e-3)


def test_nothing_has_no_perplexity_and_a_huge_one_is_not_written_out():
    assert written_perplexity(Totals(0, 0.0)) == ""
    assert written_perplexity(Totals(1, 14.0)) == "2^(14.000 / 1) = 16\u202f384"
    assert written_perplexity(Totals(1, 2000.0)) == "2^(2000.000 / 1) = inf"
