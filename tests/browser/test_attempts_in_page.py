"""A translation greedily, by typed dice, with a forced start and by hand-kept beams, compared."""

from __future__ import annotations

import pytest
from explorer_page import STEP_MS, ExplorerPage
from playwright.sync_api import expect

LN2 = 0.6931471805599453


def rows(explorer: ExplorerPage):
    return explorer.page.locator("#slot-lens .live .attempts tr[data-number]")


def cell(explorer: ExplorerPage, row: int, key: str) -> float:
    shown = rows(explorer).nth(row).locator(f"[data-key={key}]")
    expect(shown).not_to_have_text("…", timeout=STEP_MS)
    return float(shown.get_attribute("title"))


def open_lens(explorer: ExplorerPage, name: str) -> None:
    explorer.page.get_by_role("tab", name=name).click()


def generate(explorer: ExplorerPage, tokens: int) -> None:
    length = explorer.tokens.count()
    explorer.button("Generate response").click()
    expect(explorer.tokens).to_have_count(length + tokens, timeout=STEP_MS)
    expect(explorer.button("Generate response")).to_be_visible(timeout=STEP_MS)


def score(explorer: ExplorerPage, first: int) -> tuple[float, float]:
    """(bits, loss in nats per token) of the document from token `first` on, by the scripts' way."""
    answer = explorer.page.evaluate(
        "async () => lmpanel.score({ids: (await lmpanel.getState()).ids})")
    bits = [token["bits"] for token in answer["tokens"][first:]]
    return sum(bits), sum(bits) * LN2 / len(bits)


def keep_beams(explorer: ExplorerPage, steps: int) -> None:
    """Beam search by hand, never quite the best set; takes the first beam."""
    open_lens(explorer, "Beams")
    explorer.button("Search by hand").click()
    boxes = explorer.page.locator("#slot-lens .live .beam input[type=checkbox]")
    title = explorer.page.locator("#slot-lens .live .beams .title")
    for step in range(1, steps + 1):
        expect(title).to_contain_text(f"Step {step}:", timeout=STEP_MS)
        for option in (1, 0):
            boxes.nth(option).check()
        explorer.button("Keep these 2").click()
    expect(title).to_contain_text(f"Step {steps + 1}:", timeout=STEP_MS)
    explorer.button("Take beam 1 into the document").click()


def test_four_translations_and_their_loss(explorer: ExplorerPage) -> None:
    page = explorer.page
    explorer.button("New").click()
    expect(explorer.turns_shown).to_have_count(1)
    page.get_by_label("Ready tasks").select_option(label="Translation")
    expect(explorer.message).to_have_value("Translate this sentence to French: "
                                           "The cat sleeps on the red chair.")
    explorer.message.press("Control+Enter")
    expect(explorer.turns_shown).to_have_count(3)
    start = explorer.tokens.count()
    costs = []

    page.get_by_text("Options", exact=True).click()
    page.get_by_label("At most this many tokens").fill("8")
    generate(explorer, 8)
    costs.append(score(explorer, start))

    explorer.button("Clear response").click()
    open_lens(explorer, "Sampling")
    for number in ("0.9", "0.05", "0.5"):
        length = explorer.tokens.count()
        page.get_by_label("Number thrown").fill(number)
        page.keyboard.press("Enter")
        expect(page.locator("#slot-lens .live .fell p")).to_contain_text(f"r = {float(number):.4f}")
        explorer.button("Take this token").click()
        expect(explorer.tokens).to_have_count(length + 1)
    open_lens(explorer, "Attempts")
    explorer.button("Keep this response").click()
    costs.append(score(explorer, start))

    explorer.button("Clear response").click()
    explorer.reply.fill("Le chat")
    explorer.button("Add").click()
    expect(explorer.tokens).to_have_count(start + 2)
    generate(explorer, 8)
    costs.append(score(explorer, start))

    explorer.button("Clear response").click()
    expect(explorer.tokens).to_have_count(start)
    keep_beams(explorer, 3)
    expect(explorer.tokens).to_have_count(start + 3)
    costs.append(score(explorer, start))

    open_lens(explorer, "Attempts")
    expect(rows(explorer)).to_have_count(4)
    for row, (bits, loss) in enumerate(costs):
        assert cell(explorer, row, "bits") == pytest.approx(bits, abs=1e-6)
        assert cell(explorer, row, "loss") == pytest.approx(loss, abs=1e-6)

    page.get_by_role("button", name="loss (nats)").click()
    shown = [cell(explorer, row, "loss") for row in range(4)]
    assert shown == sorted(shown)
    ids = explorer.ids()
    page.get_by_role("button", name="Show attempt 1:").click()
    expect(explorer.tokens).to_have_count(start + 8)
    assert explorer.ids() != ids
    page.get_by_role("button", name="Compare attempt 3 with the document").press("Enter")
    expect(page.get_by_role("tab", name="Branches")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#slot-lens .live")).to_contain_text("They part after", timeout=STEP_MS)
    open_lens(explorer, "Attempts")
    page.get_by_role("button", name="Remove attempt 2").press("Enter")
    expect(rows(explorer)).to_have_count(3)
    # The row is gone, and the focus with the table, not lost.
    expect(page.locator("#slot-lens .live .attempts button:focus")).to_have_count(1)
