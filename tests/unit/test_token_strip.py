"""The strip is sent as splices: applied in order, they give the rows and turns of the document."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from lmpanel.engine.fake import FakeEngine, fake_tokenizer
from lmpanel.errors import LMPanelError
from lmpanel.model import LanguageModel
from lmpanel.session import Session
from lmpanel.views.token_strip import TokenStrip
from support.asynchronous import asynchronous


class Mirror:
    """What a component holds that applies every splice; the strip's own way of sending, caught."""

    def __init__(self, session):
        self.rows, self.turns, self.told = [], [], []
        self.strip, self.whole = TokenStrip(session), TokenStrip(session)
        self.strip._send_msg = self.receive
        self.strip.send_all()

    def receive(self, text):
        message = json.loads(text)
        self.told.append(message)
        if message["op"] == "splice":
            start, stop = message["start"], message["start"] + message["remove"]
            assert 0 <= start <= stop <= len(self.rows)
            self.rows[start:stop] = message["rows"]
            self.turns = message["turns"]

    def assert_equal(self):
        full = json.loads(json.dumps(self.whole.full()))
        assert self.rows == full["rows"] and self.turns == full["turns"]


def new_session():
    return Session(LanguageModel(FakeEngine(), fake_tokenizer()), lambda error: None)


STEPS = st.one_of(
    st.tuples(st.just("pick"), st.sampled_from([0, 1, 2, 13, 50, 261])),
    st.tuples(st.just("look"), st.integers(0, 120)),
    st.tuples(st.just("append_text"), st.text("ab dragon\n🐉", max_size=5)),
    st.tuples(st.just("end_turn"), st.text("hi ", max_size=4)),
    st.tuples(st.just("replace_turn"), st.integers(0, 3)),
    st.tuples(st.just("delete_turn"), st.integers(0, 3)),
    st.tuples(st.just("set_mode"), st.sampled_from(["raw", "chat"])),
    st.tuples(
        st.sampled_from(["undo", "redo", "rewind", "clear_response", "new_conversation", "settle"])
    ),
)


async def take(session, name, *arguments):
    if name == "look":
        session.explorer.select(*arguments * 2)
    elif name == "settle":
        await session.measurement.settle()
    elif name == "replace_turn":
        session.changes.replace_turn(*arguments, "anew")
    else:
        getattr(session.changes, name)(*arguments)


@settings(max_examples=60, deadline=None)
@given(st.lists(STEPS, max_size=12))
def test_splices_give_the_document_after_any_edits(steps):
    async def edit():
        session = new_session()
        mirror = Mirror(session)
        for step in steps:
            with suppress(LMPanelError):  # What is refused must leave the rows as they are.
                await take(session, *step)
            mirror.assert_equal()
        await session.measurement.settle()
        mirror.assert_equal()

    asyncio.run(edit())


@asynchronous
async def test_a_pick_sends_the_new_token_only(session):
    session.measurement.look()
    await session.measurement.settle()
    mirror = Mirror(session)
    mirror.told.clear()
    session.changes.pick(7)
    await session.measurement.settle()
    splices = [message for message in mirror.told if message["op"] == "splice"]
    assert [(s["start"], s["remove"], len(s["rows"])) for s in splices] == [
        (len(session.explorer.document) - 1, 0, 1)
    ]


@asynchronous
async def test_a_look_sends_no_rows(session):
    session.measurement.look()
    await session.measurement.settle()
    mirror = Mirror(session)
    mirror.told.clear()
    session.explorer.select(3, 5)
    await session.measurement.settle()
    assert mirror.told == []
    assert (mirror.strip.payload()["anchor"], mirror.strip.payload()["cursor"]) == (3, 5)


@asynchronous
async def test_rows_say_what_a_token_is_and_what_it_cost(session):
    session.changes.append_text("🐉")
    session.measurement.look()
    await session.measurement.settle()
    rows = TokenStrip(session).full()["rows"]
    first, role, last = rows[0], rows[1], rows[-1]
    assert (first["kind"], first["text"]) == ("special", "<|im_start|>")
    assert (first["bits"], first["prob"], first["rank"], first["entropy"]) == (None,) * 4
    assert role["kind"] == "header" and last["kind"] == "bytes"
    score = session.explorer.scores()[-1]
    assert (last["bits"], last["prob"], last["rank"], last["entropy"]) == (
        score.bits, score.prob, score.rank, score.entropy_bits,
    )


def test_turns_cover_the_document(session):
    turns = TokenStrip(session).full()["turns"]
    assert [turn["role"] for turn in turns] == ["system", "user", "assistant"]
    assert turns[0]["start"] == 0 and turns[-1]["end"] == len(session.explorer.document)
    assert all(a["end"] == b["start"] for a, b in pairwise(turns))
    assert all(turn["editable"] for turn in turns)


@asynchronous
async def test_a_raw_document_is_one_stretch_without_a_role(session):
    session.changes.raw_text("abc")
    full = TokenStrip(session).full()
    assert full["turns"] == [{"role": None, "start": 0, "end": 3, "editable": False}]
    assert TokenStrip(session).payload()["mode"] == "raw"


@asynchronous
async def test_undo_and_redo_are_offered_when_there_is_something(session):
    strip = TokenStrip(session)
    assert strip.payload()["undo"] is None and strip.payload()["redo"] is None
    session.changes.append_text("x")
    assert json.loads(strip.state)["undo"] == "added text"
    session.changes.undo()
    assert json.loads(strip.state)["undo"] is None and json.loads(strip.state)["redo"]


@asynchronous
async def test_editing_and_the_dialog_hand_out_text(session):
    mirror = Mirror(session)
    actions = mirror.strip.actions()
    actions["edit_turn"](1)
    assert mirror.told[-1] == {
        "op": "edit", "turn": 1, "text": "Write a one-paragraph story about a dragon.",
    }
    actions["get_json"]()
    conversation = json.loads(mirror.told[-1]["text"])
    assert conversation["reply"] == "" and len(conversation["messages"]) == 2
    actions["set_json"]("nonsense")
    assert mirror.told[-1]["op"] == "json_error"
    actions["set_json"](json.dumps(conversation))
    assert mirror.told[-1]["op"] == "json_used"


@asynchronous
async def test_a_turn_that_is_not_there_cannot_be_edited(session, errors):
    mirror = Mirror(session)
    for turn in (-1, 7):
        await mirror.strip._run(mirror.strip.actions()["edit_turn"], {"turn": turn})
    assert [error.code for error in errors] == ["bad_argument"] * 2


@asynchronous
async def test_the_strip_is_told_how_many_of_its_reports_were_heard(session):
    strip = TokenStrip(session)
    strip.actions()["select"](5, 9, 3)
    assert json.loads(strip.state)["heard"] == 3
    strip.actions()["select"](5, 9, 4)
    assert json.loads(strip.state)["heard"] == 4, "also when nothing else has changed"
    strip.send_all()
    assert strip.payload()["heard"] == 0, "a new view counts anew"


@asynchronous
async def test_json_handed_back_unchanged_is_the_document_itself(session):
    sent = []
    strip = TokenStrip(session)
    strip.tell = lambda op, **fields: sent.append((op, fields))
    session.changes.delete_turn(0)
    for token in (5, 6, 7):
        session.changes.pick(token)
    document = session.explorer.document
    strip.get_json()
    strip.set_json(sent[-1][1]["text"])
    assert sent[-1][0] == "json_used" and session.explorer.document == document
    strip.set_json('[{"role": "user", "content": "Hi", "name": "x"}]')
    assert sent[-1][0] == "json_error" and "'name'" in sent[-1][1]["text"]


@asynchronous
async def test_the_curve_is_a_setting_and_costs_no_rows(session, saving):
    mirror = Mirror(session)
    mirror.told.clear()
    mirror.strip.actions()["curve"](True)
    session.explorer.unit = "nats"
    state = json.loads(mirror.strip.state)
    assert (state["curve"], state["unit"]) == (True, "nats")
    assert saving.state()["settings"]["curve"] is True
    assert mirror.told == [], "it is drawn from the rows that are there"
