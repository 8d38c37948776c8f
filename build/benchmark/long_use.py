"""Memory over long use: `python -m benchmark.long_use`, with its plan on standard input.

The plan is that of `scene` with {"minutes"} in place of the rounds. One page is used as a student
uses it, round after round: candidates are picked, responses generated, the document rewound, steps
undone, the tabs looked at. After each round garbage is collected and the page's memory noted.
Writes long-use.json.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from playwright.sync_api import CDPSession, Page, sync_playwright

from benchmark.memory import page_memory
from benchmark.scene import Stage
from benchmark.site_page import CLICK, READY_MS, SitePage

QUERY = "backend=wasm&threads=1"
SETTLED = 0.2
"""The share of the rounds at the beginning after which the page has seen everything once."""
PART = 0.2
"""The share of the rounds that is compared, from there on and at the end."""
PICKS = 12
GENERATED = 24
LIMIT = """async (max_tokens) => {
    const state = await lmpanel.getState();
    await lmpanel.setState({...state, settings: {...state.settings, max_tokens}});
}"""
# The button says what it does now: stop, and at the end generate again.
GENERATE = """async (button) => {
    const [frame, idle] = [() => new Promise(requestAnimationFrame), button.textContent];
    button.click();
    while (button.textContent === idle) await frame();
    while (button.textContent !== idle) await frame();
}"""


def growth(samples: list[float]) -> float:
    """How much more memory there is at the end than after the first fifth, as a share of that.

    >>> growth([500, 900, 1000, 1000, 1010, 990, 1000, 1010, 1020, 1020])
    0.07
    """
    part = max(2, int(PART * len(samples)))
    start = int(SETTLED * len(samples)) - 1
    before = statistics.median(samples[start:start + part])
    return round(statistics.median(samples[-part:]) / before - 1, 4)


def use(page: Page, dice: Random) -> None:
    """A round: what a student does in a minute or so."""
    live = page.locator(".live")

    def press(name: str) -> None:
        live.get_by_role("button", name=name, exact=True).click()

    for _ in range(PICKS):
        page.evaluate(CLICK, dice.randint(1, 10))
    live.get_by_role("button", name="Generate response", exact=True).evaluate(GENERATE)
    for name in ("Undo", "Undo", "Redo"):
        press(name)
    tokens = page.locator("#slot-token_strip .live .t")
    tokens.nth(tokens.count() - 8).click()
    press("Rewind")
    for tab in ("Sampling", "Surprise", "Branches", "Attempts", "Next token"):
        page.get_by_role("tab", name=tab).click()
        page.evaluate("async () => lmpanel.getState()")
    press("Clear response")
    page.evaluate("async () => lmpanel.setState(await lmpanel.getState())")


def measure(plan: dict) -> dict:
    """Memory in MB after every round, for so many minutes."""
    with sync_playwright() as playwright:
        stage = Stage(playwright, plan)
        with stage.site.running(), stage.browser() as (browser, profile):
            page = browser.new_page()
            page.set_default_timeout(READY_MS)
            site = SitePage(page, stage.site.url, QUERY)
            site.open("on")
            site.at_rest()
            page.evaluate(LIMIT, GENERATED)
            samples = list(_rounds(page, browser.new_cdp_session(page), profile, plan["minutes"]))
    return {"minutes": plan["minutes"], "memory_mb": samples, "growth": growth(samples)}


def _rounds(page: Page, devtools: CDPSession, profile: Path, minutes: float) -> Iterator[float]:
    dice = Random(1)
    end = time.monotonic() + 60 * minutes
    while time.monotonic() < end:
        use(page, dice)
        devtools.send("HeapProfiler.collectGarbage")
        memory = page_memory(profile)["now"]
        left = max(0, end - time.monotonic()) / 60
        print(f"{memory:.0f} MB, {left:.0f} minutes left", flush=True)
        yield memory


def main() -> None:
    plan = json.load(sys.stdin)
    measured = measure(plan)
    (Path(plan["out"]) / "long-use.json").write_text(json.dumps(measured) + "\n")
    print(f"{len(measured['memory_mb'])} rounds in {measured['minutes']} minutes: memory grew by "
          f"{100 * measured['growth']:.1f} %")


if __name__ == "__main__":
    main()
