"""What another context changes, on the real model: against scipy over the native logits."""

import asyncio
import math

import numpy as np
import pytest
from golden_values import DRAGON_CHAT
from scipy.special import log_softmax, rel_entr

from lmpanel.context_shift import shifts_between
from lmpanel.engine.native import NativeEngine
from lmpanel.model import LanguageModel
from lmpanel.tokenizer import Tokenizer

TOLERANCE = 1e-6
PIRATE = "<|im_start|>system\nYou are a pirate and hate dragons.<|im_end|>\n"


@pytest.fixture(scope="module")
def contexts(model_dir, golden):
    """The dragon chat, and what stands before the same reply in other cases."""
    tokenizer = Tokenizer.from_file(model_dir / "tokenizer.json")
    ids = golden["dragon_chat"]["ids"]
    user = DRAGON_CHAT[DRAGON_CHAT.index("<|im_start|>user"):]
    exchanged = [*ids[:30], tokenizer.vocabulary.find(" cat")[0], *ids[31:]]
    return ids, {"system": tokenizer.encode(PIRATE + user), "token": exchanged,
                 "raw": tokenizer.encode("Write a one-paragraph story about a dragon.")}


def rows(native, context, reply):
    """Natural log-probabilities before each token of the reply, float64, by scipy."""
    ids = [*context, *reply]
    return log_softmax(native.logits(ids[:-1], len(context) - 1).astype(np.float64), axis=1)


@pytest.mark.parametrize("name", ["system", "token", "raw"])
def test_kl_and_change_of_bits_are_scipys(name, contexts, native, model_dir, golden):
    before, others = contexts
    reply = golden["dragon_chat"]["greedy"]

    async def compare():
        engine = NativeEngine(model_dir)
        tokenizer = Tokenizer.from_file(model_dir / "tokenizer.json")
        model = LanguageModel(engine, tokenizer)
        try:
            return await shifts_between(model, before, others[name], reply, lambda text: None)
        finally:
            await engine.close()

    shifts = asyncio.run(compare())
    old, new = rows(native, before, reply), rows(native, others[name], reply)
    kl = rel_entr(np.exp(old), np.exp(new)).sum(axis=1) / math.log(2)
    own = np.arange(len(reply)), np.array(reply)
    delta = (old[own] - new[own]) / math.log(2)
    assert len(shifts) == len(reply) == 40 and kl.max() > 0.1
    np.testing.assert_allclose([shift.kl_bits for shift in shifts], kl, atol=TOLERANCE, rtol=0)
    np.testing.assert_allclose([shift.delta_bits for shift in shifts], delta, atol=TOLERANCE,
                               rtol=0)
