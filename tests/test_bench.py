"""The benchmark's arithmetic: goals, ratios within a round, what counts as the interface."""

from __future__ import annotations

import copy
import doctest
import json
import sys
import tempfile
import xml.etree.ElementTree as ET

import pytest

from benchmark import machine, memory, plot, report, traffic
from benchmark.browser import Browser
from benchmark.devtools import BrowserProblem
from benchmark.report import Figure

SITE = {
    "story": 18.0, "step_ms": 40.0, "score_ms": 5000.0,
    "click_ms": [50.0, 44.0, 47.0], "click_ahead_ms": [20.0] * 19 + [90.0],
    "move": {"ms": [30.0, 31.0, 60.0], "calls": 0},
    "bytes": {"interface": 13_000_000, "engine": 101_000_000},
    "warm_s": {"recorded": 1.0, "interface": 5.0, "first_distribution": 7.5},
    "cold_s": {"recorded": 1.4, "interface": 9.0, "first_distribution": 10.0},
    "memory_mb": {"now": 850.0, "peak": 1250.0},
}
PEER = {"story": 12.0, "score_ms": 25000.0, "memory_mb": None}
MEASURED = {"machine": {"float32_limit": 35.0}, "results": {
    "lmpanel wasm 1": [SITE], "wllama 1": [PEER], "lmpanel wasm 2": [SITE], "wllama 2": [PEER],
    "transformers.js 1": [PEER],
    "lmpanel low memory": [{"step_ms": 200.0, "memory_mb": {"now": 450.0, "peak": 480.0}}]}}


@pytest.mark.parametrize("module", [machine, memory, plot, report, traffic])
def test_examples_hold(module):
    result = doctest.testmod(module)
    assert result.attempted and not result.failed


def by_name(measured=MEASURED) -> dict[str, Figure]:
    return {figure.name: figure for figure in report.figures(measured)}


def test_every_goal_is_judged_by_the_median():
    judged = {name: figure.met for name, figure in by_name().items() if figure.goal}
    assert len(judged) == 16 and all(judged.values())
    slow = copy.deepcopy(MEASURED)
    for one in slow["results"]["lmpanel wasm 1"]:
        one.update(story=13.0, click_ms=[90.0], move={"ms": [33.0], "calls": 1})
        one["click_ahead_ms"] = [20.0] * 9 + [51.0]
    missed = {name for name, figure in by_name(slow).items() if figure.met is False}
    assert missed == {
        "story of 100 tokens, 1 thread, against wllama", "slider move, median",
        "click to painted distribution, against a decode step", "slider moves, model calls",
        "the same computed ahead, 95th percentile"}


def test_a_browser_that_does_not_start_says_why_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(BrowserProblem, match="ended before it could be used: unknown option"):
        Browser(sys.executable)  # which has no use for a browser's options
    assert not list(tmp_path.iterdir())


def test_ratios_are_taken_within_a_round():
    rounds = copy.deepcopy(MEASURED)
    # The second round ran on a machine half as fast: the ratio does not see it.
    rounds["results"]["lmpanel wasm 1"].append({**SITE, "story": 9.0})
    rounds["results"]["wllama 1"].append({**PEER, "story": 6.0})
    rounds["results"]["transformers.js 1"].append(PEER)
    ratio = by_name(rounds)["story of 100 tokens, 1 thread, against wllama"]
    assert (ratio.low, ratio.median, ratio.high) == (1.5, 1.5, 1.5)


def test_the_table_says_what_is_missed_and_json_keeps_it():
    figures = [Figure("a", "s", 2.0, 1.0, 3.0, "≤ 1.5"), Figure("b", "s", 1.0, 1.0, 1.0)]
    assert "| a | 2.00 s | 1.00 to 3.00 | ≤ 1.5 s: missed |" in report.as_table(figures)
    assert [one["met"] for one in json.loads(json.dumps(report.as_json(figures)))] == [False, None]


def test_the_plot_is_well_formed_and_escapes_names():
    figures = [Figure("a<b: x", "tok/s", 2.0, 1.0, 3.0), Figure("lmpanel: x", "tok/s", 4, 4, 5)]
    drawn = ET.fromstring(plot.bars("t & t", figures))
    bars = [bar for bar in drawn.iter() if bar.tag.endswith("rect")]
    assert [bar.get("class") for bar in bars] == ["peer", "own"]
    assert float(bars[1].get("width")) == 2 * float(bars[0].get("width"))
