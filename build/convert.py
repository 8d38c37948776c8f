"""Converts a Llama GGUF into a model folder: `python build/convert.py MODEL.gguf OUT_DIR`.

Writes weights.bin, one graph per family of backends (`GRAPHS`), tokenizer.json and model.json.
Weights are copied, never rounded: every graph gives the GGUF's own distribution in float32, and
the same GGUF gives the same bytes. proof.json is a step of its own (proof.py), because it runs the
model. Knows the model folder; knows nothing about downloads or the web page.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from attention_nodes import FusedAttention, ProductAttention
from chat_style import chat_entry
from gguf_source import GGUFSource
from inside_graph import inside_graph, inside_head_graph
from llama_graph import llama_graph
from llama_weights import llama_weights, weight_count
from lmpanel.errors import LMPanelError
from onnx_nodes import GraphNotes
from tokenizer_file import write_tokenizer
from weight_nodes import CompactWeights, ExpandedWeights, NativeWeights, QuantizedWeights
from weights_file import WeightsFile

FORMAT = 1
GRAPHS = {
    "native": (NativeWeights, FusedAttention),
    "webgpu": (QuantizedWeights, FusedAttention),
    "wasm": (ExpandedWeights, ProductAttention),
    "wasm_compact": (CompactWeights, ProductAttention),
}
"""How each graph holds its weights and computes attention; wasm_compact is for little memory."""
INSIDE_GRAPHS = {"inside": inside_graph, "inside_head": inside_head_graph}
"""For looking inside: they take the weights as they are, and nothing fetches them before."""
LICENCES = {"apache-2.0": "Apache-2.0", "mit": "MIT"}

Progress = Callable[[int, int, str], None]


def convert(gguf: Path, out: Path, progress: Progress = lambda done, total, message: None) -> None:
    """Write the model folder `out` for `gguf`, telling `progress` (done, total, message).

    Raises `BadModel` when the model cannot be converted exactly; what was already written is
    then incomplete and holds no model.json.
    """
    source = GGUFSource(gguf)
    out.mkdir(parents=True, exist_ok=True)
    total = weight_count(source.dimensions) + len(GRAPHS) + 1
    tokenizer = write_tokenizer(source, out)
    with WeightsFile(out) as weights:
        for done, weight in enumerate(llama_weights(source)):
            weights.add(weight)
            progress(min(done, total), total, f"weights: {weight.name}")
    progress(total - 1, total, "graphs")
    external = _write_graphs(source, weights, out)
    model = _model_entry(source, weights, tokenizer, external)
    text = json.dumps(model, ensure_ascii=False, indent=1)
    (out / "model.json").write_text(text + "\n", encoding="utf-8")
    progress(total, total, "model folder complete")


def _write_graphs(source: GGUFSource, weights: WeightsFile, out: Path) -> list[str]:
    """Write the graphs; returns the buffers that the one for WASM expects."""
    tensors = {tensor["name"]: tensor for tensor in weights.tensors}
    buffers: dict[str, list[str]] = {}
    for name, (weight_nodes, attention_nodes) in GRAPHS.items():
        notes = GraphNotes()
        attention = attention_nodes(notes, source.dimensions)
        model = llama_graph(source.dimensions, weight_nodes(notes, tensors), attention)
        _write_graph(model, out, name)
        buffers[name] = notes.locations()
    for name, make in INSIDE_GRAPHS.items():
        _write_graph(make(source.dimensions, CompactWeights(GraphNotes(), tensors)), out, name)
    return buffers["wasm"]


def _write_graph(model: onnx.ModelProto, out: Path, name: str) -> None:
    (out / f"graph_{name}.onnx").write_bytes(model.SerializeToString(deterministic=True))


def _model_entry(source: GGUFSource, weights: WeightsFile, tokenizer: dict[str, Any],
                 external: list[str]) -> dict[str, Any]:
    size = source.dimensions
    names = [tensor["name"] for tensor in weights.tensors]
    chat, special = _chat_and_special(source, tokenizer)
    return {
        "format": FORMAT,
        "name": model_name(source.path.name),
        "architecture": "llama",
        "licence": _licence(source),
        "source": {"file": source.path.name, "sha256": source.sha256()},
        "context_length": size.context_length,
        "vocab_size": len(tokenizer["model"]["vocab"]),
        "layers": size.layers, "hidden": size.hidden, "heads": size.heads,
        "kv_heads": size.kv_heads, "head_dim": size.head_dim, "ffn": size.ffn,
        "rope_base": size.rope_base, "norm_eps": size.norm_eps,
        "parameters": _parameters(weights.tensors),
        "tied_embeddings": "output" not in names,
        "chat": chat,
        "special": special,
        "graphs": {name: f"graph_{name}.onnx" for name in (*GRAPHS, *INSIDE_GRAPHS)},
        "weights": weights.entry(),
        "expanded_buffers": external,
        "tensors": weights.tensors,
    }


def model_name(file: str) -> str:
    """A file's name without its ending and its quantisation.

    >>> model_name("SmolLM2-135M-Instruct.Q4_1.gguf")
    'SmolLM2-135M-Instruct'
    >>> model_name("tiny-f16.gguf")
    'tiny'
    """
    stem = re.sub(r"\.gguf$", "", file, flags=re.IGNORECASE)
    return re.sub(r"[.\-_](I?Q\d\w*|B?F16|F32)$", "", stem, flags=re.IGNORECASE)


def _licence(source: GGUFSource) -> str | None:
    licence = source.get("general.license")
    return LICENCES.get(licence, licence)


def _parameters(tensors: list[dict[str, Any]]) -> int:
    return sum(tensor["rows"] * tensor["cols"] for tensor in tensors
               if not tensor["name"].startswith("rope."))


def _chat_and_special(source: GGUFSource, tokenizer: dict[str, Any]) -> tuple[Any, Any]:
    vocab = tokenizer["model"]["vocab"]
    tokens = list(vocab)
    bos = source.get("tokenizer.ggml.bos_token_id")
    eos = source.need("tokenizer.ggml.eos_token_id")
    chat = chat_entry(source.get("tokenizer.chat_template"),
                      "" if bos is None else tokens[bos], tokens[eos])
    end_of_turn = source.get("tokenizer.ggml.eot_token_id", eos)
    if chat["style"] == "chatml":
        end_of_turn = vocab.get("<|im_end|>", end_of_turn)
    starts_with_bos = source.get("tokenizer.ggml.add_bos_token", False)
    return chat, {"bos": bos if starts_with_bos else None, "eos": eos, "end_of_turn": end_of_turn}


def _bar(done: int, total: int, message: str) -> None:
    if not sys.stderr.isatty() and done < total:
        return
    filled = 30 * done // total
    sys.stderr.write(f"\r[{'#' * filled}{'.' * (30 - filled)}] {message[:40]:<40}")
    if done == total:
        sys.stderr.write("\n")


def main(arguments: list[str]) -> int:
    """Run the command; returns the exit status."""
    if len(arguments) != 2:
        print("usage: python build/convert.py MODEL.gguf OUT_DIR", file=sys.stderr)
        return 2
    try:
        convert(Path(arguments[0]), Path(arguments[1]), _bar)
    except LMPanelError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
