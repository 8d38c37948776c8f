"""A lecturer's own GGUF becomes a site of its own, with one option."""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "convert"))

from tiny_gguf import write_tiny

from serve import build


def test_another_model_is_built_in(tmp_path):
    gguf = write_tiny(tmp_path / "tiny-f16.gguf", kind="F16")
    built = build(model=gguf, dist=tmp_path / "dist")
    model = json.loads((built.dist / "model/model.json").read_text(encoding="utf-8"))
    assert model["name"] == "tiny"
    assert built.gguf == gguf
    assert "Model tiny" in (built.dist / "NOTICE.txt").read_text(encoding="utf-8")
    recorded = json.loads((built.dist / "recorded.json").read_text(encoding="utf-8"))
    assert recorded["ids"]
