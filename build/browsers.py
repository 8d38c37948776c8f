"""Finds the browsers that tests drive, and on Debian installs them when it may.

Test tools' own browser downloads are not used: they come from outside the package registries.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from problems import BuildProblem
from progress import say
from toolchain import run


@dataclass(frozen=True)
class Program:
    """A program by the names it has on the path, its usual places elsewhere and its packages.

    `variable` is the environment variable that may name it.
    """

    title: str
    variable: str
    names: tuple[str, ...]
    packages: tuple[str, ...]
    elsewhere: tuple[Path, ...] = ()

    @property
    def remedy(self) -> str:
        """What a reader can do who has not got it."""
        return (f"install it (Debian: apt-get install {' '.join(self.packages)}) or name it in "
                f"{self.variable}")

    def find(self) -> Path | None:
        """The one that its variable names, else one in its usual place."""
        named = os.environ.get(self.variable)
        if named:
            if not Path(named).is_file():
                raise BuildProblem(f"{self.variable} names {named}, which is not there",
                                   self.remedy)
            return Path(named)
        on_path = next(filter(None, map(shutil.which, self.names)), None)
        if on_path:
            return Path(on_path)
        return next((path for path in self.elsewhere if path.is_file()), None)


CHROMIUM = Program(
    "Chromium", "LMPANEL_CHROMIUM",
    ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
    ("chromium",),
    (Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
     Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
     Path("C:/Program Files/Google/Chrome/Application/chrome.exe")),
)
FIREFOX = Program("Firefox", "LMPANEL_FIREFOX", ("firefox-esr", "firefox"), ("firefox-esr",))
WEBKIT = Program("WebKit's driver", "LMPANEL_WEBKIT", ("WebKitWebDriver",),
                 ("webkit2gtk-driver",))
SCREEN = Program("Xvfb", "LMPANEL_XVFB", ("Xvfb",), ("xvfb",))
"""WebKit has no headless mode of its own: it draws on this screen that nobody sees."""


def installed(*programs: Program) -> list[Path]:
    """Paths of all of them; those that are missing are installed, all at once.

    Raises `BuildProblem` when one is not to be had.
    """
    missing = [program for program in programs if program.find() is None]
    if missing:
        _install(missing)
    return [_required(program) for program in programs]


def chromium() -> Path:
    """Path of a Chromium or Chrome; raises `BuildProblem` when there is none to be had."""
    return installed(CHROMIUM)[0]


def _required(program: Program) -> Path:
    found = program.find()
    if found is None:
        raise BuildProblem(f"no {program.title} was found", program.remedy)
    return found


def _install(programs: list[Program]) -> None:
    """Install Debian's packages where that needs no password."""
    apt = shutil.which("apt-get")
    rights = _rights()
    if apt is None or rights is None:
        first = programs[0]
        raise BuildProblem(f"no {first.title} was found", first.remedy)
    packages = [package for program in programs for package in program.packages]
    say(f"step browsers (apt-get install {' '.join(packages)})")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run([*rights, apt, "update"], "apt-get update", env=environment)
    run([*rights, apt, "install", "-y", "--no-install-recommends", *packages],
        "apt-get install", env=environment)


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
