"""The weight formats that the converter understands, block by block.

A `Tensor` holds one matrix as the model folder stores it: codes, and for quantised kinds one
float16 scale (and for Q4_1 one float16 minimum) per block of 32 weights along a row. Nothing is
rounded on the way from a GGUF to here, so dequantising gives llama.cpp's own float32 values.
Knows nothing about files, ONNX or what a matrix is for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

BLOCK = 32
HALF = BLOCK // 2

KINDS = ("q4_0", "q4_1", "q8_0", "f16", "f32")
"""Kinds of tensor, named as in model.json."""


@dataclass(frozen=True)
class Tensor:
    """One matrix [rows = outputs, cols = inputs] of one kind.

    `codes` is uint8 [rows, cols/32, 16] for q4 kinds (element 2j in the low nibble, 2j+1 in the
    high one), uint8 [rows, cols] holding q + 128 for q8_0, and the values themselves for f16 and
    f32. `scales` and `mins` are float16 [rows, cols/32].
    """

    kind: str
    codes: np.ndarray
    scales: np.ndarray | None = None
    mins: np.ndarray | None = None

    @property
    def rows(self) -> int:
        """Number of outputs."""
        return self.codes.shape[0]

    @property
    def cols(self) -> int:
        """Number of inputs."""
        return self.codes.shape[1] * BLOCK if self.kind.startswith("q4") else self.codes.shape[1]

    def take_rows(self, order: np.ndarray) -> Tensor:
        """The same matrix with its rows in another order."""
        return self._map(lambda part: part[order])

    def dequantised(self) -> np.ndarray:
        """Float32 [rows, cols], the exact products and sums that the format stands for.

        >>> block = np.full((1, 1, 16), 0x21, np.uint8)
        >>> half = np.full((1, 1), 0.5, np.float16)
        >>> Tensor("q4_1", block, half, half).dequantised()[0, :4].tolist()
        [1.0, 1.5, 1.0, 1.5]
        """
        if self.scales is None:
            return self.codes.astype(np.float32)
        codes = self._integers().reshape(self.rows, -1, BLOCK).astype(np.float32)
        values = codes * self.scales.astype(np.float32)[..., None]
        if self.mins is not None:
            values += self.mins.astype(np.float32)[..., None]
        return values.reshape(self.rows, self.cols)

    def _integers(self) -> np.ndarray:
        if self.kind == "q8_0":
            return self.codes.astype(np.int16) - 128
        nibbles = np.stack([self.codes & 15, self.codes >> 4], axis=-1).astype(np.int16)
        return nibbles - 8 if self.kind == "q4_0" else nibbles

    def _map(self, change: Callable[[np.ndarray], np.ndarray]) -> Tensor:
        parts = (self.codes, self.scales, self.mins)
        return Tensor(self.kind, *(None if part is None else change(part) for part in parts))


def stack_rows(tensors: Sequence[Tensor]) -> Tensor:
    """One matrix whose outputs are those of all `tensors`, which must share kind and inputs."""
    columns = zip(*((t.codes, t.scales, t.mins) for t in tensors), strict=True)
    parts = (None if column[0] is None else np.concatenate(column) for column in columns)
    return Tensor(tensors[0].kind, *parts)


def from_gguf(kind: str, raw: np.ndarray, rows: int) -> Tensor:
    """Take the bytes of a GGUF tensor apart without changing a value.

    Layouts: `block_q4_0`, `block_q4_1` and `block_q8_0` of ggml-common.h.
    """
    data = np.ascontiguousarray(raw).view(np.uint8).reshape(-1)
    if kind in ("f16", "f32"):
        return Tensor(kind, data.view("<f2" if kind == "f16" else "<f4").reshape(rows, -1))
    header = {"q4_0": 2, "q4_1": 4, "q8_0": 2}[kind]
    blocks = data.reshape(rows, -1, header + (BLOCK if kind == "q8_0" else HALF))
    scales = _halves(blocks[..., 0:2])
    mins = _halves(blocks[..., 2:4]) if kind == "q4_1" else None
    body = blocks[..., header:]
    if kind == "q8_0":
        return Tensor(kind, (body ^ 0x80).reshape(rows, -1), scales)
    return Tensor(kind, _interleave_nibbles(body), scales, mins)


def _halves(pairs: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(pairs).view("<f2")[..., 0]


def _interleave_nibbles(body: np.ndarray) -> np.ndarray:
    """From GGUF's order (low nibbles are weights 0…15) to neighbours sharing a byte."""
    weights = np.concatenate([body & 15, body >> 4], axis=-1)
    return weights[..., 0::2] | (weights[..., 1::2] << 4)
