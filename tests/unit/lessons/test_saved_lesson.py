"""The open lesson in links and session files: it comes back, and nothing foreign does."""

from __future__ import annotations

import json

import pytest
from small_lesson import LESSON

from lmpanel.errors import BadState
from lmpanel.lessons.worksheet import (
    Evidence,
)


def test_a_lesson_is_saved_and_restored(saving, opened, engine):
    opened.answer("sum", "2")
    opened.go(1)
    saved = json.loads(json.dumps(opened.saved()))
    state = saving.state()
    opened.clear()
    opened.close()
    assert opened.saved() is None
    assert opened.restore(saved) == [] and opened.wanted == "lessons/t.md"
    opened.open("lessons/t.md", LESSON, set_up=False)
    assert opened.work.record.step == 1 and opened.work.record.answers["sum"].value == "2"
    assert saving.state()["ids"] == state["ids"], "the document is not the lesson's to restore"


def test_a_lesson_from_a_file_waits_for_it(opened):
    saved = {**opened.saved(), "source": "file:mine.md"}
    assert "mine.md" in opened.restore(saved)[0]


HOSTILE = [
    [], 3, "x", {}, {"version": 1}, {"version": 2, "source": "a", "record": {}},
    {"version": 1, "source": "a" * 400, "record": {}}, {"version": 1, "source": 3, "record": {}},
    {"version": 1, "source": "a", "record": {"__proto__": 1}},
]  # fmt: skip


@pytest.mark.parametrize("value", HOSTILE)
def test_a_foreign_state_changes_nothing(opened, value):
    before = opened.saved()
    with pytest.raises(BadState):
        opened.restore(value)
    assert opened.saved() == before


def test_a_link_carries_no_evidence(opened):
    evidence = opened.work.record.evidence
    evidence["span"] = Evidence("l", 0, {"kind": "sum", "title": "", "columns": [],
                                         "rows": [], "notes": []})
    assert opened.saved()["record"]["evidence"]
    assert not opened.saved(evidence=False)["record"]["evidence"]
    assert "span" in evidence
