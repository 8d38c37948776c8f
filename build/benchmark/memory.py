"""Memory of a browser's page process, as Linux counts it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path

PROC = Path("/proc")
EVERY_S = 4
LEAST_S, MOST_S = 32, 90
"""Chromium collects garbage some 10 to 30 s after a page has come to rest."""
REST_S, FALL = 20, 0.01


def page_memory(profile: Path) -> dict[str, float] | None:
    """MB that the page's process of the browser with this profile holds now and held at most.

    {"now", "peak", "own"}: VmRSS and VmHWM of its largest renderer process, and how much of "now"
    is no mapped file, above all the browser's program, which its processes share. The other
    renderers are the browser's own, or wait for a page. None where there is no /proc. Workers run
    in their page's process.
    """
    processes = [path for path in PROC.glob("[0-9]*") if _is_page(path, profile)]
    told = [memory for path in processes if (memory := _status(path))]
    return max(told, key=lambda memory: memory["peak"], default=None)


def settled(profile: Path, sleep: Callable[[float], None] = time.sleep) -> dict[str, float] | None:
    """What `page_memory` says when the browser has collected a resting page's garbage.

    Read the peak before: Chromium may begin it anew when it purges.
    """
    readings = [page_memory(profile)]
    while readings[-1] and len(readings) <= MOST_S / EVERY_S:
        if at_rest([memory["now"] for memory in readings]):
            break
        sleep(EVERY_S)
        readings.append(page_memory(profile))
    return readings[-1]


def at_rest(readings: Sequence[float]) -> bool:
    """Whether memory, read every `EVERY_S`, was given time to fall and does so no longer.

    >>> at_rest([1200, 1100, 1100]), at_rest([1200] * 4 + [1100] * 5 + [1095])
    (False, True)
    >>> at_rest([1200] * 9 + [1100])
    False
    """
    last = readings[-1 - REST_S // EVERY_S:]
    return len(readings) > LEAST_S / EVERY_S and readings[-1] >= (1 - FALL) * max(last)


def _is_page(process: Path, profile: Path) -> bool:
    try:
        command = (process / "cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return False
    return "--type=renderer" in command and str(profile) in command


def _status(process: Path) -> dict[str, float] | None:
    try:
        return read_status((process / "status").read_text())
    except OSError:
        return None  # gone meanwhile


def read_status(text: str) -> dict[str, float] | None:
    """MB now, at most, and now without mapped files, from the text of /proc/PID/status.

    >>> read_status("VmHWM:\\t 2000 kB\\nVmRSS:\\t 1000 kB\\nRssFile:\\t 500 kB\\n")
    {'now': 1.024, 'peak': 2.048, 'own': 0.512}
    """
    found = re.findall(r"^(VmRSS|VmHWM|RssFile):\s+(\d+) kB", text, re.MULTILINE)
    megabytes = {name: int(kilobytes) * 1.024e-3 for name, kilobytes in found}
    if len(megabytes) < 3:
        return None
    return {"now": megabytes["VmRSS"], "peak": megabytes["VmHWM"],
            "own": megabytes["VmRSS"] - megabytes["RssFile"]}
