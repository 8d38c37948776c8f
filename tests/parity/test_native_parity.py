"""The native engine's distribution is the model's: against numpy, and against `transformers`."""

import numpy as np
import pytest
from golden_values import DRAGON_CHAT, TOP, probe_ids
from reference import ReferenceLlama, kl_nats
from tokenizers import Tokenizer

from lmpanel.engine.base import MAX_ROWS
from lmpanel.engine.proof import log_softmax
from lmpanel.tokenizer import Tokenizer as OwnTokenizer

KL_LIMIT = 1e-8
TEXTS = ["chat", "code", "numbers", "prose", "scripts"]


@pytest.fixture(scope="module")
def native_logprobs(native, golden_texts):
    """Log-probabilities [n, vocab] of every text, computed in calls of 128 rows."""
    def rows(ids):
        ids = ids.tolist()
        return np.concatenate([native.logits(ids[: begin + MAX_ROWS], begin)
                               for begin in range(0, len(ids), MAX_ROWS)])
    return {name: rows(values.ids) for name, values in golden_texts.items()}


@pytest.fixture(scope="module")
def reference(gguf_path):
    return ReferenceLlama(gguf_path)


def test_texts_are_long_enough(golden_texts, golden):
    assert sorted(golden_texts) == TEXTS
    positions = sum(len(values.ids) for values in golden_texts.values())
    assert positions >= 1000
    assert golden["kl_nats_native"]["positions"] == positions
    assert golden["kl_nats_native"]["max"] < KL_LIMIT


@pytest.mark.parametrize("text", TEXTS)
def test_full_vocabulary_kl_against_numpy(text, golden_texts, native_logprobs, reference):
    expected = reference.logits(golden_texts[text].ids.tolist())
    worst = max(kl_nats(log_softmax(expected[part]), log_softmax(native_logprobs[text][part])).max()
                for part in np.array_split(np.arange(len(expected)), 4))
    assert worst < KL_LIMIT


@pytest.mark.parametrize("text", TEXTS)
def test_sampled_logprobs_against_transformers(text, golden_texts, native_logprobs):
    golden = golden_texts[text]
    found = log_softmax(native_logprobs[text])
    asked = np.concatenate([golden.top, probe_ids(*found.shape)], axis=1)
    np.testing.assert_allclose(
        np.take_along_axis(found, asked, axis=1), golden.logprobs, atol=5e-4)
    entropy_bits = -(np.exp(found) * found).sum(-1) / np.log(2)
    np.testing.assert_allclose(entropy_bits, golden.entropy_bits, atol=1e-4)
    clear = golden.logprobs[:, 0] - golden.logprobs[:, 1] > 1e-3
    assert (found.argmax(-1) == golden.top[:, 0])[clear].all()
    assert asked.shape[1] == golden.logprobs.shape[1] > TOP


@pytest.mark.parametrize("tokenizer", [Tokenizer, OwnTokenizer])
def test_golden_ids_are_the_tokenizers(tokenizer, model_dir, golden):
    encoded = tokenizer.from_file(str(model_dir / "tokenizer.json")).encode(DRAGON_CHAT)
    assert getattr(encoded, "ids", encoded) == golden["dragon_chat"]["ids"]


def test_dragon_chat_first_token(native, golden):
    chat = golden["dragon_chat"]
    logprobs = log_softmax(native.logits(chat["ids"], len(chat["ids"]) - 1)[0])
    published = {"In": 0.3722, "The": 0.1874, "Once": 0.0922, "One": 0.0864, "A": 0.0522}
    assert [text for _, text, _ in chat["top"]] == list(published)
    for token, text, probability in chat["top"]:
        assert probability == pytest.approx(published[text], abs=1e-4)
        assert np.exp(logprobs[token]) == pytest.approx(probability, abs=2e-5)
    entropy_bits = -(np.exp(logprobs) * logprobs).sum() / np.log(2)
    assert entropy_bits == pytest.approx(3.5212, abs=1e-3)


def test_greedy_continuation(native, golden):
    chat = golden["dragon_chat"]
    ids = list(chat["ids"])
    for _ in chat["greedy"]:
        ids.append(int(native.logits(ids, len(ids) - 1)[0].argmax()))
    assert ids[len(chat["ids"]):] == chat["greedy"]
    assert len(chat["greedy"]) == 40
