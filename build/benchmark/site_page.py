"""Measures the built site by what can be seen of it, and by its scripting interface.

Waits for states of the page; every time is taken inside the page, by its own clock.
"""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from benchmark.tasks import STORY, TEXT, WARM_UP

READY_MS = 300_000
CLICKS = 12
MOVES = 20

# Parts of the page, also inside shadow roots.
FIND = """
    const all = (root) => [...root.querySelectorAll("*")].flatMap(
        (element) => [element, ...(element.shadowRoot ? all(element.shadowRoot) : [])]);
    const found = (selector) => all(document.querySelector("#slot-lens .live"))
        .filter((element) => element.matches(selector));
    const frame = () => new Promise(requestAnimationFrame);
    // A frame's callbacks run right before it is painted; what is posted from there runs after.
    const painted = () => new Promise((done) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = done;
        port2.postMessage(null);
    });
"""
# From the press of a candidate until the next table has been painted.
CLICK = f"""async (rank) => {{ {FIND}
    const [lens] = found(".next"), [title] = found(".next .title");
    const before = title.textContent;
    const start = performance.now();
    found(".candidates tbody button.token")[rank - 1].click();
    while (title.textContent === before || lens.classList.contains("busy")) await frame();
    await painted();
    return performance.now() - start;
}}"""
# From a move of the slider until the new columns have been painted.
TABLE = ".sampling .wide > table.candidates:has(caption)"
MOVE = f"""async (value) => {{ {FIND}
    const [slider] = found("#filter-temperature"), [table] = found("{TABLE}");
    const before = table.textContent;
    const start = performance.now();
    slider.value = value;
    slider.dispatchEvent(new Event("input", {{ bubbles: true }}));
    while (table.textContent === before) await frame();
    await painted();
    return performance.now() - start;
}}"""
CALLS = """async (n) => {
    while ((await lmpanel.status()).engine_calls < n) await new Promise((r) => setTimeout(r, 20));
}"""
TIMED = """async ([name, context, options]) => {
    const start = performance.now();
    const answer = await lmpanel[name](context, ...(options ? [options] : []));
    return { ms: performance.now() - start, answer };
}"""


class SitePage:
    """One tab with the site."""

    def __init__(self, page: Page, base: str, query: str):
        self.page = page
        self.base = base
        self.query = query
        page.set_default_timeout(READY_MS)

    def at_rest(self) -> None:
        """Wait until everything is stored for offline use: nothing is measured meanwhile."""
        expect(self.page.locator("#offline-mark:not([hidden])")).to_be_attached(timeout=READY_MS)

    def open(self, ahead: str = "off") -> dict[str, float]:
        """Navigate, wait until the first distribution is the model's own; seconds by phase."""
        self.page.goto(f"{self.base}index.html?{self.query}&ahead={ahead}")
        expect(self.page.locator("#dot[data-phase=ready]")).to_be_attached(timeout=READY_MS)
        expect(self.page.locator("[data-recorded]")).to_have_count(0, timeout=READY_MS)
        self.page.evaluate("async () => lmpanel.setState(await lmpanel.getState())")
        marks = self.status()["timings_ms"]
        return {name: ms / 1000 for name, ms in marks.items()}

    def status(self) -> dict[str, Any]:
        return self.page.evaluate("async () => lmpanel.status()")

    def state(self) -> dict[str, Any]:
        return self.page.evaluate("async () => lmpanel.getState()")

    def engine(self) -> dict[str, Any]:
        """The model, its backend and the number of threads."""
        return self.page.evaluate("async () => lmpanel.ready")

    def speeds(self) -> dict[str, Any]:
        """What the model does when scripts ask: tokens a second, milliseconds, ids."""
        ids = self.state()["ids"]
        step = self.step()
        story, written = self._timed("generate", {"ids": ids}, {"max_tokens": STORY})
        score, scored = self._timed("score", {"text": TEXT})
        return {
            "story": 1000 * STORY / story,
            "step_ms": step,
            "score_ms": score,
            "score_tokens": len(scored["tokens"]),
            "ids": written["ids"],
        }

    def step(self) -> float:
        """Milliseconds of a decode step in the engine, the median of a few."""
        self._timed("generate", {"text": WARM_UP}, {"max_tokens": 16})
        return 1000 / self.status()["tokens_per_second"]

    def clicks(self) -> list[float]:
        """Milliseconds from a click on a candidate to the next table, nothing computed ahead."""
        return [self.page.evaluate(CLICK, 1 + i % 3) for i in range(CLICKS)]

    def clicks_ahead(self) -> list[float]:
        """The same where the likeliest were computed ahead; needs `ahead=on`."""
        times = []
        for i in range(CLICKS):
            self.page.evaluate(CALLS, 2 + i)
            times.append(self.page.evaluate(CLICK, 1 + i % 3))
        return times

    def moves(self) -> dict[str, Any]:
        """Milliseconds of moves of the temperature slider, and the model calls they cost."""
        self.page.get_by_role("tab", name="Sampling").click()
        expect(self.page.locator(f"#slot-lens .live {TABLE}")).to_be_visible()
        calls = self.status()["engine_calls"]
        times = [self.page.evaluate(MOVE, 0.5 + 0.05 * i) for i in range(MOVES)]
        return {"ms": times, "calls": self.status()["engine_calls"] - calls}

    def _timed(self, name: str, context: dict, options: dict | None = None) -> tuple[float, dict]:
        found = self.page.evaluate(TIMED, [name, context, options])
        return found["ms"], found["answer"]
