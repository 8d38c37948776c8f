"""The sizes of a model: its parts with their parameters and bytes, added up.

Reads the entries of model.json, which the converter took from the GGUF. Knows the Llama
architecture; nothing about how the parts are drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

FLOAT_BYTES = 4


@dataclass(frozen=True)
class Part:
    """One kind of matrix or vector: [rows, cols], `times` of them.

    `stored` is its bytes in the weights file, all of them together.
    """

    group: str
    name: str
    rows: int
    cols: int
    times: int
    kind: str
    stored: float

    @property
    def parameters(self) -> int:
        """Learnt numbers in all of them."""
        return self.rows * self.cols * self.times


def parts(model: Mapping[str, Any]) -> list[Part]:
    """Every learnt matrix and vector of a model, in the order in which a token meets them.

    The sum of their parameters is model.json's "parameters".
    """
    tensors = {tensor["name"]: tensor for tensor in model["tensors"]}
    found = [_part("embedding", "embedding", tensors["token_embd"])]
    for name, group, rows in _layer_parts(model):
        layers = [_holder(tensors, layer, name) for layer in range(model["layers"])]
        stored = sum(_bytes(tensor) * rows / tensor["rows"] for tensor in layers)
        cols = layers[0]["cols"]
        kinds = "/".join(sorted({tensor["kind"] for tensor in layers}))
        found.append(Part(group, name, rows, cols, len(layers), kinds, stored))
    found.append(_part("output", "output_norm", tensors["output_norm"]))
    if "output" in tensors:
        found.append(_part("output", "output", tensors["output"]))
    return found


def tables_bytes(model: Mapping[str, Any]) -> int:
    """Bytes of what is stored but was not learnt: sines and cosines, and gaps between parts."""
    return round(model["weights"]["bytes"] - sum(part.stored for part in parts(model)))


def cache_bytes(model: Mapping[str, Any]) -> int:
    """Bytes of keys and values that one token leaves in the KV cache, as float32."""
    return 2 * FLOAT_BYTES * model["layers"] * model["kv_heads"] * model["head_dim"]


def _layer_parts(model: Mapping[str, Any]) -> Iterator[tuple[str, str, int]]:
    width, ffn = model["hidden"], model["ffn"]
    query, key = model["heads"] * model["head_dim"], model["kv_heads"] * model["head_dim"]
    yield from (("attn_norm", "attention", 1), ("q", "attention", query), ("k", "attention", key))
    yield from (("v", "attention", key), ("o", "attention", width), ("ffn_norm", "feed-forward", 1))
    yield from (("gate", "feed-forward", ffn), ("up", "feed-forward", ffn))
    yield ("down", "feed-forward", width)


def _holder(tensors: Mapping[str, Any], layer: int, name: str) -> Mapping[str, Any]:
    """The stored tensor that a part is, or is some rows of: q, k and v are often one."""
    joint = {"q": "qkv", "k": "qkv", "v": "qkv", "gate": "gate_up", "up": "gate_up"}
    own = tensors.get(f"blk.{layer}.{name}")
    return own or tensors[f"blk.{layer}.{joint[name]}"]


def _part(group: str, name: str, tensor: Mapping[str, Any]) -> Part:
    rows, cols = tensor["rows"], tensor["cols"]
    return Part(group, name, rows, cols, 1, tensor["kind"], _bytes(tensor))


def _bytes(tensor: Mapping[str, Any]) -> int:
    return sum(tensor[part][1] for part in ("codes", "scales", "mins") if tensor[part])
