"""Beam search on the real model: its totals are those of scoring the same tokens anew."""

import asyncio
import math

import pytest

from lmpanel.beam_search import BeamSearch
from lmpanel.engine.native import NativeEngine
from lmpanel.model import LanguageModel
from lmpanel.tokenizer import Tokenizer


@pytest.fixture(scope="module")
def searched(model_dir, golden):
    """(prefix, beams, greedy total, fresh scores of each beam)"""
    async def search():
        engine = NativeEngine(model_dir)
        tokenizer = Tokenizer.from_file(model_dir / "tokenizer.json")
        prefix = golden["dragon_chat"]["ids"]
        found = [await BeamSearch(LanguageModel(engine, tokenizer), prefix, width=width,
                                  max_tokens=8).complete() for width in (1, 2)]
        engine.reset()
        fresh = LanguageModel(engine, tokenizer)
        scores = [await fresh.scores([*prefix, *beam.ids]) for beam in found[1].beams]
        await engine.close()
        return prefix, found, scores

    return asyncio.run(search())


def test_two_beams_have_the_right_totals(searched):
    prefix, (_, search), scores = searched
    for beam, scored in zip(search.beams, scores, strict=True):
        total = math.fsum(score.logprob for score in scored[len(prefix):])
        assert beam.total_logprob == pytest.approx(total, abs=1e-4)


def test_two_beams_are_no_worse_than_greedy(searched, golden):
    _, (greedy, search), _ = searched
    assert list(greedy.beams[0].ids) == golden["dragon_chat"]["greedy"][:8]
    # Batches of different sizes add up in another order: their sums differ in the sixth digit.
    assert search.beams[0].total_logprob >= greedy.beams[0].total_logprob - 1e-4
