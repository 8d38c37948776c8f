"""`lmpanel serve [MODEL_FOLDER] [--port N] [--lang CODE]`: the app on this machine's own Python."""

from __future__ import annotations

import argparse
from pathlib import Path

from lmpanel import __version__
from lmpanel.errors import LMPanelError
from lmpanel.wording import LANGUAGES, read_table, use


def main(arguments: list[str] | None = None) -> None:
    """Parse the command line and do what it says."""
    parser = argparse.ArgumentParser(
        prog="lmpanel", description="See how a language model works, one token at a time.")
    parser.add_argument("--version", action="version", version=f"lmpanel {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="serve the page from this machine",
                                description="Serve the page from this machine, to this machine.")
    serve.add_argument("model", nargs="?", type=Path, metavar="MODEL_FOLDER",
                       help="without it the one that was built last")
    serve.add_argument("--port", type=int, default=5006, help="0 takes a free one")
    serve.add_argument("--lang", choices=LANGUAGES, default="en", help="language of the page")
    options = parser.parse_args(arguments)
    try:
        _serve(options)
    except (LMPanelError, OSError) as problem:
        parser.exit(2, f"lmpanel: {problem}\n")


def _serve(options: argparse.Namespace) -> None:
    from lmpanel.model_folder import find_model

    # First: a model that is not there is said at once, before Panel is imported.
    model = find_model(options.model)
    from lmpanel.native import NativeServer

    use(options.lang, read_table(options.lang))
    NativeServer(model, options.port).run()


if __name__ == "__main__":
    main()
