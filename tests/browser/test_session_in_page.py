"""The session menu: everything is forgotten, and only after a question."""

from __future__ import annotations

from explorer_page import ExplorerPage
from playwright.sync_api import expect


def test_starting_over_forgets_everything_and_needs_no_loading(explorer: ExplorerPage) -> None:
    page = explorer.page
    first = explorer.ids()
    explorer.pick(1)
    explorer.button("Generate response").click()
    page.locator("#session summary").click()
    page.get_by_role("button", name="Start over…").click()
    page.get_by_role("button", name="Keep them").click()
    expect(page.locator("#session")).not_to_have_attribute("open", "")
    expect(page.locator("#session summary")).to_be_focused()
    assert len(explorer.ids()) > len(first)
    # A generation under way ends with its session.
    page.watch.forget()
    explorer.start_over()
    assert explorer.ids() == first
    explorer.measured()
    page.get_by_role("tab", name="Attempts").click()
    expect(page.locator("#slot-lens .live tbody tr")).to_have_count(0)
    page.get_by_role("tab", name="Branches").click()
    expect(page.locator("#slot-lens .live")).to_contain_text("Forget all 0 branches")
    assert all("/components/" in address for address in page.watch.requests)
    page.get_by_role("tab", name="Next token").click()
    explorer.pick(1)
    assert len(explorer.ids()) == len(first) + 1


def test_the_question_is_answered_by_keys(explorer: ExplorerPage) -> None:
    page = explorer.page
    explorer.pick(2)
    page.locator("#session summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Start over", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#session summary")).to_be_focused()
    assert len(explorer.ids()) == 41
