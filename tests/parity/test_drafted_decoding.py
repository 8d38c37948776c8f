"""Drafts on the real model: what is written does not change, over many prompts."""

import asyncio

import pytest

from lmpanel.decoding import Decoding, greedy
from lmpanel.editor import Editor
from lmpanel.engine.native import NativeEngine
from lmpanel.filters import Filters
from lmpanel.model import LanguageModel
from lmpanel.sampling import Dice, Sampler
from lmpanel.tokenizer import Tokenizer

MESSAGES = [
    "Write a one-paragraph story about a dragon.",
    "List ten animals with one fact each.",
    "Write a Python function that reverses a list.",
    "Write a JSON object that describes a book with title, author, year and five chapters.",
    "Translate 'Good morning, how are you?' into French, German and Spanish.",
    "Write a poem about the sea.",
    "How do I bake bread? Give steps.",
    "Count from one to thirty in words.",
]
TEXTS = ["1, 2, 3, 1, 2, 3, 1, 2,", "Once upon a time", "def add(a, b):\n    return a + b\n\ndef",
         "🐉🐉"]
LENGTH = 32


@pytest.fixture(scope="module")
def tokenizer(model_dir):
    return Tokenizer.from_file(model_dir / "tokenizer.json")


def prompts(model):
    editor = Editor(model.tokenizer, model.chat)
    yield from (editor.from_messages([{"role": "user", "content": text}]).ids for text in MESSAGES)
    yield from (editor.from_text(text).ids for text in TEXTS)


def written(model_dir, tokenizer, drafted, chooser):
    """What is written after each prompt, with its scores, and the calls that it took."""
    async def write():
        engine = NativeEngine(model_dir)
        model = LanguageModel(engine, tokenizer)
        runs = [await Decoding(model, ids, chooser(), max_tokens=LENGTH, drafted=drafted).complete()
                for ids in prompts(model)]
        await engine.close()
        return runs, engine.stats.calls

    return asyncio.run(write())


@pytest.mark.parametrize("chooser", [
    lambda: greedy, lambda: Sampler(Filters(temperature=0.8), Dice(7))], ids=["greedy", "dice"])
def test_drafted_decoding_writes_the_same_tokens(model_dir, tokenizer, chooser):
    plain, calls = written(model_dir, tokenizer, False, chooser)
    fast, fewer = written(model_dir, tokenizer, True, chooser)
    assert [run.tokens for run in fast] == [run.tokens for run in plain]
    assert [run.finish for run in fast] == [run.finish for run in plain]
    for one, other in zip(plain, fast):
        assert one.total_logprob == pytest.approx(other.total_logprob, abs=1e-3)
    assert fewer < calls
