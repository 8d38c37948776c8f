"""Joins a JavaScript module and all that it imports to one classic script.

Only for our own modules: `import {a, b as c} from "./x.js"` and `export` before a declaration; any
other form is an error. Each module keeps a scope of its own. Knows nothing about what they do.
"""

from __future__ import annotations

import re
from pathlib import Path

from problems import BuildProblem

IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.[^"]+)";$', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|class|const) ([\w$]+))", re.MULTILINE)
OTHER = re.compile(r"^(?:import\b|export\b).*|\bimport\.meta\b|\bawait import\(", re.MULTILINE)


def module_closure(entry: Path) -> list[Path]:
    """The module and every one that it imports, each after those that it needs."""
    found: dict[Path, None] = {}

    def visit(path: Path, above: tuple[Path, ...]) -> None:
        if path in above:
            raise BuildProblem(f"{path} imports itself", "join what belongs together")
        if path not in found:
            for _, name in IMPORT.findall(path.read_text(encoding="utf-8")):
                visit((path.parent / name).resolve(), (*above, path))
            found[path] = None
    visit(entry.resolve(), ())
    return list(found)


def joined(entry: Path) -> str:
    """The classic script."""
    modules = module_closure(entry)
    names = {path: f"module{number}" for number, path in enumerate(modules)}
    return '"use strict";\n' + "".join(_wrapped(path, names) for path in modules)


def _wrapped(path: Path, names: dict[Path, str]) -> str:
    text = path.read_text(encoding="utf-8")
    exported = EXPORT.findall(text)
    body = EXPORT.sub("", IMPORT.sub(lambda found: _taken(found, path, names), text))
    if other := OTHER.search(body):
        raise BuildProblem(f"{path.name} cannot be joined: {other.group()}",
                           'write import { name } from "./x.js"; and export before a declaration')
    return (f"// {path.name}\nconst {names[path]} = (() => {{\n{body}"
            f"return {{ {', '.join(exported)} }};\n}})();\n")


def _taken(found: re.Match[str], path: Path, names: dict[Path, str]) -> str:
    """What stands for an import.

    >>> here = Path("/a/b.js")
    >>> _taken(IMPORT.match('import { x, y as z } from "./c.js";'), here, {Path("/a/c.js"): "m"})
    'const { x, y: z } = m;'
    """
    wanted = ", ".join(part.strip().replace(" as ", ": ")
                       for part in found[1].split(",") if part.strip())
    return f"const {{ {wanted} }} = {names[(path.parent / found[2]).resolve()]};"
