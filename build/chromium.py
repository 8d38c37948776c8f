"""Finds the Chromium that browser tests drive, and on Debian installs it when it may.

Test tools' own browser downloads are not used: they come from outside the package registries.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from problems import BuildProblem
from progress import say
from toolchain import run

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ELSEWHERE = (
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
    Path("C:/Program Files/Google/Chrome/Application/chrome.exe"),
)
REMEDY = "install it (Debian: apt-get install chromium) or name it in LMPANEL_CHROMIUM"


def chromium() -> Path:
    """Path of a Chromium or Chrome; raises `BuildProblem` when there is none to be had."""
    found = find_chromium()
    if found is None:
        install_chromium()
        found = find_chromium()
    if found is None:
        raise BuildProblem("no Chromium was found", REMEDY)
    return found


def find_chromium() -> Path | None:
    """The one named by LMPANEL_CHROMIUM, else one in its usual place."""
    named = os.environ.get("LMPANEL_CHROMIUM")
    if named:
        if not Path(named).is_file():
            raise BuildProblem(f"LMPANEL_CHROMIUM names {named}, which is not there", REMEDY)
        return Path(named)
    on_path = next(filter(None, map(shutil.which, NAMES)), None)
    if on_path:
        return Path(on_path)
    return next((path for path in ELSEWHERE if path.is_file()), None)


def install_chromium() -> None:
    """Install Debian's package where that needs no password."""
    apt = shutil.which("apt-get")
    rights = _rights()
    if apt is None or rights is None:
        raise BuildProblem("no Chromium was found", REMEDY)
    say("step chromium (apt-get install)")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run([*rights, apt, "update"], "apt-get update", env=environment)
    run([*rights, apt, "install", "-y", "--no-install-recommends", "chromium"],
        "apt-get install chromium", env=environment)


def _rights() -> list[str] | None:
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo is None:
        return None
    try:
        run([sudo, "-n", "true"], "sudo")
    except BuildProblem:
        return None
    return [sudo, "-n"]
