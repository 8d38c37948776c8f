"""Turns and conversations: written by hand, edited, pasted in; raw text has none."""

from __future__ import annotations

import json

import pytest

from lmpanel.document import Document
from lmpanel.engine.fake import FakeEngine, fake_model, fake_tokenizer
from lmpanel.errors import BadArgument, BadConversation, NotAvailable
from lmpanel.model import LanguageModel
from lmpanel.session import Session
from support.asynchronous import asynchronous


def messages(session):
    return session.explorer.editor.conversation(session.explorer.document).messages


def roles(session):
    return [turn.role for turn in session.explorer.editor.turns(session.explorer.document)]


def without_template(errors):
    described = {**fake_model(len(fake_tokenizer()), 512), "chat": {"style": "none"}}
    return Session(LanguageModel(FakeEngine(model=described), fake_tokenizer()), errors.append)


@asynchronous
async def test_a_conversation_by_hand(session, explorer, changes):
    changes.new_conversation()
    assert roles(session) == ["system"]
    changes.end_turn("Hi")
    assert roles(session) == ["system", "user", "assistant"]
    changes.append_text("Hello")
    changes.close_turn()
    assert roles(session) == ["system", "user", "assistant"]
    assert messages(session)[-1] == {"role": "assistant", "content": "Hello"}
    changes.end_turn("Bye")
    assert [m["content"] for m in messages(session)][1:] == ["Hi", "Hello", "Bye"]


@asynchronous
async def test_appended_text_leaves_the_tokens_before_it(session, explorer, changes):
    for text in (" d", "ra", "gon"):
        changes.append_text(text)
    typed = session.model.tokenizer.encode(" dragon")
    assert len(typed) == 1 and explorer.document.ids[-1:] != tuple(typed)
    changes.undo()
    assert session.model.tokenizer.decode(explorer.document.ids[-2:]).endswith("ra")


@asynchronous
async def test_turns_are_edited_and_deleted(session, explorer, changes):
    changes.replace_turn(0, "Be brief.")
    assert messages(session)[0] == {"role": "system", "content": "Be brief."}
    changes.replace_turn(1, "Hi")
    assert messages(session)[1]["content"] == "Hi"
    changes.delete_turn(1)
    assert roles(session) == ["system", "assistant"]
    changes.delete_turn(0)
    assert roles(session) == ["assistant"]
    for turn in (-1, 1, 99):
        with pytest.raises(BadArgument):
            changes.replace_turn(turn, "x")
        with pytest.raises(BadArgument):
            changes.delete_turn(turn)


@asynchronous
async def test_ending_an_empty_turn_is_refused(session, explorer, changes):
    before = explorer.document
    with pytest.raises(BadArgument, match="still empty"):
        changes.end_turn()
    assert explorer.document == before


# The whole document


@asynchronous
async def test_a_list_of_messages_opens_the_models_turn(session, explorer, changes):
    changes.set_conversation('[{"role": "user", "content": "Hi"}]')
    assert roles(session) == ["system", "user", "assistant"]
    changes.set_conversation(
        '[{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "He"}]'
    )
    response = explorer.editor.response(explorer.document)
    assert not response.closed and explorer.editor.chat.content(
        explorer.document.ids, response
    ) == "He"


@asynchronous
async def test_an_object_is_taken_as_it_is(session, explorer, changes):
    closed = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]
    changes.set_conversation(json.dumps({"messages": closed}))
    assert explorer.editor.response(explorer.document).closed
    changes.set_conversation(json.dumps({"messages": closed[:1], "reply": "He"}))
    text = explorer.editor.conversation(explorer.document)
    assert text.reply == "He"
    before = explorer.document
    changes.set_conversation(text.as_json())
    assert explorer.document == before


@pytest.mark.parametrize("text", ["", "[", "7", '[{"role": "cat", "content": ""}]', '{"x": 1}'])
@asynchronous
async def test_a_broken_conversation_changes_nothing(session, explorer, changes, text):
    before = explorer.document
    with pytest.raises(BadConversation):
        changes.set_conversation(text)
    assert explorer.document == before and not explorer.history.can_undo


@asynchronous
async def test_raw_text_has_no_turns(session, explorer, changes):
    changes.set_mode("raw")
    assert explorer.document.raw and roles(session) == []
    changes.raw_text("The cat sat.")
    assert session.model.tokenizer.decode(explorer.document.ids) == "The cat sat."
    with pytest.raises(BadArgument):
        changes.end_turn("Hi")
    changes.clear_response()
    assert session.model.tokenizer.decode(explorer.document.ids) == "The cat sat."
    changes.new_conversation()
    assert explorer.document == Document((), raw=True)


@asynchronous
async def test_the_mode_changes_the_reading_and_not_the_ids(session, explorer, changes):
    ids = explorer.document.ids
    changes.set_mode("raw")
    changes.set_mode("chat")
    assert explorer.document == Document(ids) and len(explorer.history.entries) == 3


@asynchronous
async def test_a_model_without_a_template(errors):
    session = without_template(errors)
    changes, explorer = session.changes, session.explorer
    assert explorer.document.raw
    for refused in (lambda: changes.set_mode("chat"), changes.close_turn):
        with pytest.raises(NotAvailable):
            refused()
    changes.new_conversation()
    assert explorer.document == Document((), raw=True)
