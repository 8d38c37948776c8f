"""N-grams of words: counts and probabilities are those worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmpanel.ngrams.words import ORDER, WordModel, count_words, words_of
from support.asynchronous import asynchronous

TEXT = "The cat sat. The cat ate. A dog sat."


def test_counts_are_those_of_the_text():
    model = WordModel.count(words_of(TEXT))
    likeliest = model.likeliest(["the"], 2, 2)
    assert [(word, count) for word, _, count in likeliest] == [("cat", 2), (".", 0)]
    assert [count for *_, count in model.likeliest(["the", "cat"], 3, 3)] == [1, 1, 0]
    assert model.seen(["the", "cat"]) == 2 and model.seen(["dog", "ate"]) == 0
    assert model.seen(["unicorn"]) == 0


def test_after_a_word_that_the_text_does_not_have_the_unigram_speaks():
    model = WordModel.count(words_of(TEXT))
    plain, after = (model.likeliest(context, n, 3) for context, n in (([], 1), (["unicorn"], 2)))
    assert [row[:2] for row in after] == [row[:2] for row in plain]
    assert {count for *_, count in after} == {0}


@given(st.text("ab. ", max_size=30), st.lists(st.sampled_from(["a", "b", ".", "x"]), max_size=3))
def test_any_text_gives_distributions(text, context):
    model = WordModel.count(words_of(text))
    for order in range(ORDER + 1):
        rows = model.likeliest(context, order, len(model.words))
        assert sum(prob for _, prob, _ in rows) == pytest.approx(1)
        assert len({word for word, *_ in rows}) == len(model.words)
    assert model.likeliest([], 3, 1)[0][2] == 0


@asynchronous
async def test_a_long_text_is_counted_in_pieces_without_its_last_tenth():
    text = "alpha beta " * 5000 + "gamma " * 1100
    model = await count_words(text)
    assert model.words == ["", "alpha", "beta"]
    assert model.seen([]) == 9990
