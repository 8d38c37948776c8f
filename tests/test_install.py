"""What `pip install .` installs is complete: the command and the notebook, from another folder."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from urllib.request import urlopen

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """The package and its command in a folder of their own; what it needs is here already."""
    target = tmp_path_factory.mktemp("installed")
    source = target / "source"
    for name in ("lmpanel", "site"):
        shutil.copytree(REPOSITORY / name, source / name,
                        ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copyfile(REPOSITORY / name, source / name)
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps",
                    "--no-build-isolation", "--disable-pip-version-check", "--target", target,
                    source], check=True)
    return target


def environment(installed: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1", **more}


def command(installed: Path, *words: object, **more: str) -> subprocess.Popen:
    program = [sys.executable, installed / "bin" / "lmpanel", *words]
    return subprocess.Popen([str(word) for word in program], cwd=installed, text=True,
                            env=environment(installed, **more),
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def test_all_packages_and_the_page_are_in_it(installed: Path) -> None:
    listed = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["setuptools"]
    folders = {path.parent.relative_to(REPOSITORY).as_posix().replace("/", ".")
               for path in (REPOSITORY / "lmpanel").rglob("*.py")}
    assert set(listed["packages"]) == folders | {"lmpanel.shell"}
    site = {path.relative_to(REPOSITORY / "site") for path in (REPOSITORY / "site").rglob("*")
            if path.is_file() and "__pycache__" not in path.parts}
    shell = installed / "lmpanel" / "shell"
    assert site == {path.relative_to(shell) for path in shell.rglob("*") if path.is_file()}


def test_the_command_serves_the_page(installed: Path, model_dir: Path) -> None:
    process = command(installed, "serve", model_dir, "--port", 0)
    said = process.stdout.readline()
    address = re.search(r"http://\S+/", said)
    assert address, said + process.stdout.read()
    for path, expected in {"": "Start with lesson 1", "components/lens.js": "export",
                           "shell/shell.css": "--accent", "lessons/index.json": "title"}.items():
        with urlopen(address.group() + path) as answer:
            assert expected in answer.read().decode()
    process.terminate()
    process.communicate(timeout=30)
    assert process.returncode == 0


def test_without_a_model_it_says_what_to_do(installed: Path, tmp_path: Path) -> None:
    process = command(installed, "serve", LMPANEL_CACHE=str(tmp_path), LMPANEL_MODEL_DIR="")
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 2
    assert said.startswith("lmpanel: There is no model yet. Run `python3 build/serve.py")


NOTEBOOK = """
from urllib.request import urlopen
from lmpanel.notebook import show, stop

cell, other = show(lesson="entropy"), show(height=300, proxy="/user/me/proxy/{port}/")
page = urlopen(cell.url).read().decode()
print(cell._repr_html_(), "Start with lesson 1" in page, other.url, other.height)
stop()
try:
    urlopen(cell.url)
except OSError:
    print("stopped")
"""


def test_a_notebook_cell_is_a_frame_with_the_page(installed: Path, model_dir: Path) -> None:
    done = subprocess.run([sys.executable, "-c", NOTEBOOK], cwd=installed, capture_output=True,
                          text=True, check=False,
                          env=environment(installed, LMPANEL_MODEL_DIR=str(model_dir)))
    assert done.returncode == 0, done.stderr
    frame = r'<iframe src="http://localhost:(\d+)/\?lesson=entropy" title="lmpanel"'
    port = re.search(frame, done.stdout).group(1)
    assert f"</iframe> True /user/me/proxy/{port}/ 300\nstopped" in done.stdout


def test_the_installed_package_needs_little(installed: Path) -> None:
    metadata = next(installed.glob("lmpanel-*.dist-info/METADATA")).read_text()
    needed = re.findall(r"^Requires-Dist: ([\w-]+)[^;\n]*$", metadata, re.MULTILINE)
    assert sorted(needed) == ["bokeh", "numpy", "onnxruntime", "panel"]


def test_the_browser_ships_no_copy_of_the_page(dist: Path) -> None:
    names = zipfile.ZipFile(dist / "python" / "lmpanel.zip").namelist()
    assert not [name for name in names if "shell" in name]
