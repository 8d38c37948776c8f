"""Residuals, attention and logit lens are those of `transformers`, and of the model itself."""

import asyncio

import numpy as np
import pytest
from gguf import GGUFReader
from gguf.quants import dequantize
from golden_values import DRAGON_CHAT
from inside_values import TOP, load_inside, probes

from lmpanel.engine.base import Engine
from lmpanel.engine.native import NativeEngine
from lmpanel.engine.proof import log_softmax
from lmpanel.errors import BadInput
from lmpanel.tokenizer import Tokenizer


@pytest.fixture(scope="module")
def engine(model_dir):
    engine = NativeEngine(model_dir, verify=False)
    assert isinstance(engine, Engine)
    yield engine
    asyncio.run(engine.close())


@pytest.fixture(scope="module")
def golden_inside(request):
    return load_inside(request.path.parent.parent / "golden" / "inside.npz")


def lens_logprobs(engine, rows, asked):
    """(top ids, log-probabilities of the two tokens asked about, of the likeliest ones)"""
    found = asyncio.run(engine.lens(rows, asked))
    log_sum = found.log_sum[:, None]
    return found, found.asked_logits - log_sum, found.top_logits - log_sum


@pytest.mark.parametrize("name", ["chat", "scripts"])
def test_everything_inside_is_what_transformers_says(engine, golden_inside, name):
    golden = golden_inside[name]
    found = asyncio.run(engine.inside(golden.ids.tolist()))
    layers, heads, count, _ = found.attention.shape
    sizes = layers, heads, count, found.residuals.shape[-1], engine.info.vocab_size
    assert sizes == (30, 9, len(golden.ids), 576, 49152)
    dimensions, tokens, keys = probes(*sizes)
    stream = np.take_along_axis(found.residuals, dimensions, -1)
    # The stream grows to thousands in a few dimensions; float32 keeps seven digits of each.
    np.testing.assert_allclose(stream, golden.residuals, rtol=1e-4, atol=5e-3)
    looks = np.take_along_axis(found.attention, keys, -1)
    np.testing.assert_allclose(looks, golden.attention, atol=2e-5)
    for layer in range(layers + 1):
        # All eight probes, two in each layer.
        column = layer % 4 * 2
        pair = slice(column, column + 2)
        lens, logprobs, top = lens_logprobs(
            engine, found.residuals[layer], tokens[layer, :, pair])
        expected = golden.logprobs[layer]
        np.testing.assert_allclose(logprobs, expected[:, TOP:][:, pair], atol=1e-3)
        np.testing.assert_allclose(top[:, :TOP], expected[:, :TOP], atol=1e-3)
        clear = expected[:, 0] - expected[:, 1] > 1e-3
        assert (lens.top_ids[:, 0] == golden.top[layer, :, 0])[clear].all()


def test_the_last_layers_lens_is_the_models_own_distribution(engine, model_dir):
    ids = Tokenizer.from_file(model_dir / "tokenizer.json").encode(DRAGON_CHAT)

    async def both():
        return await engine.logits(ids, 0), (await engine.inside(ids)).residuals[-1]

    logits, rows = asyncio.run(both())
    expected = log_softmax(logits)
    asked = np.random.default_rng(1).integers(0, expected.shape[1], (len(ids), 2))
    found, logprobs, top = lens_logprobs(engine, rows, asked)
    np.testing.assert_allclose(logprobs, np.take_along_axis(expected, asked, -1), atol=5e-4)
    np.testing.assert_allclose(top, -np.sort(-expected, -1)[:, :10], atol=5e-4)
    entropy = -(np.exp(expected) * expected).sum(-1)
    np.testing.assert_allclose(found.entropy_nats, entropy, atol=1e-4)
    own = np.take_along_axis(expected, asked, -1)
    # A token whose neighbours in the ranking are nearer than the last digits may be a few off.
    ranks = (expected[:, None] > own[..., None]).sum(-1) + 1
    np.testing.assert_allclose(found.asked_ranks, ranks, atol=3, rtol=1e-3)


def test_attention_rows_add_up_and_never_look_ahead(engine, golden_inside):
    attention = asyncio.run(engine.inside(golden_inside["chat"].ids.tolist())).attention
    np.testing.assert_allclose(attention.sum(-1), 1, atol=1e-5)
    assert (attention[:, :, *np.triu_indices(attention.shape[-1], 1)] == 0).all()


def test_neighbours_are_those_of_the_dequantised_matrix(engine, gguf_path):
    tensor = next(t for t in GGUFReader(gguf_path).tensors if t.name == "token_embd.weight")
    matrix = dequantize(tensor.data, tensor.tensor_type).reshape(tensor.shape[::-1].tolist())
    matrix = matrix.astype(np.float64)
    lengths = np.linalg.norm(matrix, axis=1)
    for token in (0, 253, 28, 9906, 49151):
        expected = matrix @ matrix[token] / lengths / lengths[token]
        cosines, found = asyncio.run(engine.similar(token))
        np.testing.assert_allclose(cosines, expected, atol=1e-6)
        np.testing.assert_allclose(found, lengths, rtol=1e-6)
        assert cosines[token] == pytest.approx(1)
        assert (np.argsort(-cosines)[:10] == np.argsort(-expected)[:10]).all()


def test_what_cannot_be_looked_into_is_refused(engine):
    for ids in ([], [1] * 65, [49152]):
        with pytest.raises(BadInput):
            asyncio.run(engine.inside(ids))
    for rows, asked in ((1, 2), (0, 0), (129, 129)):
        with pytest.raises(BadInput):
            asyncio.run(engine.lens(np.zeros((rows, 576)), np.zeros((asked, 2), int)))
    with pytest.raises(BadInput):
        asyncio.run(engine.similar(-1))


def test_the_graphs_are_open_only_while_they_are_wanted(engine):
    async def look():
        await engine.close_inside()
        before = engine._inside.opened
        await engine.open_inside()
        opened = engine._inside.opened
        await engine.close_inside()
        return before, opened, engine._inside.opened

    assert asyncio.run(look()) == (False, True, False)
