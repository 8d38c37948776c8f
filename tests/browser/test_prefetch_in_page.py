"""Likely next tokens are computed ahead: a click then costs nothing, and the work is bounded."""

from __future__ import annotations

from explorer_page import STEP_MS, ExplorerPage
from playwright.sync_api import Page, expect

CANDIDATES = 8
CALLS = """async (n) => {
    while ((await lmpanel.status()).engine_calls < n) await new Promise((r) => setTimeout(r, 20));
}"""


def work(explorer: ExplorerPage) -> tuple[int, int]:
    status = explorer.call("() => lmpanel.status()")
    return status["engine_calls"], status["engine_tokens"]


def no_more(explorer: ExplorerPage) -> None:
    """Compute nothing ahead from now on."""
    explorer.page.locator("#slot-controls .live .options summary").click()
    explorer.page.get_by_label("compute ahead").uncheck()
    assert explorer.call("() => lmpanel.getState()")["settings"]["ahead"] is False


def test_a_click_on_a_likely_candidate_needs_no_call(fresh: ExplorerPage) -> None:
    fresh.call(CALLS, 2)
    assert work(fresh) == (2, 40 + CANDIDATES)
    no_more(fresh)
    for rank in (CANDIDATES, 1, 3):
        fresh.pick(rank)
        expect(fresh.page.locator("#slot-lens .live .next")).to_contain_text("entropy")
        fresh.button("Undo").click()
        fresh.settled()
    assert work(fresh) == (2, 40 + CANDIDATES)
    ids = fresh.ids()
    foreseen = fresh.call("async (ids) => lmpanel.next({ ids }, { top_k: 8 })", ids)
    for entry in foreseen["candidates"]:
        fresh.call("async (ids) => lmpanel.next({ ids })", [*ids, entry["id"]])
    assert work(fresh) == (2, 40 + CANDIDATES)
    fresh.pick(9)
    assert work(fresh) == (3, 41 + CANDIDATES)


def test_a_resting_position_has_one_batch_and_the_next_one_another(fresh: ExplorerPage) -> None:
    fresh.call(CALLS, 2)
    for _ in range(3):
        fresh.measured()
    fresh.page.get_by_role("tab", name="Surprise").press("Enter")
    fresh.page.get_by_role("tab", name="Next token").press("Enter")
    fresh.pick(2)
    fresh.call(CALLS, 3)
    # The clicked token and its likeliest followers; its own keys and values were kept.
    assert work(fresh) == (3, 40 + 2 * CANDIDATES)


def test_not_with_little_memory(page: Page, server) -> None:
    page.add_init_script(
        "Object.defineProperty(Navigator.prototype, 'deviceMemory', { get: () => 2 })")
    explorer = ExplorerPage(page, server.url).open()
    assert explorer.call("() => lmpanel.status()")["computes_ahead"] is False
    explorer.pick(1)
    explorer.measured()
    assert work(explorer)[1] == 41


def test_it_can_be_switched_off_in_the_address(page: Page, server) -> None:
    explorer = ExplorerPage(page, server.url).open("backend=wasm&ahead=off")
    assert explorer.call("() => lmpanel.status()")["computes_ahead"] is False
    page.goto(f"{server.url}index.html?ahead=maybe")
    expect(page.locator("#notices")).to_contain_text("ahead=maybe", timeout=STEP_MS)
