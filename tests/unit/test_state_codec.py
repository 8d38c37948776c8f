"""States survive the round trip; damaged and hostile ones change nothing."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmpanel.bounded_json import read_json
from lmpanel.errors import BadState
from lmpanel.state_codec import SETTINGS, State, decode_state, encode_state, number, parse_state

MODEL = {"vocab_size": 100, "context_length": 50, "model": "m"}
GOOD = {"version": 1, "model": "m", "ids": [1, 2, 3], "raw": False}


@st.composite
def states(draw):
    ids = tuple(draw(st.lists(st.integers(0, 99), max_size=50)))
    place = st.integers(0, len(ids))
    span = draw(st.none() | st.tuples(place, place).map(lambda pair: tuple(sorted(pair))))
    settings = {"unit": "nats", "length": 20, "max_tokens": draw(st.integers(1, 2000))}
    return State(ids, draw(st.booleans()), draw(st.none() | place), span, settings, "m")


@given(states())
def test_round_trip(state):
    text = json.dumps(encode_state(state))
    assert parse_state(text, **MODEL) == (state, [])


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"version": True},
        {"version": None},
        {"model": "other"},
        {"model": 5},
        {"ids": None},
        {"ids": [100]},
        {"ids": [-1]},
        {"ids": [1.0]},
        {"ids": [True]},
        {"ids": ["1"]},
        {"ids": [1] * 51},
        {"raw": 1},
        {"settings": []},
        {"settings": {"__proto__": {}}},
        {"settings": {str(n): 1 for n in range(101)}},
        {"__proto__": {"polluted": True}},
        {"extra": 1},
    ],
)
def test_damaged_states_are_refused(change):
    with pytest.raises(BadState, match="Nothing was changed"):
        decode_state({**GOOD, **change}, **MODEL)


@pytest.mark.parametrize("value", [None, [], "x", 5, {}])
def test_other_things_are_refused(value):
    with pytest.raises(BadState):
        decode_state(value, **MODEL)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[" * 10_000,
        '{"a":' * 10_000,
        "NaN",
        '{"version": 1e999}',
        "9" * 5000,
        "x" * 2_000_001,
    ],
)
def test_hostile_texts_are_refused(text):
    with pytest.raises(BadState):
        parse_state(text, **MODEL)


@pytest.mark.parametrize(
    "change",
    [
        {"cursor": 4},
        {"cursor": "1"},
        {"selection": [2, 1]},
        {"selection": [0, 9]},
        {"selection": [[], 1]},
        {"settings": {"unknown": 1}},
        {"settings": {"unit": "litres"}},
        {"settings": {"length": 10.0}},
        {"settings": {"past_end": 1}},
        {"settings": {"max_tokens": [[[[]]]]}},
    ],
)
def test_odd_details_fall_back_with_a_warning(change):
    state, warnings = decode_state({**GOOD, **change}, **MODEL)
    assert len(warnings) == 1
    assert state == State((1, 2, 3), model="m")


def test_unknown_settings_are_not_written():
    assert encode_state(State((), settings={"secret": 1, "unit": "bits"}))["settings"] == {
        "unit": "bits"
    }
    assert all(not check(float("nan")) for check in [*SETTINGS.values(), number(0, 1)])


VALUES = st.recursive(
    st.integers(-(10**15), 10**15) | st.text(max_size=9) | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@given(VALUES)
def test_harmless_json_is_read(value):
    assert read_json(json.dumps(value)) == value


def test_brackets_in_strings_are_not_depth():
    assert read_json(json.dumps(["[" * 100 + '\\"' + "{" * 100])) == ["[" * 100 + '\\"' + "{" * 100]
