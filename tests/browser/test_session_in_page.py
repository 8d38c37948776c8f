"""The session menu: links, files, and starting over, which forgets only after a question."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from explorer_page import ExplorerPage
from lesson_page import LessonPage
from playwright.sync_api import Page, expect

from support.chromium_pages import watched_page


def choose(page: Page, name: str) -> None:
    page.locator("#session summary").click()
    page.locator("#session-box").get_by_role("button", name=name).click()


def open_file(page: Page, path: Path) -> None:
    with page.expect_file_chooser() as chooser:
        choose(page, "Open a file…")
    chooser.value.set_files(path)


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
    for _ in range(4):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Start over", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#session summary")).to_be_focused()
    assert len(explorer.ids()) == 41


def test_a_link_restores_document_position_selection_and_settings(
        explorer: ExplorerPage, browser) -> None:
    page = explorer.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    explorer.pick(1)
    explorer.token(5).click()
    explorer.token(8).click(modifiers=["Shift"])
    page.get_by_role("tab", name="Surprise").click()
    page.locator("#slot-token_strip .live").get_by_role("button", name="nats").click()
    choose(page, "Copy a link to this")
    field = page.get_by_label("Link", exact=True)
    expect(field).to_be_focused()
    address = field.input_value()
    assert page.evaluate("() => navigator.clipboard.readText()") == address
    assert len(address) < 700 and "#s=1." in address
    state = explorer.call("() => lmpanel.getState()")
    page.keyboard.press("Escape")

    # In the page that is open already, where undo brings back what stood there …
    explorer.start_over()
    page.evaluate("(hash) => { location.hash = hash; }", address.split("#")[1])
    expect(explorer.tokens).to_have_count(41)
    assert explorer.call("() => lmpanel.getState()") == state
    explorer.button("Undo").click()
    expect(explorer.tokens).to_have_count(40)

    # … and in another browser.
    for other in watched_page(browser):
        opened = ExplorerPage(other, explorer.base)
        other.goto(address)
        opened.wait_ready()
        assert opened.call("() => lmpanel.getState()") == state
        expect(opened.tokens).to_have_count(41)
        # A reload keeps what was done since.
        opened.token(40).click()
        opened.button("Clear response").click()
        expect(opened.tokens).to_have_count(40)
        assert len(opened.ids()) == 40, "what Python says of it has come too"
        other.reload()
        opened.wait_ready()
        expect(opened.tokens).to_have_count(40)


@pytest.mark.parametrize("fragment, reason", [
    ("s=2.abc", "another version"), ("s=1.%3Cimg%20src=x%20onerror=alert(1)%3E", "damaged"),
    ("s=1." + "A" * 40_000, "longer than"),
])
def test_a_bad_link_is_refused_and_changes_nothing(
        explorer: ExplorerPage, fragment: str, reason: str) -> None:
    explorer.pick(1)
    before = explorer.call("() => lmpanel.getState()")
    explorer.page.evaluate("(hash) => { location.hash = hash; }", fragment)
    expect(explorer.page.locator("#notices .notice[data-code=link]")).to_contain_text(reason)
    assert explorer.call("() => lmpanel.getState()") == before
    assert fragment not in explorer.page.url, "a reload finds what stands here"


def test_a_refused_link_leaves_what_the_tab_has_kept_and_what_is_being_typed(
        fresh: ExplorerPage) -> None:
    page = fresh.page
    fresh.pick(2)
    ids = fresh.ids()
    fresh.message.fill("half a message")
    page.goto("about:blank")
    page.goto(f"{fresh.base}index.html?backend=wasm#s=9.zzz")
    fresh.wait_ready()
    expect(fresh.notices).to_contain_text("another version")
    assert fresh.ids() == ids
    expect(fresh.message).to_have_value("half a message")
    page.reload()
    fresh.wait_ready()
    assert fresh.ids() == ids


def test_a_session_is_saved_to_a_file_and_opened_again(
        explorer: ExplorerPage, tmp_path: Path) -> None:
    page = explorer.page
    explorer.pick(2)
    explorer.pick(1)
    page.get_by_role("tab", name="Attempts").click()
    explorer.button("Keep this response").click()
    rows = page.locator("#slot-lens .live tbody tr")
    expect(rows.first).to_be_visible()
    shown = rows.first.locator("td").all_inner_texts()
    explorer.button("Clear response").click()
    state = explorer.call("() => lmpanel.getState()")
    with page.expect_download() as download:
        choose(page, "Save to a file")
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert path.name == "lmpanel-session.json"

    explorer.start_over()
    open_file(page, path)
    expect(page.locator("#milestone")).to_have_text("The session is open.")
    explorer.settled()
    assert explorer.call("() => lmpanel.getState()") == state
    explorer.measured()
    # The marks of the attempt that is shown are not those of one that can be compared.
    numbers = rows.first.locator("td")
    expect(numbers).to_have_text(shown)

    text = json.loads(path.read_text("utf-8"))
    # What was done since is asked about first; keeping it changes nothing.
    open_file(page, path)
    question = page.locator("#session-box")
    expect(question).to_contain_text("“lmpanel-session.json” takes the place of the document")
    expect(page.get_by_role("button", name="Open the file")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#session summary")).to_be_focused()
    assert explorer.call("() => lmpanel.getState()") == state
    open_file(page, path)
    page.get_by_role("button", name="Open the file").press("Enter")
    expect(page.locator("#session")).not_to_have_attribute("open", "")
    explorer.settled()
    assert explorer.call("() => lmpanel.getState()") == state

    bad = {
        "damaged.json": json.dumps({**text, "parts": {**text["parts"], "attempts": 3}}),
        "prototype.json": '{"__proto__": {"polluted": true}, "format": "lmpanel session"}',
        "deep.json": "[" * 100_000 + "]" * 100_000,
        "version.json": json.dumps({**text, "version": 2}),
        "markup.json": "<img src=x onerror=alert(1)>",
        "large.json": " " * 10_000_000,
        "lesson.md": "---\ntitle: A session on tokens\n---\n",
    }
    for name, content in bad.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
        open_file(page, tmp_path / name)
        if name == "damaged.json":  # its frame is sound
            page.get_by_role("button", name="Open the file").click()
        refused = page.locator("#notices .notice[data-code=session]")
        expect(refused).to_contain_text("in Lessons" if name == "lesson.md" else "session")
        refused.get_by_role("button", name="Dismiss").click()
        assert explorer.call("() => lmpanel.getState()") == state
    expect(numbers).to_have_text(shown)
    page.get_by_role("tab", name="Next token").click()
    explorer.pick(1)
    assert page.evaluate("() => ({}).polluted") is None


def test_a_link_and_a_file_carry_the_step_of_a_lesson(
        explorer: ExplorerPage, browser, tmp_path: Path) -> None:
    page = explorer.page
    lesson = LessonPage(page, explorer.base)
    lesson.open_lesson("Token by token")
    lesson.next_step(2)
    choose(page, "Copy a link to this")
    address = page.get_by_label("Link", exact=True).input_value()
    page.keyboard.press("Escape")
    with page.expect_download() as download:
        choose(page, "Save to a file")
    download.value.save_as(tmp_path / "session.json")
    ids = explorer.ids()

    explorer.start_over()
    expect(lesson.card).to_have_count(0)
    open_file(page, tmp_path / "session.json")
    expect(lesson.step_name).to_contain_text("2. ")
    assert explorer.ids() == ids
    explorer.settled()

    for other in watched_page(browser):
        opened = LessonPage(other, explorer.base)
        other.goto(address)
        opened.wait_ready()
        expect(opened.card.locator(".lesson-title")).to_have_text("Token by token")
        expect(opened.step_name).to_contain_text("2. ")
        assert opened.ids() == ids
