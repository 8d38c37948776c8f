"""Session files: everything the student did comes back, and a bad file changes nothing."""

from __future__ import annotations

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmpanel.bpe import mend
from lmpanel.document import Document
from lmpanel.engine.fake import FakeEngine, fake_tokenizer
from lmpanel.errors import BadState
from lmpanel.inside import PARTS
from lmpanel.layers import SOURCES, VIEWS
from lmpanel.links import decode_link, encode_link
from lmpanel.model import LanguageModel
from lmpanel.ngrams.corpus import Text
from lmpanel.packed_ids import pack, unpack
from lmpanel.packed_text import pack_text
from lmpanel.saving import Saving
from lmpanel.session import Session
from lmpanel.session_file import MAX_CHARACTERS, read_session, write_session
from support.asynchronous import asynchronous


def fresh() -> Session:
    """A new session of the same model, as opening a file makes it."""
    return Session(LanguageModel(FakeEngine(), fake_tokenizer()), print)


@pytest.fixture
def other() -> Session:
    return fresh()


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
    fragment, warnings = saving.link()
    assert warnings == [] and Saving(other).follow(fragment) == []
    assert Saving(other).state() == saving.state()
    other.changes.undo()
    assert other.explorer.document == Session(other.model, print).explorer.document


LOOKS = st.fixed_dictionaries({
    "part": st.sampled_from(PARTS),
    "tokens": st.fixed_dictionaries({
        "text": st.text(st.characters(codec="utf-8"), max_size=30),
        "plain": st.booleans(),
        "chosen": st.just(0),
    }),
    "embedding": st.fixed_dictionaries(
        {"token": st.integers(-1, 25), "other": st.integers(-1, 25)}),
    "layers": st.fixed_dictionaries({
        "source": st.sampled_from(SOURCES),
        "text": st.text(st.characters(codec="utf-8"), max_size=30),
        "view": st.sampled_from(VIEWS),
        "layer": st.integers(1, 30),
        "head": st.integers(1, 9),
    }),
})


@given(LOOKS)
@asynchronous
async def test_what_is_looked_at_inside_comes_back_from_files_and_links(look):
    first, second, third = fresh(), fresh(), fresh()
    first.inside.restore(look)
    assert first.inside.saved() == look
    Saving(second).open(Saving(first).saved())
    assert second.inside.saved() == look
    # A link leads there from that room alone.
    Saving(third).follow(Saving(first).link()[0])
    assert third.inside.saved() == fresh().inside.saved()
    first.inside.part, first.explorer.room = "shape", "inside"
    Saving(third).follow(Saving(first).link()[0])
    assert third.inside.saved() == {**look, "part": "shape"}
    assert third.explorer.room == "inside"


@asynchronous
async def test_a_restored_token_gets_its_neighbours_when_it_is_seen(session, other):
    await session.inside.embedding.look(7)
    session.inside.part, session.explorer.room = "embedding", "inside"
    Saving(other).open(Saving(session).saved())
    while other.inside.embedding.neighbourhood is None:
        await asyncio.sleep(0)
    assert other.inside.embedding.neighbourhood.token == 7


@given(st.text(min_size=1, max_size=300).filter(str.strip), st.text(max_size=60))
@asynchronous
async def test_a_text_of_ones_own_for_n_grams_comes_back(text, title):
    first, second = fresh(), fresh()
    first.ladder.restore({"title": mend(title), "text": pack_text(text)})
    Saving(second).open(Saving(first).saved())
    assert second.ladder.own == Text(mend(title), text)
    assert Saving(second).saved() == Saving(first).saved()
    assert Saving(second).link()[1] and not Saving(fresh()).link()[1]


@asynchronous
async def test_a_restored_text_is_counted_when_it_is_first_asked_for(session, other):
    await session.ladder.train(Text("mine", "to be or not to be, that is it. " * 20))
    Saving(other).open(Saving(session).saved())
    assert other.ladder.trained is None and Saving(other).saved() == Saving(session).saved()
    trained = await other.ladder.ready()
    assert trained.text == session.ladder.trained.text
    assert (trained.train == session.ladder.trained.train).all()
    assert other.ladder.saved() == session.ladder.saved()


@asynchronous
async def test_bad_content_of_a_link_changes_nothing(session, other):
    session.inside.part, session.explorer.room = "layers", "inside"
    session.explorer.show(Document((5, 6, 7)))
    linked = decode_link(Saving(session).link()[0])
    before = Saving(other).saved()
    for bad in [None, {}, {**linked["inside"], "part": "<b>"}, {**linked["inside"], "more": 1},
                {**linked["inside"], "embedding": {"token": 10**6, "other": -1}}]:
        with pytest.raises(BadState):
            Saving(other).follow(encode_link({**linked, "inside": bad}))
        assert Saving(other).saved() == before


DAMAGES = {
    "a place inside that is none": lambda saved: {
        **saved, "inside": {**saved["inside"], "part": "heart"}},
    "too much to tokenise": lambda saved: damaged(
        saved, "inside", tokens={"text": "x" * 2001, "plain": False, "chosen": 0}),
    "a foreign token inside": lambda saved: damaged(
        saved, "inside", embedding={"token": 10**6, "other": -1}),
    "n-grams of a list": lambda saved: {**saved, "ngrams": []},
    "a text that is not packed": lambda saved: {
        **saved, "ngrams": {"title": "", "text": "<img src=x onerror=alert(1)>"}},
    "an empty text": lambda saved: {**saved, "ngrams": {"title": "", "text": pack_text(" ")}},
    "a text that unfolds without end": lambda saved: {
        **saved, "ngrams": {"title": "", "text": pack_text("a" * 50_000_000)}},
    "a long title": lambda saved: {
        **saved, "ngrams": {"title": "x" * 61, "text": pack_text("a text")}},

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
    ('{"format":"lmpanel session","version":1,"parts":{"att', "a part of it is missing"),
    ("\ufeff---\ntitle: Mine\n---\n", "looks like a lesson. Open it in Lessons"),
    ("[" * 5000 + "]" * 5000, "nested deeper"),
    (" " * (MAX_CHARACTERS + 1), "longer than 5\u202f000\u202f000 characters"),
])
def test_what_is_no_session_file_is_refused(text, reason):
    with pytest.raises(BadState, match=reason):
        read_session(text)


def test_nothing_of_the_parser_is_told():
    with pytest.raises(BadState) as refused:
        read_session("<html>")
    assert "Expecting" not in str(refused.value) and "Save to a file" in str(refused.value)


@asynchronous
async def test_there_is_nothing_to_lose_until_something_was_done(session):
    saving, text = Saving(session), write_session({})
    session.measurement.look()
    await session.measurement.settle()
    session.explorer.select(3, 5)
    session.explorer.param.update(unit="nats", tab="branches", room="play")
    assert not saving.at_stake(text)
    with pytest.raises(BadState):
        saving.at_stake("[]")
    session.changes.append_text(" dragon")
    assert saving.at_stake(text)


WORK = {
    "an attempt": lambda session: session.attempts.keep("by hand"),
    "a score": lambda session: session.play.tutorial.type(["1", "2", "3", "4"]),
    "a text": lambda session: session.ladder.restore({"title": "x", "text": pack_text("a b")}),
    "a name": lambda session: session.play.call_player("Ada"),
    "a document": lambda session: session.explorer.show(session.explorer.document.append(7)),
}


@pytest.mark.parametrize("work", WORK)
@asynchronous
async def test_whatever_was_done_is_at_stake(session, work):
    saving = Saving(session)
    if work == "an attempt":
        session.explorer.show(session.explorer.document.append(7))
    WORK[work](session)
    assert saving.at_stake(write_session({}))
    session.leave()


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
