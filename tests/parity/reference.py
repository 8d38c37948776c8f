"""An independent Llama forward pass in numpy, straight from the GGUF.

Shares no code with the converter: `gguf` dequantises, RoPE rotates neighbouring pairs as llama.cpp
does (so the converter's reordering of rows is put to the test), and attention, norms and softmax
are written out in float64; only the large products are float32. Knows nothing of ONNX.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from gguf import GGUFReader
from gguf.quants import dequantize


def kl_nats(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """KL(p ‖ q) in nats for each row of natural log-probabilities."""
    return (np.exp(p) * (p - q)).sum(-1)


class ReferenceLlama:
    """The network of a GGUF; `logits(ids)` is float32 [len(ids), vocab]."""

    def __init__(self, gguf: Path):
        reader = GGUFReader(gguf)
        self.meta = {key: field.contents() for key, field in reader.fields.items()
                     if key.startswith("llama.")}
        self.weights = {tensor.name: dequantize(tensor.data, tensor.tensor_type)
                        .astype(np.float32).reshape(tensor.shape[::-1].tolist())
                        for tensor in reader.tensors}
        self.heads = self.meta["llama.attention.head_count"]
        self.kv_heads = self.meta["llama.attention.head_count_kv"]

    def logits(self, ids: list[int]) -> np.ndarray:
        """Logits for what follows each of `ids`."""
        return self.lens(self.stream(ids)[0][-1])

    def stream(self, ids: list[int]) -> tuple[np.ndarray, np.ndarray]:
        """(residuals [layers + 1, s, hidden], attention [layers, heads, s, s]) of a text."""
        x = self.weights["token_embd.weight"][ids].astype(np.float64)
        residuals, looks = [x], []
        for layer in range(self.meta["llama.block_count"]):
            update, weights = self._attention(self._norm(x, f"blk.{layer}.attn_norm"), layer)
            x = x + update
            x = x + self._feed_forward(self._norm(x, f"blk.{layer}.ffn_norm"), layer)
            residuals.append(x)
            looks.append(weights)
        return np.stack(residuals), np.stack(looks)

    def lens(self, x: np.ndarray) -> np.ndarray:
        """Final norm and output matrix on residuals [..., hidden]."""
        head = "output" if "output.weight" in self.weights else "token_embd"
        return self._linear(self._norm(x, "output_norm"), head)

    def _linear(self, x: np.ndarray, name: str) -> np.ndarray:
        return x.astype(np.float32) @ self.weights[f"{name}.weight"].T

    def _norm(self, x: np.ndarray, name: str) -> np.ndarray:
        mean_square = (x * x).mean(-1, keepdims=True)
        scale = np.sqrt(mean_square + self.meta["llama.attention.layer_norm_rms_epsilon"])
        return x / scale * self.weights[f"{name}.weight"]

    def _attention(self, x: np.ndarray, layer: int) -> tuple[np.ndarray, np.ndarray]:
        q = self._rotate(self._split(x, f"blk.{layer}.attn_q", self.heads))
        k = self._rotate(self._split(x, f"blk.{layer}.attn_k", self.kv_heads))
        v = self._split(x, f"blk.{layer}.attn_v", self.kv_heads)
        group = self.heads // self.kv_heads
        k, v = np.repeat(k, group, axis=0), np.repeat(v, group, axis=0)
        scores = q @ k.swapaxes(1, 2) / np.sqrt(q.shape[-1])
        scores[:, *np.triu_indices(len(x), 1)] = -np.inf
        weights = np.exp(scores - scores.max(-1, keepdims=True))
        weights = weights / weights.sum(-1, keepdims=True)
        mixed = (weights @ v).swapaxes(0, 1).reshape(len(x), -1)
        return self._linear(mixed, f"blk.{layer}.attn_output"), weights

    def _split(self, x: np.ndarray, name: str, heads: int) -> np.ndarray:
        """[tokens, heads · d] → float64 [heads, tokens, d]."""
        y = self._linear(x, name).astype(np.float64)
        return y.reshape(len(x), heads, -1).swapaxes(0, 1)

    def _rotate(self, x: np.ndarray) -> np.ndarray:
        """Turn each pair (2i, 2i + 1) at position t by the angle t · base^(-2i/d)."""
        d = x.shape[-1]
        base = float(self.meta.get("llama.rope.freq_base", 10000.0))
        angles = np.arange(x.shape[1])[:, None] * base ** (-np.arange(0, d, 2) / d)
        turned = (x[..., 0::2] + 1j * x[..., 1::2]) * np.exp(1j * angles)
        return np.stack([turned.real, turned.imag], -1).reshape(x.shape)

    def _feed_forward(self, x: np.ndarray, layer: int) -> np.ndarray:
        gate = self._linear(x, f"blk.{layer}.ffn_gate").astype(np.float64)
        up = self._linear(x, f"blk.{layer}.ffn_up")
        return self._linear(gate / (1 + np.exp(-gate)) * up, f"blk.{layer}.ffn_down")
