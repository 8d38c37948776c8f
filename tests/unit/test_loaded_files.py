"""The files of loaded modules go, and nothing else does."""

from __future__ import annotations

from types import ModuleType

from lmpanel.loaded_files import let_go


def loaded(name: str, path) -> ModuleType:
    module = ModuleType(name)
    if path is not None:
        module.__file__ = str(path)
    return module


def test_only_files_of_modules_inside_the_folder_go(tmp_path):
    packages = tmp_path / "packages"
    packages.mkdir()
    (tmp_path / "packages-too").mkdir()
    used, later, data = packages / "used.pyc", packages / "later.pyc", packages / "used.css"
    outside = tmp_path / "packages-too" / "outside.pyc"
    for path in (used, later, data, outside):
        path.write_bytes(b"12345")
    modules = [loaded("used", used), loaded("again", used), loaded("outside", outside),
               loaded("built_in", None), loaded("gone", packages / "gone.pyc")]
    assert let_go(modules, str(packages)) == 5
    assert not used.exists()
    assert later.exists() and data.exists() and outside.exists()
