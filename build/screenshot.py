"""Takes the README's picture: `python3 build/screenshot.py OUT.png [--width N] [--dark]`.

Sets up all that it needs, as `build/test.py` does, serves the built site with the real model and
plays `screenshot_scene.py` on it in a headless Chromium.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from chromium import chromium
from http_server import SiteServer
from problems import run_main
from progress import say
from serve import build
from step_cache import default_root
from toolchain import HERE, check_python, python_environment, run


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
    check_python()
    browser = chromium()
    built = build()
    python = python_environment(default_root(), HERE / "requirements-test.txt")
    say("step screenshot")
    with SiteServer(built.dist, compressed=built.compressed).running() as server:
        scene = [python, HERE / "screenshot_scene.py", browser, server.url, options.out.resolve()]
        colours = "dark" if options.dark else "light"
        run([*scene, str(options.width), colours], "the screenshot")
    print(f"{options.out} ({options.out.stat().st_size / 1000:.0f} kB)")
    return 0


if __name__ == "__main__":
    run_main(main)
