"""The tools a build runs: an own Python environment and Node.js packages, both from locks.

Environments live in the cache, named by the hash of their lock, and count as made only when their
stamp is there. Knows how to run programs and how to explain that one is missing.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from problems import BuildProblem
from progress import say

HERE = Path(__file__).resolve().parent
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 20
STAMP = ".complete"
OFFLINE = re.compile(
    r"connection|network|resol|timed? ?out|ENOTFOUND|ECONN|EAI_AGAIN|unreachable|No matching dist",
    re.IGNORECASE)


def check_python(version: Sequence[int] = sys.version_info) -> None:
    """Refuse a Python that the pinned packages no longer support."""
    if tuple(version[:2]) < OLDEST_PYTHON:
        have, need = (".".join(map(str, part)) for part in (version[:2], OLDEST_PYTHON))
        raise BuildProblem(f"this is Python {have}", f"run it with Python {need} or newer")


def run(command: Sequence[str | Path], task: str, **options) -> str:
    """Run a program quietly and return its output; its last words become the problem's cause."""
    done = subprocess.run([str(part) for part in command], stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    if done.returncode == 0:
        return done.stdout
    if "No space left" in done.stdout or "ENOSPC" in done.stdout:
        raise BuildProblem(f"{task} found the disk full", "free about 2 GB, then run it again")
    raise BuildProblem(f"{task} failed ({last_words(done.stdout)})", remedy_for(done.stdout))


def remedy_for(output: str) -> str:
    """What to try, judged by what a failed program printed."""
    if OFFLINE.search(output):
        return "check the network connection, then run it again; what is there already is kept"
    return "see the message; after fixing it, run the command again"


def last_words(output: str, limit: int = 300) -> str:
    """The last telling line of a program's output.

    >>> last_words("a\\nERROR: no such file\\n\\n")
    'ERROR: no such file'
    """
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"(npm )?(error|fatal)\b|\w*Error\b", line, re.I)]
    return (errors or lines or ["no output"])[-1][:limit]


def python_environment(cache: Path, lock: Path) -> Path:
    """Path of the Python that has the packages of `lock`, made if it is not there yet."""
    key = hashlib.sha256(lock.read_bytes() + platform.platform().encode()
                         + sys.version.encode()).hexdigest()[:16]
    folder = cache / f"venv-{key}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (folder / STAMP).is_file() or not python.exists():
        _make_environment(folder, python, lock)
    return python


def _make_environment(folder: Path, python: Path, lock: Path) -> None:
    say(f"step python environment ({lock.name})")
    shutil.rmtree(folder, ignore_errors=True)
    check_venv()
    run([sys.executable, "-m", "venv", folder], "making a Python environment")
    run([python, "-m", "pip", "install", "--require-hashes", "--disable-pip-version-check",
         "--no-input", "--progress-bar", "off", "-r", lock], "pip install")
    (folder / STAMP).touch()


def check_venv() -> None:
    """Debian and its relatives ship Python without ensurepip; say what to install."""
    probe = subprocess.run([sys.executable, "-c", "import venv, ensurepip"], capture_output=True)
    if probe.returncode != 0:
        raise BuildProblem(
            "this Python has no venv module",
            f"install it (Debian, Ubuntu: sudo apt-get install python{sys.version_info[0]}."
            f"{sys.version_info[1]}-venv), then run it again")


def find_node() -> Path:
    """Path of a Node.js that is new enough."""
    node = shutil.which("node")
    remedy = f"install Node.js {OLDEST_NODE} or newer (nodejs.org, or your package manager)"
    if node is None:
        raise BuildProblem("node was not found", remedy)
    version = run([node, "--version"], "node --version").strip()
    if int(re.sub(r"\D.*", "", version.lstrip("v")) or 0) < OLDEST_NODE:
        raise BuildProblem(f"node is {version}, which is too old", remedy)
    return Path(node)


def node_packages(cache: Path, pinned: Path = HERE) -> Path:
    """The node_modules folder with what package-lock.json in the folder `pinned` pins."""
    lock = pinned / "package-lock.json"
    folder = cache / f"npm-{hashlib.sha256(lock.read_bytes()).hexdigest()[:16]}"
    if not (folder / STAMP).is_file():
        _install_node_packages(folder, pinned)
    return folder / "node_modules"


def _install_node_packages(folder: Path, pinned: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise BuildProblem("npm was not found", "install it (it comes with Node.js)")
    say("step node packages")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(pinned / name, folder)
    run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], "npm ci", cwd=folder)
    (folder / STAMP).touch()
