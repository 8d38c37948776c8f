"""A model computes nothing twice: engine calls are counted."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from lmpanel.engine.base import MAX_ROWS, Engine, EngineInfo, check_branch, check_logits
from lmpanel.engine.fake import FakeEngine, fake_tokenizer
from lmpanel.errors import BadArgument, BadInput, ContextFull, EngineLost, UnknownToken
from lmpanel.model import LanguageModel
from lmpanel.prefix_tree import PrefixTree
from lmpanel.scoring import TokenScore


def run(coroutine):
    return asyncio.run(coroutine)


def test_the_fake_is_an_engine(engine):
    assert isinstance(engine, Engine)


def test_a_click_costs_one_token(model, engine):
    ids = model.tokenizer.encode("Once upon a time")
    run(model.scores(ids))
    before = (engine.stats.calls, engine.stats.tokens)
    picked = run(model.distribution(ids)).top(5)[4].id
    assert (engine.stats.calls, engine.stats.tokens) == before
    after = [*ids, picked]
    assert None not in model.known_scores(after)[1:]
    run(model.distribution(after))
    run(model.scores(after))
    assert (engine.stats.calls, engine.stats.tokens) == (before[0] + 1, before[1] + 1)


def test_going_back_costs_nothing(model, engine):
    ids = model.tokenizer.encode("abcdef")
    for length in range(1, 7):
        run(model.distribution(ids[:length]))
    calls = engine.stats.calls
    for length in range(6, 0, -1):
        run(model.distribution(ids[:length]))
    run(model.scores(ids))
    assert engine.stats.calls == calls


def test_scores_are_those_of_single_predictions(model, engine):
    ids = np.random.default_rng(0).integers(0, 260, 300).tolist()
    progress = []
    scores = run(model.scores(ids, lambda *step: progress.append(step)))
    assert scores[0] is None and len(scores) == 300
    assert progress == [(128, 299), (256, 299), (299, 299)]
    assert [rows for _, _, rows in engine.requests] == [128, 128, 44]
    alone = LanguageModel(FakeEngine(), fake_tokenizer())
    for position in (1, 127, 128, 129, 256, 299):
        expected = run(alone.distribution(ids[:position])).score(ids[position])
        assert scores[position].rank == expected.rank
        assert scores[position].logprob == pytest.approx(expected.logprob, abs=1e-12)
    assert model.cached(ids) is not None


@pytest.mark.parametrize("length", [0, 1, 2, 127, 128, 129, 130, 257])
def test_scores_of_any_length(model, engine, length):
    ids = [7] * length
    scores = run(model.scores(ids))
    assert [score is None for score in scores] == [position == 0 for position in range(length)]
    assert all(rows <= MAX_ROWS for _, _, rows in engine.requests)
    assert engine.stats.tokens <= length


def test_only_what_is_new_is_scored(model, engine):
    ids = model.tokenizer.encode("a shared beginning")
    run(model.scores(ids))
    engine.requests.clear()
    run(model.scores([*ids[:10], 5, 6, 7]))
    assert engine.requests == [("logits", 13, 4)]


def test_memory_is_bounded(engine):
    model = LanguageModel(engine, fake_tokenizer(), kept=3)
    for token in range(10):
        run(model.distribution([token]))
    assert [model.cached([token]) is not None for token in range(10)] == [False] * 7 + [True] * 3
    kept = model.cached([9]).logits
    assert kept.base is None or kept.base.size == kept.size


def test_branch_asks_once_for_what_is_missing(model, engine):
    run(model.distribution([1, 2, 3]))
    branches = run(model.branch([1, 2], [3, 4, 5, 4]))
    assert engine.requests[-1] == ("branch", 2, 2)
    assert len(branches) == 4 and branches[1] is branches[3]
    assert branches[2] is run(model.distribution([1, 2, 5]))
    run(model.branch([1, 2], [3, 4, 5]))
    assert engine.stats.calls == 2


def test_branches_beyond_what_is_kept(engine):
    model = LanguageModel(engine, fake_tokenizer(), kept=2)
    run(model.distribution([1, 0]))
    assert len(run(model.branch([1], range(200)))) == 200


def test_a_lost_engine_is_asked_once_more(model, engine):
    engine.lose_next()
    assert run(model.distribution([1, 2])).size == engine.info.vocab_size
    engine.lose_next(2)
    with pytest.raises(EngineLost):
        run(model.distribution([1, 2, 3]))


def test_impossible_documents_are_refused_before_the_engine_is_asked(model, engine):
    with pytest.raises(BadArgument, match="first token"):
        run(model.distribution([]))
    with pytest.raises(ContextFull, match=r"513 tokens.* 512"):
        run(model.distribution([1] * 513))
    with pytest.raises(ContextFull):
        run(model.scores([1] * 513))
    with pytest.raises(ContextFull):
        run(model.branch([1] * 512, [1]))
    with pytest.raises(UnknownToken):
        run(model.distribution([10**6]))
    assert engine.stats.calls == 0


def test_overlapping_calls_compute_once(model, engine):
    async def both():
        return await asyncio.gather(model.distribution([1, 2]), model.distribution([1, 2]))

    one, other = run(both())
    assert one is other and engine.stats.calls == 1


def test_cancelling_leaves_the_model_usable(model, engine):
    async def cancelled():
        task = asyncio.ensure_future(model.scores([1] * 400))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return await model.distribution([1, 2])

    compute = engine.logits

    async def slow(ids, first):
        await asyncio.sleep(0.001)
        return await compute(ids, first)

    engine.logits = slow
    assert run(cancelled()).size == engine.info.vocab_size


def test_forgetting(model, engine):
    run(model.scores([1, 2, 3]))
    model.forget()
    assert model.known_scores([1, 2, 3]) == [None] * 3 and model.cached([1, 2, 3]) is None


def test_a_deep_tree_can_be_walked_and_dropped():
    tree = PrefixTree()
    nodes = tree.path(range(100_000))
    assert len(tree) == 100_000 and nodes[-1].depth == 100_000
    assert nodes[-1].ids() == list(range(100_000))
    assert sum(1 for _ in tree.nodes()) == 100_000
    tree.clear()
    assert len(tree) == 0 and tree.find([0]) is None


def test_the_tree_shares_beginnings():
    tree = PrefixTree()
    score = TokenScore(-1.0, 1, 1.0)
    tree.record([1, 2, 3], 2, score)
    tree.path([1, 2, 4])
    assert len(tree) == 4 and set(tree.find([1, 2]).children) == {3, 4}
    assert tree.known([1, 2, 3, 9, 9]) == [None, None, score, None, None]


INFO = EngineInfo({"vocab_size": 10, "context_length": 200}, "fake")


@pytest.mark.parametrize(
    ("ids", "first"), [([], 0), ([1], 1), ([1], -1), ([10], 0), ([-1], 0), ([1] * 129, 0)]
)
def test_engines_refuse_impossible_rows(ids, first):
    with pytest.raises(BadInput):
        check_logits(INFO, ids, first)


def test_engines_refuse_impossible_branches():
    for ids, next_ids in (([], [1]), ([1], []), ([1], [10]), ([1], [1] * 129)):
        with pytest.raises(BadInput):
            check_branch(INFO, ids, next_ids)
    with pytest.raises(ContextFull):
        check_branch(INFO, [1] * 200, [1])
    with pytest.raises(ContextFull):
        check_logits(INFO, [1] * 201, 200)


def test_the_fake_counts_like_a_cache(engine):
    run(engine.logits([1, 2, 3, 4], 3))
    run(engine.logits([1, 2], 1))
    run(engine.logits([1, 2, 3, 4, 5], 4))
    assert (engine.stats.calls, engine.stats.tokens, engine.stats.reused) == (3, 6, 5)
    run(engine.close())
    with pytest.raises(Exception, match="closed"):
        run(engine.logits([1], 0))


def test_the_tree_lets_go_of_all_but_what_is_wanted():
    tree = PrefixTree()
    score = TokenScore(-1.0, 1, 1.0)
    for ids in ([1, 2, 3], [1, 2, 4, 5], [6, 7]):
        tree.record_all(ids, 0, [score] * len(ids))
    kept = tree.find([1, 2, 4])
    tree.retain([[1, 2, 4], [6, 9], []])
    assert len(tree) == 4 == sum(1 for _ in tree.nodes()) and tree.find([1, 2, 4]) is kept
    assert tree.known([1, 2, 4, 5]) == [score] * 3 + [None]
    assert tree.find([6]) is not None and tree.find([6, 7]) is None and tree.find([1, 2, 3]) is None
