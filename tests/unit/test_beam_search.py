"""Beam search against an exhaustive search, and its ends."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from lmpanel.api import Api
from lmpanel.beam_search import MAX_WIDTH, BeamSearch
from lmpanel.engine.fake import FakeEngine, fake_tokenizer
from lmpanel.errors import BadArgument
from lmpanel.model import LanguageModel

PREFIX = (5, 6, 7)
STEPS = 3


class SmallVocabulary(LanguageModel):
    """The fake model over the few tokens that an exhaustive search can walk."""

    size = 8

    async def distribution(self, ids):
        found = await super().distribution(ids)
        logits = found.logits.copy()
        logits[self.size :] = -float("inf")
        return type(found)(logits)

    async def distributions(self, contexts):
        return [await self.distribution(ids) for ids in contexts]


def small(steps=STEPS, **options):
    model = SmallVocabulary(FakeEngine(), fake_tokenizer())
    return model, BeamSearch(model, PREFIX, max_tokens=steps, **options)


async def every_continuation(model, steps, stop_ids):
    """(total log-probability, ids) of all continuations of `steps` tokens, or ended before."""
    found = {}
    for ids in itertools.product(range(model.size), repeat=steps):
        total, kept = 0.0, ()
        for token in ids:
            distribution = await model.distribution((*PREFIX, *kept))
            total += distribution.logprob(token)
            kept = (*kept, token)
            if token in stop_ids:
                break
        found[kept] = total
    return sorted(((total, ids) for ids, total in found.items()), reverse=True)


@pytest.mark.parametrize("stop", [True, False])
def test_a_wide_search_is_exhaustive(stop):
    """Four tokens, two steps: all sixteen continuations are kept, in the right order."""
    model, search = small(steps=2, width=MAX_WIDTH, stop_at_end_of_turn=stop)
    model.size = 4

    async def both():
        await search.complete()
        return await every_continuation(model, 2, model.end_of_turn_ids if stop else ())

    everything = asyncio.run(both())
    assert [beam.ids for beam in search.beams] == [ids for _, ids in everything]
    assert [beam.total_logprob for beam in search.beams] == pytest.approx(
        [total for total, _ in everything])


def by_definition(model, width):
    """Independent of the code under test: extend all, sort all, keep the first."""
    async def walk():
        kept = [(0.0, ())]
        for _ in range(STEPS):
            extended = []
            for total, ids in kept:
                if ids and ids[-1] in model.end_of_turn_ids:
                    extended.append((total, ids))
                    continue
                distribution = await model.distribution((*PREFIX, *ids))
                for token in range(model.size):
                    extended.append((total + distribution.logprob(token), (*ids, token)))
            kept = sorted(extended, key=lambda pair: -pair[0])[:width]
        return kept

    return asyncio.run(walk())


@pytest.mark.parametrize("width", [1, 2, 3, 5])
def test_every_width_is_the_definition(width):
    model, search = small(width=width)
    asyncio.run(search.complete())
    expected = by_definition(model, width)
    assert [beam.ids for beam in search.beams] == [ids for _, ids in expected]
    assert [beam.total_logprob for beam in search.beams] == pytest.approx(
        [total for total, _ in expected])


def test_one_beam_is_greedy(model):
    api = Api(model)
    context, options = {"text": "a"}, {"max_tokens": 6, "stop_at_end_of_turn": False}

    async def both():
        beam = await api.call("generate", [context, {**options, "strategy": "beam", "beams": 1}])
        return beam["result"], (await api.call("generate", [context, options]))["result"]

    beam, greedy = asyncio.run(both())
    assert beam["ids"] == greedy["ids"] and len(beam["beams"]) == 1
    assert beam["total_logprob"] == pytest.approx(greedy["total_logprob"])


def test_beams_are_told_best_first(model):
    answer = asyncio.run(Api(model).call(
        "generate", [{"text": "a"}, {"strategy": "beam", "beams": 3, "max_tokens": 4}]))["result"]
    assert set(answer) == {"ids", "text", "total_logprob", "finish", "beams"}
    assert answer["ids"] == answer["beams"][0]["ids"]
    totals = [beam["total_logprob"] for beam in answer["beams"]]
    assert len(totals) == 3 and totals == sorted(totals, reverse=True)


def test_no_tokens_at_all(model):
    search = BeamSearch(model, PREFIX, max_tokens=0)
    asyncio.run(search.complete())
    assert search.finish == "length" and search.beams[0].ids == ()


def test_a_stop_keeps_the_beams(model):
    search = BeamSearch(model, PREFIX, width=2, max_tokens=50, stop_at_end_of_turn=False)
    asyncio.run(search.step())
    search.stop()
    asyncio.run(search.complete())
    assert search.finish == "stopped" and len(search.beams) == 2


@pytest.mark.parametrize("width", [0, MAX_WIDTH + 1])
def test_widths_have_bounds(model, width):
    with pytest.raises(BadArgument):
        BeamSearch(model, PREFIX, width=width)


def test_all_beams_of_a_step_go_to_the_model_in_one_batch():
    engine = FakeEngine()
    search = BeamSearch(LanguageModel(engine, fake_tokenizer()), PREFIX, width=3, max_tokens=4)
    asyncio.run(search.complete())
    assert engine.requests[0] == ("logits", 3, 1)
    assert [(verb, rows) for verb, _, rows in engine.requests[1:]] == [("branch", 3)] * 3
