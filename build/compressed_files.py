"""Gzip copies of the site's files, by SHA-256, for servers that may send them.

They lie in the cache, not in the site: any static host can serve the site as it is.
"""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

SUFFIXES = {".bin", ".css", ".html", ".js", ".json", ".mjs", ".onnx", ".svg", ".txt", ".wasm"}
SMALLEST = 1024
LEVEL = 6
SAMPLE_BYTES = 1 << 18
WORTH = 0.9
"""A file that keeps more of its size than this is sent as it is."""


def update(dist: Path, folder: Path) -> None:
    """Add what is missing for the files of `dist`, and drop what it no longer has."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = set()
    for file in json.loads((dist / "manifest.json").read_text())["files"]:
        if Path(file["path"]).suffix in SUFFIXES and worthwhile(dist / file["path"]):
            target = folder / f"{file['sha256']}.gz"
            wanted.add(target)
            if not target.exists():
                _compress(dist / file["path"], target)
    for stale in set(folder.iterdir()) - wanted:
        stale.unlink(missing_ok=True)  # Another build may be at it.


def worthwhile(path: Path) -> bool:
    """Whether a file gets notably smaller, judged by its last 256 kB."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(size - SAMPLE_BYTES, 0))
        sample = file.read()
    return size >= SMALLEST and len(gzip.compress(sample, 1)) < WORTH * len(sample)


def _compress(source: Path, target: Path) -> None:
    temporary = target.with_suffix(f".{os.getpid()}")
    temporary.write_bytes(gzip.compress(source.read_bytes(), LEVEL, mtime=0))
    temporary.replace(target)
