"""Access: axe-core in every state, keys alone, narrow, large text, dark and forced colours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from explorer_page import STEP_MS, ExplorerPage
from page_audit import LISTEN, announced, faults_of_layout, focus, judged, spoken
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
    """The recorded example, alone and in a frame, and the poster; the program is held back."""
    page.route("**/python_worker.js", lambda route: None)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    for query, part in (("", "#slot-lens [data-recorded] .candidates"),
                        ("embed=1", "#slot-lens [data-recorded] .candidates"),
                        ("embed=1&load=click&text=Hello", ".poster button")):
        page.set_viewport_size(WIDE)
        page.goto(f"{server.url}index.html?{query}")
        expect(page.locator(part)).to_be_visible()
        assert not list(found_in(page, query)), query
    page.unroute_all(behavior="ignoreErrors")


class Keyboard:
    """A reader with a keyboard alone: every step leaves the focus somewhere, and visible."""

    def __init__(self, page: Page):
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            assert focus(self.page)["tag"] != "body", f"{key} lost the focus"

    def here(self, name: str) -> None:
        """The focus comes to what is named so, outlined and in view."""
        expect(self.page.locator(":focus").last).to_match_aria_snapshot(f"- '{name}'")
        held = focus(self.page)
        assert held["seen"] and held["inView"], (name, held)

    def tab_to(self, name: str, back: bool = False) -> list[str]:
        """Tab on until what begins so; returns the names on the way."""
        passed = [spoken(self.page)]
        while len(passed) < 90:
            self.press("Shift+Tab" if back else "Tab")
            held, said = focus(self.page), spoken(self.page)
            assert said, f"what came after {passed[-1]} has lost the focus"
            assert held["seen"] and held["inView"], (said, held)
            if said.startswith(name):
                return passed
            passed.append(said)
        raise AssertionError(f"no {name} among {passed}")


def test_the_lab_by_keys_alone(page: Page, server) -> None:
    explorer, keys = ExplorerPage(page, server.url), Keyboard(page)
    page.set_viewport_size(WIDE)
    page.goto(f"{server.url}index.html?backend=wasm")
    expect(page.locator("#slot-lens [data-recorded] .candidates")).to_be_visible()
    page.keyboard.press("Tab")
    keys.here('button "Explore"')
    keys.tab_to('option "End of the document: what comes next"')
    explorer.wait_ready()
    keys.here('option "End of the document: what comes next" [selected]')
    explorer.measured()
    the_document(explorer, keys)
    candidates_and_generation(explorer, keys)
    a_round(explorer, keys)
    a_lesson(explorer, keys)


def the_document(explorer: ExplorerPage, keys: Keyboard) -> None:
    """One tab stop; arrows, Home, End; Shift selects, and the lens adds up."""
    keys.press("Home")
    keys.here('option "token 1 of 40, special im_start, first token, no prediction" [selected]')
    keys.press("ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight")
    keys.here('option "token 5 of 40, space then are, probability 48 percent" [selected]')
    keys.press("End", "ArrowLeft")
    keys.here('option "token 40 of 40, newline, probability above 99 percent" [selected]')
    keys.press(*["Shift+ArrowLeft"] * 8)
    keys.here('option "token 32 of 40, space then a, probability 87 percent" [selected]')
    expect(explorer.page.locator("#slot-token_strip .live .t[aria-selected=true]")
           ).to_have_count(9)
    passed = keys.tab_to('tab "Surprise"')
    assert not [name for name in passed[1:] if name.startswith("option")], "one tab stop"
    lens = explorer.page.locator("#slot-lens .live")
    expect(lens.locator(".title")).to_contain_text("9 tokens carry")
    keys.tab_to('button "Token 3')
    keys.press("Enter")
    keys.tab_to('tab "', back=True)
    keys.press("End")
    keys.here('tab "Attempts" [selected]')
    keys.press("Home")
    keys.here('tab "Next token" [selected]')


def candidates_and_generation(explorer: ExplorerPage, keys: Keyboard) -> None:
    """A candidate is picked, the model writes, is stopped, and all is undone."""
    keys.tab_to('option "', back=True)
    keys.press("End")
    explorer.settled()
    keys.tab_to('button "Append The"')
    keys.press("Enter")
    expect(explorer.tokens).to_have_count(41)
    explorer.settled()
    keys.here("button /^Append/")
    keys.tab_to('button "Generate response"', back=True)
    keys.press("Enter")
    keys.here('button "Stop"')
    expect(explorer.tokens).not_to_have_count(41)
    keys.press("Enter")
    keys.here('button "Generate response"')
    expect(explorer.written).to_contain_text("stopped")
    keys.tab_to('button "Undo"', back=True)
    keys.press("Enter", "Enter")
    expect(explorer.tokens).to_have_count(40)
    keys.here('button "Undo"')
    explorer.settled()


def a_round(explorer: ExplorerPage, keys: Keyboard) -> None:
    """A round of the game, from the header to its end."""
    play = explorer.page.locator("#slot-room .live .play")
    keys.tab_to('button "Play"', back=True)
    keys.press("Enter")
    expect(play.locator(".scores .nats").first).to_be_visible()
    keys.tab_to('button "Real text"')
    keys.press("Enter")
    expect(play.get_by_role("button", name="Start", exact=True)).to_be_visible()
    keys.tab_to('radio "')
    keys.press("ArrowRight")
    keys.tab_to('spinbutton "Guess"')
    explorer.page.keyboard.type("1")
    keys.tab_to('button "Start"')
    keys.press("Enter")
    expect(play.locator(".points li")).to_have_count(16, timeout=STEP_MS)
    if not spoken(explorer.page).startswith("spinbutton"):
        keys.tab_to("spinbutton")
    explorer.page.keyboard.type("40")
    keys.press("Control+Enter")
    keys.here('button "See the result"')
    keys.press("Enter")
    expect(play.locator(".history:visible tbody tr")).to_have_count(1)
    assert focus(explorer.page)["tag"] != "body"


def a_lesson(explorer: ExplorerPage, keys: Keyboard) -> None:
    """A question of a lesson, answered."""
    keys.tab_to('button "Lessons"', back=True)
    keys.press("Enter")
    start = explorer.page.get_by_role("button", name="Start: Measuring surprise")
    expect(start).to_be_visible(timeout=STEP_MS)
    keys.tab_to('button "Start: Measuring surprise"')
    keys.press("Enter")
    card = explorer.page.locator("#slot-lesson .live .card")
    expect(card.locator(".name")).to_be_focused(timeout=STEP_MS)
    keys.tab_to("textbox")
    explorer.page.keyboard.type("3")
    keys.press("Enter")
    expect(card.locator('[data-id="eighth"]')).to_have_attribute("data-verdict", "right")
    assert focus(explorer.page)["tag"] != "body"


def test_what_is_said_aloud(explorer: ExplorerPage) -> None:
    """Milestones and results; of 20 tokens that are written one sentence, of an error an alert."""
    page = explorer.page
    page.get_by_text("Options", exact=True).click()
    page.get_by_label("At most this many tokens").fill("20")
    page.evaluate(LISTEN)
    explorer.button("Generate response").click()
    expect(explorer.written).to_contain_text("20 tokens", timeout=STEP_MS)
    expect(explorer.tokens).to_have_count(60)
    explorer.settled()
    said = announced(page)
    assert len(said) == 1 and said[0].startswith("20 tokens"), said
    explorer.token(50).click()
    explorer.pick(2)
    assert not announced(page)
    explorer.message.fill("a " * 500_000)
    explorer.button("End Turn").click()
    expect(page.get_by_role("alert")).to_contain_text("characters")


def test_titles_by_the_keyboard(explorer: ExplorerPage) -> None:
    page, tip = explorer.page, explorer.page.locator(".tooltip")
    explorer.button("Undo").focus()
    for _ in range(2):
        page.keyboard.press("Tab")
    expect(tip).to_have_text("Tap the first token, then the last one (or use Shift)")
    expect(tip).to_be_visible()
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    expect(explorer.button("Select a span")).to_be_focused()
    page.keyboard.press("Tab")
    expect(tip).to_have_text("The conversation as JSON")
    page.keyboard.press("Shift+Tab")
    expect(tip).to_have_text("Tap the first token, then the last one (or use Shift)")
    explorer.button("Select a span").click()
    expect(tip).to_be_hidden()


def test_forced_colours_show_what_is_selected(explorer: ExplorerPage) -> None:
    page = explorer.page
    page.emulate_media(forced_colors="active", color_scheme="light")
    explorer.measured()
    explorer.token(30).click()
    page.keyboard.press("Shift+ArrowRight")
    look = """(element) => {
        const style = getComputedStyle(element);
        const { backgroundColor, color, outlineStyle, borderBottomWidth } = style;
        return { backgroundColor, color, outlineStyle, borderBottomWidth };
    }"""
    plain, chosen, held = (explorer.token(i).evaluate(look) for i in (29, 30, 31))
    assert chosen["backgroundColor"] == held["backgroundColor"] != plain["backgroundColor"]
    assert chosen["color"] != plain["color"] and held["outlineStyle"] != "none"
    legend = page.locator("#slot-token_strip .live .legend i")
    widths = [swatch.evaluate(look)["borderBottomWidth"] for swatch in legend.all()]
    assert len(set(widths)) == 5, "steps differ without colour"
    tabs = page.get_by_role("tab")
    borders = [tab.evaluate("(tab) => getComputedStyle(tab).borderBottomColor")
               for tab in tabs.all()]
    assert len(set(borders)) == 2 and borders.count(borders[1]) == len(borders) - 1
    filled = page.locator("#slot-lens .live .histogram i").first.evaluate(look)
    assert filled["backgroundColor"] != plain["backgroundColor"]
    page.emulate_media(forced_colors="null", color_scheme="null")
