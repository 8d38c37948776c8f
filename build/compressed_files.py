"""Gzip copies of the site's files, by SHA-256, for servers that may send them.

They lie in the cache, not in the site: any static host can serve the site as it is.
"""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

SUFFIXES = {".css", ".html", ".js", ".json", ".mjs", ".onnx", ".svg", ".txt", ".wasm"}
SMALLEST = 1024
LEVEL = 6


def update(dist: Path, folder: Path) -> None:
    """Add what is missing for the files of `dist`, and drop what it no longer has."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = set()
    for file in json.loads((dist / "manifest.json").read_text())["files"]:
        if Path(file["path"]).suffix in SUFFIXES and file["bytes"] >= SMALLEST:
            target = folder / f"{file['sha256']}.gz"
            wanted.add(target)
            if not target.exists():
                _compress(dist / file["path"], target)
    for stale in set(folder.iterdir()) - wanted:
        stale.unlink()


def _compress(source: Path, target: Path) -> None:
    temporary = target.with_suffix(f".{os.getpid()}")
    temporary.write_bytes(gzip.compress(source.read_bytes(), LEVEL, mtime=0))
    temporary.replace(target)
