"""Builds the site and runs every test: `python3 build/test.py [pytest arguments]`.

Sets up all that the tests need: the pinned packages, three browsers, the converted model. Runs the
linter, the JavaScript tests and, last, pytest; the exit status is non-zero when any of them fails.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from browsers import CHROMIUM, FIREFOX, SCREEN, WEBKIT, installed
from pipeline import REPOSITORY, Built
from problems import run_main
from progress import say
from serve import build
from step_cache import default_root
from toolchain import HERE, check_python, find_node, node_packages, python_environment

JAVASCRIPT_TESTS = "tests/**/*.test.js"


BROWSERS = (CHROMIUM, FIREFOX, WEBKIT, SCREEN)
AUDIT = HERE / "audit"


def environment(built: Built, browsers: Sequence[Path], audit: Path) -> dict[str, str]:
    """What tests/conftest.py reads; `audit` holds the Node packages that only tests use."""
    return {
        **os.environ,
        "LMPANEL_DIST": str(built.dist),
        "LMPANEL_MODEL_DIR": str(built.model_dir),
        "LMPANEL_GGUF": str(built.gguf),
        "LMPANEL_GZIP": str(built.compressed),
        "LMPANEL_AXE": str(audit / "axe-core" / "axe.min.js"),
        **{program.variable: str(path) for program, path in zip(BROWSERS, browsers, strict=True)},
    }


def passes(name: str, command: Sequence[str | Path], **options) -> bool:
    """Run one kind of check in the repository; its output is the user's to read."""
    say(f"check {name}")
    words = [str(part) for part in command]
    done = subprocess.run(words, cwd=REPOSITORY, stdin=subprocess.DEVNULL, **options)
    return done.returncode == 0


def main(arguments: list[str]) -> int:
    """Run everything; returns the exit status."""
    check_python()
    browsers = installed(*BROWSERS)
    built = build()
    audit = node_packages(default_root(), AUDIT)
    python = python_environment(default_root(), HERE / "requirements-test.txt")
    scripts = sorted(REPOSITORY.glob(JAVASCRIPT_TESTS))
    results = [
        passes("ruff", [python, "-m", "ruff", "check", "--no-cache", "."]),
        passes("JavaScript", [find_node(), "--test", "--test-reporter=spec", *scripts]),
        passes("pytest", [python, "-m", "pytest", *arguments],
               env=environment(built, browsers, audit)),
    ]
    return 0 if all(results) else 1


if __name__ == "__main__":
    run_main(main)
