"""What is computed ahead: one batch for a resting position, none where it is not wanted."""

from __future__ import annotations

import asyncio

import pytest

from lmpanel.document import Document
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


async def computing_ahead(errors) -> tuple[Session, SlowBranches]:
    """A session, and its engine, which was asked for a batch and does not answer."""
    engine = SlowBranches()
    session = Session(LanguageModel(engine, fake_tokenizer()), errors.append)
    session.prefetch._rest = 0
    session.measurement.look()
    await session.measurement.settle()
    await engine.asked.wait()
    return session, engine


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
    session, engine = await computing_ahead(errors)
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


@asynchronous
async def test_a_pressed_candidate_is_asked_for_once(session, engine):
    session.explorer.ahead = False
    await rested(session)
    calls, end = engine.stats.calls, len(session.explorer.context)
    unlikely = int(session.explorer.distribution.ranked(20)[-1])
    session.prefetch.press(unlikely, end)
    session.changes.pick(unlikely, end)
    await rested(session)
    assert session.explorer.document.ids[-1] == unlikely
    assert session.explorer.distribution is not None
    assert engine.stats.calls == calls + 1


@asynchronous
async def test_a_press_that_is_no_click_changes_nothing(session, engine):
    session.explorer.ahead = False
    await rested(session)
    calls, before = engine.stats.calls, session.explorer.document
    first, second = session.explorer.distribution.ranked(2).tolist()
    for token in (first, second):
        session.prefetch.press(token, len(before))
    await session.prefetch._pressed
    assert session.explorer.document is before
    assert session.model.cached((*before.ids, second)) is not None
    assert engine.stats.calls <= calls + 2


@pytest.mark.parametrize("why", ["another position", "the model writes", "no room", "not measured"])
@asynchronous
async def test_a_press_that_can_be_no_pick_asks_for_nothing(errors, why):
    engine = FakeEngine(context_length=60)
    session = Session(LanguageModel(engine, fake_tokenizer()), errors.append)
    if why == "no room":
        session.changes.change(Document(tuple(range(60)), raw=True), "filled")
    session.prefetch._rest = 3600
    if why != "not measured":
        session.measurement.look()
        await session.measurement.settle()
    calls, at = engine.stats.calls, len(session.explorer.context)
    session.explorer.generating = why == "the model writes"
    session.prefetch.press(5, at - 1 if why == "another position" else at)
    await asyncio.sleep(0)
    assert session.prefetch._pressed is None and engine.stats.calls == calls


@asynchronous
async def test_a_press_makes_the_batch_give_way(errors):
    session, engine = await computing_ahead(errors)
    session.prefetch.press(5, len(session.explorer.context))
    await session.prefetch._pressed
    assert engine.cancelled
    assert session.model.cached((*session.explorer.document.ids, 5)) is not None


@asynchronous
async def test_a_fault_of_a_press_is_not_told(session, engine, errors):
    session.explorer.ahead = False
    await rested(session)
    engine.lose_next(2)
    session.prefetch.press(5, len(session.explorer.context))
    await session.prefetch._pressed
    assert errors == []


@asynchronous
async def test_a_batch_that_was_cut_short_may_begin_anew_and_a_whole_one_not(session, engine):
    await rested(session)
    calls = engine.stats.calls
    likeliest = int(session.explorer.distribution.ranked(1)[0])
    session.prefetch.press(likeliest, len(session.explorer.context))
    await rested(session)
    assert engine.stats.calls == calls
    slow, _ = await computing_ahead([])
    slow.prefetch.press(5, len(slow.explorer.context))
    await slow.prefetch._pressed
    assert slow.prefetch.wanted
