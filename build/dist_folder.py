"""The finished site: everything in one folder, with manifest.json over all of it.

Assembled beside the old one and swapped in when complete, so a server or an interrupted run never
sees half a site. Knows paths and hashes, not what the files are.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

from step_cache import Record, files_under, intact, record_folder, write_atomically

MANIFEST = "manifest.json"

Parts = list[tuple[str, Path]]


def parts_of(folder: Path, prefix: str = "") -> Parts:
    """(path in the site, file) for every file of a folder."""
    return [(prefix + path.relative_to(folder).as_posix(), path) for path in files_under(folder)]


def assemble(parts: Parts, dist: Path, linkable: Path) -> Record:
    """Replace `dist` by these parts; files below `linkable` are hard-linked where possible.

    Returns the record of the new folder. Two parts with one path are an error.
    """
    fresh, old = (dist.with_name(f".{dist.name}.{name}") for name in ("new", "old"))
    for leftover in (fresh, old):
        shutil.rmtree(leftover, ignore_errors=True)
    for name, source in parts:
        target = fresh / name
        if target.exists():
            raise ValueError(f"two parts of the site are named {name}")
        target.parent.mkdir(parents=True, exist_ok=True)
        place(source, target, link=source.is_relative_to(linkable))
    record = record_folder(fresh)
    text = json.dumps(manifest(record), indent=1)
    (fresh / MANIFEST).write_text(text + "\n", encoding="utf-8")
    if dist.exists():
        dist.rename(old)
    fresh.rename(dist)
    shutil.rmtree(old, ignore_errors=True)
    return record_folder_with(dist, record)


def record_folder_with(dist: Path, record: Record) -> Record:
    """The record, completed by the manifest itself, whose hash no manifest can hold."""
    path = dist / MANIFEST
    stat = path.stat()
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return {**record, MANIFEST: [stat.st_size, stat.st_mtime_ns, sha256]}


def place(source: Path, target: Path, link: bool) -> None:
    """Copy a file, or link it when that is asked for and the disk allows it."""
    if link:
        try:
            os.link(source, target)
        except OSError:
            link = False
    if not link:
        shutil.copyfile(source, target)


def manifest(record: Record) -> dict:
    """Path, bytes and SHA-256 of every file; the version is the hash of that list.

    >>> manifest({"a": [1, 0, "ff"]})["files"]
    [{'path': 'a', 'bytes': 1, 'sha256': 'ff'}]
    """
    files = [{"path": name, "bytes": size, "sha256": sha256}
             for name, (size, _, sha256) in sorted(record.items())]
    version = hashlib.sha256(json.dumps(files).encode()).hexdigest()[:16]
    return {"version": version, "files": files}


class DistState:
    """Remembers in the cache what a dist folder was made from, to leave it alone next time."""

    def __init__(self, cache: Path, dist: Path):
        name = hashlib.sha256(str(dist).encode()).hexdigest()[:16]
        self.path = cache / f"dist-{name}.json"
        self.dist = dist

    def current(self, key: str) -> bool:
        """Whether the folder is complete, unchanged, and made from `key`."""
        try:
            state = json.loads(self.path.read_text())
        except (OSError, ValueError):
            return False
        names = {path.relative_to(self.dist).as_posix() for path in files_under(self.dist)}
        return (state["key"] == key and names == set(state["record"])
                and intact(self.dist, state["record"]))

    def remember(self, key: str, record: Record) -> None:
        """Note what was just assembled."""
        write_atomically(self.path, json.dumps({"key": key, "record": record}))
