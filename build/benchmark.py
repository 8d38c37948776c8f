"""Measures the built site: `python3 build/benchmark.py`.

Sets up all that it needs, as `build/test.py` does, serves the site with the real model and plays
`benchmark_scene.py` on it in a headless Chromium. Figures depend on the machine and on what else it
does: compare the ratios, which come from one run.
"""

from __future__ import annotations

from chromium import chromium
from http_server import SiteServer
from problems import run_main
from progress import say
from serve import build
from step_cache import default_root
from toolchain import HERE, check_python, python_environment, run


def main(arguments: list[str]) -> int:
    """Run the command; returns the exit status."""
    check_python()
    browser = chromium()
    built = build()
    python = python_environment(default_root(), HERE / "requirements-test.txt")
    say("step benchmark")
    with SiteServer(built.dist, compressed=built.compressed).running() as server:
        scene = [python, HERE / "benchmark_scene.py", browser, server.url]
        print(run(scene, "the benchmark"), end="")
    return 0


if __name__ == "__main__":
    run_main(main)
