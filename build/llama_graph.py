"""The Llama network as an ONNX graph (Touvron et al. 2023).

Inputs: input_ids int64 [b, s]; last_idx int64 [n] (positions within s whose logits are wanted);
those of the attention, see attention_nodes.py. Outputs: logits float32 [b, n, vocab]; keys and
values. Fused normalisation is onnxruntime's own operator. Knows nothing about how weights are
stored or attention is computed: `weights` and `attention` add the nodes for that.
"""

from __future__ import annotations

from typing import Protocol

import onnx

from attention_nodes import FusedAttention, ProductAttention
from gguf_source import Dimensions
from onnx_nodes import MICROSOFT
from weight_nodes import QuantizedWeights

Attention = FusedAttention | ProductAttention


class AttentionNodes(Protocol):
    """What adds the attention of one layer to a graph."""

    def layer(self, qkv: str, layer: int, cos: str, sin: str) -> str:
        """Nodes of one layer behind the packed projections `qkv`; returns the mixed values."""
        ...


def llama_graph(size: Dimensions, weights: QuantizedWeights, attention: Attention
                ) -> onnx.ModelProto:
    """The whole network: embedding, layers, and the head for the positions in last_idx."""
    notes, head = weights.notes, head_name(weights)
    notes.input("input_ids", "int64", [attention.BATCH, "s"])
    attention.declare()
    notes.input("last_idx", "int64", ["n"])
    notes.output("logits", "float32", [attention.BATCH, "n", weights.tensors[head]["rows"]])
    attention.declare_outputs()
    hidden, _ = decoder(size, weights, attention)
    wanted = notes.node("Gather", [hidden, "last_idx"], "wanted", axis=1)
    notes.node("Identity", [weights.linear(wanted, head)], "logits")
    return notes.model("llama")


def head_name(weights: QuantizedWeights) -> str:
    """The output matrix: one of its own, or the embedding once more."""
    return "output" if "output" in weights.tensors else "token_embd"


def decoder(size: Dimensions, weights: QuantizedWeights, attention: AttentionNodes
            ) -> tuple[str, list[str]]:
    """Embedding and layers; returns what the head reads, and the residual before each layer and
    after the last."""
    residual, update = weights.rows("input_ids", "token_embd"), ""
    residuals = []
    for layer in range(size.layers):
        blk = f"blk.{layer}."
        normed, residual = _normed(weights, size, residual, update, f"{blk}attn_norm")
        residuals.append(residual)
        qkv = _fused(weights, normed, f"{blk}qkv", [f"{blk}q", f"{blk}k", f"{blk}v"])
        tables = weights.table("rope.cos"), weights.table("rope.sin")
        update = weights.linear(attention.layer(qkv, layer, *tables), f"{blk}o")
        normed, residual = _normed(weights, size, residual, update, f"{blk}ffn_norm")
        update = _feed_forward(weights, normed, blk, size)
    hidden, residual = _normed(weights, size, residual, update, "output_norm")
    return hidden, [*residuals, residual]


def _normed(weights: QuantizedWeights, size: Dimensions, residual: str, update: str,
            name: str) -> tuple[str, str]:
    """RMS norm of residual + update; returns (normed, new residual)."""
    gain, output = weights.vector(name), f"{name}.y"
    if not update:
        weights.notes.node("SimplifiedLayerNormalization", [residual, gain], output, axis=-1,
                           epsilon=size.norm_eps, stash_type=1)
        return output, residual
    total = f"{name}.residual"
    weights.notes.node("SkipSimplifiedLayerNormalization", [residual, update, gain],
                       [output, "", "", total], MICROSOFT, epsilon=size.norm_eps)
    return output, total


def _feed_forward(weights: QuantizedWeights, x: str, blk: str, size: Dimensions) -> str:
    """SwiGLU: down · (silu(gate · x) ⊙ up · x), silu(z) = z · sigmoid(z) (Shazeer 2020)."""
    notes = weights.notes
    both = _fused(weights, x, f"{blk}gate_up", [f"{blk}gate", f"{blk}up"])
    sizes = notes.constant("ffn_sizes", [size.ffn, size.ffn], "int64")
    gate, up = f"{blk}gate_part", f"{blk}up_part"
    notes.node("Split", [both, sizes], [gate, up], axis=-1)
    sigmoid = notes.node("Sigmoid", [gate], f"{blk}sigmoid")
    silu = notes.node("Mul", [gate, sigmoid], f"{blk}silu")
    gated = notes.node("Mul", [silu, up], f"{blk}gated")
    return weights.linear(gated, f"{blk}down")


def _fused(weights: QuantizedWeights, x: str, name: str, parts: list[str]) -> str:
    """One product when the parts were stored as one matrix, else one each, side by side."""
    if name in weights.tensors:
        return weights.linear(x, name)
    return weights.notes.node("Concat", [weights.linear(x, part) for part in parts], f"{name}.y",
                              axis=-1)

