"""What is computed ahead: one batch for a resting position, none where it is not wanted."""

from __future__ import annotations

import asyncio

import pytest

from lmpanel.engine.fake import FakeEngine, fake_tokenizer
from lmpanel.model import LanguageModel
from lmpanel.prefetch import CANDIDATES
from lmpanel.session import Session
from support.asynchronous import asynchronous


class SlowBranches(FakeEngine):
    """Never answers a batch; tells when one was asked for and when it was cancelled."""

    def __init__(self):
        super().__init__()
        self.asked = asyncio.Event()
        self.cancelled = False

    async def branch(self, ids, tails):
        self.asked.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise


async def rested(session):
    """Look, measure and rest."""
    session.measurement.look()
    await session.measurement.settle()
    await session.prefetch.settle()


@pytest.fixture
def session(model, errors) -> Session:
    session = Session(model, errors.append)
    session.prefetch._rest = 0
    return session


@asynchronous
async def test_a_click_on_a_likely_candidate_needs_no_call(session, engine):
    await rested(session)
    assert [(verb, rows) for verb, _, rows in engine.requests[-1:]] == [("branch", CANDIDATES)]
    session.prefetch._rest = 3600  # no other batch while the candidates are tried
    calls = engine.stats.calls
    for token in session.explorer.distribution.ranked(CANDIDATES).tolist():
        for step in (lambda token=token: session.changes.pick(token), session.changes.undo):
            step()
            await session.measurement.settle()
            assert session.explorer.distribution is not None
            assert engine.stats.calls == calls


@asynchronous
async def test_switched_off_it_forgets_what_was_foreseen(session, engine):
    await rested(session)
    session.explorer.ahead = False
    calls = engine.stats.calls
    session.changes.pick(int(session.explorer.distribution.ranked(1)[0]))
    await rested(session)
    assert engine.stats.calls == calls + 1


@asynchronous
async def test_a_resting_position_has_one_batch(session, engine):
    await rested(session)
    calls = engine.stats.calls
    for _ in range(3):
        await rested(session)
    session.explorer.param.update(tab="surprise")
    await rested(session)
    assert engine.stats.calls == calls


@asynchronous
async def test_what_was_foreseen_is_what_the_model_says(session):
    await rested(session)
    context = session.explorer.context
    alone = LanguageModel(FakeEngine(), fake_tokenizer())
    for token in session.explorer.distribution.ranked(CANDIDATES).tolist():
        foreseen = session.model.cached((*context, token))
        expected = await alone.distribution((*context, token))
        assert (foreseen.logits == expected.logits).all()


@asynchronous
async def test_only_the_last_batch_is_kept(session):
    for _ in range(4):
        await rested(session)
        assert len(session.model.known.foreseen) <= CANDIDATES
        await session.changes.pick_top()
    assert len(session.model.known) <= 6


@pytest.mark.parametrize("change", ["document", "cursor", "generating"])
@asynchronous
async def test_whatever_the_student_does_cancels_it(errors, change):
    engine = SlowBranches()
    session = Session(LanguageModel(engine, fake_tokenizer()), errors.append)
    session.prefetch._rest = 0
    session.measurement.look()
    await session.measurement.settle()
    await engine.asked.wait()
    task = session.prefetch._task
    if change == "document":
        session.changes.append_text("x")
    elif change == "cursor":
        session.explorer.select(3, 3)
    else:
        session.explorer.generating = True
    await asyncio.wait([task])
    assert engine.cancelled and session.prefetch._task is not task
    assert not session.model.known.foreseen and not errors


@asynchronous
async def test_it_is_off_where_it_is_not_wanted(session, engine):
    session.explorer.ahead = False
    await rested(session)
    engine.spare = False
    session.explorer.ahead = True
    await rested(session)
    del engine.spare
    session.explorer.select(0, 0)
    await rested(session)
    assert {verb for verb, _, _ in engine.requests} == {"logits"}


@asynchronous
async def test_behind_a_full_context_there_is_nothing_to_compute(session, errors):
    engine = FakeEngine(context_length=len(session.explorer.document))
    full = Session(LanguageModel(engine, fake_tokenizer()), errors.append)
    full.prefetch._rest = 0
    await rested(full)
    assert full.explorer.distribution is not None and not errors
    assert {verb for verb, _, _ in engine.requests} == {"logits"}


@asynchronous
async def test_a_fault_nobody_asked_for_is_not_told(session, engine, errors):
    session.measurement.look()
    await session.measurement.settle()
    engine.lose_next(2)
    await session.prefetch.settle()
    assert errors == []
