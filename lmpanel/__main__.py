"""`python -m lmpanel MODEL_FOLDER [--port N]`: the app on this machine's own Python."""

from __future__ import annotations

import argparse
import os
from pathlib import Path


def main() -> None:
    """Parse the command line and serve."""
    parser = argparse.ArgumentParser(prog="lmpanel", description=__doc__)
    default = os.environ.get("LMPANEL_MODEL_DIR")
    parser.add_argument("model", nargs="?" if default else None, default=default, type=Path)
    parser.add_argument("--port", type=int, default=5006)
    arguments = parser.parse_args()
    if not (arguments.model / "model.json").is_file():
        parser.error(
            f"{arguments.model} is not a model folder. `python3 build/serve.py --no-serve` makes "
            "one and prints where it is."
        )
    from lmpanel.native import serve

    serve(arguments.model, arguments.port)


if __name__ == "__main__":
    main()
