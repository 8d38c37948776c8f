"""A session is saved and restored whole, or not at all."""

from __future__ import annotations

import copy
import json

import pytest

from lmpanel.errors import BadArgument, BadState
from support.asynchronous import asynchronous

SETTINGS = {
    "where": "next", "tab": "surprise", "measure": "rank", "unit": "nats", "curve": True,
    "length": 50, "max_tokens": 17, "past_end": True, "strategy": "sample", "temperature": 0.7,
    "top_k": 40, "top_p": 0.9, "min_p": 0.05, "seed": 11,
    "biases": [[4, None], [9, -2.5]], "ahead": True, "guessing": True,
    "predictor": "transformer",
}


@asynchronous
async def test_a_state_is_restored_as_it_was(session, saving):
    explorer = session.explorer
    explorer.param.update(**SETTINGS)
    explorer.select(12, 7)
    saved = json.loads(json.dumps(saving.state()))
    assert saved["cursor"] == 7 and saved["selection"] == [7, 13]
    assert saved["settings"] == SETTINGS
    session.changes.raw_text("something else")
    explorer.param.update(where="here", tab="next", measure="entropy", unit="bits", length=5,
                          guessing=False)
    assert saving.restore(saved) == []
    assert json.loads(json.dumps(saving.state())) == saved
    assert (explorer.anchor, explorer.cursor) == (12, 7)


@asynchronous
async def test_the_tab_is_the_saved_one_whatever_was_selected(session, saving):
    session.explorer.select(3, 9)
    session.explorer.tab = "next"
    saved = saving.state()
    session.changes.raw_text("something else")
    saving.restore(saved)
    assert session.explorer.tab == "next" and session.explorer.span == (3, 10)


@asynchronous
async def test_a_state_saved_at_the_caret_leads_back_to_it(session, saving):
    saved = saving.state()
    assert saved["cursor"] is None and saved["selection"] is None
    session.explorer.select(3, 9)
    saving.restore(saved)
    assert session.explorer.cursor == session.explorer.anchor == len(session.explorer.document)


@asynchronous
async def test_restoring_can_be_undone(session, saving):
    before = session.explorer.document
    saving.restore({"version": 1, "ids": [5, 6], "raw": True})
    assert session.explorer.document.ids == (5, 6) and session.explorer.document.raw
    session.changes.undo()
    assert session.explorer.document == before


@pytest.mark.parametrize(
    "damage",
    [
        {"version": 2},
        {"ids": "no"},
        {"ids": [10**6]},
        {"ids": [1] * 513},
        {"ids": [True]},
        {"raw": "yes"},
        {"model": "another"},
        {"surplus": 1},
        {"settings": []},
    ],
)
@asynchronous
async def test_a_damaged_state_changes_nothing(session, damage, saving):
    before = copy.deepcopy(saving.state())
    with pytest.raises(BadState):
        saving.restore({**before, "settings": SETTINGS, **damage})
    assert saving.state() == before and not session.explorer.history.can_undo


@asynchronous
async def test_single_oddities_are_left_out_with_a_warning(session, saving):
    state = {
        "version": 1, "ids": [5, 6, 7], "cursor": 9, "selection": [2, 99],
        "settings": {"length": 7, "unit": "nats", "colour": "red"},
    }
    warnings = saving.restore(state)
    assert len(warnings) == 4
    assert session.explorer.document.ids == (5, 6, 7) and session.explorer.unit == "nats"
    assert session.explorer.length == 10 and session.explorer.cursor == 3


@asynchronous
async def test_nothing_is_restored_while_the_model_writes(session, saving):
    state = saving.state()
    session.explorer.generating = True
    with pytest.raises(BadArgument):
        saving.restore({**state, "ids": [5], "settings": SETTINGS})
    assert saving.state() == state


@asynchronous
async def test_biases_of_tokens_that_are_not_there_are_left_out(session, saving):
    saved = saving.state()
    saved["settings"]["biases"] = [[4, 1.0], [10**6, None]]
    assert saving.restore(saved) == [] and session.explorer.biases == [(4, 1.0)]
