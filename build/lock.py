"""Writes the lock files from what is asked for: `python3 build/lock.py`.

requirements*.in → requirements*.txt (every version and hash, all platforms), package.json →
package-lock.json, and in wheels.json the packages of the browser's Python that are also in
requirements.txt follow its versions. Needs the network; review the change before committing it.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
from pathlib import Path

from pinned_files import PINS, read_pins
from problems import BuildProblem, run_main
from step_cache import default_root, file_sha256
from toolchain import HERE, OLDEST_PYTHON, run

UV = "uv==0.13.8"
PLATFORM = "manylinux2014_x86_64"
"""For packages that have no pure wheel: only the .py files of this one are taken."""


def lock_python(uv: Path, name: str, *options: str) -> None:
    """Pin one requirements file for every platform, with the hashes of all its files."""
    run([uv, "pip", "compile", "--universal", "--generate-hashes", "--no-header", "--no-annotate",
         "--no-emit-index-url", "--python-version", ".".join(map(str, OLDEST_PYTHON)),
         *options, f"{name}.in", "-o", f"{name}.txt"], "uv pip compile", cwd=HERE)


def lock_node(folder: Path) -> None:
    """Pin the Node packages of a folder; no registry address is written down."""
    run([shutil.which("npm") or "npm", "install", "--package-lock-only", "--ignore-scripts",
         "--omit-lockfile-registry-resolved", "--no-audit", "--no-fund"], "npm", cwd=folder)


def locked_versions(lock: str) -> dict[str, str]:
    """Versions by package name.

    >>> locked_versions("a-b==1.0 \\\\\\n    --hash=sha256:00\\nc==2 ; python_version < '3'\\n")
    {'a-b': '1.0', 'c': '2'}
    """
    return dict(re.findall(r"^([\w.-]+)==([^ ;]+)", lock, re.MULTILINE))


def lock_browser_python() -> None:
    """Bring the pins of pure packages in wheels.json to the versions of requirements.txt."""
    pins = read_pins()
    versions = locked_versions((HERE / "requirements.txt").read_text())
    for pin in pins["python"]:
        version = versions.get(pin["name"], pin["version"])
        if not pin.get("built_by_pyodide"):
            pin.update(fetch_pin(pin["name"], version, pin.get("pure_part", False)))
    PINS.write_text(json.dumps(pins, indent=1) + "\n", encoding="utf-8")


def fetch_pin(name: str, version: str, pure_part: bool) -> dict:
    """Download one wheel to learn its file name and hash."""
    source = {"package": f"{name}=={version}"}
    options = []
    if pure_part:
        source |= {"platform": PLATFORM, "python": "3.11"}
        options = ["--platform", PLATFORM, "--python-version", "3.11"]
    with tempfile.TemporaryDirectory() as folder:
        run([sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:",
             *options, "-d", folder, source["package"]], f"pip download {name}")
        wheel = next(Path(folder).iterdir())
        return {"version": version, "file": wheel.name, "sha256": file_sha256(wheel),
                "sources": [source]}


def main(arguments: list[str]) -> int:
    """Write all locks."""
    if arguments:
        raise BuildProblem(f"unknown argument {arguments[0]}", "run it without arguments")
    folder = default_root() / "lock-tool"
    run([sys.executable, "-m", "venv", folder], "venv")
    scripts = folder / ("Scripts" if sys.platform == "win32" else "bin")
    run([scripts / "python", "-m", "pip", "install", UV], "pip install uv")
    lock_python(scripts / "uv", "requirements")
    lock_python(scripts / "uv", "requirements-test", "-c", "requirements.txt")
    for folder in (HERE, HERE / "audit", HERE / "benchmark"):
        lock_node(folder)
    lock_browser_python()
    return 0


if __name__ == "__main__":
    run_main(main)
