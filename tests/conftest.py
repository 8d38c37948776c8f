"""What all tests share: where the built model lies."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def model_dir() -> Path:
    """The model folder made by the build, from LMPANEL_MODEL_DIR."""
    return Path(os.environ["LMPANEL_MODEL_DIR"])
