"""Where the build's results lie: `python3 build/test.py` says so in the environment."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def place(variable: str) -> Path:
    """A path from the environment; without it the test cannot run."""
    value = os.environ.get(variable)
    if not value:
        pytest.fail(f"{variable} is not set: run the tests with `python3 build/test.py`")
    return Path(value)
