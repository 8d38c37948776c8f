"""The first lab on the built site, with the real model, by clicks and keys."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from explorer_page import STEP_MS, ExplorerPage
from playwright.sync_api import Page, expect

DRAGON = {"messages": [{"role": "user", "content": "Write a one-paragraph story about a dragon."}]}
EXPECTED = [("In", 0.3722), ("The", 0.1874), ("Once", 0.0922), ("One", 0.0864), ("A", 0.0522)]


def test_the_first_distribution_is_exact(explorer: ExplorerPage) -> None:
    answer = explorer.page.evaluate("(c) => lmpanel.next(c, {top_k: 5})", DRAGON)
    assert [c["text"] for c in answer["candidates"]] == [text for text, _ in EXPECTED]
    for candidate, (_, probability) in zip(answer["candidates"], EXPECTED):
        assert candidate["prob"] == pytest.approx(probability, abs=1e-4)
    assert answer["entropy_bits"] == pytest.approx(3.5212, abs=1e-3)
    expect(explorer.candidates.first).to_have_text("In")


def test_a_click_on_a_candidate_appends_it(explorer: ExplorerPage) -> None:
    for _ in range(3):
        explorer.pick(1)
    assert explorer.tokens.all_inner_texts()[-3:] == ["In", " the", " heart"]


def test_the_first_lab_by_clicks_and_keys(explorer: ExplorerPage) -> None:
    explorer.button("New").click()
    expect(explorer.page.locator("#slot-token_strip .live .role")).to_have_count(1)
    explorer.message.fill("Write a one-paragraph story about a dragon.")
    explorer.message.press("Control+Enter")
    expect(explorer.page.locator("#slot-token_strip .live .role")).to_have_count(3)
    assert explorer.turns() == ["system", "you", "model"]
    expect(explorer.message).to_have_value("")
    texts = explorer.tokens.all_inner_texts()
    assert texts.count("<|im_start|>") == 3 and texts.count("<|im_end|>") == 2
    start = len(texts)
    for _ in range(10):
        explorer.pick(1)
    expect(explorer.tokens).to_have_count(start + 10)
    explorer.button("Clear response").click()
    expect(explorer.tokens).to_have_count(start)
    explorer.settled()
    fifth = explorer.candidates.nth(4).inner_text()
    explorer.pick(5)
    assert explorer.tokens.last.inner_text() == fifth
    explorer.button("Generate response").click()
    expect(explorer.button("Stop")).to_be_visible()
    expect(explorer.page.locator("#slot-controls .live [role=status]")).to_contain_text(
        "tokens,", timeout=2 * STEP_MS)
    written = explorer.tokens.count()
    assert written > start + 1
    explorer.token(start + 3).click()
    expect(explorer.title).to_contain_text("expected")
    expect(explorer.page.locator("#slot-lens .live tr.marked")).to_have_count(1)
    explorer.token(start + 7).click(modifiers=["Shift"])
    rows = explorer.page.locator("#slot-lens .live .sums [data-value]")
    expect(rows).to_have_count(5)
    values = [float(row.get_attribute("data-value")) for row in rows.all()]
    shown = explorer.page.locator("#slot-lens .live [data-total]")
    total = float(shown.get_attribute("data-total"))
    assert sum(values) == pytest.approx(total, abs=1e-9)
    undo = explorer.button("Undo")
    while undo.get_attribute("aria-disabled") == "false":
        before = explorer.ids()
        undo.click()
        while explorer.ids() == before:
            pass
    expect(explorer.tokens).to_have_count(40)
    assert explorer.turns() == ["system", "you", "model"]


def test_the_document_is_walked_by_keys_alone(explorer: ExplorerPage) -> None:
    explorer.token(30).click()
    explorer.page.keyboard.press("ArrowRight")
    expect(explorer.token(31)).to_be_focused()
    explorer.page.keyboard.press("Shift+ArrowRight")
    expect(explorer.page.locator("#slot-token_strip .live .t[aria-selected=true]")).to_have_count(2)
    explorer.page.keyboard.press("End")
    expect(explorer.page.locator("#slot-token_strip .live .caret")).to_be_focused()


def test_without_isolation_one_thread_gives_the_same(page: Page, plain_server) -> None:
    explorer = ExplorerPage(page, plain_server.url).open()
    info = page.evaluate("() => lmpanel.ready")
    assert info["threads"] == 1 and info["verified"] is True
    expect(explorer.candidates.first).to_have_text("In")


def test_greedy_generation_is_the_references(explorer: ExplorerPage) -> None:
    golden = json.loads((Path(__file__).parent.parent / "golden" / "golden.json").read_text())
    greedy_ids = golden["dragon_chat"]["greedy"]
    answer = explorer.page.evaluate("(c) => lmpanel.generate(c, {max_tokens: 40})", DRAGON)
    assert answer["ids"] == greedy_ids
    assert answer["finish"] == "length"


def test_hostile_text_stays_text(explorer: ExplorerPage) -> None:
    explorer.message.fill("<img src=x onerror=alert(1)> \u202e\u0000 \U0001f469\u200d\U0001f680")
    explorer.message.press("Control+Enter")
    expect(explorer.message).to_have_value("")
    assert explorer.page.locator("img").count() == 0
    assert "img" in "".join(explorer.tokens.all_inner_texts())


def test_characters_without_a_token_are_named(explorer: ExplorerPage) -> None:
    explorer.message.fill("left \u0004 out")
    explorer.button("End Turn").click()
    expect(explorer.notices.first).to_contain_text("U+0004")


def test_a_huge_paste_is_refused_politely(explorer: ExplorerPage) -> None:
    before = explorer.tokens.count()
    explorer.message.fill("a " * 500_000)
    explorer.button("End Turn").click()
    expect(explorer.notices.first).to_contain_text("characters")
    assert explorer.tokens.count() == before
