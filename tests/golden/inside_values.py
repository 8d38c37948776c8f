"""What `transformers` says about the inside of the network, on disk: made by make_inside.py."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

TOP, DIMENSIONS, TOKENS, KEYS = 5, 8, 8, 2


@dataclass(frozen=True)
class InsideValues:
    """One text of s tokens in L layers: `ids` [s].

    `residuals` [L + 1, s, 8] at the `dimensions`, the residual stream before each layer and after
    the last. `top` ids [L + 1, s, 5] of the logit lens and their `logprobs` [L + 1, s, 5 + 8] in
    nats, the last 8 of the probes `tokens`. `attention` [L, heads, s, 2] to the probes `keys`.
    """

    ids: np.ndarray
    residuals: np.ndarray
    top: np.ndarray
    logprobs: np.ndarray
    attention: np.ndarray


def probes(layers: int, heads: int, count: int, hidden: int, vocab: int
           ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which values are kept: dimensions [L + 1, s, 8], tokens [L + 1, s, 8], keys [L, heads, s, 2].

    Pseudo-random, the same on every machine; a key never comes after the token that looks at it.
    """
    random = np.random.Generator(np.random.PCG64(4))
    dimensions = random.integers(0, hidden, (layers + 1, count, DIMENSIONS))
    tokens = random.integers(0, vocab, (layers + 1, count, TOKENS))
    share = random.random((layers, heads, count, KEYS))
    keys = (share * (np.arange(count)[:, None] + 1)).astype(int)
    return dimensions, tokens, keys


def save_inside(path: Path, texts: dict[str, InsideValues]) -> None:
    """Write inside.npz; ids as uint16, everything else as float32."""
    arrays = {}
    for name, values in texts.items():
        for field in fields(values):
            dtype = np.uint16 if field.name in ("ids", "top") else np.float32
            arrays[f"{name}.{field.name}"] = getattr(values, field.name).astype(dtype)
    np.savez_compressed(path, **arrays)


def load_inside(path: Path) -> dict[str, InsideValues]:
    """Read inside.npz."""
    with np.load(path) as arrays:
        names = sorted({key.split(".")[0] for key in arrays.files})
        return {name: InsideValues(**{
            field.name: arrays[f"{name}.{field.name}"].astype(
                np.int64 if field.name in ("ids", "top") else np.float64)
            for field in fields(InsideValues)}) for name in names}
