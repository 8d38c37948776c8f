"""Nothing that was done is ever lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmpanel.errors import BadArgument
from lmpanel.history import History


def test_undo_redo_and_branches():
    history = History("", "start")
    for text in ("a", "ab", "abc"):
        history.push(text, f"typed {text}")
    assert [history.undo().state for _ in range(4)] == ["ab", "a", "", ""]
    assert [history.redo().state for _ in range(2)] == ["a", "ab"]
    history.push("abX", "typed X")
    assert not history.can_redo and history.undo().state == "ab"
    assert history.redo().state == "abX"
    assert history.jump(3).state == "abc"
    assert [entry.state for entry in history.path()] == ["", "a", "ab", "abc"]
    assert history.undo().children[0] is history.entries[3] and history.redo().state == "abc"


def test_doing_nothing_is_no_entry():
    history = History("a")
    assert history.push("a", "again") is history.entries[0] and not history.can_undo


def test_unknown_entries_are_refused():
    with pytest.raises(BadArgument):
        History("a").jump(1)


@given(st.lists(st.one_of(st.integers(0, 5), st.sampled_from(["undo", "redo"]))))
def test_every_state_can_be_reached_again(actions):
    history = History(-1)
    for action in actions:
        getattr(history, action)() if isinstance(action, str) else history.push(action, "")
    for entry in list(history.entries):
        assert history.jump(entry.number).state == entry.state
    while history.can_undo:
        history.undo()
    assert history.current.number == 0


def test_pruning_keeps_the_line_of_undo_and_redo():
    history = History("", "start")
    for text in ("a", "ab", "abc"):
        history.push(text, "")
    history.undo()
    history.undo()
    history.push("aX", "")
    history.push("aXY", "")
    history.undo()
    history.prune()
    assert [entry.state for entry in history.entries] == ["", "a", "aX", "aXY"]
    assert [entry.number for entry in history.entries] == [0, 1, 2, 3]
    assert history.state == "aX" and history.redo().state == "aXY" and not history.can_redo
    assert [history.undo().state for _ in range(3)] == ["aX", "a", ""]
    assert history.jump(3).state == "aXY" and [e.state for e in history.path()][1] == "a"
