"""Measures the built site by what can be seen of it, and by its scripting interface.

Waits for states of the page; every time is taken inside the page, by its own clock.
"""

from __future__ import annotations

from typing import Any

from benchmark.browser import Page
from benchmark.tasks import HOLD_MS, STORY, TEXT, WARM_UP

CLICKS = 12
MOVES = 20
TAB = "[role=tab]"

READY = ('document.querySelector("#dot[data-phase=ready]") '
         '&& !document.querySelector("[data-recorded]")')
STORED = 'document.querySelector("#offline-mark:not([hidden])")'

# Parts of the live page, also inside shadow roots: of the lens, or of another slot.
FIND = """
    const all = (root) => [...root.querySelectorAll("*")].flatMap(
        (element) => [element, ...(element.shadowRoot ? all(element.shadowRoot) : [])]);
    const found = (selector, slot = "#slot-lens") =>
        [...document.querySelectorAll(`${slot} > .live`)].flatMap(all)
            .filter((element) => element.matches(selector));
    const frame = () => new Promise(requestAnimationFrame);
    // A frame's callbacks run right before it is painted; what is posted from there runs after.
    const painted = () => new Promise((done) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = done;
        port2.postMessage(null);
    });
"""
# From the click on a candidate until the next table has been painted. A program's click takes no
# time; a hand's begins with a press.
CLICK = f"""async (rank, hold = 0) => {{ {FIND}
    const [lens] = found(".next"), [title] = found(".next .title");
    const before = title.textContent;
    const button = found(".candidates tbody button.token")[rank - 1];
    if (hold) {{
        button.dispatchEvent(new PointerEvent("pointerdown", {{ pointerType: "mouse" }}));
        await new Promise((done) => setTimeout(done, hold));
    }}
    const start = performance.now();
    button.click();
    while (title.textContent === before || lens.classList.contains("busy")) await frame();
    await painted();
    return performance.now() - start;
}}"""
# Press the one button or tab of this name as soon as it can be pressed, until Python has seen it.
PRESS = f"""async (selector, name) => {{ {FIND}
    const ready = () => found(selector, ".slot").filter((button) => button.checkVisibility()
        && button.textContent.trim() === name && button.ariaDisabled !== "true");
    while (ready().length === 0) await frame();
    const [button, ...others] = ready();
    if (others.length) throw new Error(`more than one ${{selector}} is named ${{name}}`);
    button.click();
    await lmpanel.getState();
}}"""
SHOWN = f"""async (selector) => {{ {FIND}
    while (!found(selector).some((element) => element.checkVisibility())) await frame();
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
TIMED = """async (name, context, options) => {
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

    def at_rest(self) -> None:
        """Wait until everything is stored for offline use: nothing is measured meanwhile."""
        self.page.until(STORED)

    def open(self, ahead: str = "off") -> dict[str, float]:
        """Navigate, wait until the first distribution is the model's own; seconds by phase."""
        self.page.go(f"{self.base}index.html?{self.query}&ahead={ahead}")
        self.page.until(READY)
        self.measured()
        marks = self.status()["timings_ms"]
        return {name: ms / 1000 for name, ms in marks.items()}

    def measured(self) -> None:
        """Wait until the model itself has measured everything in view."""
        self.page.evaluate("async () => lmpanel.setState(await lmpanel.getState())")

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

    def clicks_of_a_hand(self) -> list[float]:
        """The same from letting a mouse's button go that was held for HOLD_MS."""
        return [self.page.evaluate(CLICK, 1 + i % 3, HOLD_MS) for i in range(CLICKS)]

    def clicks_ahead(self) -> list[float]:
        """The same where the likeliest were computed ahead; needs `ahead=on`."""
        times = []
        for i in range(CLICKS):
            self.page.evaluate(CALLS, 2 + i)
            times.append(self.page.evaluate(CLICK, 1 + i % 3))
        return times

    def press(self, name: str, selector: str = "button") -> None:
        """Press a button, or a tab, and wait until Python has dealt with it."""
        self.page.evaluate(PRESS, selector, name)

    def moves(self) -> dict[str, Any]:
        """Milliseconds of moves of the temperature slider, and the model calls they cost."""
        self.press("Sampling", TAB)
        self.page.evaluate(SHOWN, TABLE)
        calls = self.status()["engine_calls"]
        times = [self.page.evaluate(MOVE, 0.5 + 0.05 * i) for i in range(MOVES)]
        return {"ms": times, "calls": self.status()["engine_calls"] - calls}

    def _timed(self, name: str, context: dict, options: dict | None = None) -> tuple[float, dict]:
        found = self.page.evaluate(TIMED, name, context, options)
        return found["ms"], found["answer"]
