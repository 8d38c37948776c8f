"""Our tokenizer gives the ids and the text of Hugging Face's `tokenizers`."""

from __future__ import annotations

import copy
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmpanel.bpe import BytePairEncoder
from lmpanel.errors import BadModel, UnsupportedTokenizer
from lmpanel.tokenizer import Tokenizer
from lmpanel.unicode_classes import _LETTERS, _NUMBERS, _edges
from support.nasty_texts import NASTY


@pytest.mark.parametrize("text", NASTY)
def test_nasty_strings(tokenizer, reference, text):
    expected = reference.encode(text, add_special_tokens=False).ids
    assert tokenizer.encode(text) == expected
    assert tokenizer.decode(expected) == reference.decode(expected, skip_special_tokens=False)


PIECES = st.one_of(
    st.text(max_size=12),
    st.text(" \n\t\r\x85\xa0\u2028'sldtrevmLS12½a🐉é!.,", max_size=12),
    st.sampled_from(["<|im_start|>", "<|im_end|>", "<|endoftext|>", "user\n", "'ll", " the"]),
)
TEXTS = st.lists(PIECES, max_size=8).map("".join)


@settings(max_examples=500, deadline=None)
@given(TEXTS)
def test_fuzzed_text(tokenizer, reference, text):
    assert tokenizer.encode(text) == reference.encode(text, add_special_tokens=False).ids


@settings(max_examples=200, deadline=None)
@given(ids=st.lists(st.integers(0, 49151), max_size=20))
def test_any_ids_decode_alike(tokenizer, reference, ids):
    assert tokenizer.decode(ids) == reference.decode(ids, skip_special_tokens=False)


def test_edges_of_unicode_classes(tokenizer, reference):
    """Around every border of a class, in one long text."""
    borders = {
        edge + d for table in (_LETTERS, _NUMBERS) for edge in _edges(table) for d in (-1, 0)
    }
    characters = [chr(c) for c in sorted(borders) if not 0xD800 <= c < 0xE000]
    text = "".join(f"a{c}1{c} {c}!{c}\n" for c in characters)
    assert tokenizer.encode(text) == reference.encode(text, add_special_tokens=False).ids


@pytest.mark.parametrize("digits", [None, True, False])
@settings(max_examples=100, deadline=None)
@given(text=TEXTS)
def test_digit_rules(configuration, digits, text):
    from tokenizers import Tokenizer as Reference

    config = with_digits(configuration, digits)
    ours, theirs = _PAIRS.get(digits) or _PAIRS.setdefault(
        digits, (Tokenizer.from_json(json.dumps(config)), Reference.from_str(json.dumps(config)))
    )
    assert ours.encode(text) == theirs.encode(text, add_special_tokens=False).ids


_PAIRS: dict = {}


@pytest.fixture(scope="session")
def configuration(model_dir) -> dict:
    return json.loads((model_dir / "tokenizer.json").read_text("utf-8"))


def with_digits(configuration: dict, individual: bool | None) -> dict:
    changed = {**configuration, "pre_tokenizer": copy.deepcopy(configuration["pre_tokenizer"])}
    steps = changed["pre_tokenizer"]["pretokenizers"]
    if individual is None:
        changed["pre_tokenizer"] = steps[1]
    else:
        steps[0]["individual_digits"] = individual
    return changed


def test_newer_merge_format(configuration, tokenizer):
    model = configuration["model"]
    pairs = [merge.split(" ") if isinstance(merge, str) else merge for merge in model["merges"]]
    changed = {**configuration, "model": {**model, "merges": pairs}}
    text = "The same 123 merges\nwritten as pairs."
    assert Tokenizer.from_json(json.dumps(changed)).encode(text) == tokenizer.encode(text)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("normalizer", {"type": "NFC"}, "normalizer"),
        ("pre_tokenizer", {"type": "Metaspace"}, "Metaspace"),
        ("pre_tokenizer", None, "None"),
        ("model", {"type": "WordPiece"}, "model.type"),
        (
            "model",
            {"type": "BPE", "vocab": {}, "merges": [], "byte_fallback": True},
            "byte_fallback",
        ),
        ("added_tokens", [{"content": "<x>", "id": 0, "lstrip": True}], "<x>"),
    ],
)
def test_unknown_settings_are_named(key, value, said):
    config = {
        "model": {"type": "BPE", "vocab": {"a": 0}, "merges": []},
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False},
        key: value,
    }
    with pytest.raises(UnsupportedTokenizer, match=re.escape(said)):
        Tokenizer.from_json(json.dumps(config))


@pytest.mark.parametrize("text", ["", "{", "[]", "<!DOCTYPE html>"])
def test_damaged_file(text):
    with pytest.raises(BadModel):
        Tokenizer.from_json(text)


def test_lone_surrogates_become_replacement_characters(tokenizer):
    assert tokenizer.encode("a\ud83db\udc00") == tokenizer.encode("a\ufffdb\ufffd")
    assert tokenizer.encode("\ud83d\ude00") == tokenizer.encode("😀")


def test_plain_encoding_knows_no_special_tokens(tokenizer):
    ids = tokenizer.encode_plain("<|im_end|>")
    assert len(ids) > 1 and tokenizer.decode(ids) == "<|im_end|>"


def test_lost_characters_are_named(tokenizer):
    assert tokenizer.lost("plain 🐉") == ""
    assert tokenizer.lost("a\x04b\U00040000") == "\x04\U00040000"
    assert tokenizer.decode(tokenizer.encode("a\x04b")) == "ab"


@settings(max_examples=100, deadline=None)
@given(word=st.text(min_size=1, max_size=30))
def test_merges_end_in_the_ids(tokenizer, word):
    bpe: BytePairEncoder = tokenizer.bpe
    for part in bpe.pretokenizer.words(word):
        pieces = dict(enumerate(bpe.symbols(part)))
        for step in bpe.merges(part):
            right = min(place for place in pieces if place > step.position)
            assert (pieces[step.position], pieces.pop(right)) == (step.left, step.right)
            pieces[step.position] = step.left + step.right
        ids = [bpe.vocabulary[pieces[place]] for place in sorted(pieces)]
        assert ids == bpe.encode(part)


def test_pinned_values(tokenizer):
    assert tokenizer.encode("In 2026") == [788, 216, 34, 32, 34, 38]
    assert tokenizer.encode("<|im_start|>assistant\n") == [1, 520, 9531, 198]
