"""Playing a lesson: opening, set-ups, going from step to step, closing."""

from __future__ import annotations

import pytest
from small_lesson import LESSON

from lmpanel.errors import BadArgument
from lmpanel.lessons.parse import BadLesson


def test_opening_sets_the_tool_up_and_loses_nothing(session, opened):
    explorer = session.explorer
    assert session.explorer.editor.text(explorer.document).endswith("Hello you")
    assert explorer.temperature == 0.5 and explorer.room == "explore"
    assert explorer.history.can_undo
    before = explorer.history.entries[0].state
    session.changes.undo()
    assert explorer.document == before


def test_closing_gives_the_settings_back_and_keeps_the_document(session, player):
    session.explorer.param.update(temperature=1.3, unit="nats")
    player.open("lessons/t.md", LESSON)
    assert session.explorer.unit == "bits"
    document = session.explorer.document
    player.close()
    assert (session.explorer.temperature, session.explorer.unit) == (1.3, "nats")
    assert session.explorer.document == document and player.work is None


def test_a_broken_lesson_leaves_everything(saving, opened):
    state, record = saving.state(), opened.work.record
    with pytest.raises(BadLesson):
        opened.open("lessons/bad.md", "nonsense")
    assert saving.state() == state and opened.work.record is record
    assert opened.refused["problems"][0]["line"] == 1


def test_a_lesson_opened_at_a_step_that_only_goes_on_has_the_tool_of_the_step_before(
    session, player
):
    player.open("lessons/t.md", LESSON, step=2)
    assert session.explorer.document.raw and session.explorer.tab == "surprise"
    assert player.work.record.step == 2


def test_a_step_is_found_as_it_was_left(session, opened):
    document = session.explorer.document.append(7)
    session.changes.change(document, "x")
    opened.go(1)
    assert session.explorer.document.raw and session.explorer.tab == "surprise"
    opened.go(0)
    assert session.explorer.document == document
    opened.set_up_again()
    assert session.explorer.document != document
    with pytest.raises(BadArgument):
        opened.go(9)


def test_while_the_model_writes_the_step_stays(session, opened):
    session.explorer.generating = True
    for act in (lambda: opened.go(1), lambda: opened.open("lessons/t.md", LESSON)):
        with pytest.raises(BadArgument):
            act()
    session.explorer.generating = False
