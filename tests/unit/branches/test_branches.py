"""Branches: nothing is lost by going back; names, pins and clearing."""

from __future__ import annotations

import pytest
from branch_lens import do, forked, lens_of, place, rows_of

from lmpanel.document import Document
from lmpanel.document_tree import NAME_CHARACTERS
from lmpanel.errors import BadArgument
from support.asynchronous import asynchronous


@asynchronous
async def test_every_document_at_rest_is_kept_and_can_be_gone_back_to(session):
    explorer, seen = session.explorer, [session.explorer.document]
    for id in (5, 6, 7):
        session.changes.pick(id)
        seen.append(explorer.document)
    session.changes.undo()
    session.changes.pick(9)
    seen.append(explorer.document)
    session.changes.rewind()
    session.changes.new_conversation()
    seen.append(explorer.document)
    session.changes.raw_text("hello the dragon")
    seen.append(explorer.document)
    for document in seen:
        await do(session, "branch_go", *place(session, document))
        assert explorer.document == document
        assert len({row["number"] for row in rows_of(session) if row["here"]}) <= 1
    session.changes.undo()
    assert explorer.document == seen[-2], "going to a branch is a change like any other"
    assert explorer.history.current.label == "went to a branch"


@asynchronous
async def test_a_response_is_kept_when_it_is_written_and_not_token_by_token(session):
    session.explorer.past_end = True
    before = len(list(session.branches.tree.stops()))
    await session.generation.run(max_tokens=12)
    stops = [length for _, length, _ in session.branches.tree.stops()]
    assert len(stops) == before + 1 and stops[-1] == len(session.explorer.document)
    assert session.attempts.kept[0].document.ids == session.branches.tree.ids(
        session.branches.here[-1])


@asynchronous
async def test_what_a_document_was_read_as_is_kept_with_it(session):
    session.changes.set_mode("raw")
    await do(session, "branch_go", *place(session, session.explorer.document))
    assert session.explorer.document.raw
    raw = session.explorer.document.append(7)
    session.changes.change(raw, "test")
    session.changes.new_conversation()
    number, length = place(session, raw)
    await do(session, "branch_go", number, length - 1)
    assert session.explorer.document == Document(raw.ids[:-1], raw=True)


@asynchronous
async def test_names_and_pins_come_first_and_keep_a_beginning_visible(session):
    first, second = await forked(session)
    session.changes.change(first.append(7, 7, 7), "test")
    assert len(rows_of(session)) == 3
    run = session.branches.tree.find(first.ids)
    assert run.stop > len(first), "a mere beginning of another document has no row of its own"
    await do(session, "branch_pin", *place(session, first), True)
    assert len(rows_of(session)) == 4
    await do(session, "branch_name", *place(session, second), "  the\n other ")
    listed = lens_of(session).payload()["first"]
    assert [(entry["name"], entry["pinned"]) for entry in listed] == [("", True),
                                                                       ("the other", False)]
    assert [entry["length"] for entry in listed] == [len(first), len(second)]
    await do(session, "branch_pin", *place(session, first), False)
    assert len(rows_of(session)) == 3
    await do(session, "branch_name", *place(session, second), "")
    assert lens_of(session).payload()["first"] == []


@asynchronous
async def test_a_name_has_a_limit(session):
    here = place(session, session.explorer.document)
    await do(session, "branch_name", *here, "x" * NAME_CHARACTERS)
    with pytest.raises(BadArgument):
        await do(session, "branch_name", *here, "y" * (NAME_CHARACTERS + 1))
    assert lens_of(session).payload()["first"][0]["name"] == "x" * NAME_CHARACTERS


@pytest.mark.parametrize(("number", "beyond"), [(999, 0), (None, 1), (None, -10_000), (0, 0)])
@asynchronous
async def test_a_place_that_is_gone_is_refused(session, number, beyond):
    here, length = place(session, session.explorer.document)
    before = session.explorer.document
    for verb, more in (("branch_go", ()), ("branch_pin", (True,)), ("branch_name", ("a",)),
                       ("branch_choose", ())):
        with pytest.raises(BadArgument, match="no longer"):
            await do(session, verb, here if number is None else number, length + beyond, *more)
    assert session.explorer.document == before and session.branches.chosen == []


@asynchronous
async def test_clearing_lets_go_of_all_but_names_pins_and_the_document(session):
    explorer, model, branches = session.explorer, session.model, session.branches
    session.measurement.look()
    await session.measurement.settle()
    sizes = len(branches.tree), len(model.tree), len(explorer.history.entries)
    start = explorer.document
    for id in range(3, 40):
        session.changes.change(start.append(id, id + 1, id + 2), "test")
        await session.measurement.settle()
        session.changes.undo()
    await session.measurement.settle()
    explorer.past_end = True
    await session.generation.run(max_tokens=4)
    await session.measurement.settle()
    session.changes.undo()
    known = explorer.scores()
    await do(session, "branch_pin", *place(session, start.append(3, 4, 5)), True)
    attempt = session.attempts.kept[0]
    loss = session.attempts.totals(attempt)
    assert lens_of(session).payload()["unpinned"] == 37 - 1 + 1, "the response is one, too"
    await do(session, "branch_clear")
    assert lens_of(session).payload()["unpinned"] == 0
    assert len(branches.tree) == 1 and len(model.tree) == len(start) + 3 + 4
    assert explorer.scores() == known and session.attempts.totals(attempt) == loss
    await do(session, "branch_pin", *place(session, start.append(3, 4, 5)), False)
    session.attempts.remove(1)
    await do(session, "branch_clear")
    assert len(branches.tree) == sizes[0] and len(model.tree) == sizes[1]
    assert len(explorer.history.entries) == sizes[2] + 1 and explorer.history.can_redo
    assert explorer.scores() == known and explorer.document == start
    session.changes.redo()
    assert explorer.document == attempt.document, "undo and redo still work"


@asynchronous
async def test_while_the_model_writes_nothing_is_cleared_or_gone_to(session):
    session.explorer.generating = True
    with pytest.raises(BadArgument):
        await do(session, "branch_clear")
    with pytest.raises(BadArgument):
        await do(session, "branch_go", *place(session, session.explorer.document))
    session.explorer.generating = False
