"""Every token can be shown, spoken and found."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmpanel.display import split_utf8, spoken, visible
from lmpanel.errors import UnknownToken


def test_whole_vocabulary_is_visible_and_speakable(tokenizer):
    vocabulary = tokenizer.vocabulary
    for token in map(vocabulary.token, range(len(vocabulary))):
        assert token.display and token.spoken
        assert all(c == " " or c.isprintable() for c in token.display), token
        assert token.partial == ("�" in token.text and "�".encode() not in token.bytes)
        assert token.partial <= ("⟨" in token.display)


def test_the_blank_between_bytes_is_not_taken_for_a_space(tokenizer):
    vocabulary = tokenizer.vocabulary
    for token in range(len(vocabulary)):
        shown = vocabulary.display(token, visible_space=True)
        if vocabulary.token(token).partial:
            data = vocabulary.bytes_of(token)
            assert shown.count("␣") == data.count(b" ")
        elif not vocabulary.is_special(token):
            assert " " not in shown
    assert "⟨F0 9F" in tokenizer.parts("🐉")


def test_bytes_of_all_tokens_differ(tokenizer):
    vocabulary = tokenizer.vocabulary
    assert len({vocabulary.bytes_of(token) for token in range(len(vocabulary))}) == len(vocabulary)


@pytest.mark.parametrize(
    ("data", "shown", "said"),
    [
        (b" ", " ", "space"),
        (b"  \n\n", "  ↵↵", "2 spaces then 2 newlines"),
        (
            b"\t\r\x00\x7f",
            "⇥␍␀␡",
            "tab then carriage return then character U+0000 then character U+007F",
        ),
        ("\u202e".encode(), "⟨U+202E⟩", "right-to-left override"),
        ("\ufe0f".encode(), "⟨U+FE0F⟩", "variation selector-16"),
        (b"\xe2\x80x\xff", "⟨E2 80⟩x⟨FF⟩", "bytes E2 80 then x then bytes FF"),
        ("🐉".encode(), "🐉", "dragon"),
        (b"don't", "don't", "don then apostrophe then t"),
        (b"<img", "<img", "less-than sign then img"),
    ],
)
def test_pinned_displays(data, shown, said):
    assert visible(data) == shown
    assert spoken(data) == said


@given(st.binary(max_size=12))
def test_any_bytes_are_shown(data):
    parts = split_utf8(data)
    assert b"".join(text.encode() or stray for text, stray in parts) == data
    assert not any(unicodedata.category(c) in ("Cc", "Cf") for c in visible(data))


def test_special_tokens_say_so(tokenizer):
    token = tokenizer.vocabulary.token(1)
    assert token.special and token.text == "<|im_start|>" and token.spoken == "special im_start"


@pytest.mark.parametrize("token", [-1, 49152, 10**9])
def test_unknown_ids_are_refused(tokenizer, token):
    with pytest.raises(UnknownToken, match=str(token)):
        tokenizer.vocabulary.token(token)


def texts(segments):
    return [(segment.stop - segment.start, segment.text) for segment in segments]


def test_segments_join_the_tokens_of_one_character(tokenizer):
    segments = tokenizer.vocabulary.segments(tokenizer.encode("🐉x"))
    assert texts(segments) == [(3, "🐉"), (1, "x")]


def test_segments_of_broken_characters(tokenizer):
    dragon, x, end = tokenizer.encode("🐉"), tokenizer.encode("x"), [2]
    vocabulary = tokenizer.vocabulary
    assert texts(vocabulary.segments(dragon[:2])) == [(2, "�")]
    assert texts(vocabulary.segments(dragon[:2] + x)) == [(2, "�"), (1, "x")]
    assert texts(vocabulary.segments(dragon[:1] + end)) == [(1, "�"), (1, "<|im_end|>")]
    assert texts(vocabulary.segments([])) == []


@settings(deadline=None)
@given(ids=st.lists(st.integers(0, 49151), max_size=12))
def test_segments_cover_everything(tokenizer, ids):
    segments = tokenizer.vocabulary.segments(ids)
    assert [i for s in segments for i in range(s.start, s.stop)] == list(range(len(ids)))


@settings(deadline=None)
@given(text=st.text(alphabet="aé🐉日 \n1", max_size=12))
def test_segments_of_typed_text_are_whole(tokenizer, text):
    segments = tokenizer.vocabulary.segments(tokenizer.encode(text))
    assert "".join(segment.text for segment in segments) == text


def found(tokenizer, query, limit=50):
    return [
        tokenizer.vocabulary.text_of(token) for token in tokenizer.vocabulary.find(query, limit)
    ]


def test_find(tokenizer):
    assert found(tokenizer, "The")[:4] == ["The", " The", "the", " the"]
    assert found(tokenizer, " dragon")[0] == " dragon"
    assert found(tokenizer, "␣dragon")[0] == " dragon"
    assert found(tokenizer, "\\n")[0] == "\n" and found(tokenizer, "↵")[0] == "\n"
    assert "<|im_end|>" in found(tokenizer, "im_end")
    assert found(tokenizer, "") == [] and found(tokenizer, "qzxqzx") == []
    assert len(found(tokenizer, "a", limit=7)) == 7
    assert 520 in tokenizer.vocabulary.find("520")


@settings(max_examples=50, deadline=None)
@given(query=st.text(max_size=8))
def test_find_never_fails(tokenizer, query):
    assert len(tokenizer.vocabulary.find(query)) <= 50


@given(st.text(max_size=80), st.integers(1, 40))
def test_an_ending_is_whole_tokens(tokenizer, text, characters):
    """No special token, no character is cut; what is left out is said."""
    ids = [*tokenizer.encode("<|im_start|>user\n"), *tokenizer.encode_plain(text)]
    whole, vocabulary = tokenizer.decode(ids), tokenizer.vocabulary
    shown = vocabulary.ending(ids, characters)
    assert shown == whole or shown.startswith("…")
    rest = shown.removeprefix("…") if shown != whole else whole
    assert whole.endswith(rest) and ("\ufffd" in whole or "\ufffd" not in rest)
    assert rest in {tokenizer.decode(ids[start:]) for start in range(len(ids) + 1)}
    last = vocabulary.decode(ids[-1:])
    assert len(rest) <= max(characters, len(last)) or not whole.isascii()
