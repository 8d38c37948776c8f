"""Imports Python packages straight from an archive in memory.

Unpacked, 800 modules become 800 files of a file system that Pyodide emulates: writing them took
half a second of every start. Here a module is inflated when it is imported. Only what is no module,
data and shared libraries, becomes files, in the folder where all of it would lie, so that packages
find their data beside `__file__`; `importlib.resources` has no way to it. Knows the zip format as
far as build/compile_python.mjs writes it: deflated or stored, below 4 GB, a .pyc for each module.
"""

from __future__ import annotations

import marshal
import os
import sys
import zlib
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec
from struct import unpack_from
from types import ModuleType
from typing import Any

_END = b"PK\5\6"
_PYC_HEADER = 16
"""Bytes of a .pyc file before its code; PEP 552."""
_DEFLATED = 8

Place = tuple[int, int, bool]
"""Where an entry's bytes begin, how many they are, and whether they are deflated."""


class ArchiveImporter:
    """Finds and loads the modules of a zip archive, as if it were unpacked into `folder`."""

    def __init__(self, archive: bytes, folder: str):
        """Write what is no module into `folder`. Raises ValueError for what has no directory."""
        self._archive = archive
        self._folder = folder
        self._modules: dict[str, Place] = {}
        self._packages: set[str] = set()
        for name, place in _entries(archive):
            if name.endswith(".pyc"):
                self._modules[name] = place
                self._packages.update(_parents(name))
            else:
                path = os.path.join(folder, name)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "wb") as file:
                    file.write(self._read(place))

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module of this name, None where the archive has none; see importlib.abc."""
        stem = name.replace(".", "/")
        for file, is_package in ((f"{stem}/__init__.pyc", True), (f"{stem}.pyc", False)):
            if file in self._modules:
                spec = ModuleSpec(name, self, origin=f"{self._folder}/{file}",
                                  loader_state=file, is_package=is_package)
                spec.has_location = True
                break
        else:
            if stem not in self._packages:
                return None
            spec = ModuleSpec(name, None, is_package=True)  # a package without __init__
        if spec.submodule_search_locations is not None:
            spec.submodule_search_locations.append(f"{self._folder}/{stem}")
        return spec

    def create_module(self, spec: ModuleSpec) -> None:
        """As usual; see importlib.abc."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's code."""
        data = self._read(self._modules[module.__spec__.loader_state])
        exec(marshal.loads(memoryview(data)[_PYC_HEADER:]), module.__dict__)

    def _read(self, place: Place) -> bytes:
        start, size, deflated = place
        data = self._archive[start:start + size]
        return zlib.decompress(data, -zlib.MAX_WBITS) if deflated else data


def _entries(archive: bytes) -> Iterator[tuple[str, Place]]:
    """Name and place of every file, from the directory at the archive's end (APPNOTE 4.3.12)."""
    end = archive.rfind(_END)
    if end < 0:
        raise ValueError("This is no zip archive.")
    count, _, at = unpack_from("<HII", archive, end + 10)
    for _ in range(count):
        (method,) = unpack_from("<H", archive, at + 10)
        size, _, name, extra, comment = unpack_from("<IIHHH", archive, at + 20)
        (local,) = unpack_from("<I", archive, at + 42)
        # The local header has lengths of its own.
        start = local + 30 + sum(unpack_from("<HH", archive, local + 26))
        yield archive[at + 46:at + 46 + name].decode(), (start, size, method == _DEFLATED)
        at += 46 + name + extra + comment


def _parents(name: str) -> Iterator[str]:
    while "/" in name:
        name = name.rpartition("/")[0]
        yield name


def add(archive: Any, folder: str) -> None:
    """Have the modules of an archive, a JavaScript ArrayBuffer, found before those in folders."""
    sys.meta_path.insert(0, ArchiveImporter(archive.to_bytes(), folder))
