"""Drafts: guesses taken from the text itself, which never change what is written."""

from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from lmpanel.decoding import Decoding
from lmpanel.drafting import LONGEST, Drafter
from lmpanel.engine.base import EngineInfo
from lmpanel.engine.fake import FakeEngine, fake_tokenizer
from lmpanel.filters import Filters
from lmpanel.model import LanguageModel
from lmpanel.sampling import Dice, Sampler

texts = st.lists(st.integers(0, 3), max_size=40)


@given(texts, texts)
def test_a_draft_went_on_like_that_where_the_same_tokens_stood_before(begun, added):
    drafter, written = Drafter(begun), list(begun)
    for id in added:
        draft = drafter.draft()
        places = [i for i in range(2, len(written)) if written[i - 2 : i] == written[-2:]]
        assert bool(draft) == bool(places)
        assert not draft or draft in [written[i : i + len(draft)] for i in places]
        drafter.add(id)
        written.append(id)


def test_drafts_grow_while_they_come_true_and_begin_small_after_a_miss():
    drafter, lengths = Drafter([1, 2, 3, 4, 5, 6] * 2), []
    for _ in range(5):
        draft = drafter.draft()
        lengths.append(len(draft))
        for id in draft:
            drafter.add(id)
    assert lengths == [1, 2, 3, LONGEST, LONGEST]
    first, *_ = drafter.draft()
    drafter.add(first + 10)
    assert drafter.draft() == [], "nothing like that was written before"
    for id in [1, 2, 3]:
        drafter.add(id)
    assert drafter.draft() == [4]


def test_no_more_is_drafted_than_there_is_room_for():
    drafter = Drafter([1, 2, 3, 1, 2])
    assert (drafter.draft(0), drafter.draft(1)) == ([], [3])


def ring(context_length=4096):
    """A model that repeats itself: its logits depend on the last token alone."""
    return LanguageModel(FakeEngine(order=1, context_length=context_length), fake_tokenizer())


def written(model, drafted, choose=None, **limits):
    more = {"choose": choose} if choose else {}
    run = Decoding(model, [5, 6], drafted=drafted, stop_at_end_of_turn=False, **limits, **more)
    asyncio.run(run.complete())
    return run.tokens, run.scores, run.finish


def test_drafted_decoding_writes_the_same_in_fewer_calls():
    plain, fast = ring(), ring()
    assert written(plain, False, max_tokens=150) == written(fast, True, max_tokens=150)
    assert plain.engine.stats.calls == 150 and fast.engine.stats.calls < 75
    assert len(fast.known) <= 64


def test_drafted_sampling_throws_the_same_dice():
    for seed in range(5):
        runs = []
        for drafted in (False, True):
            sampler = Sampler(Filters(temperature=0.3), Dice(seed))
            runs.append((*written(ring(), drafted, sampler, max_tokens=60), sampler.draws))
        assert runs[0] == runs[1]


def test_drafts_end_where_the_run_and_the_context_end():
    for room in range(3, 40):
        fast = written(ring(room), True, max_tokens=30)
        assert fast == written(ring(room), False, max_tokens=30)


def test_nothing_is_drafted_on_a_gpu():
    def drafting(backend):
        engine = FakeEngine(order=1)
        engine._info = EngineInfo(engine.info.model, backend)
        model = LanguageModel(engine, fake_tokenizer())
        asyncio.run(Decoding(model, [5, 6], max_tokens=60, stop_at_end_of_turn=False).complete())
        return engine.stats.calls < 60

    assert drafting("wasm") and drafting("native")
    assert not drafting("webgpu") and not drafting("webgpu-nosubgroups")
