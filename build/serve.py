"""Builds the site and serves it: `python3 build/serve.py [--port N] [--host H] [--no-serve]`.

Needs only Python and Node.js with npm; everything else is fetched, pinned, into the cache
(`~/.cache/lmpanel`, or `$LMPANEL_CACHE`). Runs that were interrupted go on where they stopped, and
what is there already is not made again.
"""

from __future__ import annotations

import argparse
import signal
from contextlib import suppress
from pathlib import Path

from http_server import open_server
from pipeline import REPOSITORY, Built, Pipeline
from problems import run_main
from step_cache import default_root
from toolchain import HERE, check_python, find_node, python_environment

DIST = REPOSITORY / "dist"


def parse(arguments: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="build/serve.py", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to serve on")
    parser.add_argument("--port", type=int, help="port; without it the first free one from 8000")
    parser.add_argument("--base-path", default="/", metavar="PATH",
                        help="serve below this path, as a course page's host would")
    parser.add_argument("--no-serve", action="store_true", help="only build dist/")
    parser.add_argument("--no-isolation", action="store_true",
                        help="leave out the cross-origin isolation headers (one thread)")
    parser.add_argument("--model", type=Path, help="a Llama GGUF file of your own")
    return parser.parse_args(arguments)


def build(model: Path | None = None, dist: Path = DIST) -> Built:
    """Make the site, with this model or the pinned one."""
    check_python()
    find_node()
    cache = default_root()
    cache.mkdir(parents=True, exist_ok=True)
    python = python_environment(cache, HERE / "requirements.txt")
    return Pipeline(cache, python, model and model.resolve()).build(dist)


def main(arguments: list[str]) -> int:
    """Run the command; returns the exit status."""
    options = parse(arguments)
    built = build(model=options.model)
    if options.no_serve:
        print(f"site: {built.dist}\nmodel: {built.model_dir}")
        return 0
    server = open_server(built.dist, options.host, options.port, compressed=built.compressed,
                         isolated=not options.no_isolation, base=options.base_path)
    # Shells start background jobs deaf to Ctrl+C; the server is to hear it all the same.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    print(f"lmpanel is at {server.url} (stop with Ctrl+C)", flush=True)
    with server, suppress(KeyboardInterrupt):
        server.serve_forever()
    return 0


if __name__ == "__main__":
    run_main(main)
