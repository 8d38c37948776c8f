"""The list of matrices that the graphs use, made from the tensors of a Llama GGUF.

Query, key and value become one matrix, and so do gate and up, when they share a kind; otherwise
they stay apart and the graph concatenates their outputs. Knows GGUF tensor names and their
meaning; knows nothing about files or ONNX.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gguf_source import Dimensions, GGUFSource
from weight_blocks import Tensor, stack_rows


@dataclass(frozen=True)
class Weight:
    """A tensor under the name that graphs and model.json use.

    `expand` says that the WASM graph wants it as float32.
    """

    name: str
    tensor: Tensor
    expand: bool = False


def llama_weights(source: GGUFSource) -> Iterator[Weight]:
    """Every matrix and vector of the model, in the order in which they are computed with."""
    size = source.dimensions
    vocab = len(source.need("tokenizer.ggml.tokens"))
    embedding = source.tensor("token_embd.weight", (vocab, size.hidden))
    tied = "output.weight" not in source
    yield Weight("token_embd", embedding, expand=tied)
    yield from _rope_tables(size)
    for layer in range(size.layers):
        yield from _attention(source, size, layer)
        yield from _feed_forward(source, size, layer)
    yield _norm(source, size, "output_norm")
    if not tied:
        yield Weight("output", source.tensor("output.weight", (vocab, size.hidden)), expand=True)
    source.check_all_taken()


def weight_count(dimensions: Dimensions) -> int:
    """About how many weights `llama_weights` gives, for a progress bar."""
    return 4 + 6 * dimensions.layers


def _attention(source: GGUFSource, size: Dimensions, layer: int) -> Iterator[Weight]:
    blk = f"blk.{layer}."
    query, key_value = size.heads * size.head_dim, size.kv_heads * size.head_dim
    q = source.tensor(f"{blk}attn_q.weight", (query, size.hidden))
    k = source.tensor(f"{blk}attn_k.weight", (key_value, size.hidden))
    v = source.tensor(f"{blk}attn_v.weight", (key_value, size.hidden))
    yield _norm(source, size, f"{blk}attn_norm")
    yield from _fused(f"{blk}qkv", {
        f"{blk}q": q.take_rows(half_split_order(size.heads, size.head_dim)),
        f"{blk}k": k.take_rows(half_split_order(size.kv_heads, size.head_dim)),
        f"{blk}v": v,
    })
    output = source.tensor(f"{blk}attn_output.weight", (size.hidden, query))
    yield Weight(f"{blk}o", output, expand=True)


def _feed_forward(source: GGUFSource, size: Dimensions, layer: int) -> Iterator[Weight]:
    blk = f"blk.{layer}."
    yield _norm(source, size, f"{blk}ffn_norm")
    yield from _fused(f"{blk}gate_up", {
        f"{blk}gate": source.tensor(f"{blk}ffn_gate.weight", (size.ffn, size.hidden)),
        f"{blk}up": source.tensor(f"{blk}ffn_up.weight", (size.ffn, size.hidden)),
    })
    down = source.tensor(f"{blk}ffn_down.weight", (size.hidden, size.ffn))
    yield Weight(f"{blk}down", down, expand=True)


def _fused(name: str, parts: dict[str, Tensor]) -> Iterator[Weight]:
    if len({part.kind for part in parts.values()}) == 1:
        yield Weight(name, stack_rows(list(parts.values())), expand=True)
    else:
        yield from (Weight(part, tensor, expand=True) for part, tensor in parts.items())


def half_split_order(heads: int, head_dim: int) -> np.ndarray:
    """Row order that undoes llama.cpp's interleaving of query and key rows for RoPE.

    llama.cpp rotates the pairs (0, 1), (2, 3)…; ONNX rotates (0, d/2), (1, d/2 + 1)….

    >>> half_split_order(1, 4).tolist()
    [0, 2, 1, 3]
    """
    rows = np.arange(heads * head_dim).reshape(heads, head_dim // 2, 2)
    return rows.swapaxes(1, 2).reshape(-1)


def _norm(source: GGUFSource, size: Dimensions, name: str) -> Weight:
    tensor = source.tensor(f"{name}.weight", (1, size.hidden))
    return Weight(name, Tensor("f32", tensor.dequantised()))


def _rope_tables(size: Dimensions) -> Iterator[Weight]:
    """Cosines and sines of position · base^(-2i/d), computed in float64 (Su et al. 2021)."""
    frequencies = size.rope_base ** (-np.arange(0, size.head_dim, 2) / size.head_dim)
    angles = np.arange(size.context_length)[:, None] * frequencies[None]
    yield Weight("rope.cos", Tensor("f32", np.cos(angles).astype(np.float32)))
    yield Weight("rope.sin", Tensor("f32", np.sin(angles).astype(np.float32)))
