"""Memory of a browser's page process, as Linux counts it."""

from __future__ import annotations

import re
from pathlib import Path

PROC = Path("/proc")


def page_memory(profile: Path) -> dict[str, float] | None:
    """MB that the page's process of the browser with this profile holds now and held at most.

    {"now", "peak"}: VmRSS and VmHWM of its largest renderer process; the others are the browser's
    own, or wait for a page. None where there is no /proc. Workers run in their page's process.
    """
    processes = [path for path in PROC.glob("[0-9]*") if _is_page(path, profile)]
    told = [memory for path in processes if (memory := _status(path))]
    return max(told, key=lambda memory: memory["peak"], default=None)


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
    """MB now and at most, from the text of /proc/PID/status.

    >>> read_status("VmHWM:\\t 2000 kB\\nVmRSS:\\t 1000 kB\\n")
    {'now': 1.024, 'peak': 2.048}
    """
    kilobytes = dict(re.findall(r"^(VmRSS|VmHWM):\s+(\d+) kB", text, re.MULTILINE))
    if len(kilobytes) < 2:
        return None
    return {"now": int(kilobytes["VmRSS"]) * 1.024e-3, "peak": int(kilobytes["VmHWM"]) * 1.024e-3}
