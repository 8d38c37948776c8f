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

from benchmark.memory import page_memory
from benchmark.scene import Stage
from benchmark.site_page import CLICK, FIND, TAB, SitePage

QUERY = "backend=wasm&threads=1"
SETTLED = 0.2
"""The share of the rounds at the beginning after which the page has seen everything once."""
PART = 0.2
"""The share of the rounds that is compared, from there on and at the end."""
PICKS = 12
GENERATED = 24
LOOKED_BACK = 8
LIMIT = """async (max_tokens) => {
    const state = await lmpanel.getState();
    await lmpanel.setState({...state, settings: {...state.settings, max_tokens}});
}"""
# The button says what it does now: stop, and at the end generate again.
GENERATE = f"""async (name) => {{ {FIND}
    const [button] = found("button", ".slot").filter((one) => one.textContent === name);
    button.click();
    while (button.textContent === name) await frame();
    while (button.textContent !== name) await frame();
}}"""
# The strip listens to the pointer itself, for spans are dragged there.
LOOK_BACK = f"""async (tokens) => {{ {FIND}
    const token = found(".t", "#slot-token_strip").at(-tokens);
    for (const type of ["pointerdown", "pointerup"]) {{
        token.dispatchEvent(new PointerEvent(type, {{ bubbles: true, composed: true }}));
    }}
    await lmpanel.getState();
}}"""


def growth(samples: list[float]) -> float:
    """How much more memory there is at the end than after the first fifth, as a share of that.

    >>> growth([500, 900, 1000, 1000, 1010, 990, 1000, 1010, 1020, 1020])
    0.07
    """
    part = max(2, int(PART * len(samples)))
    start = int(SETTLED * len(samples)) - 1
    before = statistics.median(samples[start:start + part])
    return round(statistics.median(samples[-part:]) / before - 1, 4)


def use(site: SitePage, dice: Random) -> None:
    """A round: what a student does in a minute or so."""
    for _ in range(PICKS):
        site.page.evaluate(CLICK, dice.randint(1, 10))
    site.page.evaluate(GENERATE, "Generate response")
    for name in ("Undo", "Undo", "Redo"):
        site.press(name)
    site.page.evaluate(LOOK_BACK, LOOKED_BACK)
    site.press("Rewind")
    for tab in ("Sampling", "Surprise", "Branches", "Attempts", "Next token"):
        site.press(tab, TAB)
    site.press("Clear response")
    site.measured()


def measure(plan: dict) -> dict:
    """Memory in MB after every round, for so many minutes."""
    stage = Stage(plan)
    with stage.site.running(), stage.browser() as browser:
        site = SitePage(browser.page(), stage.site.url, QUERY)
        site.open("on")
        site.at_rest()
        site.page.evaluate(LIMIT, GENERATED)
        samples = list(_rounds(site, browser.profile, plan["minutes"]))
    return {"minutes": plan["minutes"], "memory_mb": samples, "growth": growth(samples)}


def _rounds(site: SitePage, profile: Path, minutes: float) -> Iterator[float]:
    dice = Random(1)
    end = time.monotonic() + 60 * minutes
    while time.monotonic() < end:
        use(site, dice)
        site.page.send("HeapProfiler.collectGarbage")
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
