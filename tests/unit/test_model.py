"""A model computes nothing twice: engine calls are counted."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from lmpanel.engine.base import MAX_ROWS, Engine, EngineInfo, check_branch, check_logits
from lmpanel.engine.fake import FakeEngine, fake_tokenizer
from lmpanel.errors import BadArgument, BadInput, ContextFull, EngineLost, UnknownToken
from lmpanel.model import READ_AT_ONCE, ROWS_ALONG, LanguageModel
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


def test_distributions_ask_once_for_what_is_missing(model, engine):
    run(model.distribution([1, 2, 3]))
    contexts = [[1, 2, token] for token in (3, 4, 5, 4)]
    found = run(model.distributions(contexts))
    assert engine.requests[-1] == ("branch", 2, 2)
    assert len(found) == 4 and found[1] is found[3]
    assert found[2] is run(model.distribution([1, 2, 5]))
    run(model.distributions(contexts))
    assert engine.stats.calls == 2


def test_contexts_may_part_anywhere(model, engine):
    contexts = [[1, 2], [1, 2, 3, 4], [1, 3], [1, 2, 3, 5]]
    found = run(model.distributions(contexts))
    assert engine.requests == [("branch", 1, 4)]
    alone = LanguageModel(FakeEngine(), fake_tokenizer())
    for context, distribution in zip(contexts, found):
        assert (distribution.logits == run(alone.distribution(context)).logits).all()


def test_contexts_that_share_nothing_are_asked_one_by_one(model, engine):
    assert len(run(model.distributions([[1], [2, 3]]))) == 2
    assert [verb for verb, _, _ in engine.requests] == ["logits", "logits"]
    assert run(model.distributions([])) == []
    with pytest.raises(BadArgument):
        run(model.distributions([[1], []]))


def test_distributions_beyond_what_is_kept(engine):
    model = LanguageModel(engine, fake_tokenizer(), kept=2)
    run(model.distribution([1, 0]))
    assert len(run(model.distributions([[1, token] for token in range(200)]))) == 200


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
        run(model.distributions([[1] * 513, [1] * 512 + [2]]))
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


async def along(model, ids, start, stop):
    return [distribution async for distribution in model.distributions_along(ids, start, stop)]


@pytest.mark.parametrize(("start", "stop"), [(1, 1), (1, 2), (5, 38), (1, 100), (99, 100)])
def test_distributions_along_a_stretch_are_those_of_its_prefixes(model, engine, start, stop):
    ids = np.random.default_rng(0).integers(0, 260, 100).tolist()
    found = run(along(model, ids, start, stop))
    assert len(found) == stop - start
    assert all(rows <= ROWS_ALONG for _, _, rows in engine.requests)
    for position, distribution in zip(range(start, stop), found, strict=True):
        expected = run(model.distribution(ids[:position]))
        assert np.array_equal(distribution.logits, expected.logits)


def test_distributions_along_are_not_kept(model):
    run(along(model, [1, 2, 3, 4], 1, 4))
    assert [model.cached([1, 2, 3, 4][:length]) for length in range(1, 4)] == [None] * 3


def test_a_click_comes_between_two_chunks(model, engine):
    async def clicked():
        stretch = model.distributions_along([7] * 100, 1, 100)
        await anext(stretch)
        await model.distribution([1, 2])
        rest = [distribution async for distribution in stretch]
        return len(rest)

    assert run(clicked()) == 98
    assert [rows for _, _, rows in engine.requests] == [32, 1, 32, 32, 3]


def test_a_long_context_is_read_in_pieces_between_which_others_get_their_turn():
    engine = FakeEngine(context_length=1000)
    compute = engine.logits

    async def slow(ids, first):
        for _ in range(5):  # Long enough for the click to stand in the line.
            await asyncio.sleep(0)
        return await compute(ids, first)

    engine.logits = slow
    model = LanguageModel(engine, fake_tokenizer())

    async def read():
        ids, told = [7] * (2 * READ_AT_ONCE + 5), []
        reading = asyncio.ensure_future(model.read(ids, lambda *step: told.append(step)))
        await asyncio.sleep(0)
        await asyncio.gather(model.distribution([1, 2]), reading)
        return ids, told

    ids, told = run(read())
    assert told == [(READ_AT_ONCE, len(ids)), (2 * READ_AT_ONCE, len(ids))]
    assert [tokens for _, tokens, _ in engine.requests] == [READ_AT_ONCE, 2, 2 * READ_AT_ONCE]
    assert all(rows == 1 for _, _, rows in engine.requests)


@pytest.mark.parametrize(("start", "stop"), [(0, 2), (2, 1), (1, 5), (-1, 2)])
def test_no_distributions_outside_the_document(model, start, stop):
    with pytest.raises(BadArgument, match="no prediction"):
        run(along(model, [1, 2, 3, 4], start, stop))


INFO = EngineInfo({"vocab_size": 10, "context_length": 200}, "fake")


@pytest.mark.parametrize(
    ("ids", "first"), [([], 0), ([1], 1), ([1], -1), ([10], 0), ([-1], 0), ([1] * 129, 0)]
)
def test_engines_refuse_impossible_rows(ids, first):
    with pytest.raises(BadInput):
        check_logits(INFO, ids, first)


def test_engines_refuse_impossible_branches():
    for ids, tails in (([], [[1]]), ([1], []), ([1], [[10]]), ([1], [[1]] * 65), ([1], [[]])):
        with pytest.raises(BadInput):
            check_branch(INFO, ids, tails)
    with pytest.raises(ContextFull):
        check_branch(INFO, [1] * 199, [[1], [1, 2]])
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
