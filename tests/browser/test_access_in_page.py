"""Everybody's access: axe-core in every state, keys alone, narrow, large, dark and forced colours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from audit import faults_of_layout, judged
from explorer_page import ExplorerPage
from page_states import live_states
from playwright.sync_api import Page, expect

WIDE = {"width": 1280, "height": 800}
NARROW = {"width": 320, "height": 640}
PHONE = {"width": 390, "height": 800}
MENUS = {"session menu": "#session", "starting over, asked": "#session", "engine menu": "#engine"}
"""States in which what is below an open menu is covered, until the menu is closed."""


@contextmanager
def text_of(page: Page, pixels: int) -> Iterator[None]:
    """With another size of text as the reader's setting; 16 is usual."""
    session = page.context.new_cdp_session(page)
    session.send("Page.setFontSizes", {"fontSizes": {"standard": pixels}})
    yield
    session.send("Page.setFontSizes", {"fontSizes": {"standard": 16}})
    session.detach()


def found_in(page: Page, state: str) -> Iterator[str]:
    """All that is wrong in a state, in both themes, narrow, and with large text."""
    yield from judged(page)
    yield from faults_of_layout(page)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    yield from judged(page, ["color-contrast"])
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    for size in (PHONE, NARROW):
        page.set_viewport_size(size)
        yield from faults_of_layout(page)
    yield from judged(page, ["target-size"], MENUS.get(state))
    page.set_viewport_size(WIDE)
    with text_of(page, 32):
        yield from faults_of_layout(page)


def test_nothing_is_wrong_in_any_state(explorer: ExplorerPage) -> None:
    page = explorer.page
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    found = [f"{state}: {fault}" for state in live_states(explorer)
             for fault in found_in(page, state)]
    page.emulate_media(color_scheme="null", reduced_motion="null")
    assert not found, "\n".join(found)


def test_nothing_is_wrong_before_the_model_is_there(page: Page, server) -> None:
    """The recorded example, alone and in a course page, and the poster; the program is held back."""
    page.route("**/python_worker.js", lambda route: None)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    for query, part in (("", "#slot-lens [data-recorded] .candidates"),
                        ("embed=1", "#slot-lens [data-recorded] .candidates"),
                        ("embed=1&load=click&text=Hello", ".poster button")):
        page.set_viewport_size(WIDE)
        page.goto(f"{server.url}index.html?{query}")
        expect(page.locator(part)).to_be_visible()
        assert not list(found_in(page, query)), query


class Keyboard:
    """A reader with a keyboard alone: every step leaves the focus somewhere, and visible."""

    def __init__(self, page: Page):
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            held = focus(self.page)
            assert held["tag"] != "body", f"{key} lost the focus"

    def here(self, name: str | re.Pattern) -> None:
        """The focus is on what is named so, outlined, and in view."""
        expect(self.page.locator(":focus").last).to_be_visible()
        said = spoken(self.page)
        assert re.search(name, said) if isinstance(name, re.Pattern) else name in said, said
        held = focus(self.page)
        assert held["seen"] and held["inView"], (said, held)

    def tab_to(self, name: str, back: bool = False) -> list[str]:
        """Tab until there; returns the names that were passed."""
        passed: list[str] = []
        while name not in (said := spoken(self.page)) or not passed:
            passed.append(said)
            assert len(passed) < 80, f"no {name} after {passed}"
            self.press("Shift+Tab" if back else "Tab")
            self.here("")
        return passed
