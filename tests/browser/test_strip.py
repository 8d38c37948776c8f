"""The strip under fast hands: keys, focus, the line about a token, its end in view."""

from __future__ import annotations

import pytest
from explorer_page import STEP_MS, ExplorerPage
from playwright.sync_api import Locator, expect

SELECTED = "#slot-token_strip .live .t[aria-selected=true]"


def facts(explorer: ExplorerPage) -> Locator:
    return explorer.page.locator("#slot-token_strip .live .tip")


def focused(explorer: ExplorerPage) -> str:
    """The tag and class of what has the focus, through shadow roots."""
    return explorer.page.evaluate("""() => {
        let element = document.activeElement;
        while (element.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
        return `${element.tagName} ${element.className}`;
    }""")


def test_no_key_is_lost_however_fast(explorer: ExplorerPage) -> None:
    explorer.measured()
    explorer.token(39).click()
    for _ in range(25):
        explorer.page.keyboard.press("Shift+ArrowLeft")
    expect(explorer.page.locator(SELECTED)).to_have_count(26)
    for _ in range(12):
        explorer.page.keyboard.press("ArrowRight")
    explorer.settled()
    expect(explorer.token(26)).to_be_focused()
    state = explorer.call("() => lmpanel.getState()")
    assert (state["cursor"], state["selection"]) == (26, [26, 27])


def test_select_all_undo_and_redo_by_keys(explorer: ExplorerPage) -> None:
    explorer.pick(1)
    explorer.token(5).click()
    explorer.page.keyboard.press("Control+a")
    expect(explorer.page.locator(SELECTED)).to_have_count(41)
    explorer.page.keyboard.press("Control+z")
    expect(explorer.tokens).to_have_count(40)
    explorer.page.keyboard.press("Control+Shift+z")
    expect(explorer.tokens).to_have_count(41)
    assert focused(explorer) in ("SPAN caret",) or focused(explorer).startswith("SPAN t ")


def test_the_line_about_a_token_is_never_about_one_that_is_gone(explorer: ExplorerPage) -> None:
    explorer.measured()
    explorer.token(33).click()
    expect(facts(explorer)).to_contain_text("token 34 ·")
    explorer.button("New").click()
    expect(explorer.turns_shown).to_have_count(1)
    assert "token 34" not in facts(explorer).inner_text()
    explorer.button("Undo").click()
    expect(explorer.tokens).to_have_count(40)
    explorer.token(36).click()
    explorer.settled()
    before = facts(explorer).inner_text()
    explorer.page.locator("#slot-lens .live .candidates tbody button.token").nth(2).click()
    expect(explorer.tokens).to_have_count(37)
    explorer.token(36).hover()
    expect(facts(explorer)).not_to_have_text(before)


@pytest.mark.parametrize("action", ["save", "delete", "dismiss"])
def test_focus_stays_within_reach(explorer: ExplorerPage, action: str) -> None:
    page = explorer.page
    if action == "dismiss":
        explorer.message.fill("left \u0004 out")
        explorer.button("End Turn").click()
        explorer.notices.first.get_by_role("button", name="Dismiss").focus()
        page.keyboard.press("Enter")
        assert focused(explorer).startswith("MAIN")
        return
    if action == "save":
        page.get_by_role("button", name="Edit the user turn").focus()
        page.keyboard.press("Enter")
        page.get_by_label("Text of the user turn").fill("Tell me a joke.")
        page.keyboard.press("Control+Enter")
        expect(explorer.tokens).not_to_have_count(40, timeout=STEP_MS)
    else:
        page.get_by_role("button", name="Delete the system turn").focus()
        page.keyboard.press("Enter")
        expect(explorer.turns_shown).to_have_count(2)
    explorer.settled()
    assert not focused(explorer).startswith("BODY")


def test_json_that_was_not_changed_changes_nothing(explorer: ExplorerPage) -> None:
    page = explorer.page
    page.get_by_role("button", name="Delete the system turn").click()
    expect(explorer.turns_shown).to_have_count(2)
    for part in ("unb", "eli", "ev", "able"):
        explorer.reply.fill(part)
        length = explorer.tokens.count()
        explorer.button("Add").click()
        expect(explorer.tokens).not_to_have_count(length)
    ids = explorer.ids()
    explorer.button("JSON").click()
    page.get_by_role("button", name="Use this conversation").click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert explorer.ids() == ids


def test_the_end_stays_in_view_when_the_strip_gets_smaller(explorer: ExplorerPage) -> None:
    explorer.page.get_by_text("Options", exact=True).click()
    explorer.page.get_by_label("At most this many tokens").fill("60")
    explorer.button("Generate response").click()
    expect(explorer.written).to_contain_text("tokens,", timeout=STEP_MS)
    caret = explorer.page.locator("#slot-token_strip .live .caret")
    expect(caret).to_be_in_viewport()
    explorer.page.set_viewport_size({"width": 1280, "height": 640})
    expect(caret).to_be_in_viewport()


def test_every_click_on_pick_top_appends_a_token(explorer: ExplorerPage) -> None:
    explorer.measured()
    button = explorer.button("Pick top token")
    for _ in range(6):
        button.click()
    expect(explorer.tokens).to_have_count(46, timeout=STEP_MS)
    assert explorer.tokens.all_inner_texts()[-6:-3] == ["In", " the", " heart"]
