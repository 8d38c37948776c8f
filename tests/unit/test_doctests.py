"""The core's examples are true, and importing it pulls in numpy and the standard library only."""

from __future__ import annotations

import doctest
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import lmpanel

MODULES = """
api arguments beam_search bounded_json bpe chat decoding display distribution document
document_tree editor errors filters hand_search history known_distributions messages model
number_text prefix_tree pretokenizer sampling saved_branches scoring state_codec tokenizer typed
unicode_classes vocabulary engine.base engine.fake engine.turnstile
game.calibration game.challenge game.draft game.hidden_text game.played game.points game.positions
game.result_code game.saved_game game.sealed game.setup game.suggestions game.surprise game.texts
"""
CORE = MODULES.split()
FILES = Path(lmpanel.__file__).parent.rglob("*.py")
EXAMPLES = [file for file in FILES if "\n    >>> " in file.read_text("utf-8")]
FOREIGN = {"panel", "bokeh", "param", "js", "pyodide", "onnxruntime", "tokenizers"}


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_examples(file):
    parts = file.relative_to(Path(lmpanel.__file__).parent).with_suffix("").parts
    tried = doctest.testmod(importlib.import_module(".".join(["lmpanel", *parts])))
    assert tried.attempted and not tried.failed


def loaded_by(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*sys.modules)"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    return {name.split(".")[0] for name in output.stdout.decode().split()}


def test_core_imports_numpy_only():
    modules = ", ".join(f"lmpanel.{name}" for name in CORE)
    assert not loaded_by(f"import {modules}") & FOREIGN


def test_package_itself_is_light():
    assert "numpy" not in loaded_by("import lmpanel")
