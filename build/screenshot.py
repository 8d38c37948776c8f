"""Takes the README's picture: `python3 build/screenshot.py OUT.png [--width N] [--dark]`.

Plays `screenshot_scene.py` on the built site with the real model.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from play_scene import play_scene
from problems import run_main


def parse(arguments: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="build/screenshot.py", description=__doc__)
    parser.add_argument("out", type=Path, help="PNG file to write")
    parser.add_argument("--width", type=int, default=1440, help="width of the window in pixels")
    parser.add_argument("--dark", action="store_true", help="the dark colours")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Run the command; returns the exit status."""
    options = parse(arguments)
    colours = "dark" if options.dark else "light"
    play_scene("screenshot", options.out.resolve(), str(options.width), colours)
    print(f"{options.out} ({options.out.stat().st_size / 1000:.0f} kB)")
    return 0


if __name__ == "__main__":
    run_main(main)
