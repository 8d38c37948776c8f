"""Branches: nothing is lost by going back; names, pins, comparing, clearing; the numbers are the
model's own."""

from __future__ import annotations

import asyncio
import json
import math

import pytest

from lmpanel import run_costs
from lmpanel.api import Api
from lmpanel.branches import ROWS
from lmpanel.document import Document
from lmpanel.document_tree import NAME_CHARACTERS
from lmpanel.errors import BadArgument, EngineLost
from lmpanel.scoring import LN2
from lmpanel.views.lens import Lens
from support.asynchronous import asynchronous


def lens_of(session) -> Lens:
    session.explorer.tab = "branches"
    return Lens(session)


def rows_of(session) -> list[dict]:
    return lens_of(session).payload()["rows"]


def place(session, document) -> tuple[int, int]:
    """Where a document is in the tree, as the page names it."""
    return session.branches.tree.find(document.ids).number, len(document)


async def do(session, verb, *arguments):
    result = Lens(session).actions()[verb](*arguments)
    if asyncio.iscoroutine(result):
        await result


async def forked(session) -> tuple[Document, Document]:
    """Two documents of the student that part: ...5 7 and ...5 8 9; the second is current."""
    start = session.explorer.document
    for document in (start.append(5), start.append(5, 7), start.append(5, 8, 9)):
        session.changes.change(document, "test")
        await session.measurement.settle()
    return start.append(5, 7), start.append(5, 8, 9)


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
async def test_rows_are_runs_with_the_models_numbers(session):
    first, second = await forked(session)
    trunk, one, other = rows_of(session)
    assert [row["depth"] for row in (trunk, one, other)] == [0, 1, 1]
    assert trunk["trunk"] and trunk["total"] is None and trunk["path"] and not trunk["here"]
    assert (one["path"], other["path"], other["here"]) == (False, True, True)
    assert trunk["tokens"] == len(first) - 1 and trunk["forks"] == 2
    for row, document in ((one, first), (other, second)):
        answer = (await Api(session.model).call("score", [{"ids": list(document.ids)}]))["result"]
        after = answer["tokens"][len(first) - 1 :]
        assert row["prob"] == pytest.approx(math.exp(after[0]["logprob"]))
        assert row["logprob"] == pytest.approx(sum(token["logprob"] for token in after))
        bits = sum(token["bits"] for token in after)
        assert row["total"]["logprob"] == pytest.approx(-bits * LN2)
        assert row["total"]["surprise"] == pytest.approx(bits)
        assert row["total"]["per_token"] == pytest.approx(bits / len(after))
    session.explorer.unit = "nats"
    nats = rows_of(session)[1]["total"]
    assert nats["surprise"] == pytest.approx(-nats["logprob"])


@asynchronous
async def test_totals_count_from_the_first_fork_on(session):
    first, _ = await forked(session)
    third = Document((*first.ids, 11, 12))
    for document in (third, Document((*first.ids, 13))):
        session.changes.change(document, "test")
        await session.measurement.settle()
    rows = {(row["number"], row["length"]): row for row in rows_of(session)}
    found = rows[place(session, third)]["total"]
    known = session.model.known_scores(third.ids)[len(first) - 1 :]
    assert found["logprob"] == pytest.approx(sum(score.logprob for score in known))
    assert rows[place(session, first)]["total"] is None, "a fork is no leaf"
    state = lens_of(session).payload()
    assert state["fork"]["at"] == len(first) - 1 and state["leaves"] == 3


@asynchronous
async def test_unmeasured_branches_say_so(session):
    session.changes.pick(5)
    session.changes.undo()
    session.changes.pick(6)
    leaves = [row for row in rows_of(session) if not row["forks"]]
    assert all(not row["measured"] and row["prob"] is None and row["total"] is None
               for row in leaves)
    await session.measurement.settle()
    assert any(row["measured"] for row in rows_of(session) if not row["forks"])


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
async def test_two_branches_side_by_side(session):
    first, second = await forked(session)
    model = session.model
    await do(session, "branch_choose", *place(session, first))
    assert lens_of(session).payload()["comparison"] is None
    assert [row["chosen"] for row in rows_of(session)] == [False, True, False]
    await do(session, "branch_name", *place(session, second), "second")
    await do(session, "branch_choose", *place(session, second))
    found = lens_of(session).payload()["comparison"]
    assert found["parting"] == len(first) - 1
    assert found["text"].endswith(model.tokenizer.decode([5]))
    bits = []
    for side, document in zip(found["sides"], (first, second)):
        known = model.known_scores(document.ids)[len(first) - 1 :]
        bits.append(math.fsum(score.bits for score in known))
        assert [cell["prob"] for cell in side["tokens"]] == [score.prob for score in known]
        assert [cell["value"] for cell in side["tokens"]] == [score.bits for score in known]
        assert side["surprise"] == pytest.approx(bits[-1])
        assert side["logprob"] == pytest.approx(sum(score.logprob for score in known))
    assert found["difference_bits"] == pytest.approx(bits[1] - bits[0])
    assert [side["name"] for side in found["sides"]] == ["", "second"]
    session.explorer.unit = "nats"
    again = lens_of(session).payload()["comparison"]
    assert again["difference"] == pytest.approx(found["difference_bits"] * LN2)
    assert again["difference_bits"] == found["difference_bits"]
    await do(session, "branch_end_comparison")
    assert lens_of(session).payload()["comparison"] is None and session.branches.chosen == []


@asynchronous
async def test_a_third_mark_replaces_the_oldest_and_a_second_press_takes_it_away(session):
    first, second = await forked(session)
    third = session.explorer.document.fork(12, 7)
    session.changes.change(third, "test")
    for document in (first, second, third):
        await do(session, "branch_choose", *place(session, document))
    assert session.branches.chosen == [second, third]
    await do(session, "branch_choose", *place(session, second))
    assert session.branches.chosen == [third]


@asynchronous
async def test_a_beginning_compared_with_its_continuation_and_documents_that_share_nothing(session):
    first, _ = await forked(session)
    begun = Document(first.ids[:-1])
    await do(session, "branch_choose", *place(session, first))
    await do(session, "branch_choose", *place(session, begun))
    found = session.branches.comparison
    assert found.parting == len(begun) and found.totals[1].count == 0
    assert found.difference_bits == pytest.approx(-found.totals[0].bits)
    assert lens_of(session).payload()["comparison"]["sides"][1]["per_token"] is None
    alone = Document((9, 10), raw=True)
    session.changes.change(alone, "test")
    await do(session, "branch_choose", *place(session, alone))
    found = session.branches.comparison
    assert found.parting == 0 and found.totals[1].count == 1, "the first token is not counted"


@asynchronous
async def test_an_engine_that_fails_takes_the_second_mark_away(session, engine):
    first, second = await forked(session)
    session.model.forget()
    await do(session, "branch_choose", *place(session, first))
    engine.lose_next(2)
    with pytest.raises(EngineLost):
        await do(session, "branch_choose", *place(session, second))
    assert session.branches.chosen == [first] and session.branches.comparison is None
    await do(session, "branch_choose", *place(session, second))
    assert session.branches.comparison is not None


@asynchronous
async def test_an_open_run_shows_its_tokens_and_where_documents_were_at_rest(session):
    first, _ = await forked(session)
    session.changes.change(first.append(7, 7), "test")
    await session.measurement.settle()
    number, _ = place(session, session.explorer.document)
    await do(session, "branch_open", number)
    found = lens_of(session).payload()["open"]
    known = session.model.known_scores(session.explorer.document.ids)[len(first) - 1 :]
    assert [cell["prob"] for cell in found["tokens"]] == [score.prob for score in known]
    assert [cell["stop"] for cell in found["tokens"]] == [True, False, True]
    await do(session, "branch_go", number, found["tokens"][1]["length"])
    assert session.explorer.document == first.append(7)
    row = next(row for row in rows_of(session) if row["number"] == number)
    assert row["inside"] == 2 and not row["here"]
    await do(session, "branch_open", number)
    assert lens_of(session).payload()["open"] is None


@asynchronous
async def test_folding_leaves_out_what_is_below(session):
    await forked(session)
    trunk = rows_of(session)[0]["number"]
    await do(session, "branch_fold", trunk, True)
    assert [(row["number"], row["folded"]) for row in rows_of(session)] == [(trunk, True)]
    await do(session, "branch_fold", trunk, False)
    assert len(rows_of(session)) == 3


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


@asynchronous
async def test_a_tree_of_500_nodes_over_1000_tokens_costs_what_is_new(session, monkeypatch):
    explorer, branches, model = session.explorer, session.branches, session.model
    model.engine.info.model["context_length"] = 4096
    ids = tuple(3 + i % 200 for i in range(1000))
    for at in range(250):
        # Two by two they part near the end: as many inner nodes as leaves.
        explorer.show(Document((*ids[: 700 + at], 250, 3 + at % 2, 4, 5), raw=True))
    explorer.show(Document(ids, raw=True))
    await session.measurement.settle()
    await model.scores((*ids[:700], 250, 3, 4, 5))
    assert len(branches.tree) >= 500
    lens = lens_of(session)
    state = lens.payload()
    assert ROWS <= len(state["rows"]) == len(branches.tree) - state["more"]
    assert len(state["rows"]) <= ROWS + 10
    assert sum(row["here"] for row in state["rows"]) == 1, "where the student is stays in view"
    assert [row["gap"] for row in state["rows"]].count(True) == 1
    steps = zip(state["rows"], state["rows"][1:])
    assert all(after["depth"] <= before["depth"] + 1 for before, after in steps)
    assert len(json.dumps(state)) < 150_000
    looked = []
    scores = run_costs.scores

    def counted(run, known):
        found = scores(run, known)
        looked.append(sum(score is not None for score in found))
        return found

    monkeypatch.setattr(run_costs, "scores", counted)
    lens.payload()
    assert sum(looked) == 0, "what is known is not looked up again"
    session.changes.pick(7)
    await session.measurement.settle()
    lens.payload()
    grown = branches.here[-1]
    assert 0 < sum(looked) <= 2 * len(grown.ids) < 200, "only the run that has grown is"
    branches.show_more()
    assert len(lens.payload()["rows"]) >= 2 * ROWS
    await do(session, "branch_clear")
    assert len(branches.tree) == 1 and len(model.tree) <= 1001


@asynchronous
async def test_a_closed_lens_is_not_computed(session, monkeypatch):
    lens = Lens(session)
    monkeypatch.setattr("lmpanel.views.branches.payload", lambda session: pytest.fail("computed"))
    await forked(session)
    session.branches.changed += 1
    assert json.loads(lens.state)["tab"] == "next"
