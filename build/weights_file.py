"""Writes weights.bin: the sections of all tensors, one after another, each 64-byte aligned.

Codes come first, scales and minima behind all of them: those take a third less when they are
compressed on the way, and codes hardly anything.
Knows where every section lies; knows nothing about what the weights mean.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from llama_weights import Weight

ALIGNMENT = 64
PART_BYTES = 16 * 1024 * 1024
"""Size of the parts in which the browser downloads the file."""

NAME = "weights.bin"


class WeightsFile:
    """A weights.bin being written; afterwards `entry()` and `tensors` describe it for model.json.

    `tensors[i]` has name, kind, rows, cols, expand and the sections codes, scales and mins, each
    [offset, bytes] or None.
    """

    def __init__(self, folder: Path):
        self._file = (folder / NAME).open("wb")
        self._hash = hashlib.sha256()
        self._bytes = 0
        self._behind: list[tuple[dict[str, Any], str, np.ndarray]] = []
        self.tensors: list[dict[str, Any]] = []

    def __enter__(self) -> WeightsFile:
        return self

    def __exit__(self, *_: object) -> None:
        for entry, part, values in self._behind:
            entry[part] = self._section(values)
        self._behind.clear()
        self._file.close()

    def add(self, weight: Weight) -> None:
        """Append the codes of one tensor; its other sections follow at the end."""
        tensor = weight.tensor
        entry = {
            "name": weight.name, "kind": tensor.kind, "rows": tensor.rows, "cols": tensor.cols,
            "codes": self._section(tensor.codes), "scales": None, "mins": None,
            "expand": weight.expand,
        }
        self.tensors.append(entry)
        for part, values in (("scales", tensor.scales), ("mins", tensor.mins)):
            if values is not None:
                self._behind.append((entry, part, values))

    def entry(self) -> dict[str, Any]:
        """The "weights" entry of model.json."""
        return {"file": NAME, "bytes": self._bytes, "sha256": self._hash.hexdigest(),
                "part_bytes": PART_BYTES}

    def _section(self, values: np.ndarray) -> list[int]:
        self._write(bytes(-self._bytes % ALIGNMENT))
        start = self._bytes
        self._write(np.ascontiguousarray(values).tobytes())
        return [start, self._bytes - start]

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._hash.update(data)
        self._bytes += len(data)
