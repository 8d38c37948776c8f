"""Plays a scene on the built site: a script that drives it in a headless Chromium.

Sets up all that it needs, as `build/test.py` does.
"""

from __future__ import annotations

from pathlib import Path

from browsers import chromium
from http_server import SiteServer
from progress import say
from serve import build
from step_cache import default_root
from toolchain import HERE, check_python, python_environment, run


def play_scene(name: str, *arguments: str | Path) -> str:
    """Run `NAME_scene.py CHROMIUM ADDRESS ARGUMENTS…` beside the served site; what it printed."""
    check_python()
    browser = chromium()
    built = build()
    python = python_environment(default_root(), HERE / "requirements-test.txt")
    say(f"step {name}")
    with SiteServer(built.dist, compressed=built.compressed).running() as server:
        scene = [python, HERE / f"{name}_scene.py", browser, server.url, *arguments]
        return run(scene, f"the {name}")
