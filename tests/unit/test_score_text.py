"""A pasted text is scored in place of the document or of the reply: one change, its tokens only."""

from __future__ import annotations

import json

import pytest

from lmpanel.changes import MAX_SCORED
from lmpanel.engine.fake import FakeEngine, fake_tokenizer
from lmpanel.errors import BadArgument
from lmpanel.model import LanguageModel
from lmpanel.saving import Saving
from lmpanel.session import Session
from lmpanel.views.lens import Lens
from support.asynchronous import asynchronous


def selected(session):
    explorer = session.explorer
    start, stop = explorer.span
    return list(explorer.document.ids[start:stop])


@asynchronous
async def test_as_raw_text_it_is_the_document(session):
    before = session.explorer.document
    session.changes.score_text("abc def")
    explorer = session.explorer
    ids = session.model.tokenizer.encode("abc def")
    assert explorer.document.raw and list(explorer.document.ids) == ids == selected(session)
    assert explorer.tab == "surprise"
    session.changes.undo()
    assert explorer.document == before and not explorer.history.can_undo, "one change"


@asynchronous
async def test_as_a_reply_it_takes_the_place_of_the_reply(session):
    explorer, changes = session.explorer, session.changes
    awaiting = explorer.document
    changes.append_text("an old reply")
    changes.close_turn()
    changes.score_text("abc", as_reply=True)
    ids = session.model.tokenizer.encode("abc")
    assert explorer.document.ids == (*awaiting.ids, *ids) and not explorer.document.raw
    assert selected(session) == ids
    assert explorer.editor.conversation(explorer.document).reply == "abc"


@asynchronous
async def test_after_a_message_of_the_user_a_turn_is_opened_for_it(session):
    explorer, changes = session.explorer, session.changes
    changes.set_conversation(json.dumps({"messages": [
        {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"},
        {"role": "user", "content": "More"}]}))
    changes.score_text("abc", as_reply=True)
    turns = [turn.role for turn in explorer.editor.turns(explorer.document)]
    assert turns[-4:] == ["user", "assistant", "user", "assistant"]
    assert selected(session) == session.model.tokenizer.encode("abc")


@asynchronous
async def test_a_single_token_opens_the_lens_too(session):
    session.changes.score_text("a")
    explorer = session.explorer
    assert (explorer.anchor, explorer.cursor, explorer.tab) == (0, 0, "surprise")


@asynchronous
async def test_the_same_text_again_selects_it_again(session):
    explorer = session.explorer
    session.changes.score_text("abc")
    explorer.select(1, 1)
    session.changes.score_text("abc")
    assert explorer.span == (0, 3) and explorer.tab == "surprise"


@pytest.mark.parametrize("reply", [False, True])
@asynchronous
async def test_the_longest_text_is_scored_and_a_longer_one_refused(errors, reply):
    model = LanguageModel(FakeEngine(context_length=4096), fake_tokenizer())
    session = Session(model, errors.append)
    explorer = session.explorer
    session.changes.score_text("a" * MAX_SCORED, reply)
    assert len(selected(session)) == MAX_SCORED
    state = Saving(session).state()
    with pytest.raises(BadArgument, match="2\u202f001 tokens; at most 2\u202f000") as refusal:
        session.changes.score_text("a" * (MAX_SCORED + 1), reply)
    assert "Leave out 1 of them or more. Nothing was changed." in str(refusal.value)
    assert Saving(session).state() == state and not explorer.history.can_redo


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no text to score"),
        ("a" * 2**20, r"1\u202f048\u202f576 characters; at most [\d\u202f]+ are taken"),
    ],
)
@asynchronous
async def test_no_text_and_a_huge_one_change_nothing(session, text, message, saving):
    state = saving.state()
    for reply in (False, True):
        with pytest.raises(BadArgument, match=message):
            session.changes.score_text(text, reply)
    assert saving.state() == state and not session.explorer.history.can_undo


@asynchronous
async def test_there_must_be_something_to_reply_to(session, saving):
    session.changes.new_conversation()
    state = saving.state()
    with pytest.raises(BadArgument, match="nothing to hand over"):
        session.changes.score_text("abc", as_reply=True)
    session.changes.raw_text("abc")
    with pytest.raises(BadArgument, match="no turns"):
        session.changes.score_text("abc", as_reply=True)
    session.changes.undo()
    assert saving.state() == {**state, "settings": saving.state()["settings"]}


@asynchronous
async def test_special_tokens_in_the_text_are_said_and_counted(session, errors):
    session.changes.score_text("a<|im_end|>b", as_reply=True)
    assert [error.code for error in errors] == ["special_text"]
    assert len(selected(session)) == 3


@asynchronous
async def test_a_lone_surrogate_does_no_harm(session, errors, saving):
    session.changes.score_text("a\ud800b")
    assert selected(session) == session.model.tokenizer.encode("a\ud800b")
    json.dumps(saving.state())


@asynchronous
async def test_while_the_model_writes_nothing_is_scored(session):
    session.explorer.generating = True
    with pytest.raises(BadArgument, match="The model is writing"):
        session.changes.score_text("abc")
    session.explorer.generating = False


@asynchronous
async def test_the_lens_takes_the_text_and_says_whether_a_reply_is_possible(session):
    session.explorer.tab = "surprise"
    lens = Lens(session)
    assert json.loads(lens.state)["can_reply"]
    lens.actions()["score_text"]("abc", True)
    assert json.loads(lens.state)["can_reply"] and len(selected(session)) == 3
    assert json.loads(lens.state)["scored"]
    session.explorer.select(2, 5)
    assert not json.loads(lens.state)["scored"], "something else is selected"
    lens.actions()["score_text"]("abc", False)
    assert not json.loads(lens.state)["can_reply"], "a raw document has no turns"
