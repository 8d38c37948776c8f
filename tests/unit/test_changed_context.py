"""The context that a change makes: only what is typed is tokenised, all else keeps its ids."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmpanel.changed_context import Change, changed, present_texts
from lmpanel.chat import ChatTemplate
from lmpanel.document import Document
from lmpanel.editor import Editor
from lmpanel.engine.fake import fake_tokenizer
from lmpanel.errors import BadArgument, UnknownToken

TOKENIZER = fake_tokenizer()
CHAT = ChatTemplate(TOKENIZER, "Be kind.")
EDITOR = Editor(TOKENIZER, CHAT)
USERS = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "ho"},
         {"role": "user", "content": "the dragon"}]
TALK = EDITOR.from_messages(USERS)
RAW = EDITOR.from_text("once upon")


def without_system() -> Document:
    return EDITOR.delete_turn(TALK, 0)


def test_what_stands_there_now():
    assert present_texts(EDITOR, TALK) == {
        "system": "Be kind.", "user": "the dragon", "token": "", "text": "hi\nthe dragon",
    }
    assert present_texts(EDITOR, without_system())["system"] == ""
    assert present_texts(EDITOR, RAW) == {"token": "", "text": "once upon"}


@pytest.mark.parametrize("role", ["system", "user"])
def test_a_turn_that_the_tokens_are_part_of_cannot_be_replaced(role):
    turn = next(turn for turn in EDITOR.turns(TALK) if turn.role == role)
    inside = TALK.rewind(turn.content_start + 2)
    assert role not in present_texts(EDITOR, inside)
    with pytest.raises(BadArgument, match=f"No whole {role}"):
        changed(EDITOR, inside, Change(role, "other"))


def test_another_system_prompt_is_the_template_with_it():
    given = [{"role": "system", "content": "Be rude."}, *USERS]
    assert changed(EDITOR, TALK, Change("system", "Be rude.")) == EDITOR.from_messages(given).ids
    alone = changed(EDITOR, without_system(), Change("system", "Be rude."))
    assert alone == EDITOR.from_messages(given).ids


def test_another_message_replaces_the_last_one_only():
    other = [*USERS[:-1], {"role": "user", "content": "a cat"}]
    assert changed(EDITOR, TALK, Change("user", "a cat")) == EDITOR.from_messages(other).ids


def test_without_the_template():
    new = changed(EDITOR, TALK, Change("text", "hi\nthe dragon"))
    assert new == tuple(TOKENIZER.encode("hi\nthe dragon"))
    assert changed(EDITOR, RAW, Change("text", "twice")) == tuple(TOKENIZER.encode("twice"))


@given(st.lists(st.integers(3, 260), min_size=1, max_size=12), st.text("the dragon", max_size=9))
def test_tokens_that_typing_would_not_give_are_kept(picked, text):
    # The user's turn is made of any ids; only the system turn is written anew.
    start = CHAT.turns(TALK.ids)[0].stop
    context = Document((*TALK.ids[:start], *CHAT.header_ids("user"), *picked, *CHAT.closing_ids()))
    if text == "Be kind.":
        return
    new = changed(EDITOR, context, Change("system", text))
    assert new == (*CHAT.turn_ids("system", text), *context.ids[start:])


@given(st.data())
def test_one_token_exchanged(data):
    position = data.draw(st.integers(0, len(TALK) - 1))
    token = data.draw(st.integers(0, 260).filter(lambda id: id != TALK.ids[position]))
    new = changed(EDITOR, TALK, Change("token", position=position, token=token))
    assert len(new) == len(TALK) and new[position] == token
    assert [i for i, pair in enumerate(zip(new, TALK.ids, strict=True)) if pair[0] != pair[1]] == [
        position
    ]


@pytest.mark.parametrize("position", [None, -1, len(TALK), 10**9])
def test_a_token_elsewhere_cannot_be_exchanged(position):
    with pytest.raises(BadArgument, match=f"1 to {len(TALK)}"):
        changed(EDITOR, TALK, Change("token", position=position, token=5))


def test_no_token_and_none_that_the_model_does_not_have():
    with pytest.raises(BadArgument, match="Look one up"):
        changed(EDITOR, TALK, Change("token", position=3))
    with pytest.raises(UnknownToken):
        changed(EDITOR, TALK, Change("token", position=3, token=10**6))


@pytest.mark.parametrize(
    ("context", "change"),
    [
        (TALK, Change("system", "Be kind.")),
        (TALK, Change("user", "the dragon")),
        (TALK, Change("token", position=3, token=TALK.ids[3])),
        (RAW, Change("text", "once upon")),
    ],
)
def test_a_change_that_changes_nothing_is_refused(context, change):
    with pytest.raises(BadArgument, match="same as the present"):
        changed(EDITOR, context, change)


def test_nothing_is_no_context():
    with pytest.raises(BadArgument, match="empty"):
        changed(EDITOR, TALK, Change("text", ""))


def test_a_raw_text_has_no_turns_to_change():
    for kind in ("system", "user"):
        with pytest.raises(BadArgument, match="No whole"):
            changed(EDITOR, RAW, Change(kind, "x"))
