"""The surprise lens on the real model: units, how surprise is spread, texts that are pasted."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
from explorer_page import STEP_MS, ExplorerPage
from playwright.sync_api import Locator, expect

SELECTED = "#slot-token_strip .live .t[aria-selected=true]"
TEXT = "The quick brown fox jumps over the lazy dog. It was never heard of again."


def lens(explorer: ExplorerPage) -> Locator:
    return explorer.page.locator("#slot-lens .live")


def score(explorer: ExplorerPage) -> list[dict[str, Any]]:
    """Every token of the document, by the scripts' way."""
    return explorer.call(
        "async () => (await lmpanel.score({ids: (await lmpanel.getState()).ids})).tokens")


def use_unit(explorer: ExplorerPage, name: str) -> None:
    strip = explorer.page.locator("#slot-token_strip .live")
    button = strip.get_by_role("button", name=name, exact=True)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")


def open_tab(explorer: ExplorerPage, name: str) -> None:
    tab = explorer.page.get_by_role("tab", name=name)
    tab.click()
    expect(tab).to_have_attribute("aria-selected", "true")


def shown_next(explorer: ExplorerPage, unit: str) -> dict[str, float]:
    """The surprises that the next-token lens shows, all said to be in `unit`."""
    expect(lens(explorer).locator("th.in-unit")).to_have_text(unit)
    entropy = lens(explorer).locator(".entropy")
    found = lens(explorer).locator(".found li").first
    first = lens(explorer).locator(".candidates tbody tr").first.locator("td:nth-child(8)")
    return {"table": float(first.inner_text()),
            "entropy": float(re.search(rf"entropy ([\d.]+) {unit}", entropy.inner_text())[1]),
            "found": float(re.search(rf"([\d.]+) {unit}", found.inner_text())[1])}


def test_every_number_follows_the_switch(explorer: ExplorerPage) -> None:
    explorer.measured()
    explorer.page.locator("#slot-lens .live #lookup").fill("Once")
    expect(lens(explorer).locator(".found li").first).to_contain_text("bits")
    bits = shown_next(explorer, "bits")
    use_unit(explorer, "nats")
    nats = shown_next(explorer, "nats")
    for name, value in bits.items():
        assert nats[name] == pytest.approx(value * math.log(2), abs=0.009), name
    strip = explorer.page.locator("#slot-token_strip .live")
    expect(strip.locator(".legend")).to_have_attribute("aria-label", re.compile("2.1 to 3.5 nats"))
    explorer.token(34).hover()
    logprob = score(explorer)[34]["logprob"]
    expect(strip.locator(".tip")).to_contain_text(f" · {-logprob:.2f} nats · ")
    assert "bits" not in strip.locator(".tip").inner_text()
    open_tab(explorer, "Sampling")
    left = lens(explorer).locator("p", has_text="tokens left")
    expect(left).to_contain_text(re.compile(r"\d nats$"))
    assert explorer.call("() => lmpanel.getState()")["settings"]["unit"] == "nats"


def test_files_name_their_columns_whatever_is_shown(explorer: ExplorerPage, tmp_path) -> None:
    explorer.measured()
    use_unit(explorer, "nats")
    with explorer.page.expect_download() as download:
        explorer.button("CSV").click()
    path = tmp_path / "distribution.csv"
    download.value.save_as(path)
    head, first = path.read_text("utf-8").splitlines()[:2]
    assert head.split(",")[6] == '"bits"'
    answer = explorer.call("async () => lmpanel.next({ids: (await lmpanel.getState()).ids})")
    assert float(first.split(",")[6]) == answer["candidates"][0]["bits"]


def test_by_keys_and_on_a_phone_the_switch_is_within_reach(explorer: ExplorerPage) -> None:
    page = explorer.page
    page.set_viewport_size({"width": 390, "height": 844})
    for name in ("Attempts", "Next token"):
        open_tab(explorer, name)
        box = page.locator("#slot-token_strip .live .unit").bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    page.get_by_label("Colour tokens by").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Model that predicts")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(lens(explorer).locator(".entropy")).to_contain_text("nats")
    assert page.evaluate("() => document.documentElement.scrollWidth") == 390


def histogram(explorer: ExplorerPage) -> list[int]:
    texts = lens(explorer).locator(".histogram .sr").all_inner_texts()
    return [int(text.split(": ")[1].replace("\u202f", "")) for text in texts]


@pytest.mark.parametrize(("unit", "bins"), [("bits", 13), ("nats", 10)])
def test_spread_and_perplexity_are_those_of_score(
        explorer: ExplorerPage, unit: str, bins: int) -> None:
    explorer.measured()
    open_tab(explorer, "Surprise")
    use_unit(explorer, unit)
    tokens = score(explorer)
    factor = math.log(2) if unit == "nats" else 1
    field = [token["bits"] * factor for token in tokens[1:]]
    expected = [sum(low <= value < low + 1 for value in field) for low in range(bins - 1)]
    expected.append(sum(value >= bins - 1 for value in field))
    expect(lens(explorer).locator(".histogram li")).to_have_count(bins)
    assert histogram(explorer) == expected and sum(expected) == len(tokens) - 1
    most = sorted(range(1, len(tokens)), key=lambda i: -tokens[i]["bits"])[:10]
    rows = lens(explorer).locator(".extremes ol").first.locator("button")
    assert rows.evaluate_all("(all) => all.map((row) => Number(row.dataset.index))") == most
    values = rows.locator("> span:last-child").all_inner_texts()
    assert values == [f"{tokens[i]['bits'] * factor:.2f}" for i in most]
    total, base = math.fsum(field), {"bits": 2, "nats": math.e}[unit]
    formula = lens(explorer).locator(".formula")
    expect(formula).to_contain_text(f"^({total:.3f} / {len(field)}) = ")
    said = float(formula.inner_text().split(" = ")[-1].replace("\u202f", ""))
    assert said == pytest.approx(base ** (total / len(field)), rel=1e-3)


def test_a_listed_token_leads_to_its_place_by_keys(explorer: ExplorerPage) -> None:
    explorer.measured()
    open_tab(explorer, "Surprise")
    explorer.token(20).click()
    expect(explorer.page.locator(SELECTED)).to_have_count(1)
    row = lens(explorer).locator(".extremes ol").first.locator("button").first
    index = int(row.get_attribute("data-index"))
    row.focus()
    explorer.page.keyboard.press("Enter")
    expect(explorer.token(index)).to_have_attribute("aria-selected", "true")
    expect(explorer.token(index)).to_be_in_viewport()
    expect(explorer.page.get_by_role("tab", name="Surprise")).to_have_attribute(
        "aria-selected", "true")
    expect(row).to_be_focused()
    # While a span is studied it stays selected, and the token is pointed at.
    explorer.token(20).click()
    explorer.token(26).click(modifiers=["Shift"])
    expect(explorer.page.locator(SELECTED)).to_have_count(7)
    expect(lens(explorer).locator(".extremes button")).to_have_count(14)
    row = lens(explorer).locator(".extremes ol").last.locator("button").nth(2)
    index = int(row.get_attribute("data-index"))
    row.press("Enter")
    expect(explorer.token(index)).to_have_class(re.compile("pointed"))
    expect(explorer.page.locator(SELECTED)).to_have_count(7)
    expect(row).to_be_focused()


def paste(explorer: ExplorerPage, text: str, *, reply: bool = False) -> None:
    area = lens(explorer).locator("#score-text")
    if not area.is_visible():
        lens(explorer).get_by_text("Score a text", exact=True).click()
    area.fill(text)
    lens(explorer).get_by_label("as a reply" if reply else "as raw text").check()
    area.press("Control+Enter")


@pytest.mark.parametrize("reply", [False, True])
def test_a_pasted_text_is_scored_as_one_change(explorer: ExplorerPage, reply: bool) -> None:
    explorer.measured()
    open_tab(explorer, "Surprise")
    before = explorer.ids()
    count = len(explorer.call("(text) => lmpanel.tokenize(text)", TEXT))
    paste(explorer, TEXT, reply=reply)
    expect(explorer.tokens).to_have_count((len(before) if reply else 0) + count)
    expect(explorer.page.locator(SELECTED)).to_have_count(count)
    tokens = score(explorer)[-count:]
    scored = [token["bits"] for token in tokens if token["bits"] is not None]
    assert len(scored) == count - (not reply)
    status = lens(explorer).locator(".score-box [role=status]")
    expect(status).to_have_text(f"{len(scored)} tokens, {math.fsum(scored):.2f} bits")
    total = lens(explorer).locator("[data-total]").get_attribute("data-total")
    assert float(total) == pytest.approx(math.fsum(scored), abs=1e-4)
    if reply:
        assert explorer.ids()[:len(before)] == before
    explorer.button("Undo").click()
    expect(explorer.tokens).to_have_count(len(before))
    assert explorer.ids() == before
    expect(explorer.button("Undo")).to_have_attribute("aria-disabled", "true")


def test_what_cannot_be_scored_changes_nothing_and_is_kept(explorer: ExplorerPage) -> None:
    explorer.measured()
    open_tab(explorer, "Surprise")
    before = explorer.call("() => lmpanel.getState()")
    area = lens(explorer).locator("#score-text")
    for text, said in (
        ("", "There is no text to score"),
        (" dog" * 2001, "This text has 2,001 tokens; at most 2,000"),
        ("a" * 2**20, "1,048,576 characters; at most"),
    ):
        paste(explorer, text)
        expect(explorer.notices.last).to_contain_text(said, timeout=STEP_MS)
        expect(area).to_have_value(text)
        explorer.notices.last.get_by_role("button", name="Dismiss").click()
        expect(explorer.notices).to_have_count(0)
    assert explorer.call("() => lmpanel.getState()") == before
    paste(explorer, "a<|im_end|>b", reply=True)
    expect(explorer.page.locator(SELECTED)).to_have_count(3)
    expect(explorer.notices.last).to_contain_text("special token")
