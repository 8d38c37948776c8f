"""The rows of the tree: the numbers are the model's own, and only what is new is worked out."""

from __future__ import annotations

import json
import math

import pytest
from branch_lens import do, forked, lens_of, place, rows_of

from lmpanel import run_costs
from lmpanel.api import Api
from lmpanel.branches import ROWS
from lmpanel.document import Document
from lmpanel.scoring import LN2
from lmpanel.views.lens import Lens
from support.asynchronous import asynchronous


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
