"""What another context changes is the difference of what the model says after each."""

from __future__ import annotations

import math

import numpy as np
import pytest
from comparing import PIRATE, REPLY, compared
from scipy.special import rel_entr

from lmpanel.engine.fake import FakeEngine, fake_tokenizer
from lmpanel.model import LanguageModel
from lmpanel.session import Session
from support.asynchronous import asynchronous


def context(session: Session, system: str) -> list[int]:
    """The conversation up to the response, with another system prompt."""
    user = {"role": "user", "content": "Write a one-paragraph story about a dragon."}
    return session.model.chat.encode([{"role": "system", "content": system}, user], "")


@asynchronous
async def test_the_change_of_each_token_is_the_difference_of_its_scores(answered):
    result = await compared(answered)
    start = len(answered.explorer.document) - len(REPLY)
    assert (result.start, result.stop) == (start, start + 5)
    new = context(answered, PIRATE)
    fresh = LanguageModel(FakeEngine(context_length=1200, order=1000), fake_tokenizer())
    before = (await fresh.scores(answered.explorer.document.ids))[start:]
    after = (await fresh.scores([*new, *REPLY]))[len(new):]
    for shift, old, now in zip(result.shifts, before, after, strict=True):
        assert shift.before.logprob == pytest.approx(old.logprob, abs=1e-12)
        assert shift.after.logprob == pytest.approx(now.logprob, abs=1e-12)
        assert shift.delta_bits == pytest.approx(now.bits - old.bits)
    total = math.fsum(s.bits for s in after) - math.fsum(s.bits for s in before)
    assert result.delta_bits == pytest.approx(total)
    sizes = [abs(shift.delta_bits) for shift in result.shifts]
    assert result.largest == start + int(np.argmax(sizes))


@asynchronous
async def test_the_divergence_at_each_place_is_scipys(answered):
    result = await compared(answered)
    fresh, new = answered.model, context(answered, PIRATE)
    old = answered.explorer.document.ids[: result.start]
    found = []
    for i, shift in enumerate(result.shifts):
        p = await fresh.distribution((*old, *REPLY[:i]))
        q = await fresh.distribution((*new, *REPLY[:i]))
        expected = rel_entr(p.probs, q.probs).sum() / math.log(2)
        assert shift.kl_bits == pytest.approx(expected, abs=1e-9)
        found.append(expected)
    assert result.mean_kl_bits == pytest.approx(np.mean(found)) and min(found) > 0.01


@asynchronous
async def test_tokens_that_typing_would_not_give_are_compared_as_they_are(answered):
    h, e = answered.model.tokenizer.vocabulary.find("h")[0], 0
    e = answered.model.tokenizer.vocabulary.find("e")[0]
    answered.explorer.show(answered.explorer.document.append(h, e))
    assert answered.model.tokenizer.encode("he") != [h, e]
    result = await compared(answered)
    assert result.document.ids[result.start : result.stop] == (*REPLY, h, e)
    assert len(result.shifts) == len(REPLY) + 2


@asynchronous
async def test_the_end_of_the_turn_is_part_of_the_response(answered):
    answered.changes.close_turn()
    result = await compared(answered)
    assert result.document.ids[result.stop - 1] == answered.model.chat.end_id
    assert result.stop == len(result.document) - 1
