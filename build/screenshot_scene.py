"""The scene on the README's picture: a story is begun with three picks, and one is looked back at.

    python build/screenshot_scene.py CHROMIUM ADDRESS OUT.png WIDTH light|dark

Started by `screenshot.py` with a Python that has Playwright.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

PICKS = ("Once", "␣upon", "␣a")
LOOKED_AT = "Once"
HEIGHT = 840
PATIENCE_MS = 180_000


def play(page: Page) -> None:
    """From the ready page to the moment of the picture."""
    expect(page.locator("#dot[data-phase=ready]")).to_be_attached()
    expect(page.locator("[data-recorded]")).to_have_count(0)
    tokens = page.locator("#slot-token_strip .t")
    candidates = page.locator("#slot-lens .candidates tbody button.token")
    for text in PICKS:
        settle(page)
        count = tokens.count()
        candidates.get_by_text(text, exact=True).click()
        expect(tokens).to_have_count(count + 1)
    settle(page)
    tokens.get_by_text(LOOKED_AT, exact=True).click()
    expect(page.locator("#slot-lens tr.marked")).to_have_count(1)
    settle(page)


def settle(page: Page) -> None:
    """Wait until the lens shows numbers for what is looked at."""
    page.evaluate("() => lmpanel.getState()")
    expect(page.locator("#slot-lens .next.busy")).to_have_count(0)


def main(arguments: list[str]) -> None:
    """Play the scene and write the picture."""
    browser_path, address, out, width, colours = arguments
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": int(width), "height": HEIGHT},
                                color_scheme=colours)
        page.set_default_timeout(PATIENCE_MS)
        page.goto(f"{address}index.html?backend=wasm")
        play(page)
        page.mouse.move(0, 0)
        page.screenshot(path=Path(out), animations="disabled")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
