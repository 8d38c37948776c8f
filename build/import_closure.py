"""Which of our own Python files a script needs: the inputs of the step that runs it.

Reads imports from the syntax tree, so nothing is executed. Files outside the repository's `build/`
and `lmpanel/` count through the lock files instead.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path


def import_closure(script: Path, roots: list[Path]) -> list[Path]:
    """The script and every module below `roots` (search folders) that it imports, sorted."""
    found: set[Path] = set()
    waiting = [script.resolve()]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        for name in _imported_names(path):
            waiting += _files_of(name, [*roots, path.parent])
    return sorted(found)


def _imported_names(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _files_of(name: str, roots: list[Path]) -> Iterator[Path]:
    """Files of a dotted name: the module and the packages above it."""
    parts = name.split(".")
    for root in roots:
        for count in range(1, len(parts) + 1):
            base = root.joinpath(*parts[:count])
            for candidate in (base.with_suffix(".py"), base / "__init__.py"):
                if candidate.is_file():
                    yield candidate.resolve()
