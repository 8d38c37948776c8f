"""Times the page's work in a browser: `python benchmark_scene.py CHROMIUM URL`.

Runs in the tests' environment, which has Playwright; `benchmark.py` sets it up. Prints one line a
figure. Knows the page by what can be seen of it, and by its scripting interface.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator

from playwright.sync_api import Page, expect, sync_playwright

READY_MS = 300_000
CLICKS = 8
WIDTH = 4
TOKENS = 40

# From the press of a candidate to the next table standing there.
CLICK = """async (rank) => {
    const all = (root) => [...root.querySelectorAll("*")].flatMap(
        (element) => [element, ...(element.shadowRoot ? all(element.shadowRoot) : [])]);
    const found = (selector) => all(document.querySelector("#slot-lens .live"))
        .filter((element) => element.matches(selector));
    const [lens] = found(".next"), [title] = found(".next .title");
    const before = title.textContent;
    const start = performance.now();
    found(".candidates tbody button.token")[rank - 1].click();
    while (title.textContent === before || lens.classList.contains("busy"))
        await new Promise(requestAnimationFrame);
    return performance.now() - start;
}"""
CALLS = """async (n) => {
    while ((await lmpanel.status()).engine_calls < n) await new Promise((r) => setTimeout(r, 20));
}"""
TIMED = """async ([name, context, options]) => {
    const start = performance.now();
    const answer = await lmpanel[name](context, ...(options ? [options] : []));
    return { ms: performance.now() - start, answer };
}"""


def opened(page: Page, url: str, query: str) -> Page:
    """The page with the model ready and its first distribution measured."""
    page.set_default_timeout(READY_MS)
    page.goto(f"{url}index.html?backend=wasm&{query}")
    expect(page.locator("#dot[data-phase=ready]")).to_be_attached(timeout=READY_MS)
    expect(page.locator("[data-recorded]")).to_have_count(0, timeout=READY_MS)
    page.evaluate("async () => lmpanel.setState(await lmpanel.getState())")
    return page


def calls(page: Page) -> int:
    return page.evaluate("async () => (await lmpanel.status()).engine_calls")


def clicks(page: Page, ahead: bool) -> float:
    """Median milliseconds of a click on a likely candidate, computed ahead or not."""
    times = []
    for i in range(CLICKS):
        if ahead:
            page.evaluate(CALLS, 2 + i)
        times.append(page.evaluate(CLICK, 1 + i % 3))
    return statistics.median(times)


def timed(page: Page, name: str, context: dict, options: dict | None = None) -> tuple[float, dict]:
    found = page.evaluate(TIMED, [name, context, options])
    return found["ms"], found["answer"]


def figures(page: Page, url: str) -> Iterator[str]:
    """One line for each figure."""
    opened(page, url, "ahead=on")
    marks = page.evaluate("async () => (await lmpanel.status()).timings_ms")
    named = {"recorded": "recorded example", "model": "model", "first_distribution": "first live"}
    told = ", ".join(f"{what} {marks[name] / 1000:.1f} s" for name, what in named.items()
                     if name in marks)
    yield f"from navigation (first visit): {told}"
    page.evaluate(CALLS, 2)
    ahead = clicks(page, True)
    opened(page, url, "ahead=off")
    asked = clicks(page, False)
    yield f"a click: {asked:.0f} ms, computed ahead {ahead:.0f} ms (ratio {asked / ahead:.1f})"
    ids = page.evaluate("async () => (await lmpanel.getState()).ids")
    one, _ = timed(page, "generate", {"ids": ids}, {"max_tokens": TOKENS})
    yield f"greedy: {1000 * TOKENS / one:.0f} tokens a second"
    beams, _ = timed(page, "generate", {"ids": ids},
                     {"max_tokens": TOKENS, "strategy": "beam", "beams": WIDTH})
    yield (f"{WIDTH} beams of {TOKENS} tokens: {beams / 1000:.1f} s, "
           f"{beams / one:.1f} times as long as greedy")
    text = "The quick brown fox jumps over the lazy dog. " * 40
    ms, scored = timed(page, "score", {"text": text})
    yield f"scored: {len(scored['tokens'])} tokens in {ms / 1000:.1f} s"


def main(browser: str, url: str) -> None:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        for line in figures(chromium.new_page(), url):
            print(line, flush=True)
        chromium.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
