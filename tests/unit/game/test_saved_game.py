"""A game is saved and restored whole, or refused and nothing is changed."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from played_game import begun, shown

from lmpanel.engine.fake import FakeEngine, fake_tokenizer
from lmpanel.errors import BadState
from lmpanel.model import LanguageModel
from lmpanel.session import Session
from support.asynchronous import asynchronous


@given(st.data())
@asynchronous
async def test_it_is_saved_and_restored(data):
    session = Session(LanguageModel(FakeEngine(), fake_tokenizer()), print)
    game = await begun(session, order=data.draw(st.sampled_from(["seed", "order"])))
    steps = st.sampled_from(["commit", "skip", "next", "list"])
    for step in data.draw(st.lists(steps, max_size=8)):
        if step == "commit":
            game.commit(game.turn, [[7, 30]])
        elif step == "list":
            game.add_token(game.turn, 9)
            game.spread(game.turn, [[9, 12]])
        else:
            game.skip() if step == "skip" else game.go_on()
        await game.settle()
    saved = json.loads(json.dumps(session.play.saved(), allow_nan=False))
    other = Session(LanguageModel(FakeEngine(), fake_tokenizer()), print)
    other.play.restore(saved)
    await other.play.game.settle()
    assert other.play.saved() == saved
    told, expected = shown(other), shown(session)
    assert told | {"turn": 0} == expected | {"turn": 0, "problem": ""}


def broken(saved: dict) -> list:
    """Every way to spoil one entry of a saved game."""
    found = [None, [], {}, {**saved, "version": 2}, {**saved, "part": "x"}, {**saved, "more": 1},
             {**saved, "player": "x" * 100}, {**saved, "tutorial": None}]
    wrong = {"setup": [None, {}, {**saved["game"]["setup"], "rounds": 1e9}], "playing": [None, 1],
             "stage": ["over!", "setup", 3], "place": [-1, 99, "0", True], "rounds": [None, [1]],
             "draft": [[[1, 100]], [[10**9, 3]], 5], "listed": [[-1], [10**9], "x", [0] * 500]}
    for name, values in wrong.items():
        found += [{**saved, "game": {**saved["game"], name: value}} for value in values]
    for name, values in {"position": [0, 1, 10**6], "token": [-1, 5], "spread": [[[1, 100]]],
                         "rivals": [{"": 1}, {"x": -1}, {"x": "1"}, []], "other": [1]}.items():
        for value in values:
            spoiled = copy.deepcopy(saved)
            spoiled["game"]["rounds"][0][name] = value
            found.append(spoiled)
    return found


@asynchronous
async def test_a_spoiled_game_is_refused_and_changes_nothing(session):
    game = await begun(session)
    game.commit(game.turn, [[7, 30]])
    session.play.tutorial.type(["3", "1", "6", "2"])
    saved = json.loads(json.dumps(session.play.saved()))
    for value in broken(saved):
        with pytest.raises(BadState):
            session.play.restore(value)
        assert json.loads(json.dumps(session.play.saved())) == saved, value
    session.play.restore(saved)
