"""The README's map names every file of the code, and no other."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
FOLDERS = ["build", "build/benchmark", "build/benchmark/peers", "lmpanel", "lmpanel/engine",
           "lmpanel/game", "lmpanel/lessons", "lmpanel/ngrams", "lmpanel/views", "site",
           "site/components", "site/embed", "site/engine", "site/offline", "site/samples"]


def listed(folder: str) -> list[str]:
    """The files that the map has under a folder's heading, in its order."""
    part = README.split(f"**{folder}/**")[1].split("\n**")[0].split("\nTests:")[0]
    return re.findall(r"^- `([^`]+)`: \S", part, re.MULTILINE)


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_map_names_every_file(folder):
    files = sorted(path.name for path in (ROOT / folder).iterdir()
                   if path.suffix in (".py", ".js"))
    assert listed(folder) == files


def test_no_folder_is_forgotten():
    code = {path.parent.relative_to(ROOT).as_posix() for top in ("build", "lmpanel", "site")
            for suffix in ("py", "js") for path in (ROOT / top).rglob(f"*.{suffix}")
            if "__pycache__" not in path.parts}
    assert code == set(FOLDERS)


def test_the_picture_is_there():
    for path in re.findall(r"!\[[^]]*\]\(([^)]+)\)", README):
        assert (ROOT / path).stat().st_size < 500_000
