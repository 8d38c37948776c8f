"""Three ways to write causal grouped-query attention (Ainslie et al. 2023); all give the same.

`FusedAttention` is onnxruntime's own operator: one node a layer, fast on GPUs and on the native
CPU. It reads whole keys and values and writes them again, longer by the new tokens:

    seqlens_k int32 [b] (tokens so far, minus one), total_len int32,
    past.{i}.key and past.{i}.value float32 [b, kv_heads, p, head_dim],
    present.{i}.key and present.{i}.value likewise, p + s tokens long

`ProductAttention` is softmax(q·kᵀ/√d + mask)·v written out in products, for WebAssembly, where the
operator took 20 times as long for a chunk of 32 tokens behind 2 000 others. The cache may be larger
than what is in it, and only the new keys and values come out, so nothing old is copied:

    positions int64 [1, s], mask float32 [s, c + s] (-inf where a token may not look, else 0),
    past.{i}.key and past.{i}.value float32 [1, kv_heads, c, head_dim],
    new.{i}.key and new.{i}.value float32 [1, kv_heads, s, head_dim]

The mask also lets tokens be siblings: several continuations of one text go in one run.

`WatchedAttention` is the same in products for one short text at once, without a cache and with no
inputs of its own: who looks at whom comes out (`attention`), for looking at.
Knows nothing about the rest of the network, or where weights come from.
"""

from __future__ import annotations

import math

import numpy as np

from gguf_source import Dimensions
from onnx_nodes import MICROSOFT, GraphNotes


class FusedAttention:
    """Adds one GroupQueryAttention node a layer, rotary embedding included."""

    BATCH = "b"

    def __init__(self, notes: GraphNotes, size: Dimensions):
        self.notes, self.size = notes, size

    def declare(self) -> None:
        """Inputs and outputs of the graph that concern attention."""
        notes, size = self.notes, self.size
        notes.input("seqlens_k", "int32", ["b"])
        notes.input("total_len", "int32", [])
        for name in _cache_names(size, "past"):
            notes.input(name, "float32", ["b", size.kv_heads, "p", size.head_dim])

    def declare_outputs(self) -> None:
        """Keys and values, old and new."""
        size = self.size
        for name in _cache_names(size, "present"):
            self.notes.output(name, "float32", ["b", size.kv_heads, "t", size.head_dim])

    def layer(self, qkv: str, layer: int, cos: str, sin: str) -> str:
        """Nodes of one layer behind the packed projections `qkv`; returns the mixed values."""
        blk = f"blk.{layer}."
        present = [f"present.{layer}.key", f"present.{layer}.value"]
        past = [f"past.{layer}.key", f"past.{layer}.value"]
        return self.notes.node(
            "GroupQueryAttention", [qkv, "", "", *past, "seqlens_k", "total_len", cos, sin],
            [f"{blk}attended", *present], MICROSOFT, num_heads=self.size.heads,
            kv_num_heads=self.size.kv_heads, do_rotary=1, rotary_interleaved=0)


class ProductAttention:
    """Adds attention as matrix products over cached and new tokens apart.

    The heads that share a key head are stacked, so that each product is one large matrix.
    """

    BATCH = 1

    def __init__(self, notes: GraphNotes, size: Dimensions):
        self.notes, self.size = notes, size
        self.scale = 1 / math.sqrt(size.head_dim)

    def declare(self) -> None:
        """Inputs of the graph that concern attention, and what all layers share."""
        notes, size = self.notes, self.size
        notes.input("positions", "int64", [1, "s"])
        notes.input("mask", "float32", ["s", "t"])
        for name in _cache_names(size, "past"):
            notes.input(name, "float32", [1, size.kv_heads, "c", size.head_dim])
        # Stacked heads come one after the other: the mask's rows once for each.
        notes.node("Concat", ["mask"] * (size.heads // size.kv_heads), "mask.stacked", axis=0)
        cached = notes.node("Shape", ["past.0.key"], "cached", start=2, end=3)
        new = notes.node("Shape", ["input_ids"], "new", start=1, end=2)
        notes.node("Concat", [cached, new], "widths", axis=0)

    def declare_outputs(self) -> None:
        """Keys and values of the new tokens."""
        size = self.size
        for name in _cache_names(size, "new"):
            self.notes.output(name, "float32", [1, size.kv_heads, "s", size.head_dim])

    def layer(self, qkv: str, layer: int, cos: str, sin: str) -> str:
        """Nodes of one layer behind the packed projections `qkv`; returns the mixed values."""
        blk, node = f"blk.{layer}.", self.notes.node
        query = self._rotated(qkv, layer, cos, sin)
        old, new = f"past.{layer}.", f"new.{layer}."
        scores = [self._scores(query, f"{part}key", f"{blk}scores.{where}")
                  for part, where in ((old, "cached"), (new, "new"))]
        together = node("Concat", scores, f"{blk}scores", axis=-1)
        masked = node("Add", [together, "mask.stacked"], f"{blk}masked")
        weights = node("Softmax", [masked], f"{blk}weights", axis=-1)
        parts = [f"{blk}weights.cached", f"{blk}weights.new"]
        node("Split", [weights, "widths"], parts, axis=-1)
        mixed = [node("MatMul", [part, f"{where}value"], f"{part}.mixed")
                 for part, where in zip(parts, (old, new), strict=True)]
        return self._joined(node("Add", mixed, f"{blk}mixed"), blk)

    def _rotated(self, qkv: str, layer: int, cos: str, sin: str) -> str:
        """Split into heads and rotate; gives new.{layer}.* and returns the stacked queries."""
        notes, size, blk = self.notes, self.size, f"blk.{layer}."
        turning = size.heads + size.kv_heads
        apart = notes.constant("heads_apart", [1, -1, turning + size.kv_heads, size.head_dim],
                               "int64")
        heads = notes.node("Reshape", [qkv, apart], f"{blk}heads")
        first = notes.node("Transpose", [heads], f"{blk}heads.first", perm=[0, 2, 1, 3])
        sizes = notes.constant("turning_and_values", [turning, size.kv_heads], "int64")
        notes.node("Split", [first, sizes], [f"{blk}turning", f"new.{layer}.value"], axis=1)
        turned = notes.node("RotaryEmbedding", [f"{blk}turning", "positions", cos, sin],
                            f"{blk}turned", MICROSOFT, num_heads=turning, interleaved=0)
        sizes = notes.constant("queries_and_keys", [size.heads, size.kv_heads], "int64")
        notes.node("Split", [turned, sizes], [f"{blk}queries", f"new.{layer}.key"], axis=1)
        stacked = notes.constant("stacked", [1, size.kv_heads, -1, size.head_dim], "int64")
        return notes.node("Reshape", [f"{blk}queries", stacked], f"{blk}queries.stacked")

    def _scores(self, query: str, key: str, output: str) -> str:
        return self.notes.node("FusedMatMul", [query, key], output, MICROSOFT, transB=1,
                               alpha=self.scale)

    def _joined(self, mixed: str, blk: str) -> str:
        """[1, kv_heads, stacked rows, head_dim] back to [1, s, hidden]."""
        notes, size = self.notes, self.size
        apart = notes.constant("heads_first", [1, size.heads, -1, size.head_dim], "int64")
        heads = notes.node("Reshape", [mixed, apart], f"{blk}mixed.heads")
        last = notes.node("Transpose", [heads], f"{blk}mixed.tokens", perm=[0, 2, 1, 3])
        flat = notes.constant("heads_joined", [1, -1, size.heads * size.head_dim], "int64")
        return notes.node("Reshape", [last, flat], f"{blk}attended")


class WatchedAttention(ProductAttention):
    """Adds attention over one whole text, and keeps its weights: float32 [1, heads, s, s]."""

    def declare(self) -> None:
        """Positions and the causal mask, made in the graph from the number of tokens."""
        node, constant = self.notes.node, self.notes.constant
        shape = node("Shape", ["input_ids"], "new", start=1, end=2)
        flat = constant("no_axes", [], "int64")
        count = node("Reshape", [shape, flat], "count")
        zero, one = constant("nought", 0, "int64"), constant("one", 1, "int64")
        row = node("Range", [zero, count, one], "places")
        first, last = (constant(f"axis_{axis}", [axis], "int64") for axis in (0, 1))
        node("Unsqueeze", [row, first], "positions")
        below = node("Unsqueeze", [row, last], "places.column")
        seen = node("GreaterOrEqual", [below, "positions"], "seen")
        free, shut = constant("free", 0.0, "float32"), constant("shut", -np.inf, "float32")
        node("Where", [seen, free, shut], "mask")
        node("Concat", ["mask"] * (self.size.heads // self.size.kv_heads), "mask.stacked", axis=0)

    def layer(self, qkv: str, layer: int, cos: str, sin: str) -> str:
        """Nodes of one layer behind the packed projections `qkv`; returns the mixed values."""
        blk, node = f"blk.{layer}.", self.notes.node
        query = self._rotated(qkv, layer, cos, sin)
        scores = self._scores(query, f"new.{layer}.key", f"{blk}scores")
        masked = node("Add", [scores, "mask.stacked"], f"{blk}masked")
        weights = node("Softmax", [masked], f"{blk}weights", axis=-1)
        mixed = node("MatMul", [weights, f"new.{layer}.value"], f"{blk}mixed")
        apart = node("Concat", [self.notes.constant("one_text", [1, self.size.heads], "int64"),
                                "new", "new"], f"{blk}weights.shape", axis=0)
        node("Reshape", [weights, apart], self.weights_name(layer))
        return self._joined(mixed, blk)

    @staticmethod
    def weights_name(layer: int) -> str:
        """The attention weights of one layer."""
        return f"blk.{layer}.attention"


def _cache_names(size: Dimensions, word: str) -> list[str]:
    return [f"{word}.{layer}.{part}" for layer in range(size.layers) for part in ("key", "value")]
