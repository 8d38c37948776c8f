"""Session files: everything the student did comes back, and a bad file changes nothing."""

from __future__ import annotations

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmpanel.document import Document
from lmpanel.engine.fake import FakeEngine, fake_tokenizer
from lmpanel.errors import BadState
from lmpanel.model import LanguageModel
from lmpanel.packed_ids import pack, unpack
from lmpanel.saving import Saving
from lmpanel.session import Session
from lmpanel.session_file import MAX_CHARACTERS, read_session, write_session
from support.asynchronous import asynchronous


@pytest.fixture
def other() -> Session:
    """A new session of the same model, as opening a file makes it."""
    return Session(LanguageModel(FakeEngine(), fake_tokenizer()), print)


async def worked_with(session) -> Session:
    """A session in which something was done."""
    start = session.explorer.document
    for token in (7, 8, 9):
        session.explorer.show(start.append(token))
        session.attempts.keep("by hand")
        session.explorer.show(start)
    session.attempts.remove(2)
    run = session.branches.tree.find(start.append(8).ids)
    session.branches.rename(run.number, run.stop, "<img src=x onerror=alert(1)>")
    session.branches.grow((*start.ids, 20, 21))
    session.explorer.param.update(guessing=True, temperature=0.5, measure="rank")
    session.measurement.look()
    await session.measurement.settle()
    session.guesses.commit("", 11)
    session.explorer.select(3, 5)
    session.guesses.show_anyway()
    session.play.call_player("Ada")
    session.explorer.room = "play"
    return session


@asynchronous
async def test_everything_comes_back(session, saving, other):
    await worked_with(session)
    Saving(other).open(saving.saved())
    assert Saving(other).saved() == saving.saved()
    assert [kept.number for kept in other.attempts.kept] == [1, 3]
    assert other.explorer.document == session.explorer.document
    assert other.guesses.tally == session.guesses.tally and other.guesses.tally.count == 1
    named = [stop.name for _, _, stop in other.branches.tree.stops() if stop.name]
    assert named == ["<img src=x onerror=alert(1)>"]
    other.explorer.show(Document((5, 6, 7, 8)))
    other.attempts.keep("next", since=2)
    assert other.attempts.kept[-1].number == 4


@asynchronous
async def test_attempts_from_a_file_are_measured_when_they_are_looked_at(session, saving, other):
    await worked_with(session)
    Saving(other).open(saving.saved())
    attempt = other.attempts.kept[0]
    assert other.attempts.totals(attempt) is None
    seen = other.explorer.measured
    other.explorer.tab = "attempts"
    while other.attempts.totals(other.attempts.kept[-1]) is None:
        await asyncio.sleep(0)
    expected = await other.model.scores(attempt.document.ids)
    assert other.attempts.totals(attempt).bits == expected[attempt.start].bits
    assert other.explorer.measured > seen


@asynchronous
async def test_a_link_carries_document_position_and_settings(session, saving, other):
    await worked_with(session)
    assert Saving(other).follow(saving.link()) == []
    assert Saving(other).state() == saving.state()
    other.changes.undo()
    assert other.explorer.document == Session(other.model, print).explorer.document


DAMAGES = {
    "no object": lambda saved: [],
    "unknown part": lambda saved: {**saved, "__proto__": {}},
    "no state": lambda saved: {**saved, "state": None},
    "a room that is none": lambda saved: {**saved, "room": ["play"]},
    "a game of nothing": lambda saved: {**saved, "game": {"version": 1}},
    "a lesson of nothing": lambda saved: {**saved, "lesson": {"version": 1}},
    "attempts of a list": lambda saved: {**saved, "attempts": []},
    "an attempt without tokens": lambda saved: damaged(saved, "attempts", documents=[]),
    "an attempt outside": lambda saved: damaged(saved, "attempts", documents=[[0, []], [0, []]]),
    "numbers that go back": lambda saved: damaged(saved, "attempts", numbers=1),
    "branches without tokens": lambda saved: damaged(saved, "branches", documents=[]),
    "a foreign token": lambda saved: damaged(saved, "branches", documents=[[0, [10**6]]]),
    "a stop that says more": lambda saved: damaged(saved, "branches", stops=[{"x": 1}]),
    "a share of nothing": lambda saved: damaged(saved, "guesses", contexts=[[5, []], [0, []]]),
    "a guess of no token": lambda saved: damaged(
        saved, "guesses", guesses=[{"id": 10**6, "result": None}] * 2),
    "guesses by name": lambda saved: damaged(saved, "guesses", guesses="no"),
}


def damaged(saved: dict, part: str, **entries) -> dict:
    return {**saved, part: {**saved[part], **entries}}


@pytest.mark.parametrize("damage", DAMAGES)
@asynchronous
async def test_a_damaged_part_is_refused(session, saving, other, damage):
    await worked_with(session)
    parts = DAMAGES[damage](read_session(saving.saved()))
    text = json.dumps({"format": "lmpanel session", "version": 1, "parts": parts})
    with pytest.raises(BadState):
        Saving(other).open(text)


@pytest.mark.parametrize("text, reason", [
    ("", "no session"), ("[]", "no session of lmpanel"), ("{", "no session"),
    ('{"format": "lmpanel session", "version": 2, "parts": {}}', "another version"),
    ('{"format": "lmpanel session", "version": true, "parts": {}}', "another version"),
    ('{"format": "lmpanel session", "version": 1, "parts": []}', "damaged"),
    ('{"format": "lmpanel session", "version": 1, "parts": {}, "more": 1}', "damaged"),
    ("[" * 5000 + "]" * 5000, "nested deeper"), (" " * (MAX_CHARACTERS + 1), "longer than"),
])
def test_what_is_no_session_file_is_refused(text, reason):
    with pytest.raises(BadState, match=reason):
        read_session(text)


def test_a_file_holds_what_was_written():
    assert read_session(write_session({"state": {"ids": [1]}})) == {"state": {"ids": [1]}}


IDS = st.lists(st.integers(0, 9), max_size=12).map(tuple)


@given(st.lists(IDS, max_size=20))
def test_sequences_are_packed_without_loss(sequences):
    packed = json.loads(json.dumps(pack(sequences)))
    assert unpack(packed, most=20, vocab_size=10, context_length=12) == sequences


@pytest.mark.parametrize("packed", [
    None, [1], [[0]], [[1, []]], [[0, [10]]], [[0, [True]]], [[0, [1.0]]], [[0, [1] * 13]],
    [[0, [1] * 12], [12, [1]]], [[-1, []]], [[0, []]] * 21,
])
def test_what_was_not_packed_so_is_refused(packed):
    with pytest.raises(BadState):
        unpack(packed, most=20, vocab_size=10, context_length=12)
