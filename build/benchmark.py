"""Measures the built site: `python3 build/benchmark.py`.

Plays `benchmark_scene.py`. Figures depend on the machine and on what else it does: compare the
ratios, which come from one run.
"""

from __future__ import annotations

from play_scene import play_scene
from problems import run_main


def main(arguments: list[str]) -> int:
    """Run the command; returns the exit status."""
    print(play_scene("benchmark"), end="")
    return 0


if __name__ == "__main__":
    run_main(main)
