"""What the lens shows, as numbers: the model's own, in the unit and number asked for."""

from __future__ import annotations

import json
import math

import pytest

from lmpanel.explorer import LENGTHS, TABS
from lmpanel.views.lens import Lens
from support.asynchronous import asynchronous


async def shown(session):
    session.measurement.look()
    await session.measurement.settle()
    return json.loads(Lens(session).state)


@asynchronous
async def test_the_table_is_the_models_distribution(session):
    lens = await shown(session)
    distribution = session.explorer.distribution
    assert lens["tab"] == "next"
    assert [tab["name"] for tab in lens["tabs"]] == TABS
    assert lens["entropy"] == distribution.entropy_bits
    assert [row["id"] for row in lens["rows"]] == distribution.ranked(10).tolist()
    first = lens["rows"][0]
    assert first["prob"] == distribution.prob(first["id"]) and first["rank"] == 1
    assert first["bits"] == pytest.approx(-math.log2(first["prob"]))
    assert first["logprob"] == pytest.approx(math.log(first["prob"]))
    assert lens["at"] == len(session.explorer.document) and lens["marked"] is None


@pytest.mark.parametrize("length", LENGTHS)
@asynchronous
async def test_rows_and_the_rest_are_the_whole(session, length):
    session.explorer.length = length
    lens = await shown(session)
    assert len(lens["rows"]) == length
    assert lens["other"]["count"] == session.model.info.vocab_size - length
    assert sum(row["prob"] for row in lens["rows"]) + lens["other"]["prob"] == pytest.approx(1)
    assert lens["rows"][-1]["cumulative"] == pytest.approx(1 - lens["other"]["prob"])


@asynchronous
async def test_before_anything_is_measured_it_waits(session):
    lens = json.loads(Lens(session).state)
    assert lens["waiting"] and lens["message"] == "The model is reading…" and "rows" not in lens


@asynchronous
async def test_the_first_token_has_no_prediction(session):
    session.explorer.select(0, 0)
    lens = await shown(session)
    assert not lens["waiting"] and "no prediction" in lens["message"] and lens["can_here"]


@asynchronous
async def test_a_token_inside_is_marked_with_its_rank(session):
    session.explorer.select(9, 9)
    lens = await shown(session)
    assert lens["where"] == "here" and lens["at"] == 9
    assert lens["marked"]["id"] == session.explorer.document.ids[9]
    assert lens["marked"]["rank"] == session.explorer.scores()[9].rank
    session.explorer.where = "next"
    lens = await shown(session)
    assert lens["at"] == 10 and lens["marked"]["id"] == session.explorer.document.ids[10]


@asynchronous
async def test_at_the_caret_only_what_comes_next_can_be_looked_at(session):
    session.explorer.where = "here"
    lens = await shown(session)
    assert lens["where"] == "next" and not lens["can_here"]


@pytest.mark.parametrize(
    ("query", "texts", "message"),
    [
        ("", [], None),
        (" dragon", [" dragon"], ""),
        ("dragon", [" dragon"], ""),
        ("262", ["in"], ""),
        ("xyz", [], "Not one token: it is read as x · y · z"),
        ("x y", [], "Not one token: it is read as x · ␣ · y"),
        ("\x00" * 3, [], "Not one token: it is read as ␀ · ␀ · ␀"),
    ],
)
@asynchronous
async def test_looking_tokens_up(session, query, texts, message):
    session.explorer.query = query
    lookup = (await shown(session))["lookup"]
    assert lookup["query"] == query
    assert [row["text"] for row in lookup["rows"]][: len(texts)] == texts
    assert lookup.get("message") == message
    for row in lookup["rows"]:
        assert row["rank"] == session.explorer.distribution.rank_of(row["id"])


@asynchronous
async def test_a_character_the_model_does_not_have_is_no_token(session):
    session.explorer.query = "\ud800"
    lookup = (await shown(session))["lookup"]
    assert lookup["rows"] == [] or lookup["rows"][0]["text"]


@pytest.mark.parametrize(("unit", "factor"), [("bits", 1.0), ("nats", math.log(2))])
@asynchronous
async def test_surprise_adds_up_in_bits_and_is_written_in_its_unit(session, unit, factor):
    session.explorer.unit = unit
    session.explorer.select(4, 9)
    lens = await shown(session)
    scores = session.explorer.scores()
    span, expected = lens["span"], [score.bits for score in scores[4:10]]
    assert lens["tab"] == "surprise" and lens["unit"] == unit
    assert [row["index"] for row in span["rows"]] == [4, 5, 6, 7, 8, 9]
    assert [row["bits"] for row in span["rows"]] == expected
    assert span["rows"][-1]["running"] == pytest.approx(span["total"])
    assert span["total"] == pytest.approx(math.fsum(expected))
    assert span["per_token"] == pytest.approx(span["total"] / 6)
    assert span["perplexity"] == pytest.approx(2 ** (span["total"] / 6))
    total = f"{span['total'] * factor:.3f}"
    assert span["sum"].endswith(f" = {total} {unit}") and span["sum"].count("+") == 5
    base = "2" if unit == "bits" else "e"
    assert span["formula"].startswith(f"{base}^({total} / 6) = ")
    coin = next(mark for mark in lens["marks"] if mark["label"] == "a coin toss")
    assert coin["bits"] == 1


@asynchronous
async def test_the_first_token_is_said_to_be_left_out(session):
    session.explorer.select(0, 3)
    span = (await shown(session))["span"]
    assert span["skipped"] and span["count"] == 3 and span["rows"][0]["index"] == 1


@asynchronous
async def test_totals_of_turn_response_and_document(session):
    await session.generation.run(max_tokens=5)
    session.explorer.param.update(tab="surprise")
    totals = {total["label"]: total for total in (await shown(session))["totals"]}
    everything = totals["document"]
    scores = [score.bits for score in session.explorer.scores()[1:]]
    assert everything["count"] == len(scores)
    assert everything["total"] == pytest.approx(math.fsum(scores))
    written = [total for label, total in totals.items() if "response" in label]
    assert [total["count"] for total in written] == [5]
    assert written[0]["total"] == pytest.approx(math.fsum(scores[-5:]))


@asynchronous
async def test_an_empty_selection_has_no_perplexity(session):
    session.explorer.tab = "surprise"
    lens = await shown(session)
    assert lens["span"]["rows"] == [] and lens["span"]["count"] == 0
    assert lens["span"]["per_token"] is None and lens["span"]["perplexity"] is None


@asynchronous
async def test_every_action_reaches_the_explorer(session):
    explorer = session.explorer
    lens = Lens(session)
    actions = lens.actions()
    for verb, argument in (("tab", "surprise"), ("length", 50), ("where", "next")):
        actions[verb](argument)
        assert getattr(explorer, verb) == argument
    actions["lookup"]("x" * 300)
    assert explorer.query == "x" * 200
    actions["pick"](7, len(explorer.document))
    assert explorer.document.ids[-1] == 7


@pytest.mark.parametrize(
    "message",
    [{"verb": "length", "n": 7}, {"verb": "tab", "name": "none"}, {"verb": "pick", "id": "x"}],
)
@asynchronous
async def test_nonsense_from_the_page_is_reported_and_changes_nothing(
        session, saving, errors, message):
    lens, before = Lens(session), saving.state()
    lens._handle_msg(message)
    for task in list(lens._running):
        await task
    assert [error.code for error in errors] == ["error"] and saving.state() == before
