"""Where the model is that Python runs: the folder that was named, or the one built last.

The build leaves a note in its cache about what it made, so that `lmpanel serve` and a notebook
find it from anywhere. Knows where things are; nothing about what is in them.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from lmpanel.errors import NotAvailable

NOTE = "built.json"
BUILD = "Run `python3 build/serve.py --no-serve` in lmpanel's repository, which makes one"


@dataclass(frozen=True)
class ModelFolder:
    """A model as the native engine reads it, and the bundled text where there is one."""

    path: Path
    corpus: Path | None = None


def cache_folder() -> Path:
    """The build's cache folder: `$LMPANEL_CACHE`, else `~/.cache/lmpanel`."""
    return Path(os.environ.get("LMPANEL_CACHE") or Path.home() / ".cache" / "lmpanel")


def find_model(named: Path | str | None = None) -> ModelFolder:
    """The model folder `named`, or `$LMPANEL_MODEL_DIR`, or the one that was built last.

    Raises NotAvailable where there is none.
    """
    built = _built()
    wanted = named or os.environ.get("LMPANEL_MODEL_DIR")
    path = Path(wanted) if wanted else built and built.path
    if path is None:
        raise NotAvailable("There is no model yet.", f"{BUILD}, or name a model folder.")
    if not (path / "model.json").is_file():
        raise NotAvailable(f"{path} is not a model folder.", f"{BUILD} and prints where it is.")
    return ModelFolder(path, built and built.corpus)


def _built() -> ModelFolder | None:
    """What the build's note says, as far as it is still there."""
    try:
        note = json.loads((cache_folder() / NOTE).read_text(encoding="utf-8"))
        model, corpus = Path(note["model"]), Path(note["corpus"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not model.is_dir():
        return None
    return ModelFolder(model, corpus if corpus.is_file() else None)
