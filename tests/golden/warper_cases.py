"""Filters to compare with `transformers`: logits and settings, and what is stored of the results.

Shared by make_warpers.py, which asks `transformers`, and the test that asks lmpanel. The logits
themselves are not stored: PCG64 draws the same ones on every machine.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

FIRST = 8
"""Kept ids whose log-probabilities are stored."""
SMALL = 64
"""Largest vocabulary whose kept ids are all stored, besides their checksum."""


@dataclass(frozen=True)
class Draw:
    """One random row of logits: normal with this spread, as it is, rounded or with holes."""

    seed: int
    vocab: int
    spread: float
    kind: str

    @property
    def name(self) -> str:
        """For the keys of the stored arrays and the names of the tests."""
        return f"{self.kind}-{self.vocab}-{self.spread:g}"

    def logits(self) -> np.ndarray:
        """Float64 [vocab]; "ties" are rounded to 0.5, of "holes" every third is -inf."""
        dice = np.random.Generator(np.random.PCG64(self.seed))
        logits = self.spread * dice.standard_normal(self.vocab)
        if self.kind == "ties":
            return np.round(2 * logits) / 2
        if self.kind == "holes":
            logits[dice.permutation(self.vocab)[: self.vocab // 3]] = -np.inf
        return logits


DRAWS = [
    Draw(1, 5, 1.0, "normal"),
    Draw(2, 64, 1.0, "normal"),
    Draw(3, 64, 3.0, "ties"),
    Draw(4, 64, 8.0, "holes"),
    Draw(5, 1000, 4.0, "normal"),
    Draw(6, 1000, 2.0, "ties"),
    Draw(7, 49152, 1.0, "normal"),
    Draw(8, 49152, 3.0, "normal"),
    Draw(9, 49152, 8.0, "normal"),
    Draw(10, 49152, 2.0, "ties"),
    Draw(11, 49152, 3.0, "holes"),
]

Settings = dict[str, Any]


def _one_by_one() -> list[Settings]:
    values = {
        "temperature": [0.05, 0.3, 0.7, 1.3, 2.0, 10.0],
        "top_k": [1, 2, 5, 40, 63, 1000, 100_000],
        "top_p": [0.0, 1e-9, 0.1, 0.5, 0.9, 0.95, 0.999, 0.999999],
        "min_p": [1e-6, 0.01, 0.05, 0.2, 0.5, 1.0],
    }
    return [{name: value} for name, several in values.items() for value in several]


def _together() -> list[Settings]:
    grid = product([0.7, 1.5], [3, 50], [0.5, 0.9], [0.02, 0.3])
    names = ("temperature", "top_k", "top_p", "min_p")
    extreme = [(0.05, 1, 1e-9, 1.0), (0.05, 1000, 0.999, 1e-6), (10.0, 1000, 0.999, 0.5),
               (2.0, 5, 0.999, 1.0), (0.3, 40, 1e-9, 0.05)]
    return [dict(zip(names, values)) for values in [*grid, *extreme]]


SETTINGS: list[Settings] = [
    {},
    *_one_by_one(),
    *({"temperature": t, "top_p": p} for t, p in product([0.05, 0.6, 2.0], [0.3, 0.95])),
    *({"temperature": t, "min_p": p} for t, p in product([0.6, 2.0], [0.1, 0.9])),
    *({"top_k": k, "top_p": p} for k, p in product([5, 200], [0.3, 0.95])),
    *_together(),
]


@dataclass(frozen=True)
class Warped:
    """What is compared for one row of logits and one setting.

    `kept` is a bool mask [vocab] for small vocabularies, else None; `crc` is that of the mask.
    `logprobs` are natural, of the first 8 kept ids, NaN where fewer are kept.
    """

    count: int
    crc: int
    kept: np.ndarray | None
    logprobs: np.ndarray
    entropy_bits: float


def warped(logits: np.ndarray, logprobs: np.ndarray) -> Warped:
    """The stored part of filtered logits [vocab] and their log-probabilities [vocab]."""
    kept = np.isfinite(logits)
    some = logprobs[kept]
    first = np.full(FIRST, np.nan)
    first[: min(FIRST, len(some))] = some[:FIRST]
    return Warped(
        count=int(kept.sum()),
        crc=zlib.crc32(np.packbits(kept).tobytes()),
        kept=kept if len(kept) <= SMALL else None,
        logprobs=first,
        entropy_bits=float(-(np.exp(some) * some).sum() / np.log(2)) + 0.0,
    )


def save_warped(path: Path, results: dict[str, list[Warped]], versions: str) -> None:
    """Write warpers.npz: for each row of logits, the results of all settings in their order."""
    arrays: dict[str, np.ndarray] = {"versions": np.array(versions)}
    for name, found in results.items():
        arrays[f"{name}.count"] = np.array([one.count for one in found], np.uint32)
        arrays[f"{name}.crc"] = np.array([one.crc for one in found], np.uint32)
        arrays[f"{name}.logprobs"] = np.array([one.logprobs for one in found])
        arrays[f"{name}.entropy_bits"] = np.array([one.entropy_bits for one in found])
        if found[0].kept is not None:
            arrays[f"{name}.kept"] = np.array([one.kept for one in found])
    np.savez_compressed(path, **arrays)


def load_warped(path: Path) -> dict[str, list[Warped]]:
    """Read warpers.npz."""
    with np.load(path) as arrays:
        return {draw.name: _results(arrays, draw.name) for draw in DRAWS}


def _results(arrays: Any, name: str) -> list[Warped]:
    columns = [arrays[f"{name}.{part}"] for part in ("count", "crc", "logprobs", "entropy_bits")]
    kept = arrays[f"{name}.kept"] if f"{name}.kept" in arrays else [None] * len(columns[0])
    return [Warped(int(count), int(crc), mask, logprobs, float(entropy))
            for count, crc, logprobs, entropy, mask in zip(*columns, kept, strict=True)]
