"""The curve below the strip: drawn from the strip's own numbers, linked with it both ways."""

from __future__ import annotations

import math
import re

import pytest
from explorer_page import STEP_MS, ExplorerPage
from playwright.sync_api import Locator, expect

SELECTED = "#slot-token_strip .live .t[aria-selected=true]"
HEIGHT = 72


@pytest.fixture
def curve(explorer: ExplorerPage) -> ExplorerPage:
    """The page with the first example measured and its curve open."""
    explorer.measured()
    explorer.button("Curve").click()
    expect(picture(explorer)).to_have_attribute("aria-label", re.compile("of 39 tokens"))
    return explorer


def picture(explorer: ExplorerPage) -> Locator:
    return explorer.page.locator("#slot-token_strip .live .curve .picture")


def facts(explorer: ExplorerPage) -> Locator:
    return explorer.page.locator("#slot-token_strip .live .tip")


def place(explorer: ExplorerPage, index: int, count: int) -> tuple[float, float]:
    """The middle of a token's place in the curve, on the page."""
    box = picture(explorer).bounding_box()
    return box["x"] + (index + 0.5) / count * box["width"], box["y"] + HEIGHT / 2


def numbers(explorer: ExplorerPage, path: str) -> list[list[float]]:
    """The numbers of each stroke of a path."""
    drawn = picture(explorer).locator(path).get_attribute("d")
    return [[float(x) for x in re.findall(r"-?[\d.]+", part)] for part in drawn.split("M")[1:]]


def selection(explorer: ExplorerPage) -> tuple[int | None, list[int] | None]:
    state = explorer.call("() => lmpanel.getState()")
    return state["cursor"], state["selection"]


def test_bars_and_line_are_the_models_numbers(curve: ExplorerPage) -> None:
    tokens = curve.call(
        "async () => (await lmpanel.score({ids: (await lmpanel.getState()).ids})).tokens")
    bits = [token["bits"] for token in tokens[1:]]
    width = picture(curve).bounding_box()["width"]
    top = min(16, math.ceil(max(bits)))
    bars = numbers(curve, ".bars")
    assert len(bars) == len(bits), "one bar per token, none for the first"
    for position, (bar, value) in enumerate(zip(bars, bits, strict=True), 1):
        assert bar[0] == pytest.approx(position / len(tokens) * width, abs=0.02)
        height = max(0.0, 1 - value / top) * HEIGHT
        assert bar[2] == pytest.approx(height, abs=0.06)
    (line,) = numbers(curve, ".line")
    heights = [line[1], *line[3::2]]
    entropies = [token["entropy_bits"] for token in tokens[1:]]
    assert heights == pytest.approx([(1 - e / top) * HEIGHT for e in entropies], abs=0.06)
    label = picture(curve).get_attribute("aria-label")
    assert f"surprisal {sum(bits) / len(bits):.2f} bits on average" in label
    assert f"highest at token {bits.index(max(bits)) + 2}," in label
    expect(curve.page.locator(".live .scale")).to_contain_text(f"{top}+ bits")


def test_pointing_says_what_is_there_and_scrolls_nothing(curve: ExplorerPage) -> None:
    scrolled = "(list) => list.scrollTop"
    before = curve.page.locator("#slot-token_strip .live .list").evaluate(scrolled)
    curve.page.mouse.move(*place(curve, 12, 40))
    expect(facts(curve)).to_contain_text("token 13 · id")
    expect(curve.token(12)).to_have_class(re.compile("pointed"))
    assert curve.page.locator("#slot-token_strip .live .list").evaluate(scrolled) == before
    assert selection(curve) == (None, None)
    curve.page.mouse.move(5, 5)
    expect(curve.page.locator(".live .t.pointed")).to_have_count(0)
    curve.token(30).hover()
    x = (30.5 / 40) * picture(curve).bounding_box()["width"]
    expect(picture(curve).locator(".pointer")).to_have_attribute("d", re.compile("^M"))
    assert numbers(curve, ".pointer")[0][0] == pytest.approx(x, abs=0.02)


def test_a_click_selects_and_the_arrow_keys_move_the_mark(curve: ExplorerPage) -> None:
    curve.page.mouse.click(*place(curve, 20, 40))
    expect(curve.token(20)).to_be_focused()
    expect(curve.title).to_contain_text("expected")
    assert selection(curve) == (20, [20, 21])
    before = picture(curve).locator(".mark").get_attribute("d")
    for _ in range(7):
        curve.page.keyboard.press("ArrowRight")
    expect(picture(curve).locator(".mark")).not_to_have_attribute("d", before)
    x = (27.5 / 40) * picture(curve).bounding_box()["width"]
    expect(picture(curve).locator(".mark")).to_have_attribute(
        "d", re.compile(rf"^M{re.escape(f'{x:.2f}')} "))
    curve.settled()
    assert selection(curve) == (27, [27, 28])


def test_a_drag_selects_a_span_and_is_shown_as_a_band(curve: ExplorerPage) -> None:
    mouse = curve.page.mouse
    mouse.move(*place(curve, 10, 40))
    mouse.down()
    mouse.move(*place(curve, 25, 40), steps=12)
    mouse.up()
    expect(curve.page.locator(SELECTED)).to_have_count(16)
    expect(curve.page.get_by_role("tab", name="Surprise")).to_have_attribute(
        "aria-selected", "true")
    expect(curve.page.locator("#slot-lens .live .sums [data-value]")).to_have_count(16)
    assert selection(curve) == (25, [10, 26])
    width = picture(curve).bounding_box()["width"]
    band = picture(curve).locator(".band")
    expect(band).to_have_attribute("x", f"{10 / 40 * width:.2f}")
    expect(band).to_have_attribute("width", f"{16 / 40 * width:.2f}")
    mouse.click(*place(curve, 5, 40))
    expect(curve.page.get_by_role("tab", name="Next token")).to_have_attribute(
        "aria-selected", "true")


def test_it_is_drawn_only_while_open_and_kept_in_the_state(curve: ExplorerPage) -> None:
    state = curve.call("() => lmpanel.getState()")
    assert state["settings"]["curve"] is True
    curve.button("Curve").click()
    expect(picture(curve)).to_be_hidden()
    drawn = picture(curve).locator(".bars").get_attribute("d")
    curve.pick(1)
    assert picture(curve).locator(".bars").get_attribute("d") == drawn
    curve.button("Curve").click()
    expect(picture(curve)).to_have_attribute("aria-label", re.compile("of 40 tokens"))
    curve.button("Curve").click()
    curve.call("(state) => lmpanel.setState(state)", state)
    expect(picture(curve)).to_be_visible()


def test_more_tokens_than_pixels_and_numbers_not_yet_known(curve: ExplorerPage) -> None:
    state = curve.call("() => lmpanel.getState()")
    ids = (state["ids"] * 50)[:1500]
    curve.call("(state) => lmpanel.setState(state)",
               {**state, "ids": ids, "raw": True, "cursor": None, "selection": None})
    expect(curve.tokens).to_have_count(1500, timeout=STEP_MS)
    box = picture(curve).bounding_box()
    assert box["width"] < 1000, "else nothing shares a pixel"
    expect(picture(curve)).not_to_have_attribute("aria-label", re.compile("of 39 tokens"))
    # Before all is measured there are gaps, and what is there can be pointed at and selected.
    curve.page.mouse.click(box["x"] + box["width"] - 1, box["y"] + 30)
    expect(curve.page.locator(SELECTED)).to_have_count(1)
    assert selection(curve)[0] >= 1497
    expect(picture(curve)).to_have_attribute(
        "aria-label", re.compile("of 1\u202f499 tokens"), timeout=2 * STEP_MS)
    assert len(numbers(curve, ".bars")) <= math.floor(box["width"])
    curve.page.mouse.move(box["x"] + 2, box["y"] + 30)
    curve.page.mouse.down()
    curve.page.mouse.move(box["x"] + box["width"] - 2, box["y"] + 30, steps=8)
    curve.page.mouse.up()
    start, stop = selection(curve)[1]
    assert start < 10 and stop > 1490
    expect(curve.page.locator(SELECTED)).to_have_count(stop - start)


@pytest.mark.parametrize("width", [390, 320])
def test_it_fits_a_phone(curve: ExplorerPage, width: int) -> None:
    curve.page.set_viewport_size({"width": width, "height": 844})
    expect(picture(curve)).to_be_visible()
    wide = curve.page.evaluate("() => document.documentElement.scrollWidth")
    assert wide == width
    box = picture(curve).bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= width
    curve.page.mouse.click(*place(curve, 20, 40))
    expect(curve.token(20)).to_have_attribute("aria-selected", "true")
