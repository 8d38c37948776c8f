"""Editing keeps every token that was not typed, and typing gives the template's own tokens."""

from __future__ import annotations

import pytest

from lmpanel.chat import ChatTemplate
from lmpanel.document import Document
from lmpanel.editor import Editor
from lmpanel.engine.fake import fake_tokenizer
from lmpanel.errors import BadArgument, NotAvailable
from lmpanel.typed import Difference, TypedCheck


@pytest.fixture(scope="session")
def editor():
    tokenizer = fake_tokenizer()
    return Editor(tokenizer, ChatTemplate(tokenizer, "S"))


def written(editor, document):
    return editor.text(document).replace("<|im_start|>", "<").replace("<|im_end|>", ">")


SYSTEM = "<system\nS>\n"


def test_a_conversation_typed_turn_by_turn_is_the_template(editor):
    document = editor.end_turn(editor.new(), "Hi")
    assert written(editor, document) == SYSTEM + "<user\nHi>\n<assistant\n"
    document = editor.end_turn(editor.append_text(document, "Yo"), "Bye")
    messages = [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Yo"},
        {"role": "user", "content": "Bye"},
    ]
    assert document == editor.from_messages(messages)
    assert editor.conversation(document).messages[1:] == messages


def start(editor, text):
    text = text.translate({ord("<"): "<|im_start|>", ord(">"): "<|im_end|>"})
    return Document(tuple(editor.tokenizer.encode(text)))


@pytest.mark.parametrize(
    ("before", "said", "after"),
    [
        ("<user\nHi>\n", "Yo", "<user\nHi>\n<user\nYo>\n<assistant\n"),
        ("<user\nHi>\n", "", "<user\nHi>\n<assistant\n"),
        ("<user\nHi>", "", "<user\nHi>\n<assistant\n"),
        ("<assistant\n", "Yo", "<user\nYo>\n<assistant\n"),
        ("<assistant\nHi", "Yo", "<assistant\nHi>\n<user\nYo>\n<assistant\n"),
        ("<assistant\nHi>", "Yo", "<assistant\nHi>\n<user\nYo>\n<assistant\n"),
        ("<assistant\nHi", "", "<assistant\nHi>\n"),
        ("<user\nHi", " you", "<user\nHi you>\n<assistant\n"),
        ("<user\nHi", "", "<user\nHi>\n<assistant\n"),
        ("<user\n", "Yo", "<user\nYo>\n<assistant\n"),
        ("<", "Yo", "<user\nYo>\n<assistant\n"),
        ("", "Yo", "<user\nYo>\n<assistant\n"),
    ],
)
def test_end_turn(editor, before, said, after):
    assert written(editor, editor.end_turn(start(editor, before), said)) == after


@pytest.mark.parametrize("before", ["", "<assistant\n", "<user\n", "<assistant\nHi>\n", "<"])
def test_nothing_to_end(editor, before):
    with pytest.raises(BadArgument):
        editor.end_turn(start(editor, before))


def test_picked_tokens_are_never_tokenised_again(editor):
    document = editor.end_turn(editor.new(), "Hi")
    picked = editor.tokenizer.encode("a t") + editor.tokenizer.encode("he")
    document = editor.end_turn(document.append(*picked), "more")
    document = editor.set_system(document, "another")
    document = editor.replace_turn(document, 1, "changed")
    turn = editor.turns(document)[2]
    assert list(document.ids[turn.content_start : turn.content_stop]) == picked
    assert written(editor, document).startswith(
        "<system\nanother>\n<user\nchanged>\n<assistant\na t"
    )


def test_clear_response(editor):
    asked = editor.end_turn(editor.new(), "Hi")
    assert editor.clear_response(editor.append_text(asked, "Yo")) == asked
    assert editor.clear_response(asked.append(*editor.tokenizer.encode("Yo<|im_end|>\n"))) == asked
    assert editor.clear_response(editor.append_text(asked, "Yo<|im_end|>\n<|im_start|>us")) == asked
    assert editor.clear_response(editor.new()) == editor.new()


def test_turns_are_replaced_and_deleted(editor):
    document = start(editor, "<system\nS>\n<user\nHi>\n<assistant\nYo")
    assert written(editor, editor.replace_turn(document, 2, "X")).endswith("<assistant\nX")
    assert written(editor, editor.delete_turn(document, 1)) == "<system\nS>\n<assistant\nYo"
    assert written(editor, editor.set_system(editor.delete_turn(document, 0), "T")).startswith(
        "<system\nT>\n<user\nHi>"
    )
    stray = start(editor, "<us er>\nab<user\nc>\n")
    assert written(editor, editor.replace_turn(stray, 1, "X")) == "<us er>\nX<user\nc>\n"
    with pytest.raises(BadArgument, match="turn 9"):
        editor.replace_turn(document, 9, "")


def test_pasted_conversations_open_a_turn_for_whoever_is_next(editor):
    user, assistant = ({"role": role, "content": "x"} for role in ("user", "assistant"))
    assert written(editor, editor.from_messages([user])).endswith("<assistant\n")
    assert written(editor, editor.from_messages([user], "He")).endswith("<assistant\nHe")
    assert written(editor, editor.from_messages([user, assistant])).endswith("<assistant\nx>\n")


def test_raw_documents_have_no_turns(editor):
    raw = editor.from_text("Once upon")
    assert raw.raw and editor.turns(raw) == [] and editor.response(raw) is None
    assert editor.append_text(raw, "!").raw and editor.clear_response(raw) == raw
    with pytest.raises(BadArgument, match="raw"):
        editor.end_turn(raw, "Hi")
    with pytest.raises(BadArgument):
        raw.rewind(100)


def test_models_without_a_template(editor):
    plain = Editor(editor.tokenizer, None)
    assert plain.new() == Document((), raw=True)
    with pytest.raises(NotAvailable):
        plain.from_messages([])


def test_oversized_text_is_refused(editor):
    with pytest.raises(BadArgument):
        editor.from_text("a" * 1_000_001)


def test_typed_text_that_would_be_other_tokens(tokenizer):
    check = TypedCheck(tokenizer)
    encode = tokenizer.encode
    typed = (*encode("<|im_start|>user\nA dragon"), *encode("<|im_end|>\n"))
    assert check.differences(Document(typed)) == []
    picked = (*typed, *encode(" dra"), *encode("gon"), *encode(" flew"))
    (difference,) = check.differences(Document(picked))
    assert tokenizer.decode(picked[difference.start : difference.stop]) == " dragon"
    assert difference.typed_ids == tuple(encode(" dragon"))


def test_half_characters_are_no_difference(tokenizer):
    ids = tuple(tokenizer.encode("x🐉"))
    assert TypedCheck(tokenizer).differences(Document(ids[:-1])) == []


def test_special_tokens_written_in_pieces_differ(tokenizer):
    ids = tuple(tokenizer.encode_plain("a<|im_end|>b"))
    differences = TypedCheck(tokenizer).differences(Document(ids))
    assert differences == [Difference(1, len(ids) - 1, (2,))]
