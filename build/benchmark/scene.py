"""One run of the benchmark: `python -m benchmark.scene`, with its plan on standard input.

Runs in the tests' environment; `bench.py` sets it up and writes the plan:
{"chromium", "dist", "compressed", "peers", "rounds", "versions", "out"}. Contestants take turns,
each round anew with a browser and profile of its own, so that what the machine does meanwhile meets
all of them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmark.browser import Browser
from benchmark.machine import machine
from benchmark.memory import page_memory, settled
from benchmark.peer_page import PeerPage
from benchmark.plot import bars
from benchmark.report import as_json, as_table, figures
from benchmark.site_page import SitePage
from benchmark.traffic import CountingServer, by_phase

ADAPTER = """async () => {
    const adapter = await navigator.gpu?.requestAdapter({powerPreference: "high-performance"});
    if (!adapter) return null;
    const {vendor, architecture, description} = adapter.info;
    const software = adapter.info.isFallbackAdapter || /swiftshader|llvmpipe/i.test(
        `${vendor} ${architecture} ${description}`);
    return {name: `${vendor} ${architecture} ${description}`.trim(), software};
}"""
Result = dict[str, Any]


class Stage:
    """The servers and the browser of one run."""

    def __init__(self, plan: dict[str, Any]):
        self._chromium = plan["chromium"]
        self.site = CountingServer(Path(plan["dist"]), compressed=Path(plan["compressed"]))
        self.peers = CountingServer(Path(plan["peers"]))
        self.last_round = False

    def browser(self) -> Browser:
        """A browser with an empty profile, which is thrown away."""
        return Browser(self._chromium)

    def adapter(self) -> Result | None:
        """The GPU that the browser offers: its name, and whether it is only software."""
        with self.browser() as browser:
            page = browser.page()
            page.go(f"{self.site.url}icon.svg")
            return page.evaluate(ADAPTER)

    def lmpanel(self, query: str, closely: bool = False) -> Result:
        """The site: a first visit, then a second one that is asked for everything.

        `closely`: also a third visit, and in the last round, since that takes a minute, the memory
        when it has settled. Chromium takes compiled
        WebAssembly from its store only from then on.
        """
        with self.browser() as browser:
            self.site.sent.clear()
            first = SitePage(browser.page(), self.site.url, query)
            result: Result = {"cold_s": first.open("on"), "bytes": by_phase(self.site.sent)}
            first.at_rest()
            result["click_ahead_ms"] = first.clicks_ahead()
            result["memory_mb"] = page_memory(browser.profile)
            if closely and self.last_round:
                result["settled_mb"] = settled(browser.profile)
            first.page.close()
            page = SitePage(browser.page(), self.site.url, query)
            result["warm_s"] = page.open()
            page.at_rest()
            result["click_ms"] = page.clicks()
            result["click_of_a_hand_ms"] = page.clicks_of_a_hand()
            result |= page.speeds()
            result["move"] = page.moves()
            result["engine"] = page.engine()
            if closely:
                page.page.close()
                result["third_s"] = SitePage(browser.page(), self.site.url, query).open()
            return result

    def sparing(self) -> Result:
        """The site with as little memory as it can do with."""
        with self.browser() as browser:
            page = SitePage(browser.page(), self.site.url, "backend=wasm&memory=low")
            page.open()
            page.at_rest()
            result = {"step_ms": page.step(), "memory_mb": page_memory(browser.profile)}
            if self.last_round:
                result["settled_mb"] = settled(browser.profile)
            return result

    def peer(self, name: str, threads: int) -> Result:
        """A peer: loaded and asked for the same."""
        with self.browser() as browser:
            page = PeerPage(browser.page(), self.peers.url, name, threads)
            loaded = page.load()
            return {"load_s": loaded, **page.speeds(), "memory_mb": page_memory(browser.profile)}


def contestants(stage: Stage, adapter: Result | None) -> dict[str, Callable[[], Result]]:
    """Who takes part, in the order of a round."""
    all_of_them: dict[str, Callable[[], Result]] = {}
    for threads in (1, 2):
        query = f"backend=wasm&threads={threads}"
        all_of_them[f"lmpanel wasm {threads}"] = (
            lambda query=query, closely=threads == 1: stage.lmpanel(query, closely))
        all_of_them[f"wllama {threads}"] = lambda threads=threads: stage.peer("wllama", threads)
    all_of_them["transformers.js 1"] = lambda: stage.peer("transformers", 1)
    all_of_them["lmpanel low memory"] = stage.sparing
    if adapter is not None and not adapter["software"]:
        all_of_them["lmpanel webgpu"] = lambda: stage.lmpanel("backend=webgpu")
    return all_of_them


def measure(plan: dict[str, Any]) -> Result:
    """Every contestant's results, round by round."""
    stage = Stage(plan)
    with stage.site.running(), stage.peers.running():
        adapter = stage.adapter()
        taking_part = contestants(stage, adapter)
        results: Result = {name: [] for name in taking_part}
        for number in range(plan["rounds"]):
            stage.last_round = number + 1 == plan["rounds"]
            for name, run in taking_part.items():
                print(f"round {number + 1} of {plan['rounds']}: {name}", flush=True)
                results[name].append(run())
    return {"machine": machine(), "adapter": adapter, "results": results}


def write(measured: Result, out: Path) -> str:
    """Write bench.json, bench.md and bench.svg; returns the table."""
    found = figures(measured)
    table = as_table(found)
    story = [one for one in found if one.name.endswith(": story")]
    files = {
        "bench.json": json.dumps({"figures": as_json(found), **measured}, indent=1) + "\n",
        "bench.md": table,
        "bench.svg": bars("Tokens a second, story of 100 tokens", story),
    }
    for name, text in files.items():
        (out / name).write_text(text, encoding="utf-8")
    return table


def main() -> None:
    plan = json.load(sys.stdin)
    measured = {"versions": plan["versions"], **measure(plan)}
    print(write(measured, Path(plan["out"])))


if __name__ == "__main__":
    main()
