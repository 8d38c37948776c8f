"""Every graph of every supported mixture of tensor types equals the numpy reference."""

import asyncio
import json

import numpy as np
import onnx
import pytest
from reference import ReferenceLlama
from run_graph import graph_logits, open_graph
from tiny_gguf import TOKENS, write_tiny

from convert import GRAPHS, INSIDE_GRAPHS, convert
from lmpanel.engine.native import NativeEngine

IDS = [0, 7, 199, 42, 42, len(TOKENS) - 1, 3, 1, 100, 5]

MIXED = {
    "blk.0.attn_v.weight": "Q8_0", "blk.0.attn_k.weight": "F16", "blk.1.ffn_up.weight": "Q4_0",
    "blk.1.ffn_gate.weight": "F32", "blk.1.ffn_down.weight": "F16", "token_embd.weight": "Q8_0",
}
MODELS = {
    "Q4_0": {"kind": "Q4_0"},
    "Q4_1": {"kind": "Q4_1"},
    "Q8_0": {"kind": "Q8_0"},
    "F16": {"kind": "F16"},
    "F32": {"kind": "F32"},
    "mixed": {"kind": "Q4_1", "kinds": MIXED},
    "untied": {"kind": "Q4_0", "tied": False, "kinds": {"output.weight": "Q8_0"}},
    "untied-q4_1": {"kind": "Q4_1", "tied": False},
    "untied-f16": {"kind": "F16", "tied": False},
}


@pytest.fixture(scope="module", params=MODELS)
def tiny(request, tmp_path_factory):
    """(GGUF, model folder) of a tiny model."""
    folder = tmp_path_factory.mktemp(request.param)
    gguf = write_tiny(folder / "tiny.gguf", **MODELS[request.param])
    convert(gguf, folder / "model")
    return gguf, folder / "model"


@pytest.mark.parametrize("graph", GRAPHS)
def test_graph_equals_reference(tiny, graph):
    gguf, folder = tiny
    expected = ReferenceLlama(gguf).logits(IDS)
    np.testing.assert_allclose(graph_logits(folder, graph, IDS), expected, atol=2e-4)
    assert np.abs(expected).max() > 1


def test_the_inside_equals_reference(tiny):
    gguf, folder = tiny
    reference, engine = ReferenceLlama(gguf), NativeEngine(folder, threads=1)
    residuals, looks = reference.stream(IDS)
    found = asyncio.run(engine.inside(IDS))
    np.testing.assert_allclose(found.residuals, residuals, atol=2e-4, rtol=2e-4)
    np.testing.assert_allclose(found.attention, looks, atol=1e-5)
    asked = np.tile([5, 42], (len(IDS), 1))
    for rows in residuals:
        lens = asyncio.run(engine.lens(rows.astype(np.float32), asked))
        logits = reference.lens(rows).astype(np.float64)
        np.testing.assert_allclose(lens.top_logits, -np.sort(-logits)[:, :10], atol=2e-4)
        np.testing.assert_allclose(lens.asked_logits, logits[:, [5, 42]], atol=2e-4)
        np.testing.assert_allclose(lens.log_sum, np.log(np.exp(logits).sum(-1)), atol=2e-4)
        # Nothing is so near that rounding could change its rank.
        ranks = [(logits > logits[:, [token]] + 1e-6).sum(-1) + 1 for token in (5, 42)]
        np.testing.assert_allclose(lens.asked_ranks, np.stack(ranks, -1), atol=1)
    matrix = reference.weights["token_embd.weight"].astype(np.float64)
    lengths = np.linalg.norm(matrix, axis=1)
    cosines, own = asyncio.run(engine.similar(7))
    np.testing.assert_allclose(cosines, matrix @ matrix[7] / lengths / lengths[7], atol=1e-6)
    np.testing.assert_allclose(own, lengths, rtol=1e-6)
    asyncio.run(engine.close())


@pytest.mark.parametrize("graph", ["wasm", "wasm_compact"])
def test_siblings_behind_a_half_empty_cache_see_only_their_own_past(tiny, graph):
    """Two continuations of IDS[:6] in one run, from a cache with room for 9 tokens."""
    gguf, folder = tiny
    model, session = open_graph(folder, graph)
    room, cached, tail = 9, 6, [42, 7]
    shape = (1, model["kv_heads"], room, model["head_dim"])
    # Whatever lies in unused room must not matter.
    past = {value.name: np.full(shape, 1e3, np.float32) for value in session.get_inputs()
            if value.name.startswith("past.")}
    empty = {name: values[:, :, :0] for name, values in past.items()}
    names = [value.name for value in session.get_outputs()][1:]
    first = session.run(names, {**_step(IDS[:cached], 0, np.tri(cached)), **empty})
    for name, new in zip(names, first, strict=True):
        past[name.replace("new", "past")][:, :, :cached] = new
    sees = np.hstack([np.tile(np.arange(room) < cached, (2, 1)), np.eye(2)])
    step = _step(tail, cached, sees) | {"positions": np.full((1, 2), cached)}
    found = session.run(["logits"], {**step, **past})[0][0]
    for row, token in zip(found, tail, strict=True):
        expected = ReferenceLlama(gguf).logits([*IDS[:cached], token])[-1]
        np.testing.assert_allclose(row, expected, atol=2e-4)


def _step(ids, start, sees):
    positions = np.arange(start, start + len(ids))[None]
    return {"input_ids": np.array([ids]), "positions": positions, "last_idx": np.arange(len(ids)),
            "mask": np.where(np.asarray(sees, bool), 0, -np.inf).astype(np.float32)}


def test_float16_is_only_ever_cast(tiny):
    """WebGPU without shader-f16 runs no other node on it; casts of constants happen at load."""
    graph = onnx.load(tiny[1] / "graph_webgpu.onnx", load_external_data=False).graph
    halves = {value.name for value in graph.initializer
              if value.data_type == onnx.TensorProto.FLOAT16}
    readers = {node.op_type for node in graph.node if halves & set(node.input)}
    assert readers <= {"Cast"}


def test_model_json_describes_the_model(tmp_path):
    convert(write_tiny(tmp_path / "Tiny-Q4_0.gguf", "Q4_0", tied=False), tmp_path / "out")
    model = json.loads((tmp_path / "out" / "model.json").read_text())
    assert (model["name"], model["layers"], model["head_dim"]) == ("Tiny", 2, 16)
    assert model["vocab_size"] == len(TOKENS)
    assert not model["tied_embeddings"]
    assert model["chat"]["style"] == "chatml"
    assert model["chat"]["default_system"] is None
    assert model["special"] == {"bos": None, "eos": 1, "end_of_turn": 1}
    assert model["weights"]["bytes"] == (tmp_path / "out" / "weights.bin").stat().st_size
    expanded = {tensor["name"] for tensor in model["tensors"] if tensor["expand"]}
    assert {"output", "blk.0.qkv"} <= expanded
    assert not {"token_embd", "output_norm", "rope.cos"} & expanded


def test_same_gguf_gives_same_bytes(tmp_path):
    gguf = write_tiny(tmp_path / "tiny.gguf", "Q4_1")
    convert(gguf, tmp_path / "one")
    convert(gguf, tmp_path / "two")
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert files == [*sorted(f"graph_{name}.onnx" for name in (*GRAPHS, *INSIDE_GRAPHS)),
                     "model.json", "tokenizer.json", "weights.bin"]
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_progress_ends_at_the_total(tmp_path):
    calls = []
    convert(write_tiny(tmp_path / "tiny.gguf"), tmp_path / "out", lambda *call: calls.append(call))
    done = [call[0] for call in calls]
    assert done == sorted(done)
    assert calls[-1][0] == calls[-1][1]
