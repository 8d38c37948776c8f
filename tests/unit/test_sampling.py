"""Sampling: the rule of the dice, its edge cases, its statistics and its reproducibility."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from lmpanel.distribution import Distribution
from lmpanel.errors import BadArgument
from lmpanel.filters import Filters
from lmpanel.sampling import (
    MAX_SEED,
    Dice,
    Sampler,
    draw,
    from_die,
    line,
    new_seed,
    tally,
    usual_counts,
)

LOGITS = st.lists(st.floats(-30, 30) | st.just(-math.inf), min_size=1, max_size=40).filter(
    lambda values: max(values) > -math.inf
)
UNIT = st.floats(0, 1, exclude_max=True)


@given(LOGITS, UNIT)
def test_the_rule_by_hand(logits, r):
    """First cumulative probability that exceeds r, walking down the ranks one by one."""
    distribution = Distribution(np.array(logits))
    total, chosen = 0.0, None
    for candidate in distribution.top(distribution.size):
        if candidate.prob == 0 and math.isinf(candidate.logit):
            break
        total, chosen = total + float(distribution.probs[candidate.id]), candidate.id
        if total > r:
            break
    drawn = draw(distribution, r)
    assert drawn.id == chosen
    assert drawn.rank == distribution.rank_of(chosen)
    assert drawn.high - drawn.low == pytest.approx(distribution.prob(chosen), abs=1e-12)
    assert drawn.low <= r


@pytest.mark.parametrize("r", [-0.1, 1.0, 7, math.nan, math.inf])
def test_a_number_outside_the_line_is_refused(r):
    with pytest.raises(BadArgument):
        draw(Distribution(np.zeros(3)), r)


def test_deep_draws_agree_with_a_full_sort():
    logits = np.random.default_rng(3).normal(size=5000)
    distribution = Distribution(logits)
    ids, ends = line(distribution, 5000)
    for r in (0.0, 0.5, 0.93, 0.9999, math.nextafter(1, 0)):
        place = min(int(np.sum(ends <= r)), 4999)
        assert draw(distribution, r).id == ids[place]


def test_what_is_impossible_is_never_drawn():
    distribution = Distribution(np.array([-np.inf, 0.0, -np.inf]))
    assert {draw(distribution, r).id for r in (0.0, 0.5, math.nextafter(1, 0))} == {1}


def test_ties_stand_in_order_of_id():
    distribution = Distribution(np.zeros(4))
    assert [draw(distribution, r).id for r in (0.0, 0.25, 0.5, 0.99)] == [0, 1, 2, 3]


@given(st.integers(2, 100), st.data())
def test_faces_share_the_line_evenly(sides, data):
    face = data.draw(st.integers(1, sides))
    distribution = Distribution(np.zeros(sides))
    assert draw(distribution, from_die(face, sides)).id == face - 1


@pytest.mark.parametrize(("face", "sides"), [(0, 6), (7, 6), (1, 1), (-3, 20)])
def test_a_face_that_is_not_there(face, sides):
    with pytest.raises(BadArgument):
        from_die(face, sides)


def test_dice_are_numpys_documented_generator():
    rolls = np.random.Generator(np.random.PCG64(42)).random(5)
    dice = Dice(42)
    assert [dice.roll() for _ in range(5)] == rolls.tolist()


@pytest.mark.parametrize("seed", [-1, MAX_SEED + 1])
def test_seeds_have_bounds(seed):
    with pytest.raises(BadArgument):
        Dice(seed)


def test_a_new_seed_can_be_replayed():
    assert 0 <= new_seed() < 1_000_000


def test_a_sampler_filters_first_and_remembers():
    distribution = Distribution(np.log([0.4, 0.3, 0.2, 0.1]))
    sampler = Sampler(Filters(top_k=2), Dice(1))
    chosen = [sampler(distribution) for _ in range(200)]
    assert set(chosen) == {0, 1}
    assert [drawn.id for drawn in sampler.draws] == chosen
    assert max(drawn.high for drawn in sampler.draws) == pytest.approx(1)


def test_two_hundred_draws_lie_where_they_should():
    probs = np.array([0.5, 0.3, 0.15, 0.05])
    counts = list(tally(Distribution(np.log(probs)), 200, 5, 10))
    assert sum(entry.count for entry in counts) == 200
    for entry in counts:
        assert entry.expected == pytest.approx(200 * probs[entry.id])
        assert entry.spread == pytest.approx(math.sqrt(entry.expected * (1 - entry.prob)))
        assert abs(entry.count - entry.expected) < 4 * entry.spread


def test_a_tally_is_the_same_as_drawing_one_by_one():
    distribution = Distribution(np.random.default_rng(0).normal(size=300))
    dice = Dice(9)
    singly = [draw(distribution, dice.roll()).id for _ in range(100)]
    *listed, others = tally(distribution, 100, 9, 20)
    assert [entry.id for entry in listed] == distribution.ranked(20).tolist()
    assert [entry.count for entry in listed] == [singly.count(entry.id) for entry in listed]
    assert others.id is None and others.count == 100 - sum(entry.count for entry in listed)
    assert others.prob == pytest.approx(1 - sum(entry.prob for entry in listed))


@given(st.floats(1e-6, 1 - 1e-6), st.integers(1, 400))
def test_usual_counts_are_the_binomial_quantiles(prob, draws):
    low, high = usual_counts(draws, prob)
    held = binom.cdf(high, draws, prob) - binom.cdf(low - 1, draws, prob)
    assert held >= 0.95 - 1e-9
    assert binom.cdf(low - 1, draws, prob) <= 0.025 + 1e-9
    assert 1 - binom.cdf(high, draws, prob) <= 0.025 + 1e-9
    assert binom.cdf(low, draws, prob) > 0.025 - 1e-9


def test_what_is_certain_or_impossible_is_always_the_same():
    assert usual_counts(200, 0.0) == (0, 0) and usual_counts(200, 1.0) == (200, 200)
