"""From the raw results of all rounds to figures, ratios and a Markdown table.

Ratios are taken within a round, then their median: what slowed a round down slowed both. Knows
nothing about how the results came about.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmark.tasks import HOLD_MS

Round = dict[str, Any]
Results = dict[str, list[Round]]


@dataclass(frozen=True)
class Figure:
    """Median and extremes over the rounds, in `unit`; `goal` as in "≥ 1.15", empty for none."""

    name: str
    unit: str
    median: float
    low: float
    high: float
    goal: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the median keeps to the goal; None where there is none.

        >>> Figure("a", "s", 2, 1, 3, "≤ 2").met, Figure("a", "s", 2, 1, 3).met
        (True, None)
        """
        if not self.goal:
            return None
        sign, limit = self.goal.split()
        return self.median <= float(limit) if sign == "≤" else self.median >= float(limit)


def figure(name: str, unit: str, values: Sequence[float], goal: str = "") -> Figure:
    """The figure for one value per round."""
    return Figure(name, unit, statistics.median(values), min(values), max(values), goal)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of all do not exceed (nearest rank).

    >>> percentile([5, 1, 4, 2, 3], 0.8), percentile([1, 2], 0.95)
    (4, 2)
    """
    return sorted(values)[max(math.ceil(share * len(values)), 1) - 1]


def figures(measured: Round) -> list[Figure]:
    """All figures of one run, those with a goal first."""
    results: Results = measured["results"]
    limit = measured["machine"]["float32_limit"]
    site = results["lmpanel wasm 1"]
    return [
        *_against_others(results),
        figure("decode, share of the machine's float32 limit", "×",
               [1000 / one["step_ms"] / limit for one in site], "≥ 0.6"),
        *_reaction(site),
        *_start(site),
        *_size(site),
        *_memory(site, results["lmpanel low memory"]),
        *(found for name, rounds in results.items() if "story" in rounds[0]
          for found in _speeds(name, rounds)),
    ]


def _against_others(results: Results) -> list[Figure]:
    one, other = results["lmpanel wasm 1"], results["wllama 1"]
    return [
        figure("story of 100 tokens, 1 thread, against wllama", "×",
               _ratios(one, other, "story"), "≥ 1.15"),
        figure("story of 100 tokens, 2 threads, against wllama", "×",
               _ratios(results["lmpanel wasm 2"], results["wllama 2"], "story"), "≥ 1.0"),
        figure("story of 100 tokens, 1 thread, against Transformers.js on 4 bits", "×",
               _ratios(one, results["transformers.js 1"], "story")),
        figure("scoring a text, 1 thread, against wllama's prompt evaluation", "×",
               _ratios(other, one, "score_ms"), "≥ 4"),
    ]


def _ratios(one: list[Round], other: list[Round], what: str) -> list[float]:
    return [a[what] / b[what] for a, b in zip(one, other, strict=True)]


def _reaction(site: list[Round]) -> list[Figure]:
    clicks = [statistics.median(one["click_ms"]) for one in site]
    steps = [one["step_ms"] for one in site]
    return [
        figure("click to painted distribution, against a decode step", "×",
               [click / step for click, step in zip(clicks, steps, strict=True)], "≤ 1.25"),
        figure("click to painted distribution", "ms", clicks),
        figure(f"the same with a mouse whose button is held for {HOLD_MS} ms", "ms",
               [statistics.median(one["click_of_a_hand_ms"]) for one in site]),
        figure("the same computed ahead, 95th percentile", "ms",
               [percentile(one["click_ahead_ms"], 0.95) for one in site], "≤ 50"),
        figure("slider move, median", "ms",
               [statistics.median(one["move"]["ms"]) for one in site], "≤ 32"),
        figure("slider moves, model calls", "calls",
               [one["move"]["calls"] for one in site], "≤ 0"),
    ]


def _start(site: list[Round]) -> list[Figure]:
    goals = {"recorded": ("recorded example visible", "≤ 1.5"),
             "interface": ("interface live", "≤ 5.5"),
             "first_distribution": ("first live distribution", "≤ 8")}
    starts = [figure(f"{told}, {visit} start", "s", [one[f"{visit}_s"][mark] for one in site],
                     goal if visit == "warm" else "")
              for visit in ("warm", "cold") for mark, (told, goal) in goals.items()]
    third = [figure(f"{goals[mark][0]}, third visit", "s", [one["third_s"][mark] for one in site])
             for mark in ("interface", "first_distribution")]
    return starts + third


def _size(site: list[Round]) -> list[Figure]:
    def megabytes(count: Callable[[dict[str, int]], int]) -> list[float]:
        return [count(one["bytes"]) / 1e6 for one in site]

    return [
        figure("bytes that the interface needs, compressed", "MB",
               megabytes(lambda phases: phases["interface"]), "≤ 16"),
        figure("bytes in all, compressed", "MB",
               megabytes(lambda phases: sum(phases.values())), "≤ 115"),
    ]


def _memory(site: list[Round], sparing: list[Round]) -> list[Figure]:
    if not all(one["memory_mb"] for one in [*site, *sparing]):
        return []

    def of_page(title: str, rounds: list[Round], most: str, left: str = "") -> list[Figure]:
        found = [figure(f"{title}, at most", "MB",
                        [one["memory_mb"]["peak"] for one in rounds], most)]
        # It is waited for in the last round alone.
        if settled := [one["settled_mb"] for one in rounds if one.get("settled_mb")]:
            found += [
                figure(f"{title}, settled", "MB", [one["now"] for one in settled], left),
                figure(f"{title}, settled, of that not shared with other tabs", "MB",
                       [one["own"] for one in settled]),
            ]
        return found

    return [
        *of_page("memory of the page", site, "≤ 1300", "≤ 900"),
        *of_page("memory of the page, low-memory mode", sparing, "≤ 500"),
        figure("decode step, low-memory mode", "ms", [one["step_ms"] for one in sparing]),
    ]


def _speeds(name: str, rounds: list[Round]) -> list[Figure]:
    found = [figure(f"{name}: story", "tok/s", [one["story"] for one in rounds]),
             figure(f"{name}: text read", "s", [one["score_ms"] / 1000 for one in rounds])]
    if all(one["memory_mb"] for one in rounds):
        found.append(figure(f"{name}: memory at most", "MB",
                            [one["memory_mb"]["peak"] for one in rounds]))
    return found


def as_json(found: list[Figure]) -> list[dict[str, Any]]:
    """The figures as plain data."""
    return [{**asdict(one), "met": one.met} for one in found]


def as_table(found: list[Figure]) -> str:
    """A Markdown table; figures that miss their goal say so in words."""
    lines = ["| what | median | lowest to highest | goal |", "|---|---:|---:|---|"]
    for one in found:
        goal = f"{one.goal} {one.unit}: {'met' if one.met else 'missed'}" if one.goal else ""
        lines.append(f"| {one.name} | {_number(one.median)} {one.unit} | "
                     f"{_number(one.low)} to {_number(one.high)} | {goal} |")
    return "\n".join(lines) + "\n"


def _number(value: float) -> str:
    """Three digits that matter.

    >>> _number(0.12345), _number(12.345), _number(1234.5), _number(0)
    ('0.123', '12.3', '1234', '0')
    """
    if value == 0:
        return "0"
    digits = max(2 - math.floor(math.log10(abs(value))), 0)
    return f"{value:.{digits}f}"
