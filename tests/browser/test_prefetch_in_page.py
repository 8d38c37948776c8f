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


# A battery that is full and plugged in, until it is not.
BATTERY = """
    const battery = Object.assign(new EventTarget(), { charging: true, level: 1 });
    Object.defineProperty(Navigator.prototype, "getBattery", { value: async () => battery });
    globalThis.runLow = async () => {
        Object.assign(battery, { charging: false, level: 0.1 });
        battery.dispatchEvent(new Event("levelchange"));
        while ((await lmpanel.status()).computes_ahead) await new Promise((r) => setTimeout(r, 20));
    };
"""


def test_a_click_on_a_likely_candidate_needs_no_call(page: Page, server) -> None:
    page.add_init_script(BATTERY)
    explorer = ExplorerPage(page, server.url).open()
    explorer.call(CALLS, 2)
    assert work(explorer) == (2, 40 + CANDIDATES)
    # From now on nothing is computed ahead; what is ready stays.
    explorer.call("() => runLow()")
    explorer.measured()
    for rank in (CANDIDATES, 1, 3):
        explorer.pick(rank)
        expect(explorer.page.locator("#slot-lens .live .next")).to_contain_text("entropy")
        explorer.button("Undo").click()
        explorer.settled()
    assert work(explorer) == (2, 40 + CANDIDATES)
    ids = explorer.ids()
    foreseen = explorer.call("async (ids) => lmpanel.next({ ids }, { top_k: 8 })", ids)
    for entry in foreseen["candidates"]:
        explorer.call("async (ids) => lmpanel.next({ ids })", [*ids, entry["id"]])
    assert work(explorer) == (2, 40 + CANDIDATES)
    explorer.pick(9)
    assert work(explorer) == (3, 41 + CANDIDATES)


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


def test_a_press_asks_and_its_click_needs_no_call(page: Page, server) -> None:
    explorer = ExplorerPage(page, server.url).open("backend=wasm&ahead=off")
    explorer.measured()
    before = explorer.ids()
    table = page.locator("#slot-lens .live .candidates tbody button.token")
    ninth = table.nth(8)
    ninth.scroll_into_view_if_needed()
    ninth.hover()
    page.mouse.down()
    explorer.call(CALLS, 2)
    assert work(explorer) == (2, 41) and explorer.ids() == before
    page.mouse.up()
    explorer.measured()
    assert explorer.ids()[:-1] == before and work(explorer) == (2, 41)
    # What is pressed here and let go there is no click.
    table.nth(2).hover()
    page.mouse.down()
    table.nth(5).hover()
    page.mouse.up()
    explorer.call(CALLS, 3)
    explorer.measured()
    assert len(explorer.ids()) == len(before) + 1


def test_a_click_that_began_on_another_candidate_picks_nothing(page: Page, server) -> None:
    explorer = ExplorerPage(page, server.url).open("backend=wasm&ahead=off")
    explorer.measured()
    third = explorer.candidates.nth(2)
    third.hover()
    page.mouse.down()
    pressed, place = third.get_attribute("aria-label"), third.bounding_box()
    # Meanwhile a script goes on with the document, and another candidate stands there.
    changed = [*explorer.ids(), 28]
    explorer.call("async (ids) => lmpanel.setState({...(await lmpanel.getState()), ids})", changed)
    explorer.settled()
    assert third.get_attribute("aria-label") != pressed and third.bounding_box()["y"] == place["y"]
    page.mouse.up()
    explorer.measured()
    assert explorer.ids() == changed
    # A press that ended elsewhere is not held against the keys.
    third.hover()
    page.mouse.down()
    page.mouse.move(0, 0)
    page.mouse.up()
    explorer.call("async (ids) => lmpanel.setState({...(await lmpanel.getState()), ids})",
                  changed[:-1])
    explorer.settled()
    third.press("Enter")
    explorer.measured()
    assert len(explorer.ids()) == len(changed)
