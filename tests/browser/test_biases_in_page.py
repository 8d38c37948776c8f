"""Forbidden and favoured tokens in the page, on the real model, by clicks and by keys."""

from __future__ import annotations

import math

import pytest
from explorer_page import STEP_MS, ExplorerPage
from playwright.sync_api import Locator, expect

END = 2


def open_list(explorer: ExplorerPage) -> Locator:
    explorer.page.get_by_role("tab", name="Sampling").click()
    explorer.page.locator("#slot-lens .live .biases summary").click()
    return explorer.page.locator("#slot-lens .live .biases")


def probabilities(explorer: ExplorerPage) -> dict[str, tuple[str, str]]:
    """Before and after of the rows shown, by token."""
    name = "Candidates before and after the filters"
    rows = explorer.page.get_by_role("table", name=name).locator("tbody tr").all()
    cells = [[cell.inner_text() for cell in row.locator("td").all()] for row in rows[:-1]]
    return {line[1]: (line[2], line[3]) for line in cells}


def test_a_favoured_and_a_forbidden_token(steady: ExplorerPage) -> None:
    steady.measured()
    biases = open_list(steady)
    before = steady.call("() => lmpanel.status()")["engine_calls"]
    biases.get_by_label("Find a token").fill("A")
    biases.get_by_role("button", name="Favour A", exact=True).press("Enter")
    amount = biases.get_by_label("Added to the logit of A")
    expect(amount).to_have_value("5")
    amount.fill("2")
    amount.press("Enter")
    biases.get_by_label("Find a token").fill("In")
    biases.get_by_role("button", name="Forbid In", exact=True).click()
    expect(biases.get_by_role("checkbox", name="Forbid In", exact=True)).to_be_checked()
    expect(biases.locator("summary")).to_have_text("Forbid or favour tokens (2)")
    shown = probabilities(steady)
    assert shown["In"][1] == "removed"
    context = steady.call("async () => ({ ids: (await lmpanel.getState()).ids })")
    found = steady.call("async (c) => lmpanel.next(c, { top_k: 50 })", context)["candidates"]
    p = {entry["text"]: entry["prob"] for entry in found}
    total = 1 - p["In"] + p["A"] * (math.exp(2) - 1)
    assert float(shown["A"][1]) == pytest.approx(p["A"] * math.exp(2) / total, abs=6e-4)
    assert float(shown["The"][1]) == pytest.approx(p["The"] / total, abs=6e-4)
    assert next(iter(shown)) == "A"
    steady.button("Pick top token").click()
    expect(steady.tokens.last).to_have_text("A")
    state = steady.call("() => lmpanel.getState()")
    assert sorted(bias is None for _, bias in state["settings"]["biases"]) == [False, True]
    steady.call("async (ids) => lmpanel.next({ ids })", state["ids"])
    assert steady.call("() => lmpanel.status()")["engine_calls"] == before + 1


@pytest.mark.parametrize("way", ["forbidden", "passed"])
def test_the_model_writes_the_users_turn(explorer: ExplorerPage, way: str) -> None:
    """End-of-turn forbidden: the turn goes on and on; passed: what follows is the next turn."""
    explorer.button("New").click()
    explorer.message.fill("What is the capital of Italy? Answer in one sentence.")
    explorer.button("End Turn").click()
    explorer.page.locator("#slot-controls .live .options summary").click()
    explorer.page.get_by_label("At most this many tokens").fill("40")
    if way == "forbidden":
        open_list(explorer).get_by_label("forbid the end of the turn").check()
    else:
        explorer.page.get_by_label("go on past the end of the turn").check()
    before = explorer.tokens.count()
    explorer.button("Generate response").click()
    expect(explorer.written).to_contain_text("40 tokens, length reached", timeout=STEP_MS)
    written = explorer.ids()[before:]
    assert len(written) == 40
    assert (END in written) == (way == "passed")
    turns = explorer.turns()
    assert turns[-1] == "model" if way == "forbidden" else turns.count("you") == 2
