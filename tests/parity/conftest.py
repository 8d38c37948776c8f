"""What the parity tests share: the real GGUF, the native model, and the golden values."""

import json
import os
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS.parent), str(TESTS.parent / "build"), str(TESTS / "golden"),
                str(TESTS / "convert")]

from golden_values import load_values  # noqa: E402

from lmpanel.engine.native import NativeModel  # noqa: E402


@pytest.fixture(scope="session")
def gguf_path():
    """The GGUF that the model folder was made from."""
    path = os.environ.get("LMPANEL_GGUF")
    if not path:
        pytest.fail("LMPANEL_GGUF is not set; run the tests with python3 build/test.py")
    return Path(path)


@pytest.fixture(scope="session")
def native(model_dir):
    """The real model on native onnxruntime."""
    return NativeModel(Path(model_dir))


@pytest.fixture(scope="session")
def golden_texts():
    """Values of `transformers` for every text, by name."""
    return load_values(TESTS / "golden" / "golden.npz")


@pytest.fixture(scope="session")
def golden():
    """golden.json: the dragon chat and what was measured when the golden values were made."""
    return json.loads((TESTS / "golden" / "golden.json").read_text(encoding="utf-8"))
