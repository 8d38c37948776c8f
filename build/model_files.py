"""What of a model folder ships: weights cut into parts, and model.json that lists them.

Knows the model folder's layout; nothing about downloads or conversion.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

PART_BYTES = 16 * 1024 * 1024
BROWSER_GRAPHS = ("webgpu", "wasm", "wasm_compact", "inside", "inside_head")
"""The native graph stays at home: browsers have kernels for the others."""


def write_browser_model(model_dir: Path, target: Path) -> None:
    """Write what the browser needs of `model_dir` into `target`."""
    model = json.loads((model_dir / "model.json").read_text(encoding="utf-8"))
    model["graphs"] = {name: model["graphs"][name] for name in BROWSER_GRAPHS}
    for name in ("tokenizer.json", "proof.json", *model["graphs"].values()):
        shutil.copyfile(model_dir / name, target / name)
    model["weights"] |= {"part_bytes": PART_BYTES,
                         "parts": cut(model_dir / model["weights"]["file"], target)}
    text = json.dumps(model, ensure_ascii=False, separators=(",", ":"))
    (target / "model.json").write_text(text, encoding="utf-8")


def cut(weights: Path, target: Path, part_bytes: int = PART_BYTES) -> list[dict[str, Any]]:
    """Write NAME.000.bin and so on; returns path, bytes and sha256 of each part, in order."""
    parts = []
    with weights.open("rb") as file:
        while block := file.read(part_bytes):
            name = f"{weights.stem}.{len(parts):03d}.bin"
            (target / name).write_bytes(block)
            parts.append({"path": name, "bytes": len(block),
                          "sha256": hashlib.sha256(block).hexdigest()})
    return parts
