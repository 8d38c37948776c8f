"""N-gram probabilities are those of a plain reference with dictionaries and exact fractions."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmpanel.ngrams.counts import count_levels
from lmpanel.ngrams.smoothing import Smoothed, discount

ORDER = 5
SIZE = 6
texts = st.lists(st.integers(0, SIZE - 1), min_size=1, max_size=60)
contexts = st.lists(st.integers(0, SIZE - 1), max_size=7)


def trained(text: list[int], order: int = ORDER) -> Smoothed:
    return Smoothed(SIZE, list(count_levels(np.array(text), SIZE, order)))


class Reference:
    """Interpolated absolute discounting, from the formula alone."""

    def __init__(self, text: list[int]):
        self.counts = {
            n: Counter(tuple(text[i : i + n]) for i in range(len(text) - n + 1))
            for n in range(1, ORDER + 1)
        }

    def discount(self, n: int) -> Fraction:
        times = Counter(self.counts[n].values())
        estimate = Fraction(times[1], times[1] + 2 * times[2]) if times[1] else Fraction(0)
        return min(max(estimate, Fraction(1, 10)), Fraction(9, 10))

    def prob(self, token: int, context: tuple[int, ...], n: int) -> Fraction:
        if n == 0:
            return Fraction(1, SIZE)
        if len(context) < n - 1:
            return self.prob(token, context, n - 1)
        history = context[len(context) - n + 1 :]
        after = {gram[-1]: c for gram, c in self.counts[n].items() if gram[:-1] == history}
        lower = self.prob(token, context, n - 1)
        total = sum(after.values())
        if not total:
            return lower
        off = self.discount(n)
        own = max(after.get(token, 0) - off, Fraction(0))
        return (own + off * len(after) * lower) / total


@given(texts, contexts, st.integers(0, ORDER))
def test_every_probability_is_the_reference_s(text, context, order):
    model, reference = trained(text), Reference(text)
    row = model.row(context, order)
    expected = [float(reference.prob(w, tuple(context), order)) for w in range(SIZE)]
    assert row == pytest.approx(expected, rel=1e-12)


@given(texts, contexts, st.integers(0, ORDER))
def test_rows_are_distributions_after_any_context(text, context, order):
    row = trained(text).row(context, order)
    assert row.sum() == pytest.approx(1, abs=1e-12)
    assert row.min() > 0


@given(texts, st.lists(st.integers(0, SIZE - 1), min_size=1, max_size=12), st.integers(0, ORDER))
def test_probabilities_along_a_text_are_those_of_its_rows(text, ids, order):
    model = trained(text)
    rows = model.rows(ids, range(len(ids)), order)
    assert model.probs(ids, order) == pytest.approx(rows[np.arange(len(ids)), ids], rel=1e-12)


@given(texts, contexts, st.integers(0, ORDER))
def test_logarithms_are_those_of_the_probabilities(text, ids, order):
    model, stops = trained(text), range(len(ids) + 1)
    rows = model.log_rows(ids, stops, order)
    assert rows.dtype == np.float32
    assert rows == pytest.approx(np.log(model.rows(ids, stops, order)), rel=1e-6)


@given(texts, contexts, st.integers(0, SIZE - 1), st.integers(1, ORDER))
def test_the_working_ends_in_the_probability(text, context, token, order):
    model = trained(text)
    terms = model.explain(context, token, order)
    assert terms[-1].prob == pytest.approx(model.row(context, order)[token], rel=1e-12)
    lower = 1 / SIZE
    for term in terms:
        share = max(term.count - term.discount, 0) / term.total if term.total else 0
        assert term.lower == pytest.approx(lower) and len(term.context) == term.n - 1
        assert term.prob == pytest.approx(share + term.weight * term.lower)
        lower = term.prob


def test_a_small_text_worked_out_by_hand():
    # a b a b c: c(a)=2, c(b)=2, c(c)=1; bigrams ab 2, ba 1, bc 1.
    a, b, c = 0, 1, 2
    model = Smoothed(3, list(count_levels(np.array([a, b, a, b, c]), 3, 2)))
    assert model.discounts == [1 / (1 + 2 * 2), 2 / (2 + 2 * 1)]
    unigram = [(2 - 0.2) / 5 + 0.2 * 3 / 5 / 3] * 2 + [(1 - 0.2) / 5 + 0.2 * 3 / 5 / 3]
    assert model.row([], 1) == pytest.approx(unigram)
    after_b = [(1 - 0.5) / 2 + 0.5 * 2 / 2 * unigram[a], 0.5 * unigram[b]]
    after_b.append((1 - 0.5) / 2 + 0.5 * unigram[c])
    assert model.row([a, b], 2) == pytest.approx(after_b)
    # Nothing was ever seen after c: all is left to the unigram.
    assert model.row([c], 2) == pytest.approx(unigram)
    assert model.row([b], 0).tolist() == [1 / 3] * 3


def test_discounts_stay_inside_their_limits():
    once, [twice] = list(count_levels(np.arange(5), 5, 1)), count_levels([0, 0, 1, 1], 5, 1)
    assert discount(once[0]) == 0.9
    assert discount(twice) == 0.1


def test_a_text_shorter_than_the_longest_run_has_fewer_levels():
    assert trained([3, 1]).order == 2
    assert trained([3]).row([3, 3, 3], 5).sum() == pytest.approx(1)


def test_keys_have_64_bits_whatever_numpy_chooses():
    size = 49_152
    ids = np.arange(size - 1, dtype=np.int32)
    one, two = count_levels(ids, size, 2)
    assert {part.dtype for level in (one, two) for part in (level.keys,)} == {np.dtype(np.int64)}
    last = np.array([size - 3], dtype=np.int32)
    assert one.find(np.zeros(1, np.int32), last).dtype == np.int64
    assert two.find(last, last + 1).tolist() == [size - 3]
