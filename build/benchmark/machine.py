"""The machine that is measured on: what it is, and the speed that no float32 model can exceed."""

from __future__ import annotations

import os
import platform
import time
from pathlib import Path
from typing import Any

import numpy as np

PARAMETERS = 134_515_008
"""Of SmolLM2-135M, with the embedding counted once: each is read for every token."""

MEGABYTES = 512


def machine() -> dict[str, Any]:
    """Name, cores, memory (GB), and the bandwidth of one core with the limit that follows."""
    bandwidth = read_bandwidth()
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": _memory_gb(),
        "bandwidth_gb_s": bandwidth,
        "float32_limit": float32_limit(bandwidth),
    }


def read_bandwidth(rounds: int = 5) -> float:
    """GB/s that one core reads from memory: the best of some runs over 512 MB."""
    numbers = np.ones(MEGABYTES << 18, np.float32)
    best = min(_timed(lambda: np.dot(numbers, numbers)) for _ in range(rounds))
    return numbers.nbytes / best / 1e9


def float32_limit(bandwidth: float) -> float:
    """Tokens a second when reading every weight once, as float32, were all there is to do.

    >>> round(float32_limit(17))
    32
    """
    return bandwidth * 1e9 / (4 * PARAMETERS)


def _timed(work) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _memory_gb() -> float | None:
    if not hasattr(os, "sysconf"):
        return None
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1)
