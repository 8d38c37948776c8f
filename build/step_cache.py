"""Named build steps whose results are kept by the hash of their inputs.

A step writes into a fresh folder that is renamed when it is complete, so an interrupted run leaves
nothing half-made. What a step made is checked on every use: by size and modification time, and by
SHA-256 where those differ; a result that was damaged is made again. Knows nothing about what the
steps do.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from progress import say

KEPT_RESULTS = 3
"""Results kept for each step: switching between two models or branches rebuilds nothing."""
CHUNK = 1 << 20

Record = dict[str, list]


def default_root() -> Path:
    """The cache folder: `$LMPANEL_CACHE`, else `~/.cache/lmpanel`."""
    return Path(os.environ.get("LMPANEL_CACHE") or Path.home() / ".cache" / "lmpanel")


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(CHUNK):
            digest.update(block)
    return digest.hexdigest()


def hash_files(paths: Iterable[Path], root: Path) -> str:
    """One hash over names (relative to `root`) and contents of files."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(f"{path.relative_to(root).as_posix()}\0{file_sha256(path)}\n".encode())
    return digest.hexdigest()


def files_under(folder: Path) -> list[Path]:
    """All files below a folder, without Python's caches, sorted."""
    return sorted(path for path in folder.rglob("*")
                  if path.is_file() and "__pycache__" not in path.parts)


def record_folder(folder: Path) -> Record:
    """Size, modification time (ns) and SHA-256 of every file of a folder."""
    return {path.relative_to(folder).as_posix(): _entry(path) for path in files_under(folder)}


def intact(folder: Path, record: Record) -> bool:
    """Whether every recorded file is there with its content; refreshes times that moved."""
    for name, (size, mtime, sha256) in record.items():
        path = folder / name
        try:
            stat = path.stat()
        except OSError:
            return False
        if [stat.st_size, stat.st_mtime_ns] == [size, mtime]:
            continue
        if stat.st_size != size or file_sha256(path) != sha256:
            return False
        record[name] = [size, stat.st_mtime_ns, sha256]
    return True


class StepCache:
    """Results of steps below one root folder."""

    def __init__(self, root: Path):
        self.root = root
        self.steps = root / "steps"
        self.steps.mkdir(parents=True, exist_ok=True)

    def step(self, name: str, inputs: Mapping[str, str], make: Callable[[Path], None]) -> Path:
        """The folder that `make(folder)` fills for these inputs, made only if it is not there."""
        text = json.dumps({"step": name, **inputs}, sort_keys=True)
        folder = self.steps / f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"
        if self._usable(folder):
            os.utime(folder)
            return folder
        say(f"step {name}")
        temporary = folder.with_name(f".{folder.name}.{os.getpid()}")
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir()
        try:
            make(temporary)
            self._keep(temporary, folder)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        self._prune(name)
        return folder

    def _usable(self, folder: Path) -> bool:
        record_path = _record_path(folder)
        if not (folder.is_dir() and record_path.is_file()):
            return False
        try:
            record = json.loads(record_path.read_text())
        except ValueError:
            return False
        before = json.dumps(record)
        if not intact(folder, record):
            say(f"{folder.name} in the cache was damaged; it is made again")
            return False
        if json.dumps(record) != before:
            write_atomically(record_path, json.dumps(record))
        return True

    def _keep(self, temporary: Path, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        write_atomically(_record_path(folder), json.dumps(record_folder(temporary)))
        temporary.rename(folder)

    def _prune(self, name: str) -> None:
        length = len(name) + 1 + 16
        results = [path for path in self.steps.glob(f"{name}-*")
                   if path.is_dir() and len(path.name) == length]
        results.sort(key=lambda path: path.stat().st_mtime, reverse=True)
        for old in results[KEPT_RESULTS:]:
            _record_path(old).unlink(missing_ok=True)
            shutil.rmtree(old, ignore_errors=True)


def write_atomically(path: Path, text: str) -> None:
    """Write a file so that readers see the old or the new content, never a part."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


def _record_path(folder: Path) -> Path:
    return folder.with_name(folder.name + ".json")


def _entry(path: Path) -> list:
    stat = path.stat()
    return [stat.st_size, stat.st_mtime_ns, file_sha256(path)]
