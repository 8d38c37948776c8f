"""Two branches side by side from where they part, with both totals."""

from __future__ import annotations

import math

import pytest
from branch_lens import do, forked, lens_of, place, rows_of

from lmpanel.document import Document
from lmpanel.errors import EngineLost
from lmpanel.scoring import LN2
from support.asynchronous import asynchronous


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
