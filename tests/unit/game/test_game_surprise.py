"""From scores to surprise: any finite numbers, and the tutorial that is played with them."""

from __future__ import annotations

import json
import math
import sys

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.special import log_softmax

from lmpanel.errors import BadArgument, BadState
from lmpanel.game.points import worst
from lmpanel.game.surprise import (
    FULL_JOLT,
    jolt,
    log_sum_exp,
    probabilities,
    read_score,
    surprises,
)
from lmpanel.game.tutorial import SEQUENCES, Tutorial
from lmpanel.views import play_tutorial, score_words

finite = st.floats(allow_nan=False, allow_infinity=False)
everyday = st.floats(-1e3, 1e3)
FOUR = st.lists(everyday, min_size=4, max_size=4)


def test_the_scores_of_the_issue():
    assert surprises([3, 1, 6, 2]) == pytest.approx([3.072, 5.072, 0.072, 4.072], abs=5e-4)


@given(st.lists(finite, min_size=1, max_size=6))
def test_any_finite_scores_have_finite_surprise(scores):
    found = surprises(scores)
    assert all(0 <= nats <= sys.float_info.max for nats in found)
    assert math.isfinite(log_sum_exp(scores))
    assert math.fsum(probabilities(scores)) == pytest.approx(1)
    assert found[scores.index(max(scores))] <= math.log(len(scores)) + 1e-12


@given(FOUR)
def test_it_is_the_log_softmax(scores):
    assert surprises(scores) == pytest.approx((-log_softmax(scores)).tolist(), rel=1e-12, abs=1e-12)


@given(FOUR, st.floats(-100, 100))
def test_adding_the_same_to_all_changes_nothing(scores, more):
    moved = [score + more for score in scores]
    assert surprises(moved) == pytest.approx(surprises(scores), rel=1e-9, abs=1e-9)


@given(FOUR, st.floats(0.01, 10))
def test_raising_one_lowers_the_probability_of_the_others_by_one_factor(scores, more):
    before, after = surprises(scores), surprises([scores[0] + more, *scores[1:]])
    steps = [new - old for old, new in zip(before, after, strict=True)]
    assert steps[0] <= 1e-9 and min(steps[1:]) >= -1e-9
    assert steps[1:] == pytest.approx([steps[1]] * 3, abs=1e-9)
    assert steps[1] - steps[0] == pytest.approx(more), "the odds changed by the factor e^more"


@pytest.mark.parametrize("scores", [[1e300, 0, -1e300, 1], [1e300] * 4,
                                    [sys.float_info.max, -sys.float_info.max]])
def test_large_scores_do_not_overflow(scores):
    with np.errstate(all="raise"):
        found = surprises(scores)
    assert found[0] in (0.0, pytest.approx(math.log(4))) and all(map(math.isfinite, found))


@pytest.mark.parametrize("scores", [[], [math.nan], [math.inf, 0], [0, -math.inf]])
def test_what_is_no_score_is_refused(scores):
    with pytest.raises(BadArgument):
        surprises(scores)


@given(finite)
def test_a_written_number_is_read_as_it_is(value):
    assert read_score(repr(value)) == value
    assert read_score(f" {value!r} ".replace("-", "−").replace(".", ",")) == value


@pytest.mark.parametrize(
    "text",
    ["", "  ", "abc", "nan", "inf", "1_000", "1e999", "--3", "3 4", "٣", "0x10", "1,000,000",
     "9" * 400, "9" * 6000, "<b>3</b>", "1e", "."],
)
def test_nonsense_is_no_number_and_is_told_why(text):
    with pytest.raises(BadArgument) as told:
        read_score(text)
    assert told.value.message and told.value.remedy


def test_a_number_with_too_many_digits_is_too_large_and_no_nonsense():
    with pytest.raises(BadArgument, match="99999999999999999999… is too large"):
        read_score("9" * 400)
    assert read_score("9" * 100) == 1e100 and read_score("0." + "0" * 300 + "1") == 1e-301


@given(st.floats(0, worst(49152)), st.floats(0, worst(49152)))
def test_a_round_is_felt_in_proportion_up_to_the_costliest(one, other):
    full, even = worst(49152), math.log2(49152)
    felt = [jolt(cost, full) for cost in (one, other)]
    assert (felt[0] < felt[1]) <= (one < other) and max(felt) <= 1
    assert jolt(even, full) == pytest.approx(0.7, abs=0.01) and jolt(full, full) == 1
    words = score_words.felt_in_game(max(one, other), even)
    assert ("even guess" in words) == (max(one, other) >= even - 0.05)


@given(st.floats(0, 1e308))
def test_a_jolt_is_bounded_and_proportional(loss):
    assert jolt(loss) == pytest.approx(min(loss / FULL_JOLT, 1))
    assert score_words.felt(loss)


def test_the_tutorial_to_its_end():
    tutorial = Tutorial()
    sequence, losses = tutorial.hidden.sequence, []
    for step, token in enumerate(sequence):
        assert tutorial.step == step and tutorial.known == sequence[:step]
        assert tutorial.surprises == [math.log(4)] * 4, "every step begins with even scores"
        tutorial.type(["3", "1", "6", "2"])
        losses.append(surprises([3, 1, 6, 2])[token])
        tutorial.reveal()
        tutorial.reveal()
        assert tutorial.losses == losses and tutorial.revealed, "revealed once"
        tutorial.type(["9", "9", "9", "0"])
        assert tutorial.scores == [3, 1, 6, 2], "what was committed stays"
        tutorial.go_on()
    assert tutorial.over and not tutorial.revealed
    assert tutorial.total == pytest.approx(math.fsum(losses))
    assert tutorial.mean == pytest.approx(tutorial.total / len(sequence))
    tutorial.reveal()
    assert len(tutorial.losses) == len(sequence)
    tutorial.again()
    assert not tutorial.over and tutorial.losses == [] and tutorial.hidden is SEQUENCES[1]


def test_nonsense_keeps_the_numbers_and_is_told():
    tutorial = Tutorial()
    tutorial.type(["3", "1", "6", "2"])
    tutorial.type(["3", "x", "6", ""])
    assert tutorial.scores == [3, 1, 6, 2] and tutorial.texts == ["3", "x", "6", ""]
    shown = play_tutorial.payload(tutorial)
    assert "cat: “x” is not a number" in shown["problem"] and "dog: There is no score" in shown[
        "problem"]
    tutorial.reveal()
    assert not tutorial.losses, "nothing is revealed on half a vocabulary"
    tutorial.type(["3", "1e300", "6", "2"])
    tutorial.reveal()
    assert tutorial.losses == [1e300] and play_tutorial.payload(tutorial)["loss"]["jolt"] == 1


def test_what_is_hidden_is_not_sent():
    tutorial = Tutorial()
    tutorial.type(["3", "1", "6", "2"])
    shown = play_tutorial.payload(tutorial)
    assert shown["known"] == [] and shown["loss"] is None
    assert not any(row["came"] for row in shown["rows"])


def test_the_most_surprising_sequence_has_a_sum():
    tutorial = Tutorial()
    largest = sys.float_info.max
    for token in tutorial.hidden.sequence:
        tutorial.type([repr(-largest if place == token else largest) for place in range(4)])
        tutorial.reveal()
        tutorial.go_on()
    assert tutorial.total == largest
    json.dumps(play_tutorial.payload(tutorial), allow_nan=False)


def test_one_more_for_one_and_for_all():
    tutorial = Tutorial()
    tutorial.type(["3", "1", "6", "2"])
    before, written = tutorial.surprises, tutorial.written
    tutorial.add(1)
    assert tutorial.texts == ["4", "2", "7", "3"] and tutorial.written == written + 1
    assert tutorial.surprises == pytest.approx(before)
    assert "added 1 to every score" in play_tutorial.payload(tutorial)["why"]["changed"]
    tutorial.add(1, 0)
    told = play_tutorial.payload(tutorial)["why"]["changed"]
    assert "raised “the” from 4 to 5" in told and "e^1 = 2.718" in told


@given(FOUR, FOUR)
def test_why_is_told_with_the_numbers_on_the_page(before, after):
    assume(before != after)
    told = score_words.why(["a", "b", "c", "d"], before, after)
    changed = [i for i in range(4) if before[i] != after[i]]
    if len(changed) == 1:
        step = abs(surprises(after)[changed[0]] - surprises(before)[changed[0]])
        assert f"{step:.3f}" == "0.000" or score_words.nats(step) in told
    assert told


@given(st.integers(0, 2), st.data())
def test_the_tutorial_is_saved_and_restored(number, data):
    tutorial = Tutorial()
    for _ in range(number):
        tutorial.again()
    for _ in range(data.draw(st.integers(0, 5))):
        tutorial.type([str(data.draw(everyday)) for _ in range(4)])
        tutorial.reveal()
        if data.draw(st.booleans()):
            tutorial.go_on()
    saved = json.loads(json.dumps(tutorial.saved()))
    other = Tutorial()
    other.restore(saved)
    assert other.saved() == saved
    assert play_tutorial.payload(other) | {"written": 0, "why": 0} == play_tutorial.payload(
        tutorial) | {"written": 0, "why": 0}


GOOD = {"number": 0, "losses": [], "revealed": False, "texts": ["0"] * 4}


@pytest.mark.parametrize("change", [
    {"number": -1}, {"number": True}, {"losses": [0.0] * 99}, {"losses": [math.nan]},
    {"losses": [-1]}, {"losses": ["1"]}, {"revealed": True}, {"revealed": 1}, {"texts": ["0"] * 3},
    {"texts": ["9" * 1000] * 4}, {"texts": [0] * 4}, {"__proto__": 1},
])
def test_a_bad_tutorial_is_refused_and_changes_nothing(change):
    tutorial = Tutorial()
    tutorial.type(["3", "1", "6", "2"])
    before = tutorial.saved()
    for value in (GOOD | change, None, []):
        with pytest.raises(BadState):
            tutorial.restore(value)
    assert tutorial.saved() == before
