"""Branches: what was tried is kept, gone back to, named, pinned, compared and expanded."""

from __future__ import annotations

import re

import pytest
from explorer_page import STEP_MS, ExplorerPage
from playwright.sync_api import Locator, expect

READ_MS = 600_000
FEW = 40
"""Changes of the lens that may go with one action, whatever the size of the tree."""

COUNT_CHANGES = """(element) => {
    globalThis.changes = 0;
    new MutationObserver((records) => { changes += records.length; }).observe(element,
        { subtree: true, childList: true, attributes: true, characterData: true });
}"""


def lens(explorer: ExplorerPage) -> Locator:
    return explorer.page.locator("#slot-lens .live .branches-lens")


def open_branches(explorer: ExplorerPage) -> None:
    explorer.page.get_by_role("tab", name="Branches").click()
    expect(lens(explorer)).to_be_visible()


def rows(explorer: ExplorerPage) -> Locator:
    return lens(explorer).locator(".branches .go")


def row(explorer: ExplorerPage, index: int) -> Locator:
    """The line of a row: its text, numbers and buttons."""
    return lens(explorer).locator(".branches .line").nth(index)


def go(explorer: ExplorerPage, button: Locator, tokens: int) -> None:
    button.click()
    expect(explorer.tokens).to_have_count(tokens)


def bits(explorer: ExplorerPage, ids: list[int], first: int) -> float:
    """What the tokens from `first` on cost, by the scripts' way."""
    answer = explorer.call("(ids) => lmpanel.score({ids})", ids)
    return sum(token["bits"] for token in answer["tokens"][first:])


def tools(explorer: ExplorerPage, index: int) -> Locator:
    row(explorer, index).locator(".more").click()
    box = lens(explorer).locator(".tools-box")
    expect(row(explorer, index).locator(".more")).to_have_attribute("aria-expanded", "true")
    return box


def fork(explorer: ExplorerPage) -> tuple[int, list[int], list[int]]:
    """Two tokens, then back by undo and two others; where they part, and both documents."""
    parting = explorer.tokens.count()
    explorer.pick(1)
    explorer.pick(1)
    first = explorer.ids()
    explorer.button("Undo").click()
    explorer.button("Undo").click()
    expect(explorer.tokens).to_have_count(parting)
    explorer.settled()
    explorer.pick(3)
    explorer.pick(2)
    second = explorer.ids()
    explorer.measured()
    return parting, first, second


def test_two_ways_on_are_kept_and_compared(explorer: ExplorerPage) -> None:
    page = explorer.page
    parting, first, second = fork(explorer)
    open_branches(explorer)
    expect(rows(explorer)).to_have_count(3)
    expect(lens(explorer).locator(".title")).to_have_text("2 branches, every one kept")
    expect(row(explorer, 2)).to_contain_text("you are here")
    for index, ids in ((1, first), (2, second)):
        total = row(explorer, index).locator("[data-key=total]").get_attribute("title")
        assert -float(total) / 0.6931471805599453 == pytest.approx(
            bits(explorer, ids, parting), abs=1e-4)

    go(explorer, rows(explorer).nth(1), len(first))
    assert explorer.ids() == first
    expect(row(explorer, 1)).to_contain_text("you are here")
    explorer.button("Undo").click()
    expect(row(explorer, 2)).to_contain_text("you are here")
    assert explorer.ids() == second

    box = tools(explorer, 1)
    where = box.bounding_box()
    box.get_by_label("Name of this branch").fill("the first")
    page.keyboard.press("Enter")
    listed = lens(explorer).locator(".first li")
    expect(listed).to_contain_text("the first")
    expect(listed).to_have_count(1)
    assert box.bounding_box() == where, "nothing moves under the hand"
    lens(explorer).get_by_role("button", name="Pin where you are").click()
    expect(listed).to_have_count(2)
    go(explorer, listed.filter(has_text="the first").locator(".go"), len(first))
    assert explorer.ids() == first

    box.get_by_role("button", name="Compare").click()
    expect(lens(explorer).get_by_text("mark a second one")).to_be_visible()
    tools(explorer, 2).get_by_role("button", name="Compare").click()
    verdict = lens(explorer).locator(".verdict")
    costs = [bits(explorer, first, parting), bits(explorer, second, parting)]
    expect(verdict).to_contain_text("The model prefers the first by")
    difference = float(verdict.locator("b.number").get_attribute("data-difference"))
    assert difference == pytest.approx(costs[1] - costs[0], abs=1e-4) and difference > 0
    expect(verdict).to_contain_text(f"{difference:.2f} bits")
    shown = lens(explorer).locator(".sides [data-surprise]")
    for index in (0, 1):
        assert float(shown.nth(index).get_attribute("data-surprise")) == pytest.approx(
            costs[index], abs=1e-4)
    expect(lens(explorer).locator(".pairs tbody tr")).to_have_count(2)
    back = lens(explorer).get_by_role("button", name="Back to the tree")
    expect(back).to_be_focused()
    page.keyboard.press("Enter")
    expect(rows(explorer).first).to_be_visible()
    expect(rows(explorer).nth(1)).to_be_focused()


def test_the_tree_by_keys(explorer: ExplorerPage) -> None:
    page = explorer.page
    _, first, second = fork(explorer)
    page.get_by_role("tab", name="N-grams").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Branches")).to_have_attribute("aria-selected", "true")
    expect(rows(explorer)).to_have_count(3)
    rows(explorer).first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(explorer.tokens).to_have_count(len(first))
    assert explorer.ids() == first
    expect(rows(explorer).nth(1)).to_be_focused()
    page.keyboard.press("End")
    expect(rows(explorer).nth(2)).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(rows(explorer).first).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(rows(explorer)).to_have_count(1)
    expect(rows(explorer).first).to_be_focused()
    expect(row(explorer, 0)).to_contain_text("folded")
    page.keyboard.press("ArrowRight")
    expect(rows(explorer)).to_have_count(3)
    page.keyboard.press("End")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    box = lens(explorer).locator(".tools-box")
    step = box.locator(".step").first
    step.focus()
    page.keyboard.press("Enter")
    expect(explorer.tokens).to_have_count(len(second) - 1)
    assert explorer.ids() == second[:-1]
    expect(row(explorer, 2)).to_contain_text("you are here, after 1 of them")


def test_expanded_with_progress_and_stopped(explorer: ExplorerPage) -> None:
    document = explorer.ids()
    open_branches(explorer)
    expect(rows(explorer)).to_have_count(1)
    status = lens(explorer).locator(".expansion [role=status]")
    plan = lens(explorer).locator(".expansion")
    lens(explorer).get_by_label("Levels").select_option("2")
    expect(plan).to_contain_text("Up to 6 new tokens (at most 500)")
    lens(explorer).get_by_role("button", name="Expand", exact=True).click()
    expect(status).to_have_text("expanded to 6 tokens", timeout=STEP_MS)
    # The shared beginning, and two likeliest tokens after it with two after each.
    expect(rows(explorer)).to_have_count(7)
    expect(lens(explorer).locator(".branches li.light")).to_have_count(6)
    assert explorer.ids() == document
    likeliest = explorer.call("(ids) => lmpanel.next({ids}, {top_k: 2})", document)["candidates"]
    for index, candidate in zip((1, 4), likeliest):
        shown = row(explorer, index).locator("[data-key=prob]").get_attribute("title")
        assert float(shown) == pytest.approx(candidate["prob"], abs=1e-6)

    lens(explorer).get_by_label("Likeliest tokens at every node").select_option("5")
    lens(explorer).get_by_label("Levels").select_option("4")
    expect(plan).to_contain_text("5 wide and 4 deep would be 780 tokens; at most 500 are taken")
    button = lens(explorer).locator(".expand-go")
    expect(button).to_have_attribute("aria-disabled", "true")
    lens(explorer).get_by_label("Likeliest tokens at every node").select_option("4")
    expect(plan).to_contain_text("Up to 340 new tokens")
    button.click()
    expect(status).to_have_text(re.compile(r"^[1-9]\d* of 340$"), timeout=STEP_MS)
    button.press("Enter")
    expect(status).to_have_text(re.compile(r"^expanded to \d+ tokens of 340, then stopped$"),
                                timeout=STEP_MS)
    added = int(status.inner_text().split()[2])
    assert 4 <= added < 340 and explorer.ids() == document
    expect(button).to_have_text("Expand")
    expect(rows(explorer).nth(8)).to_be_visible()

    leaf = lens(explorer).locator(".branches li.light .go").last
    leaf.click()
    expect(explorer.tokens).not_to_have_count(len(document))
    explorer.measured()
    open_branches(explorer)
    here = lens(explorer).locator(".branches li.current")
    expect(here).to_have_count(1)
    expect(here).not_to_have_class(re.compile("light"))


def test_a_large_tree_stays_fluid_and_is_cleared(explorer: ExplorerPage) -> None:
    page = explorer.page
    open_branches(explorer)
    expect(rows(explorer)).to_have_count(1)
    # 250 forks, one after the other, are 500 nodes; the document that goes on has 1 000 tokens.
    page.evaluate("""async () => {
        const [a] = await lmpanel.tokenize("a");
        const settings = { tab: "branches" };
        const show = (ids) => lmpanel.setState({ version: 1, ids, raw: true, settings });
        for (let i = 0; i < 250; i += 1) await show([...Array(20 + i).fill(a.id), 300 + i]);
        await show(Array(1000).fill(a.id));
    }""")
    expect(lens(explorer).locator(".title")).to_have_text("252 branches, every one kept")
    expect(explorer.tokens).to_have_count(1000)
    shown = rows(explorer).count()
    assert 200 <= shown <= 210
    expect(lens(explorer).locator(".branches li.current")).to_have_count(1)
    lens(explorer).get_by_role("button", name="Show more").click()
    expect(rows(explorer)).not_to_have_count(shown)
    # Measured as a whole: numbers that come in later would be counted as changes.
    expect(lens(explorer).locator(".branches li.current > .line")).to_contain_text(
        "log p", timeout=READ_MS)
    explorer.measured()
    lens(explorer).evaluate(COUNT_CHANGES)
    row(explorer, 3).locator(".more").click()
    expect(lens(explorer).locator(".tools-box")).to_be_visible()
    assert 0 < explorer.call("() => changes") < FEW
    lens(explorer).get_by_role("button", name="Clear unpinned").click()
    keep = lens(explorer).get_by_role("button", name="Keep", exact=True)
    expect(keep).to_be_focused()
    page.keyboard.press("Escape")
    expect(keep).to_be_hidden()
    document = explorer.ids()
    lens(explorer).get_by_role("button", name="Clear unpinned").click()
    lens(explorer).get_by_role("button", name="Clear", exact=True).click()
    expect(rows(explorer)).to_have_count(1)
    assert explorer.ids() == document
    explorer.button("Undo").click()
    expect(rows(explorer)).to_have_count(3)
