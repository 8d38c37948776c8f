"""Progress on standard error: a bar on a terminal, plain lines elsewhere (CI, files)."""

from __future__ import annotations

import sys
from typing import TextIO

WIDTH = 30
PLAIN_STEPS = 4
"""Without a terminal a bar becomes this many lines."""


def say(message: str) -> None:
    """Print one line about what is happening."""
    print(message, file=sys.stderr, flush=True)


class Bar:
    """A bar for `total` units, told how far it is; bytes are shown as MB.

    >>> bar = Bar("get x", 2_000_000, out=sys.stdout)
    >>> bar.update(2_000_000)
    get x: 100 % of 2.0 MB
    """

    def __init__(self, label: str, total: int, out: TextIO | None = None):
        self.label = label
        self.total = max(total, 1)
        self.out = out or sys.stderr
        self._shown = -1

    def update(self, done: int) -> None:
        """Show `done` of `total`, unless it looks the same as before."""
        percent = min(100, 100 * done // self.total)
        step = percent if self.out.isatty() else percent * PLAIN_STEPS // 100
        if step == self._shown or (step == 0 and not self.out.isatty()):
            return
        self._shown = step
        self.out.write(self._line(percent))
        self.out.flush()

    def _line(self, percent: int) -> str:
        size = f"{self.total / 1e6:.1f} MB"
        if not self.out.isatty():
            return f"{self.label}: {percent} % of {size}\n"
        filled = WIDTH * percent // 100
        end = "\n" if percent == 100 else ""
        bar = "#" * filled + "." * (WIDTH - filled)
        return f"\r[{bar}] {percent:3d} % of {size:>9}  {self.label}{end}"
