"""Looking into the network: what is asked of the engine, in which order, and what is shown."""

from __future__ import annotations

import asyncio
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmpanel.engine.base import MAX_INSIDE, MAX_LENS_ROWS, Inside, LensRows
from lmpanel.engine.proof import log_softmax
from lmpanel.layer_look import LayerLook
from lmpanel.views import inside_layers
from lmpanel.views.room import Room
from support.asynchronous import asynchronous


def verbs(engine):
    """What was asked of the engine that has to do with the inside."""
    return [verb for verb, _, _ in engine.requests if verb not in ("logits", "branch")]


def short(session):
    """A document that is short enough to be looked into."""
    session.changes.raw_text("the dragon in an inn")


def payload(session):
    return json.loads(json.dumps(inside_layers.payload(session)))


@given(count=st.integers(1, 64), layers=st.integers(1, 31))
def test_every_row_is_asked_for_once_the_last_one_first(count, layers):
    residuals = np.arange((layers + 1) * count, dtype=np.float32).reshape(layers + 1, count, 1)
    ids = tuple(range(100, 100 + count))
    look = LayerLook(ids, Inside(residuals, np.ones((layers, 1, count, count))))
    seen = []
    while (todo := look.todo(MAX_LENS_ROWS)) is not None:
        rows, values, asked = todo
        assert len(values) == len(asked) == len(rows) * count
        assert len(values) <= max(MAX_LENS_ROWS, count)
        assert values[:, 0].tolist() == residuals[rows].ravel().tolist()
        if seen:
            assert (asked[:, 0] == np.tile(look.finals, len(rows))).all()
            assert asked[: count - 1, 1].tolist() == list(ids[1:])
        seen += rows
        top = np.tile(np.arange(10) + 7, (len(values), 1))
        ones = np.ones(len(values))
        look.take(rows, LensRows(top, -top.astype(float), ones, ones, asked * 0.5, asked + 1))
    assert seen[0] == layers and sorted(seen) == list(range(layers + 1)) and look.complete
    assert look.settled_at(0) == 0 and (look.ranks[layers, :, 0] == 1).all()
    assert look.todo(1) is None


def test_from_which_layer_on_the_answer_stands():
    look = LayerLook((1,), Inside(np.zeros((4, 1, 1)), np.ones((3, 1, 1, 1))))
    assert look.settled_at(0) is None
    for answers, settled in (([5, 9, 9, 9], 1), ([9, 5, 9, 9], 2), ([5, 5, 5, 9], 3), ([9] * 4, 0)):
        look.top_ids[:, 0, 0] = answers
        look.known[:] = True
        assert look.settled_at(0) == settled


def test_habits_of_heads():
    steady = np.tril(np.ones((3, 3))) / np.arange(1, 4)[:, None]
    previous = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0]])
    look = LayerLook((1, 2, 3), Inside(np.zeros((2, 3, 1)), np.stack([steady, previous])[None]))
    first, second = look.head_habits(0)
    assert first == pytest.approx({"first": 5 / 12, "before": 5 / 12, "itself": 5 / 12})
    assert second == {"first": 0.5, "before": 1, "itself": 0}
    alone = LayerLook((1,), Inside(np.zeros((2, 1, 1)), np.ones((1, 2, 1, 1))))
    assert alone.head_habits(0)[1]["itself"] == 1


@asynchronous
async def test_the_last_layer_says_what_the_model_says(session, engine):
    layers = session.inside.layers
    layers.text = "the dragon"
    await layers.begin("text")
    ids = tuple(session.model.tokenizer.encode("the dragon"))
    look = layers.look
    assert look.ids == ids and look.complete and layers.deviation < 1e-6
    expected = log_softmax(await engine.logits(ids, 0))
    np.testing.assert_allclose(look.top_logprobs[look.layers], -np.sort(-expected)[:, :10])
    shown = payload(session)["look"]
    assert shown["position"] == len(ids) - 1 and shown["follows"] is None
    assert shown["grid"][look.layers][0][0] == expected[0].argmax()
    row = shown["rows"][look.layers]
    assert row["final_rank"] == 1 and row["final_prob"] == pytest.approx(np.exp(expected[-1]).max())
    layers.show(position=0)
    row = payload(session)["look"]["rows"][look.layers]
    rank = int((expected[0] > expected[0, ids[1]]).sum()) + 1
    assert row["next_rank"] == rank
    assert row["next_prob"] == pytest.approx(np.exp(expected[0, ids[1]]))


@asynchronous
async def test_nothing_is_opened_before_a_text_is_looked_at(session, engine):
    short(session)
    room = Room(session)
    session.explorer.room = "inside"
    for part in ("tokens", "shape", "layers"):
        await room.actions()["inside_part"](part)
    assert not verbs(engine)
    await room.actions()["look_inside"]("document", "all")
    assert verbs(engine)[:3] == ["open_inside", "inside", "lens"] and engine.inside_open
    state = json.loads(room.state)
    assert state["part"] == "layers" and state["look"]["complete"]


@asynchronous
async def test_the_graphs_are_let_go_when_the_room_is_left(session, engine):
    short(session)
    session.explorer.room = "inside"
    await session.inside.layers.begin("document")
    session.explorer.room = "explore"
    await session.inside.layers._closing
    assert not engine.inside_open and payload(session)["look"]["complete"]
    before = len(engine.requests)
    session.explorer.room = "inside"
    session.explorer.room = "explore"
    assert len(engine.requests) == before, "there is nothing to let go a second time"


@asynchronous
async def test_a_long_text_is_refused_and_one_end_of_it_is_offered(session, engine):
    layers = session.inside.layers
    session.changes.raw_text("x" * (MAX_INSIDE + 6))
    await layers.begin("document")
    assert payload(session)["too_long"] == MAX_INSIDE + 6 and "inside" not in verbs(engine)
    ids = session.explorer.document.ids
    for part, expected in (("last", ids[-MAX_INSIDE:]), ("first", ids[:MAX_INSIDE])):
        await layers.begin("document", part)
        assert layers.look.ids == expected and payload(session)["too_long"] == 0


@asynchronous
async def test_numbers_tell_which_text_they_are_of(session):
    layers = session.inside.layers
    session.changes.raw_text("x" * (MAX_INSIDE + 6))
    await layers.begin("document", "last")
    expected = {"source": "document", "part": "last", "text": layers.text, "stale": False}
    assert payload(session)["look"]["of"] == expected
    session.changes.append_text("y")
    assert payload(session)["look"]["of"] == expected | {"stale": True}
    session.changes.undo()
    assert not payload(session)["look"]["of"]["stale"]
    layers.text = "a text of mine"
    await layers.begin("text")
    layers.text = ""
    await layers.begin("text")
    session.changes.append_text("z")
    of = {"source": "text", "part": "all", "text": "a text of mine", "stale": False}
    assert payload(session)["error"] and payload(session)["look"]["of"] == of


@asynchronous
async def test_no_text_is_said(session, engine):
    session.inside.layers.text = ""
    await session.inside.layers.begin("text")
    assert "nothing to read" in payload(session)["error"] and not verbs(engine)


@asynchronous
async def test_errors_are_shown_and_it_can_be_tried_again(session, engine):
    layers = session.inside.layers
    engine.lose_next(2)
    await layers.begin("text")
    assert "lost" in payload(session)["error"] and payload(session)["phase"] == ""
    await layers.begin("text")
    assert payload(session)["error"] == "" and layers.look.complete


@asynchronous
async def test_a_new_text_takes_the_place_of_one_that_is_being_read(session, engine):
    short(session)
    layers = session.inside.layers
    first = asyncio.ensure_future(layers.begin("document"))
    while not layers.phase:
        await asyncio.sleep(0)
    await layers.begin("text")
    await first
    assert layers.look.ids == tuple(layers.ids_of("text")) and layers.look.complete
    task = asyncio.ensure_future(layers.begin("document"))
    while not layers.phase:
        await asyncio.sleep(0)
    layers.stop()
    await task
    assert layers.phase == "" and layers.error == ""


@asynchronous
async def test_attention_is_shown_in_whole_ten_thousandths(session):
    short(session)
    layers = session.inside.layers
    await layers.begin("document")
    layers.show(view="attention", layer=99, head=-3, position=99)
    shown = payload(session)["look"]
    count = len(session.explorer.document)
    assert (shown["layer"], shown["head"], shown["position"]) == (3, 1, count - 1)
    assert [len(row) for row in shown["weights"][1]] == list(range(1, count + 1))
    for head, weights in enumerate(shown["weights"]):
        np.testing.assert_allclose(np.array(weights[-1]) / 1e4, layers.look.attention[2, head, -1],
                                   atol=5.1e-5)


@asynchronous
async def test_what_waits_for_a_guess_is_not_given_away_here(session):
    short(session)
    layers = session.inside.layers
    await layers.begin("document")
    session.explorer.guessing = True
    shown = payload(session)
    assert shown["look"] is None and "guess" in shown["hidden"]
    layers.text = "Another text entirely"
    await layers.begin("text")
    assert payload(session)["look"] is not None
    await layers.begin("document")
    session.explorer.guessing = False
    assert payload(session)["look"] is not None
