"""The model as Transformers.js loads it: `python -m benchmark.exported MODEL_FOLDER OUT`.

The same 4-bit weights and the same network as graph_webgpu.onnx, with the inputs and outputs that
exports for Transformers.js have: attention_mask instead of lengths, past_key_values, logits of all
positions. Nothing is quantised anew, so its numbers are the model's.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from dist_folder import place

NAME = "model_q4"


def export(model_dir: Path, target: Path) -> None:
    """Write config, tokenizer and `onnx/` below `target`."""
    model = json.loads((model_dir / "model.json").read_text(encoding="utf-8"))
    (target / "onnx").mkdir(parents=True)
    data = f"{NAME}.onnx_data"
    graph = onnx.load(model_dir / model["graphs"]["webgpu"], load_external_data=False)
    graph = adapted(graph, data)
    (target / "onnx" / f"{NAME}.onnx").write_bytes(graph.SerializeToString(deterministic=True))
    place(model_dir / model["weights"]["file"], target / "onnx" / data, link=True)
    place(model_dir / "tokenizer.json", target / "tokenizer.json", link=True)
    texts = {"config.json": config(model), "generation_config.json": {},
             "tokenizer_config.json": {"tokenizer_class": "GPT2Tokenizer"}}
    for name, value in texts.items():
        (target / name).write_text(json.dumps(value), encoding="utf-8")


def config(model: dict[str, Any]) -> dict[str, Any]:
    """What Transformers.js wants to know of a Llama."""
    return {
        "model_type": "llama", "architectures": ["LlamaForCausalLM"],
        "hidden_size": model["hidden"], "intermediate_size": model["ffn"],
        "num_hidden_layers": model["layers"], "num_attention_heads": model["heads"],
        "num_key_value_heads": model["kv_heads"], "head_dim": model["head_dim"],
        "vocab_size": model["vocab_size"], "max_position_embeddings": model["context_length"],
        "bos_token_id": model["special"]["bos"], "eos_token_id": model["special"]["end_of_turn"],
    }


def adapted(graph: onnx.ModelProto, data: str) -> onnx.ModelProto:
    """The graph with weights in the file `data` and the interface of an export."""
    inner = graph.graph
    for tensor in inner.initializer:
        for entry in tensor.external_data:
            if entry.key == "location":
                entry.value = data
    _rename(inner, {name.name: name.name.replace("past.", "past_key_values.")
                    for name in inner.input if name.name.startswith("past.")})
    for value in inner.input:
        for dimension in value.type.tensor_type.shape.dim:
            if dimension.dim_param:
                dimension.dim_param = _DIMENSIONS[dimension.dim_param]
    kept = [one for one in inner.input
            if one.name not in ("seqlens_k", "total_len", "last_idx")]
    mask = helper.make_tensor_value_info(
        "attention_mask", TensorProto.INT64, ["batch_size", "total_sequence_length"])
    del inner.input[:]
    inner.input.extend([kept[0], mask, *kept[1:]])
    inner.initializer.extend(numpy_helper.from_array(np.asarray(value, dtype), name)
                             for name, value, dtype in _CONSTANTS)
    for node in reversed(_lengths()):
        inner.node.insert(0, node)
    return graph


# Transformers.js finds the batch by its name when it makes an empty cache.
_DIMENSIONS = {"b": "batch_size", "s": "sequence_length", "p": "past_sequence_length",
               "n": "sequence_length"}
_CONSTANTS = [("bench.one", 1, np.int64), ("bench.zero", 0, np.int64),
              ("bench.axis", [1], np.int64)]


def _lengths() -> list[onnx.NodeProto]:
    """Nodes for seqlens_k, total_len and last_idx (all positions) from the mask and the ids."""
    node = helper.make_node
    return [
        node("ReduceSum", ["attention_mask", "bench.axis"], ["bench.sum"], keepdims=0),
        node("Sub", ["bench.sum", "bench.one"], ["bench.before"]),
        node("Cast", ["bench.before"], ["seqlens_k"], to=TensorProto.INT32),
        node("Shape", ["attention_mask"], ["bench.total"], start=1, end=2),
        node("Squeeze", ["bench.total"], ["bench.length"]),
        node("Cast", ["bench.length"], ["total_len"], to=TensorProto.INT32),
        node("Shape", ["input_ids"], ["bench.new"], start=1, end=2),
        node("Squeeze", ["bench.new"], ["bench.count"]),
        node("Range", ["bench.zero", "bench.count", "bench.one"], ["last_idx"]),
    ]


def _rename(graph: onnx.GraphProto, names: dict[str, str]) -> None:
    for value in graph.input:
        value.name = names.get(value.name, value.name)
    for node in graph.node:
        for i, name in enumerate(node.input):
            node.input[i] = names.get(name, name)


if __name__ == "__main__":
    export(Path(sys.argv[1]), Path(sys.argv[2]))
