"""Steps of tokenisation end in the tokenizer's ids, and every merge is the right one."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lmpanel.bpe import mend
from lmpanel.bpe_steps import MAX_BYTES, cut_rule, pieces, steps
from lmpanel.session import Session
from lmpanel.tokenization import MAX_CHARACTERS, Tokenization
from lmpanel.views import inside_tokens
from support.nasty_texts import NASTY

TEXTS = st.lists(
    st.one_of(
        st.text(max_size=12),
        st.text(" \n\t'sdtrevml12½a🐉é!.مرحبا", max_size=16),
        st.sampled_from(["<|im_start|>", "<|im_end|>", "user\n", "'ll", " tokenization"]),
    ),
    max_size=6,
).map("".join)


def ids_of_steps(tokenizer, piece):
    """The ids of the last state of every step list, which nothing else has computed."""
    if piece.special is not None:
        return [piece.special]
    *_, last = steps(tokenizer.bpe, piece.text).states()
    return [tokenizer.bpe.vocabulary[symbol] for symbol in last]


@settings(max_examples=300, deadline=None)
@example("a\ud83d🐉\udc09<|im_end|>")
@given(TEXTS)
def test_steps_end_in_the_ids_of_the_reference(tokenizer, reference, text):
    expected = reference.encode(mend(text), add_special_tokens=False).ids
    found = pieces(tokenizer, text)
    assert "".join(piece.text for piece in found) == mend(text)
    assert [id for piece in found for id in piece.ids] == expected
    assert [id for piece in found for id in ids_of_steps(tokenizer, piece)] == expected


@pytest.mark.parametrize("text", NASTY)
def test_nasty_texts_plain_and_with_special_tokens(tokenizer, text):
    for plain, expected in ((False, tokenizer.encode(text)), (True, tokenizer.encode_plain(text))):
        found = pieces(tokenizer, text, plain)
        assert [id for piece in found for id in piece.ids] == expected
        short = [piece for piece in found if len(piece.text.encode()) <= MAX_BYTES]
        for piece in short:
            assert ids_of_steps(tokenizer, piece) == list(piece.ids)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=20).filter(bool))
def test_each_merge_is_the_leftmost_of_the_lowest_rank(tokenizer, word):
    found = steps(tokenizer.bpe, mend(word))
    states = list(found.states())
    assert len(states) == len(found.merges) + 1
    for state, merge in zip(states, found.merges, strict=False):
        ranked = [(found.ranks[pair], i) for i, pair in enumerate(pairwise(state))
                  if pair in found.ranks]
        rank, place = min(ranked)
        assert rank == merge.rank and (state[place], state[place + 1]) == (merge.left, merge.right)
        assert sum(map(len, state[:place])) == merge.position
    assert not any(pair in found.ranks for pair in pairwise(states[-1]))


@pytest.mark.parametrize(
    ("word", "rule"),
    [(" 🐉", "other signs"), (" مرحبا", "letters"), ("７", "digits"), ("\n", "white space"),
     (" ", "white space"), ("'ll", "English ending"), ("'", "other signs")],
)
def test_why_a_piece_was_cut_off(word, rule):
    assert cut_rule(word) == rule


def test_a_long_text_is_cut_and_the_chosen_piece_stays_inside(tokenizer):
    tokenization = Tokenization(tokenizer)
    tokenization.choose(8)
    assert tokenization.pieces()[tokenization.chosen].text == " dragons"
    tokenization.choose(10**6)
    assert tokenization.chosen == len(tokenization.pieces()) - 1
    tokenization.read("x" * 5000, False)
    assert (len(tokenization.text), tokenization.cut) == (MAX_CHARACTERS, True)
    assert tokenization.chosen == 0
    tokenization.read("", False)
    assert tokenization.pieces() == []


def shown(session: Session, text: str, plain: bool = False) -> dict:
    session.inside.tokenization.read(text, plain)
    state = json.loads(json.dumps(inside_tokens.payload(session)))
    state["text"].encode()
    return state


def test_what_is_odd_is_explained(session):
    state = shown(session, "a\ud83d b")
    assert "lone surrogate" in state["notes"][0] and "�" in state["pieces"][1]["text"]
    state = shown(session, "<|im_end|>x")
    assert state["notes"] == [] and state["chosen"]["rule"] == "special token"
    assert state["chosen"]["symbols"] == [] and len(state["chosen"]["rows"]) == 1
    state = shown(session, "<|im_end|>x", plain=True)
    assert "cut up" in state["notes"][0] and len(state["chosen"]["symbols"]) == 2
    assert shown(session, "")["chosen"] is None
    assert "first 2\u202f000" in shown(session, "ab " * 2000)["notes"][0]


def test_a_piece_that_is_too_long_has_tokens_and_no_steps(session):
    chosen = shown(session, "a" * (MAX_BYTES + 1))["chosen"]
    assert chosen["too_long"] and not chosen["merges"] and len(chosen["rows"]) == MAX_BYTES + 1
    assert not shown(session, "a" * MAX_BYTES)["chosen"]["too_long"]


def test_bytes_that_the_vocabulary_lacks_are_told(tokenizer, errors):
    from lmpanel.engine.fake import FakeEngine
    from lmpanel.model import LanguageModel

    session = Session(LanguageModel(FakeEngine(len(tokenizer)), tokenizer), errors.append)
    assert "U+0004" in shown(session, "a\x04b")["notes"][0]
