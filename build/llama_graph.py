"""The Llama network as an ONNX graph (Touvron et al. 2023).

Inputs: input_ids int64 [b, s]; seqlens_k int32 [b] (tokens so far, minus one); total_len int32;
last_idx int64 [n] (positions within s whose logits are wanted); past.{i}.key and past.{i}.value
float32 [b, kv_heads, p, head_dim]. Outputs: logits float32 [b, n, vocab]; present.{i}.key and
present.{i}.value. Attention and fused normalisation are onnxruntime's own operators.
Knows nothing about how weights are stored: `weights` adds the nodes for that.
"""

from __future__ import annotations

import onnx

from gguf_source import Dimensions
from onnx_nodes import MICROSOFT, GraphNotes
from weight_nodes import QuantizedWeights


def llama_graph(size: Dimensions, weights: QuantizedWeights) -> onnx.ModelProto:
    """The whole network: embedding, layers, and the head for the positions in last_idx."""
    notes = weights.notes
    head = "output" if "output" in weights.tensors else "token_embd"
    _declare_interface(notes, size, vocab=weights.tensors[head]["rows"])
    residual, update = weights.rows("input_ids", "token_embd"), ""
    for layer in range(size.layers):
        blk = f"blk.{layer}."
        normed, residual = _normed(weights, size, residual, update, f"{blk}attn_norm")
        attended = _attention(weights, size, normed, layer)
        update = weights.linear(attended, f"{blk}o")
        normed, residual = _normed(weights, size, residual, update, f"{blk}ffn_norm")
        update = _feed_forward(weights, normed, blk, size)
    hidden, _ = _normed(weights, size, residual, update, "output_norm")
    wanted = notes.node("Gather", [hidden, "last_idx"], "wanted", axis=1)
    notes.node("Identity", [weights.linear(wanted, head)], "logits")
    return notes.model("llama")


def _declare_interface(notes: GraphNotes, size: Dimensions, vocab: int) -> None:
    notes.input("input_ids", "int64", ["b", "s"])
    notes.input("seqlens_k", "int32", ["b"])
    notes.input("total_len", "int32", [])
    notes.input("last_idx", "int64", ["n"])
    for layer in range(size.layers):
        for part in ("key", "value"):
            notes.input(f"past.{layer}.{part}", "float32", ["b", size.kv_heads, "p", size.head_dim])
    notes.output("logits", "float32", ["b", "n", vocab])
    for layer in range(size.layers):
        for part in ("key", "value"):
            shape = ["b", size.kv_heads, "t", size.head_dim]
            notes.output(f"present.{layer}.{part}", "float32", shape)


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


def _attention(weights: QuantizedWeights, size: Dimensions, x: str, layer: int) -> str:
    """Causal grouped-query attention with half-split RoPE over past and present keys."""
    blk, notes = f"blk.{layer}.", weights.notes
    qkv = _fused(weights, x, f"{blk}qkv", [f"{blk}q", f"{blk}k", f"{blk}v"])
    present = [f"present.{layer}.key", f"present.{layer}.value"]
    past = [f"past.{layer}.key", f"past.{layer}.value"]
    tables = [weights.table("rope.cos"), weights.table("rope.sin")]
    return notes.node(
        "GroupQueryAttention", [qkv, "", "", *past, "seqlens_k", "total_len", *tables],
        [f"{blk}attended", *present], MICROSOFT, num_heads=size.heads,
        kv_num_heads=size.kv_heads, do_rotary=1, rotary_interleaved=0)


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

