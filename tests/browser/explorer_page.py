"""The page as a student meets it: what can be seen and done, in the words of the lab sheet.

Waits for states, never for time. The page forbids evaluating strings as code, so waiting goes
through locators and through promises that the page itself resolves.
"""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

READY_MS = 120_000
STEP_MS = 60_000


class ExplorerPage:
    """One open lmpanel page."""

    def __init__(self, page: Page, base: str):
        self.page = page
        self.base = base

    def open(self, query: str = "backend=wasm") -> ExplorerPage:
        """Navigate and wait until the model is ready and the live app has taken over."""
        self.page.goto(f"{self.base}index.html?{query}")
        self.wait_ready()
        return self

    def wait_ready(self) -> dict[str, Any]:
        """Wait for `lmpanel.ready` and the first live distribution; returns what ready says."""
        self.page.set_default_timeout(STEP_MS)
        expect(self.page.locator("#dot[data-phase=ready]")).to_be_attached(timeout=READY_MS)
        info = self.page.evaluate("() => lmpanel.ready")
        expect(self.page.locator("[data-recorded]")).to_have_count(0, timeout=STEP_MS)
        self.settled()
        return info

    def start_over(self) -> None:
        """Forget everything by the session menu, and wait as after the first visit."""
        self.page.locator("#session summary").click()
        box = self.page.locator("#session-box")
        box.get_by_role("button", name="Start over…").click()
        # What was said of an earlier time must not be taken for this one.
        self.page.locator("#milestone").evaluate("(milestone) => { milestone.textContent = ''; }")
        box.get_by_role("button", name="Start over", exact=True).click()
        expect(self.page.locator("#milestone")).to_have_text("Everything starts over.")
        self.wait_ready()

    def settled(self) -> None:
        """Wait until the lens shows numbers for what is looked at.

        The answer to a call comes after everything that Python had sent before it, so that a lens
        that is about to wait is known to.
        """
        self.page.evaluate("() => lmpanel.getState()")
        expect(self.page.locator("#slot-lens .next.busy")).to_have_count(0, timeout=STEP_MS)

    def measured(self) -> None:
        """Wait until the model itself has measured everything in view, and nothing is under way."""
        self.page.evaluate("async () => lmpanel.setState(await lmpanel.getState())")
        self.settled()

    def call(self, expression: str, argument: Any = None) -> Any:
        """Evaluate an expression of the scripting interface, for example `lmpanel.status()`."""
        return self.page.evaluate(expression, argument)

    def refusal(self, call: str, argument: Any = None) -> dict[str, str] | None:
        """How a call of the scripting interface is refused: {code, message}, None if it is not.

        `call` may use `argument`.
        """
        return self.page.evaluate(
            f"""async (argument) => {{
                try {{ await ({call}); return null; }}
                catch ({{ code, message }}) {{ return {{ code, message }}; }}
            }}""", argument)

    # The document

    @property
    def tokens(self) -> Locator:
        return self.page.locator("#slot-token_strip .live .t")

    def token(self, index: int) -> Locator:
        return self.tokens.nth(index)

    @property
    def turns_shown(self) -> Locator:
        return self.page.locator("#slot-token_strip .live .role")

    def turns(self) -> list[str]:
        return self.turns_shown.all_inner_texts()

    def ids(self) -> list[int]:
        return self.page.evaluate("async () => (await lmpanel.getState()).ids")

    # The lens

    @property
    def rows(self) -> Locator:
        return self.page.locator("#slot-lens .live .candidates tbody tr")

    @property
    def candidates(self) -> Locator:
        return self.page.locator("#slot-lens .live .candidates tbody button.token")

    @property
    def title(self) -> Locator:
        return self.page.locator("#slot-lens .live .title")

    def pick(self, rank: int) -> None:
        """Click the candidate of this rank and wait for the token to stand in the document."""
        before = self.tokens.count()
        self.candidates.nth(rank - 1).click()
        expect(self.tokens).not_to_have_count(before, timeout=STEP_MS)
        self.settled()

    # The controls

    def button(self, name: str) -> Locator:
        return self.page.locator(".live").get_by_role("button", name=name, exact=True)

    @property
    def message(self) -> Locator:
        return self.page.locator("#slot-controls .live #message")

    @property
    def reply(self) -> Locator:
        return self.page.locator("#slot-controls .live #reply")

    @property
    def written(self) -> Locator:
        """The line that says what the last generation wrote."""
        return self.page.locator("#slot-controls .live [role=status]")

    @property
    def notices(self) -> Locator:
        return self.page.locator("#notices .notice")
