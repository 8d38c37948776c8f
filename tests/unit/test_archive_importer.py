"""Modules come out of an archive in memory as they would out of its files."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import zipfile
from importlib._bootstrap_external import _code_to_hash_pyc
from io import BytesIO
from pathlib import Path

import pytest

from lmpanel import archive_importer
from lmpanel.archive_importer import ArchiveImporter

SOURCES = {
    "ark/__init__.py": "from pathlib import Path\nfrom . import inner\nNAME = 'ark'\n",
    "ark/inner.py": "VALUE = 7\n\ndef fail():\n    raise KeyError('here')\n",
    "ark/deep/bare/leaf.py": "from ...inner import VALUE\n",
    "ark/data/table.json": "[1, 2]",
    "lone.py": "TEXT = 'lone'\n",
}


class Buffer:
    """What Pyodide gives for an ArrayBuffer, as far as it is used."""

    def __init__(self, data: bytes):
        self.to_bytes = lambda: data


def packed(method: int) -> bytes:
    """The sources as compile_python.mjs packs them."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, source in SOURCES.items():
            data = source.encode()
            if name.endswith(".py"):
                code = compile(data, name, "exec", dont_inherit=True)
                hashed = importlib.util.source_hash(data)
                name, data = name + "c", bytes(_code_to_hash_pyc(code, hashed, False))
            archive.writestr(name, data)
    return out.getvalue()


@pytest.fixture(params=[zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def folder(request, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    before = set(sys.modules)
    archive_importer.add(Buffer(packed(request.param)), str(tmp_path))
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


def test_packages_modules_and_data_are_where_they_would_be(folder: Path):
    ark = importlib.import_module("ark")
    assert ark.NAME == "ark" and ark.inner.VALUE == 7
    assert ark.__file__ == f"{folder}/ark/__init__.pyc" and ark.__path__ == [f"{folder}/ark"]
    beside = Path(ark.__file__).parent / "data" / "table.json"
    assert beside.read_text() == "[1, 2]"
    assert importlib.import_module("lone").TEXT == "lone"
    assert not list(folder.rglob("*.pyc"))


def test_a_package_may_have_no_module_of_its_own(folder: Path):
    leaf = importlib.import_module("ark.deep.bare.leaf")
    assert leaf.VALUE == 7
    assert list(sys.modules["ark.deep"].__path__) == [f"{folder}/ark/deep"]


def test_a_module_beside_the_archive_is_found_by_the_others(folder: Path):
    (folder / "ark" / "plain.py").write_text("VALUE = 8\n")
    assert importlib.import_module("ark.plain").VALUE == 8
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("ark.nowhere")


def test_a_traceback_names_file_and_line(folder: Path):
    with pytest.raises(KeyError) as caught:
        importlib.import_module("ark.inner").fail()
    last = caught.traceback[-1]
    assert (Path(str(last.path)).name, last.lineno + 1) == ("inner.py", 4)


def test_what_is_no_archive_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no zip archive"):
        ArchiveImporter(b"<!doctype html>", str(tmp_path))
