"""Expand: the likeliest tokens at every node, counted calls, stopped, refused, cut off."""

from __future__ import annotations

import asyncio

import pytest

from lmpanel.document import Document
from lmpanel.engine.fake import FakeEngine, fake_tokenizer
from lmpanel.errors import BadArgument, ContextFull, EngineLost
from lmpanel.expansion import LIMIT, SLICE, tokens_of
from lmpanel.model import LanguageModel
from lmpanel.session import Session
from lmpanel.views.lens import Lens
from support.asynchronous import asynchronous
from support.held_engine import HeldEngine


def found_below(session, context) -> set[tuple[int, ...]]:
    """Every sequence in the tree that goes on after `context`, as what comes after it."""
    tree, below = session.branches.tree, set()
    for run in tree.runs():
        ids = tree.ids(run)
        if ids[: len(context)] == context:
            after = ids[len(context) :]
            below |= {after[:length] for length in range(1, len(after) + 1)}
    return below


async def expected(session, context, width, depth) -> set[tuple[int, ...]]:
    """The same by asking for one distribution after the other."""
    found, frontier = set(), [()]
    for _ in range(depth):
        level = []
        for ids in frontier:
            after = await session.model.distribution((*context, *ids))
            level += [(*ids, token) for token in after.ranked(width).tolist()]
        found |= set(level)
        frontier = [ids for ids in level if ids[-1] not in session.model.end_of_turn_ids]
    return found


@pytest.mark.parametrize(("width", "depth"), [(1, 1), (2, 3), (3, 3), (1, 6), (5, 2)])
@asynchronous
async def test_it_finds_the_likeliest_tokens_of_every_node(session, width, depth):
    explorer, expansion = session.explorer, session.expansion
    context = explorer.document.ids
    expansion.resize(width, depth)
    await expansion.run()
    found = found_below(session, context)
    assert found == await expected(session, context, width, depth)
    assert expansion.done == expansion.total == len(found) and not expansion.running
    assert expansion.note == f"expanded to {len(found)} token{'s' * (len(found) != 1)}"
    assert explorer.document.ids == context and not explorer.history.can_undo


@asynchronous
async def test_it_asks_for_each_node_once_level_by_level_in_slices(session, monkeypatch):
    model, slices = session.model, []
    distributions = model.distributions

    async def counted(contexts):
        slices.append([len(context) for context in contexts])
        return await distributions(contexts)

    monkeypatch.setattr(model, "distributions", counted)
    session.expansion.resize(4, 4)
    progress = []
    session.expansion.param.watch(lambda event: progress.append(event.new), "done")
    await session.expansion.run()
    start, done = len(session.explorer.document), session.expansion.done
    assert done <= tokens_of(4, 4) == 340 and 4 * sum(map(len, slices)) == done
    assert all(len(lengths) <= SLICE <= 32 and len(set(lengths)) == 1 for lengths in slices)
    assert [lengths[0] - start for lengths in slices][:3] == [0, 1, 2]
    assert len(model.engine.requests) == len(slices), "one batch for each slice, and no other"
    assert progress[1:] == sorted(progress[1:]) and progress[-1] == done


@asynchronous
async def test_what_was_found_has_the_models_numbers_without_asking_again(session):
    model, context = session.model, session.explorer.document.ids
    await session.expansion.run()
    requests = len(model.engine.requests)
    session.explorer.tab = "branches"
    rows = Lens(session).payload()["rows"]
    assert len(model.engine.requests) == requests
    below = [row for row in rows if row["length"] > len(context)]
    assert below and all(row["measured"] and not row["explored"] for row in below)
    assert all(row["explored"] for row in rows if row["length"] <= len(context))
    leaf = session.branches.tree.run(next(row["number"] for row in below if not row["forks"]))
    ids = session.branches.tree.ids(leaf)
    scores = (await model.scores(ids))[len(context) :]
    assert session.branches.total(leaf).logprob == pytest.approx(
        sum(score.logprob for score in scores))
    session.changes.change(Document(ids), "test")
    assert leaf.marked, "gone to, it is the student's own"


@asynchronous
async def test_it_begins_where_the_student_looks(session):
    document = session.explorer.document
    session.explorer.select(8, 8)
    session.explorer.where = "here"
    session.expansion.resize(2, 1)
    await session.expansion.run()
    likeliest = (await session.model.distribution(document.ids[:8])).ranked(2).tolist()
    for token in likeliest:
        assert session.branches.tree.find((*document.ids[:8], token)) is not None
    assert session.explorer.document == document


@pytest.mark.parametrize(("width", "depth"), [(5, 4), (3, 6), (5, 6)])
@asynchronous
async def test_too_many_tokens_are_refused_before_anything_is_asked(session, width, depth):
    session.expansion.resize(width, depth)
    assert tokens_of(width, depth) > LIMIT and str(width) in session.expansion.refusal
    with pytest.raises(BadArgument, match=f"at most {LIMIT}"):
        await session.expansion.run()
    assert session.model.engine.requests == [] and not session.expansion.running
    session.expansion.resize(99, -4)
    assert (session.expansion.width, session.expansion.depth) == (5, 1)


@asynchronous
async def test_stopped_between_slices_what_was_found_stays(errors):
    engine = HeldEngine()
    session = Session(LanguageModel(engine, fake_tokenizer()), errors.append)
    context = session.explorer.document.ids
    session.expansion.resize(3, 3)
    running = asyncio.ensure_future(session.expansion.run())
    await engine.asked.wait()
    assert session.expansion.running
    await session.expansion.run()  # a second one does not begin
    session.expansion.stop()
    engine.gate.set()
    await running
    assert len(found_below(session, context)) == session.expansion.done == 3
    assert session.expansion.note.startswith("expanded to 3 tokens of 39, then") and errors == []
    assert not session.expansion.running
    await session.expansion.run()
    assert session.expansion.done == session.expansion.total > 3


@asynchronous
async def test_a_changed_document_does_not_break_it(errors):
    engine = HeldEngine()
    session = Session(LanguageModel(engine, fake_tokenizer()), errors.append)
    context = session.explorer.document.ids
    running = asyncio.ensure_future(session.expansion.run())
    await engine.asked.wait()
    session.changes.raw_text("hello")
    engine.gate.set()
    await running
    await session.measurement.settle()
    assert found_below(session, context) == await expected(session, context, 2, 3)
    assert session.model.tokenizer.decode(session.explorer.document.ids) == "hello"
    number = session.branches.tree.find(context).children
    leaf = next(iter(number.values()))
    found = session.branches.tree.document(leaf.number, leaf.stop)
    assert not found.raw, "it is read as the document that it began with"


@asynchronous
async def test_end_of_turn_ends_a_path_and_the_total_says_so(errors):
    engine = FakeEngine(seed=1)
    session = Session(LanguageModel(engine, fake_tokenizer()), errors.append)
    context = session.explorer.document.ids
    after = await session.model.distribution(context)
    ends = session.model.end_of_turn_ids
    session.model.engine.info.model["special"]["end_of_turn"] = after.top_id
    assert session.model.end_of_turn_ids != ends
    session.expansion.resize(2, 3)
    await session.expansion.run()
    found = found_below(session, context)
    assert (after.top_id,) in found
    assert not any(len(ids) > 1 for ids in found if ids[0] == after.top_id)
    assert session.expansion.done == session.expansion.total == len(found) <= 14 - 6


@asynchronous
async def test_a_full_context_is_said_and_an_almost_full_one_cuts_the_depth(errors):
    session = Session(LanguageModel(FakeEngine(context_length=64), fake_tokenizer()), errors.append)
    session.explorer.show(Document(tuple(range(3, 67)), raw=True))
    with pytest.raises(ContextFull):
        await session.expansion.run()
    session.explorer.show(Document(tuple(range(3, 65)), raw=True))
    session.expansion.resize(2, 4)
    await session.expansion.run()
    assert session.expansion.done == tokens_of(2, 2)
    assert session.expansion.note == "expanded to 6 tokens; the context is full"
    below = found_below(session, tuple(range(3, 65)))
    assert {len(ids) for ids in below} == {1, 2}, "64 tokens are all that fits"


@asynchronous
async def test_the_start_of_a_document_has_no_prediction(session):
    session.explorer.show(Document((), raw=True))
    with pytest.raises(BadArgument, match="no prediction"):
        await session.expansion.run()


@asynchronous
async def test_an_engine_that_fails_is_reported_and_what_was_found_stays(session, engine, errors):
    context = session.explorer.document.ids
    await session.model.distribution(context)
    engine.lose_next(2)
    lens = Lens(session)
    lens._handle_msg({"verb": "expand"})
    for task in list(lens._running):
        await task
    assert [type(error) for error in errors] == [EngineLost]
    assert len(found_below(session, context)) == 2 and not session.expansion.running
    assert "interrupted" in session.expansion.note


@asynchronous
async def test_the_numbers_looked_at_outlast_a_large_expansion(session):
    await session.model.distribution(session.explorer.context)
    session.expansion.resize(4, 4)
    await session.expansion.run()
    assert session.explorer.distribution is not None
