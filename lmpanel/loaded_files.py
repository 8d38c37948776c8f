"""Files of modules that are loaded: in the browser they lie in memory, and are not read again."""

from __future__ import annotations

import os
from collections.abc import Iterable
from types import ModuleType


def let_go(modules: Iterable[ModuleType], folder: str) -> int:
    """Remove the files inside `folder` that these modules were loaded from; how many bytes.

    What no module was loaded from stays: data files, and modules that are imported later.
    """
    freed = 0
    for module in list(modules):
        path = getattr(module, "__file__", None)
        if not path or not path.startswith(f"{folder}/"):
            continue
        try:
            size = os.path.getsize(path)
            os.remove(path)
        except OSError:
            continue  # two modules of one file, or a file that is none
        freed += size
    return freed
