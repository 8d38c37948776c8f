"""Greedy decoding: what it writes, and why it ends."""

from __future__ import annotations

import asyncio

import pytest

from lmpanel.decoding import Decoding
from lmpanel.engine.fake import FakeEngine, fake_model, fake_tokenizer
from lmpanel.errors import ContextFull
from lmpanel.model import LanguageModel


def complete(decoding):
    return asyncio.run(decoding.complete())


def test_greedy_takes_the_likeliest_token(model, engine):
    run = complete(Decoding(model, [5, 6], max_tokens=8))
    assert run.finish == "length" and len(run.tokens) == 8
    assert all(score.rank == 1 for score in run.scores)
    assert run.total_logprob == pytest.approx(sum(score.logprob for score in run.scores))
    assert engine.stats.calls == 8 and engine.stats.tokens == 9


def ending_model(end):
    """A model that ends its turn with token `end`."""
    tokenizer = fake_tokenizer()
    described = fake_model(len(tokenizer), 64)
    described["special"] = {"bos": None, "eos": end, "end_of_turn": end}
    return LanguageModel(FakeEngine(model=described), tokenizer)


def test_end_of_turn_is_written_and_ends_the_run(model):
    third = complete(Decoding(model, [5], max_tokens=3)).tokens[-1]
    run = complete(Decoding(ending_model(third), [5], max_tokens=9))
    assert run.finish == "end_of_turn" and run.tokens[-1] == third
    past = Decoding(ending_model(third), [5], max_tokens=9, stop_at_end_of_turn=False)
    assert complete(past).finish == "length" and len(past.tokens) == 9


def test_stopping_keeps_what_was_written(model):
    async def stopped():
        run = Decoding(model, [5], max_tokens=100)
        async for _ in run:
            if len(run.tokens) == 4:
                run.stop()
        return run

    run = asyncio.run(stopped())
    assert run.finish == "stopped" and len(run.tokens) == 4


def test_the_context_ends_the_run(engine):
    model = LanguageModel(FakeEngine(context_length=10), fake_tokenizer())
    run = complete(Decoding(model, [5] * 8, max_tokens=100))
    assert run.finish == "length" and len(run.tokens) == 2
    assert complete(Decoding(model, [5] * 10)).tokens == []
    with pytest.raises(ContextFull):
        complete(Decoding(model, [5] * 11))


def test_no_tokens_wanted(model, engine):
    assert complete(Decoding(model, [5], max_tokens=0)).finish == "length"
    assert engine.stats.calls == 0
