"""The native engine: its cache changes no answer, it counts, it stops, it refuses."""

import asyncio
import json
import shutil

import numpy as np
import pytest

from lmpanel.engine import native as native_module
from lmpanel.engine.base import Engine
from lmpanel.engine.native import NativeEngine, NativeModel
from lmpanel.errors import BadInput, BadModel, Cancelled, ContextFull, EngineNotReady

TOLERANCE = 2e-4  # logits; sums are taken in another order when shapes differ


@pytest.fixture(scope="module")
def engine(model_dir):
    engine = NativeEngine(model_dir)
    yield engine
    asyncio.run(engine.close())


@pytest.fixture(scope="module")
def document(golden_texts):
    """Ids of a text longer than one chunk."""
    return golden_texts["prose"].ids.tolist()[:200]


@pytest.fixture(autouse=True)
def without_cache(engine):
    engine.reset()


def computed(engine, call):
    """(rows, tokens computed, tokens reused) of one awaited call."""
    before = engine.stats.tokens, engine.stats.reused
    rows = asyncio.run(call)
    return rows, engine.stats.tokens - before[0], engine.stats.reused - before[1]


def close_to(rows):
    return pytest.approx(rows, abs=TOLERANCE)


def test_is_an_engine(engine):
    assert isinstance(engine, Engine)
    assert engine.info.backend == "native"
    assert engine.info.verified
    assert engine.info.vocab_size == 49152


def test_cached_and_chunked_rows_equal_one_shot_rows(engine, document):
    whole, tokens, reused = computed(engine, engine.logits(document, 72))
    assert (whole.shape, whole.dtype) == ((128, 49152), np.float32)
    assert (tokens, reused) == (200, 0)
    engine.reset()
    for end in (90, 91, 150, 151, 200):
        rows, _, _ = computed(engine, engine.logits(document[:end], end - 1))
        assert rows[0] == close_to(whole[end - 1 - 72])


def test_click_is_one_step_and_rewind_loses_nothing(engine, document):
    asyncio.run(engine.logits(document, 199))
    assert computed(engine, engine.logits([*document, 5], 200))[1:] == (1, 200)
    assert computed(engine, engine.logits(document[:50], 49))[1:] == (1, 49)
    assert computed(engine, engine.logits([*document, 5, 6], 201))[1:] == (1, 201)
    assert computed(engine, engine.logits([*document[:100], 7], 100))[1:] == (1, 100)
    assert computed(engine, engine.logits([*document, 5, 6, 7], 202))[1:] == (1, 202)


@pytest.mark.parametrize("batch_tokens", [8192, 100])
def test_branch_equals_single_steps(engine, document, monkeypatch, batch_tokens):
    monkeypatch.setattr(native_module, "BRANCH_TOKENS", batch_tokens)
    ids, tails = document[:60], [[5], [900, 7, 8], [31000], [900, 7]]
    rows, tokens, reused = computed(engine, engine.branch(ids, tails))
    assert (rows.shape, tokens, reused) == ((4, 49152), 66, 60)
    for row, tail in zip(rows, tails, strict=True):
        whole = [*ids, *tail]
        step, _, _ = computed(engine, engine.logits(whole, len(whole) - 1))
        assert step[0] == close_to(row)


def test_cancelling_stops_at_the_next_chunk(native, document):
    answers = iter([False, True])
    native.cache.clear()
    with pytest.raises(Cancelled):
        native.logits(document, 199, lambda: next(answers))
    assert native.cache.sequences == [tuple(document[:128])]


def test_cancelled_task_leaves_the_engine_usable(engine, document):
    async def scenario():
        task = asyncio.create_task(engine.logits(document * 4, 799))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return await engine.logits(document[:3], 2)

    assert asyncio.run(scenario()).shape == (1, 49152)


def test_calls_at_once_are_all_answered(engine, document):
    async def scenario():
        return await asyncio.gather(*(engine.logits(document[:n], n - 1) for n in (9, 5, 7)))

    answers = asyncio.run(scenario())
    for rows, count in zip(answers, (9, 5, 7), strict=True):
        again = asyncio.run(engine.logits(document[:count], count - 1))
        assert again[0] == close_to(rows[0])


def test_refusals_reach_no_model(engine):
    before = engine.stats.calls
    with pytest.raises(ContextFull):
        asyncio.run(engine.logits([1] * 8193, 8192))
    with pytest.raises(ContextFull):
        asyncio.run(engine.branch([1] * 8192, [[1]]))
    with pytest.raises(BadInput):
        asyncio.run(engine.logits([49152], 0))
    with pytest.raises(BadInput):
        asyncio.run(engine.logits([1, 2], 2))
    assert engine.stats.calls == before


def test_closed_engine_says_so(model_dir):
    engine = NativeEngine(model_dir, verify=False)
    assert not engine.info.verified
    asyncio.run(engine.close())
    with pytest.raises(EngineNotReady):
        asyncio.run(engine.logits([1], 0))


def test_wrong_answers_are_refused(model_dir, tmp_path):
    copy = tmp_path / "model"
    shutil.copytree(model_dir, copy)
    proof = json.loads((copy / "proof.json").read_text())
    proof["expected"][0]["top"][0][1] -= 1
    (copy / "proof.json").write_text(json.dumps(proof))
    with pytest.raises(BadModel, match="off by 1 nats"):
        NativeEngine(copy)


def test_folder_without_model(tmp_path):
    with pytest.raises(BadModel, match="not a model folder"):
        NativeModel(tmp_path)
