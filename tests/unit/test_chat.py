"""Conversations become the tokens of the template, and come back from any tokens."""

from __future__ import annotations

import json

import jinja2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmpanel.chat import ChatTemplate, parse_conversation
from lmpanel.engine.fake import fake_tokenizer
from lmpanel.errors import BadArgument, BadConversation, NotAvailable

DRAGON = [{"role": "user", "content": "Write a one-paragraph story about a dragon."}]
MESSAGES = st.lists(
    st.fixed_dictionaries(
        {
            "role": st.sampled_from(["system", "user", "assistant"]),
            "content": st.text("ab \n\n1é🐉'.", max_size=10),
        }
    ),
    max_size=5,
)


@pytest.fixture(scope="session")
def chat(model_json, tokenizer):
    return ChatTemplate.from_model(model_json, tokenizer)


def test_the_dragon_prompt_has_its_40_tokens(chat):
    ids = chat.encode(DRAGON)
    assert len(ids) == 40
    assert ids[:4] == [1, 9690, 198, 2683] and ids[-4:] == [1, 520, 9531, 198]


@settings(max_examples=100, deadline=None)
@given(messages=MESSAGES, prompt=st.booleans())
def test_equal_to_the_models_own_template(chat, reference, model_json, messages, prompt):
    environment = jinja2.Environment(trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(model_json["chat"]["template"])
    text = template.render(messages=messages, add_generation_prompt=prompt)
    ids = chat.encode(messages, add_generation_prompt=prompt)
    assert ids == reference.encode(text, add_special_tokens=False).ids


@settings(max_examples=100, deadline=None)
@given(messages=MESSAGES, reply=st.none() | st.text("a \n1", max_size=5))
def test_conversation_comes_back(chat, messages, reply):
    ids = chat.encode(messages, reply, add_generation_prompt=False)
    conversation = chat.conversation(ids)
    added = messages and messages[0]["role"] != "system"
    assert conversation.messages[bool(added) :] == messages
    assert conversation.reply == reply and conversation.exact


@settings(max_examples=200, deadline=None)
@given(
    ids=st.lists(st.sampled_from([0, 1, 2, 198, 198, 4093, 9690, 520, 9531, 216, 78]), max_size=14)
)
def test_turns_cover_any_tokens(chat, ids):
    turns = chat.turns(ids)
    assert [i for turn in turns for i in range(turn.start, turn.stop)] == list(range(len(ids)))
    for index, turn in enumerate(turns):
        assert turn.index == index
        assert turn.start <= turn.content_start <= turn.content_stop <= turn.stop
        chat.content(ids, turn)
    chat.conversation(ids)


def roles(chat, text):
    ids = chat.tokenizer.encode(text)
    return [(t.role, t.header, chat.content(ids, t), t.closed) for t in chat.turns(ids)]


def test_turns_that_the_model_wrote_itself(chat):
    text = "<|im_start|>assistant\nHi<|im_end|>\n<|im_start|>user\nBye"
    assert roles(chat, text) == [
        ("assistant", "assistant", "Hi", True),
        ("user", "user", "Bye", False),
    ]


def test_broken_headers_have_no_role(chat):
    assert roles(chat, "<|im_start|>user hello<|im_end|>\n") == [
        (None, "user hello", "user hello", True)
    ]
    assert roles(chat, "<|im_start|>dragon\nroar<|im_end|>") == [(None, "dragon", "roar", True)]
    assert roles(chat, "<|im_start|>") == [(None, "", "", False)]
    assert roles(chat, "stray<|im_start|>user\n") == [
        (None, None, "stray", False),
        ("user", "user", "", False),
    ]


def test_newlines_shared_with_the_header_belong_to_the_content(chat):
    assert roles(chat, "<|im_start|>user\n\n\n  hi<|im_end|>\n")[0][2] == "\n\n  hi"


def test_a_model_without_a_template_says_so(tokenizer):
    with pytest.raises(NotAvailable, match="tiny"):
        ChatTemplate.from_model({"name": "tiny", "chat": {"style": None}}, fake_tokenizer())


def test_conversations_as_json():
    text = json.dumps({"messages": DRAGON, "reply": "Once"})
    conversation = parse_conversation(text)
    assert conversation.messages == DRAGON and conversation.reply == "Once"
    assert parse_conversation(conversation.as_json()) == conversation


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "{",
        '"text"',
        "[1]",
        '[{"role": "user"}]',
        '[{"role": "user", "content": 1}]',
        '[{"role": "dragon", "content": ""}]',
        '[{"role": ["user"], "content": ""}]',
        '[{"role": "user", "content": "", "name": "x"}]',
        '{"messages": []  , "__proto__": {}}',
        '{"messages": [], "reply": 3}',
        '{"messages": NaN}',
        "[" * 100_000,
        json.dumps([{"role": "user", "content": ""}] * 501),
    ],
)
def test_bad_conversations_are_refused(text):
    with pytest.raises(BadConversation):
        parse_conversation(text)


def test_huge_conversations_are_refused():
    with pytest.raises(BadArgument, match="1\u202f000\u202f001"):
        parse_conversation(json.dumps([{"role": "user", "content": "a" * 1_000_001}]))
    with pytest.raises(BadConversation, match="longer"):
        parse_conversation(" " * 5_000_000)
