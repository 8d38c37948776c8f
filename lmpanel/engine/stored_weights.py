"""Rows of the matrices in weights.bin, dequantised exactly as the GGUF says.

Reads the layout that model.json describes (build/weight_blocks.py writes it): blocks of 32 weights
with a float16 scale d and, for Q4_1, a float16 minimum m.

    q8_0  w = d * (code - 128)      q4_0  w = d * (code - 8)      q4_1  w = d * code + m

Knows numpy; nothing about onnxruntime, tokens or what a matrix is for.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

BLOCK = 32
ROWS_AT_ONCE = 4096


class StoredMatrix:
    """One matrix [rows, cols] of a weights file; rows are read from disk when they are asked for.

    `entry` is its entry in model.json's "tensors".
    """

    def __init__(self, weights: Path, entry: Mapping[str, Any]):
        self.rows, self.cols, self.kind = entry["rows"], entry["cols"], entry["kind"]
        data = np.memmap(weights, np.uint8, mode="r")
        dtype = {"f16": "<f2", "f32": "<f4"}.get(self.kind, "u1")
        self._codes = _section(data, entry["codes"]).view(dtype).reshape(self.rows, -1)
        self._scales, self._mins = (
            _section(data, entry[part]).view("<f2").reshape(self.rows, -1) if entry[part] else None
            for part in ("scales", "mins")
        )

    def values(self, start: int, stop: int) -> np.ndarray:
        """Float32 [stop - start, cols]."""
        codes = self._codes[start:stop]
        if self._scales is None:
            return codes.astype(np.float32)
        blocks = self._integers(codes).reshape(len(codes), -1, BLOCK).astype(np.float32)
        blocks *= self._scales[start:stop].astype(np.float32)[..., None]
        if self._mins is not None:
            blocks += self._mins[start:stop].astype(np.float32)[..., None]
        return blocks.reshape(len(codes), self.cols)

    def similar(self, row: int) -> np.ndarray:
        """Float32 [2, rows]: the cosine of every row with this one, and the length of every row.

        Summed in float64; the cosine with a row of zeros counts as 0.
        """
        own = self.values(row, row + 1)[0].astype(np.float64)
        dots, lengths = np.empty(self.rows), np.empty(self.rows)
        for start in range(0, self.rows, ROWS_AT_ONCE):
            stop = min(start + ROWS_AT_ONCE, self.rows)
            values = self.values(start, stop).astype(np.float64)
            dots[start:stop] = values @ own
            lengths[start:stop] = np.sqrt((values * values).sum(-1))
        product = lengths * lengths[row]
        cosines = np.divide(dots, product, out=np.zeros(self.rows), where=product > 0)
        return np.stack([cosines, lengths]).astype(np.float32)

    def _integers(self, codes: np.ndarray) -> np.ndarray:
        if self.kind == "q8_0":
            return codes.astype(np.int16) - 128
        nibbles = np.stack([codes & 15, codes >> 4], axis=-1).astype(np.int16)
        return nibbles - 8 if self.kind == "q4_0" else nibbles


def embedding(folder: Path, model: Mapping[str, Any]) -> StoredMatrix:
    """The embedding matrix of a model folder: one row for each token."""
    entry = next(tensor for tensor in model["tensors"] if tensor["name"] == "token_embd")
    return StoredMatrix(folder / model["weights"]["file"], entry)


def _section(data: np.ndarray, place: list[int]) -> np.ndarray:
    return data[place[0] : place[0] + place[1]]
