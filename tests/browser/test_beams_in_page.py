"""Beam search in the page, by clicks and by keys, on the real model; its totals are the model's."""

from __future__ import annotations

import math

import pytest
from explorer_page import STEP_MS, ExplorerPage
from playwright.sync_api import Locator, expect

TRANSLATION = "Translate this sentence to French: The cat sleeps on the red chair."


def boxes(explorer: ExplorerPage) -> Locator:
    return explorer.page.locator("#slot-lens .live .beam input[type=checkbox]")


def title(explorer: ExplorerPage, text: str) -> None:
    expect(explorer.page.locator("#slot-lens .live .beams .title")).to_contain_text(
        text, timeout=STEP_MS)


def open_beams(explorer: ExplorerPage) -> None:
    explorer.page.get_by_role("tab", name="Beams").click()
    expect(explorer.button("Search by hand")).to_be_visible()


def ask(explorer: ExplorerPage, text: str) -> None:
    """A new conversation that begins with this message."""
    explorer.button("New").click()
    explorer.message.fill(text)
    explorer.button("End Turn").click()
    expect(explorer.turns_shown.last).to_have_text("model")
    explorer.measured()


def attempt(explorer: ExplorerPage, number: int) -> dict[str, str]:
    """The exact values of an attempt's row, once they are measured."""
    explorer.page.get_by_role("tab", name="Attempts").click()
    row = explorer.page.locator(f"#slot-lens .live tr[data-number='{number}']")
    expect(row.locator("[data-key=loss]")).not_to_have_text("…", timeout=STEP_MS)
    cells = row.locator("td[data-key]").all()
    return {cell.get_attribute("data-key"): cell.get_attribute("title") for cell in cells}


def scored(explorer: ExplorerPage, start: int) -> list[float]:
    """ln p of the document's tokens from `start` on, by the scripting interface."""
    result = explorer.call("async (ids) => lmpanel.score({ ids })", explorer.ids())
    return [token["logprob"] for token in result["tokens"][start:]]


def test_a_translation_by_hand_kept_beams(explorer: ExplorerPage) -> None:
    ask(explorer, TRANSLATION)
    start = explorer.tokens.count()
    open_beams(explorer)
    explorer.button("Search by hand").click()
    title(explorer, "Step 1: keep up to 3")
    expect(boxes(explorer)).to_have_count(6)
    verdict = explorer.page.locator("#slot-lens .live .verdict")
    for option in (0, 1, 5):
        boxes(explorer).nth(option).check()
    expect(verdict).to_contain_text("Not the best set")
    explorer.button("Choose the best").click()
    expect(verdict).to_contain_text("best totals of this step")
    explorer.button("Keep these 3").click()
    title(explorer, "Step 2")
    expect(boxes(explorer)).to_have_count(18)
    # A set that is not the best one is let stand, by keys alone.
    boxes(explorer).nth(4).focus()
    explorer.page.keyboard.press("Space")
    expect(boxes(explorer).nth(4)).to_be_checked()
    expect(boxes(explorer).nth(4)).to_be_focused()
    explorer.page.keyboard.press("Tab")
    explorer.page.keyboard.press("Space")
    explorer.button("Keep these 2").press("Enter")
    title(explorer, "Step 3")
    expect(boxes(explorer)).to_have_count(12)
    expect(explorer.page.locator("#slot-lens .live .beside")).to_contain_text("greedy")
    explorer.button("Back one step").click()
    title(explorer, "Step 2")
    explorer.button("Choose the best").click()
    explorer.button("Keep these 3").click()
    title(explorer, "Step 3")
    explorer.button("Take beam 1 into the document").click()
    expect(explorer.tokens).to_have_count(start + 2)
    row, logprobs = attempt(explorer, 1), scored(explorer, start)
    assert float(row["logprob"]) == pytest.approx(math.fsum(logprobs), abs=1e-4)
    assert float(row["loss"]) == pytest.approx(-math.fsum(logprobs) / 2, abs=1e-4)


def test_two_automatic_beams_have_the_totals_of_score(explorer: ExplorerPage) -> None:
    ask(explorer, "What is the capital of Italy? Answer in one sentence.")
    start = explorer.tokens.count()
    open_beams(explorer)
    explorer.page.get_by_label("Number of beams").select_option("2")
    explorer.button("Search automatically").click()
    takes = explorer.page.get_by_role("button", name="of the automatic search into the document")
    expect(takes).to_have_count(2, timeout=STEP_MS)
    told = explorer.page.locator("#slot-lens [aria-label='Automatic search'] tbody td:nth-child(3)")
    totals = [float(cell.get_attribute("title")) for cell in told.all()]
    for beam, total in enumerate(totals):
        takes.nth(beam).click()
        explorer.measured()
        assert math.fsum(scored(explorer, start)) == pytest.approx(total, abs=1e-4)
        explorer.button("Undo").click()
        expect(explorer.tokens).to_have_count(start)
    call = "async (ids) => lmpanel.generate({ ids }, { strategy: 'beam', beams: 2 })"
    script = explorer.call(call, explorer.ids())
    assert [beam["total_logprob"] for beam in script["beams"]] == pytest.approx(totals, abs=1e-6)


def test_each_step_is_one_call_of_the_engine(steady: ExplorerPage) -> None:
    steady.measured()
    open_beams(steady)
    steady.button("Search by hand").click()
    title(steady, "Step 1")
    steady.button("Choose the best").click()
    before = steady.call("() => lmpanel.status()")
    steady.button("Keep these 3").click()
    title(steady, "Step 2")
    after = steady.call("() => lmpanel.status()")
    assert after["engine_calls"] - before["engine_calls"] == 1
    assert after["engine_tokens"] - before["engine_tokens"] == 3


def test_an_automatic_search_is_stopped_and_keeps_what_it_found(explorer: ExplorerPage) -> None:
    open_beams(explorer)
    explorer.button("Search automatically").click()
    said = explorer.page.locator("#slot-lens [aria-label='Automatic search'] .number[role=status]")
    expect(said).to_contain_text("tokens deep", timeout=STEP_MS)
    explorer.button("Stop searching").click()
    expect(explorer.button("Search automatically")).to_be_visible(timeout=STEP_MS)
    takes = explorer.page.get_by_role("button", name="of the automatic search into the document")
    expect(takes).to_have_count(3)
    explorer.message.fill("Something else")
    explorer.button("End Turn").click()
    expect(said).to_contain_text("another document")
