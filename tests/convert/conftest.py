"""Lets the converter's tests import the build scripts and the numpy reference."""

import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS.parent), str(TESTS.parent / "build"), str(TESTS / "parity")]
