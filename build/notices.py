"""NOTICE.txt: who made what ships, and under which licence, with every licence's text.

Texts come from the packages themselves; where a package carries none, from `licences/`. A package
without any text is an error, never an omission.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from problems import BuildProblem

LICENCE_FILE = re.compile(r"(^|/)(licen[cs]e|copying|notice)[^/]*$", re.IGNORECASE)
NOT_A_TEXT = re.compile(r"\.(py|pyc|json|js)$|/tests/|^panel/dist/|^packaging/licenses/")
RULE = "=" * 78

Section = tuple[str, list[str]]


def notice(sections: list[Section]) -> str:
    """The whole file: a list of what is in it, then one section each.

    >>> print(notice([("x 1.0 (MIT)", ["Copyright A"])]).splitlines()[2])
    - x 1.0 (MIT)
    """
    names = "\n".join(f"- {title}" for title, _ in sections)
    texts = "".join(f"\n{RULE}\n{title}\n{RULE}\n\n" + "\n\n".join(_unique(texts)) + "\n"
                    for title, texts in sections)
    return f"This site contains the following software and data.\n\n{names}\n{texts}"


def wheel_section(wheel: Path) -> Section:
    """Name, version and licence texts of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = next(name for name in names if name.endswith(".dist-info/METADATA"))
        title = _wheel_title(archive.read(metadata).decode())
        texts = [archive.read(name).decode("utf-8", "replace").strip() for name in names
                 if LICENCE_FILE.search(name) and not NOT_A_TEXT.search(name)]
    return _checked(title, texts)


def node_section(package: Path, extra_texts: list[str]) -> Section:
    """Name, version and licence texts of an installed Node package."""
    about = json.loads((package / "package.json").read_text())
    texts = [path.read_text() for path in sorted(package.iterdir())
             if LICENCE_FILE.search(path.name)]
    title = f"{about['name']} {about['version']} ({about['license']})"
    return _checked(title, [*texts, *extra_texts])


def _wheel_title(metadata: str) -> str:
    fields = dict(re.findall(r"^(Name|Version|License-Expression): (.+)$", metadata, re.MULTILINE))
    licence = fields.get("License-Expression")
    return f"{fields['Name']} {fields['Version']}" + (f" ({licence})" if licence else "")


def _checked(title: str, texts: list[str]) -> Section:
    if not any(text.strip() for text in texts):
        raise BuildProblem(f"{title} carries no licence text",
                           "add its text to build/licences/ and name it in build/pipeline.py")
    return title, texts


def _unique(texts: list[str]) -> Iterator[str]:
    return iter(dict.fromkeys(text.strip() for text in texts))
