"""Check lesson files, or list them: `python -m lmpanel.lessons FILE.md …`.

Prints every mistake as `FILE:LINE: reason`; the exit status is 1 if there is one. With `--index
FOLDER OUT.json` all lessons of a folder are checked and listed, as the site's list of lessons.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

from lmpanel.lessons.parse import BadLesson, parse

_USAGE = "usage: python -m lmpanel.lessons FILE.md … | --index FOLDER OUT.json"


def check(path: Path) -> list[str]:
    """What is wrong with a lesson file, a line each; empty when nothing is."""
    try:
        parse(path.read_text(encoding="utf-8"))
    except BadLesson as error:
        return [f"{path}:{problem.line}: {problem.reason}" for problem in error.problems]
    except (OSError, UnicodeDecodeError) as error:
        return [f"{path}: {error}"]
    return []


def index(folder: Path) -> list[dict[str, Any]]:
    """The lessons of a folder by their order: file, title, summary, minutes, number of steps."""
    entries = []
    for path in sorted(folder.glob("*.md")):
        lesson = parse(path.read_text(encoding="utf-8"))
        about = {"file": path.name, "title": lesson.title, "summary": lesson.summary}
        entries.append(
            {**about, "minutes": lesson.minutes, "order": lesson.order, "steps": len(lesson.steps)}
        )
    return sorted(entries, key=lambda entry: entry["order"])


def write_lessons(folder: Path, target: Path) -> None:
    """Copy the lessons of a folder and add their list, as the site has it.

    Raises BadLesson.
    """
    for path in folder.glob("*.md"):
        shutil.copyfile(path, target / path.name)
    text = json.dumps(index(folder), ensure_ascii=False, indent=1)
    (target / "index.json").write_text(text + "\n", encoding="utf-8")


def main(arguments: list[str]) -> int:
    """The command line."""
    listing = arguments[:1] == ["--index"]
    if not arguments or (listing and len(arguments) != 3):
        print(_USAGE, file=sys.stderr)
        return 2
    paths = sorted(Path(arguments[1]).glob("*.md")) if listing else [Path(a) for a in arguments]
    problems = [problem for path in paths for problem in check(path)]
    for problem in problems:
        print(problem)
    if listing and not problems:
        text = json.dumps(index(Path(arguments[1])), ensure_ascii=False, indent=1)
        Path(arguments[2]).write_text(text + "\n", encoding="utf-8")
    elif not problems:
        print(f"{len(paths)} {'lesson' if len(paths) == 1 else 'lessons'}, no mistakes")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
