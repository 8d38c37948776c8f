"""Distributions, filters and scores: pinned values, properties, independent references."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from lmpanel.distribution import Distribution
from lmpanel.errors import BadArgument, BadInput, UnknownToken
from lmpanel.filters import Filters, keep_min_p, keep_top_k, keep_top_p, with_temperature
from lmpanel.scoring import REFERENCE_MARKS, TokenScore, Totals, score_rows, written_sum

VALUES = st.floats(-60, 60, width=32) | st.sampled_from([0.0, 1.0, -math.inf])
LOGITS = hnp.arrays(np.float32, st.integers(1, 40), elements=VALUES).filter(
    lambda row: np.isfinite(row).any()
)


def reference(logits):
    """Plain softmax, the long way."""
    weights = [math.exp(float(x) - float(max(logits))) for x in logits]
    return [weight / math.fsum(weights) for weight in weights]


def ranking(logits):
    return sorted(range(len(logits)), key=lambda token: (-logits[token], token))


@given(LOGITS)
def test_probabilities(logits):
    distribution = Distribution(logits)
    expected = reference(logits)
    assert np.allclose(distribution.probs, expected, atol=1e-12)
    entropy = -math.fsum(p * math.log2(p) for p in expected if p)
    assert distribution.entropy_bits == pytest.approx(entropy, abs=1e-9)
    assert 1 - 1e-9 <= distribution.effective_choices <= len(logits) + 1e-9


@given(LOGITS, st.integers(0, 50))
def test_ranking(logits, count):
    distribution = Distribution(logits)
    order = ranking(logits)
    assert distribution.ranked(count).tolist() == order[:count]
    assert [distribution.rank_of(token) for token in order] == list(range(1, len(order) + 1))
    assert distribution.top_id == order[0]
    top = distribution.top(count)
    total = top[-1].cumulative if top else 0.0
    assert total + distribution.other_prob(count) == pytest.approx(1, abs=1e-9)
    for candidate in top:
        alone = distribution.candidate(candidate.id)
        assert alone.cumulative == pytest.approx(candidate.cumulative, abs=1e-12)
        assert (alone.rank, alone.bits) == (candidate.rank, candidate.bits)


def test_ranking_of_a_large_vocabulary_with_ties():
    logits = np.random.default_rng(0).integers(0, 50, 49152).astype(np.float32)
    assert Distribution(logits).ranked(100).tolist() == ranking(logits)[:100]
    zeros = Distribution(np.zeros(49152, np.float32))
    assert zeros.ranked(3).tolist() == [0, 1, 2] and zeros.entropy_bits == pytest.approx(
        math.log2(49152)
    )


def test_small_rest_is_not_lost_to_rounding():
    distribution = Distribution(np.array([0, -50, -51], np.float32))
    assert distribution.other_prob(1) == pytest.approx(math.exp(-50) + math.exp(-51), rel=1e-9)


@pytest.mark.parametrize("bad", [[math.nan, 0], [math.inf, 0], [-math.inf, -math.inf], [], [[0]]])
def test_nonsense_logits_are_refused(bad):
    with pytest.raises(BadInput):
        Distribution(np.array(bad, np.float32))


def test_impossible_tokens():
    distribution = Distribution(np.array([0, -math.inf], np.float32))
    assert distribution.prob(1) == 0 and distribution.bits(1) == math.inf
    assert distribution.entropy_bits == 0 and distribution.bits(0) == 0
    with pytest.raises(UnknownToken):
        distribution.prob(2)


def test_logits_cannot_be_changed_through_a_distribution():
    with pytest.raises(ValueError, match="read-only"):
        Distribution(np.zeros(3, np.float32)).logits[0] = 1


@given(st.lists(LOGITS, min_size=1, max_size=20), st.data())
def test_scores_of_many_rows_are_those_of_one(rows, data):
    width = min(map(len, rows))
    rows = [row[:width] for row in rows if np.isfinite(row[:width]).any()]
    ids = data.draw(st.lists(st.integers(0, width - 1), min_size=len(rows), max_size=len(rows)))
    if not rows:
        return
    for score, row, token in zip(score_rows(np.stack(rows), ids), rows, ids, strict=True):
        alone = Distribution(row).score(token)
        assert score.rank == alone.rank == ranking(row).index(token) + 1
        assert score.logprob == pytest.approx(alone.logprob, abs=1e-12)
        assert score.entropy_bits == pytest.approx(alone.entropy_bits, abs=1e-12)


def test_scores_use_full_precision():
    logits = np.random.default_rng(1).standard_normal((128, 4096)).astype(np.float32) * 5
    exact = logits.astype(np.longdouble)
    log_z = np.log(np.exp(exact - exact.max(1, keepdims=True)).sum(1)) + exact.max(1)
    expected = exact[np.arange(128), np.arange(128)] - log_z
    scores = score_rows(logits, range(128))
    assert np.allclose([score.logprob for score in scores], expected.astype(float), atol=1e-12)


def test_totals():
    scores = [None, TokenScore(math.log(0.5), 1, 0), TokenScore(math.log(0.125), 2, 0)]
    totals = Totals.of(scores)
    assert (totals.count, totals.bits, totals.bits_per_token) == (2, 4.0, 2.0)
    assert totals.perplexity == 4.0 and totals.nats == pytest.approx(math.log(16))
    assert totals.nats_per_token == pytest.approx(math.log(4))
    nothing = Totals.of([None])
    assert (nothing.bits, nothing.bits_per_token, nothing.perplexity) == (0, None, None)
    assert Totals(1, 1e6).perplexity == math.inf


def test_sum_written_out():
    assert written_sum([0.0736, 6.644, 1], "nats", 2) == "0.07 + 6.64 + 1.00 = 7.72 nats"
    assert [round(bits, 3) for _, bits in REFERENCE_MARKS] == [0.074, 1, 2.585, 6.644]


# The filters against the definitions of transformers' warpers, written independently here.


def top_k_reference(logits, k):
    threshold = np.sort(logits)[-min(k, len(logits))]
    return np.where(logits < threshold, -np.inf, logits)


def top_p_reference(logits, p):
    order = ranking(logits)[::-1]
    cumulative = np.cumsum(np.array(reference(logits))[order])
    removed = [
        token for token, total in zip(order[:-1], cumulative, strict=False) if total <= 1 - p
    ]
    result = np.array(logits, np.float64)
    result[removed] = -np.inf
    return result


def min_p_reference(logits, share):
    probs = np.array(reference(logits))
    return np.where(probs < share * probs.max(), -np.inf, logits)


DISTINCT = st.lists(st.integers(-40, 40), min_size=1, max_size=30, unique=True).map(
    lambda values: np.array(values, np.float64) / 4
)


@given(DISTINCT, st.integers(1, 40), st.floats(0.013, 0.987), st.floats(0.013, 0.987))
def test_filters_equal_their_definitions(logits, k, p, share):
    assert np.array_equal(keep_top_k(logits, k), top_k_reference(logits, k))
    assert np.array_equal(keep_min_p(logits, share), min_p_reference(logits, share))
    assert np.array_equal(keep_top_p(logits, p), top_p_reference(logits, p))


@given(LOGITS, st.floats(0, 100), st.integers(1, 50), st.floats(0, 1), st.floats(0, 1))
def test_filtered_distributions_stay_distributions(logits, temperature, k, p, share):
    own = Distribution(logits)
    filtered = Filters(temperature, k, p, share).apply(own)
    assert filtered.probs.sum() == pytest.approx(1, abs=1e-9)
    assert filtered.top_id == own.top_id
    assert (filtered.probs[own.probs == 0] == 0).all()


@given(LOGITS)
def test_temperature_towards_zero_is_greedy(logits):
    for temperature in (0, 1e-300, 1e-7):
        distribution = Filters(temperature=temperature).apply(Distribution(logits))
        assert distribution.prob(ranking(logits)[0]) == 1


def test_top_p_needs_the_whole_vocabulary_when_it_is_flat():
    kept = keep_top_p(np.zeros(10_000), 0.9)
    assert np.isfinite(kept).sum() == pytest.approx(9000, abs=1)


def test_defaults_change_nothing():
    distribution = Distribution(np.zeros(3, np.float32))
    assert Filters().apply(distribution) is distribution and not Filters(top_p=1.0).active
    assert with_temperature(np.array([1.0, 3.0]), 2).tolist() == [0.5, 1.5]


@pytest.mark.parametrize(
    "settings",
    [{"temperature": -1}, {"temperature": math.nan}, {"top_k": 0}, {"top_p": 1.1}, {"min_p": -0.1}],
)
def test_impossible_settings_are_refused(settings):
    with pytest.raises(BadArgument, match=next(iter(settings))):
        Filters(**settings)
