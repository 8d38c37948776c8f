"""The room Inside on the real model: tokens, embedding, shape, layers, by clicks and keys."""

from __future__ import annotations

import math
import re

import pytest
from explorer_page import STEP_MS, ExplorerPage
from playwright.sync_api import Locator, expect

EXTRA = re.compile(r"graph_inside|engine/(inside|similar)\.js")


@pytest.fixture
def room(explorer: ExplorerPage) -> Locator:
    """The room, opened."""
    return opened(explorer)


def opened(explorer: ExplorerPage) -> Locator:
    explorer.page.locator("#rooms button[data-room=inside]").click()
    room = explorer.page.locator("#slot-room .live")
    expect(room.get_by_role("tab", name="Tokens")).to_be_visible(timeout=STEP_MS)
    return room


def extra(explorer: ExplorerPage) -> list[str]:
    """What was fetched for looking inside."""
    return [found.group() for url in explorer.page.watch.requests if (found := EXTRA.search(url))]


def exact(cell: Locator) -> float:
    return float(cell.get_attribute("title"))


def step_through(room: Locator, explorer: ExplorerPage) -> None:
    """The chosen piece, merge by merge with the keyboard; its tokens are the tokenizer's."""
    slider = room.get_by_role("slider", name="Step")
    for _ in range(int(slider.get_attribute("max"))):
        slider.press("ArrowRight")
    shown = room.locator(".tokens .made .number")
    ids = [int(text) for text in shown.all_inner_texts()]
    piece = room.get_by_role("toolbar", name="Pieces").locator("[aria-pressed=true] bdi").first
    text = piece.inner_text().replace("␣", " ").replace("↵", "\n")
    tokens = explorer.call("(text) => lmpanel.tokenize(text)", text)
    assert ids == [token["id"] for token in tokens]


def test_tokens_step_by_step(room: Locator, explorer: ExplorerPage) -> None:
    page = explorer.page
    said = room.locator(".said")
    expect(said).to_contain_text("12 bytes")
    expect(room.locator(".cell").last).to_be_in_viewport(ratio=1)
    room.get_by_role("button", name="Next ▶").click()
    expect(said).to_contain_text("become “on”: merge")
    expect(room.locator(".cell")).to_have_count(11)
    room.get_by_role("button", name="Next ▶").press("ArrowRight")
    expect(room.locator(".cell")).to_have_count(10)
    room.get_by_role("button", name="◀ Back").press("Enter")
    expect(room.locator(".cell.fresh .sign")).to_have_text("on")
    room.get_by_role("button", name="Run").click()
    expect(room.locator(".cell")).to_have_count(9, timeout=STEP_MS)
    room.get_by_role("button", name="Pause").click()
    room.get_by_role("button", name="Tokens »").click()
    expect(room.locator(".tokens")).to_contain_text("The 2 tokens: Token")
    step_through(room, explorer)

    # Arrows in the pieces choose, and the focus goes along.
    page.get_by_role("button", name=re.compile("^Piece 1, Tokenization")).focus()
    for _ in range(9):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name=re.compile("^Piece 10, .*dragon"))).to_be_focused()
    expect(room.locator(".characters")).to_contain_text("F0 9F 90 89")
    step_through(room, explorer)
    expect(room.locator(".tokens .made")).to_have_count(3)

    area = room.get_by_role("textbox", name="A text of yours")
    for text, pieces, chosen in (
        ("مرحبا بالعالم", 2, 1), ("<|im_start|>user\n", 3, 1), ("12 dragons", 3, 2)
    ):
        area.fill(text)
        expect(room.locator(".piece")).to_have_count(pieces)
        room.locator(".piece").nth(chosen).click()
        expect(room.locator(".piece").nth(chosen)).to_have_attribute("aria-pressed", "true")
        step_through(room, explorer)
    area.fill("<|im_start|>")
    expect(room.locator(".stepper")).to_contain_text("A special token.")
    room.get_by_label("read special tokens as plain characters").check()
    expect(room.locator(".notes")).to_contain_text("cut up here like any other text")
    expect(room.locator(".piece")).not_to_have_count(1)
    # A badge stands after its piece, whichever way the piece is written.
    area.fill("مرحبا")
    expect(room.locator(".piece bdi")).to_have_text(["مرحبا"])
    badge, word = (room.locator(f".piece {of}").bounding_box() for of in ("sub", "bdi"))
    assert badge["x"] >= word["x"] + word["width"]
    # Of a long text the beginning is kept, and it is said.
    area.fill("a b " * 1000)
    expect(room.locator(".notes")).to_contain_text("only its first 2\u202f000 characters are kept")
    expect(room.get_by_text("2\u202f000 characters, 2\u202f000 bytes")).to_be_visible()
    # Half a character, as only a script can type it, and markup, which stays text.
    area.evaluate(
        "(area) => { area.value = 'a\\ud83d<b>'; area.dispatchEvent(new Event('input')); }")
    expect(room.locator(".notes")).to_contain_text("lone surrogate")
    expect(room.locator(".pieces b")).to_have_count(0)
    assert explorer.ids() and not extra(explorer)


def test_neighbours_and_shape(room: Locator, explorer: ExplorerPage) -> None:
    page = explorer.page
    page.get_by_role("tab", name="Tokens").focus()
    page.keyboard.press("ArrowRight")
    rows = room.locator(".near tbody tr")
    expect(rows).to_have_count(20, timeout=STEP_MS)
    expect(room.locator(".title")).to_have_text("Nearest to “␣dragon”")
    expect(rows.first).to_contain_text("␣dragons")
    # numpy on the dequantised matrix says so; see tests/parity/test_inside.py.
    assert exact(rows.first.locator("td").nth(3)) == pytest.approx(0.8232261, abs=1e-6)
    assert exact(rows.first.locator("td").nth(4)) == pytest.approx(2.7991679, abs=1e-6)
    find = room.get_by_role("searchbox", name="Find a token")
    find.fill("7")
    found = room.get_by_role("group", name="Find a token: tokens that fit").get_by_role("button")
    expect(found.first).to_have_text("7 39")
    find.press("Enter")
    expect(rows.first.locator("button")).to_have_text("6", timeout=STEP_MS)
    rows.nth(1).locator("button").press("Enter")
    expect(room.locator(".title")).to_have_text("Nearest to “8”", timeout=STEP_MS)
    other = room.get_by_role("searchbox", name="Compare with")
    other.fill("no such token at all")
    expect(room).to_contain_text("Not one token: it is read as")
    other.fill("7")
    offers = room.get_by_role("group", name="Compare with: tokens that fit")
    offers.get_by_role("button").first.click()
    expect(room.locator(".pair")).to_contain_text("The cosine of “8” and “7” is 0.8")
    assert exact(room.locator(".pair b")) == pytest.approx(0.890, abs=1e-3)
    # Where a test before this one has asked for neighbours, that one is there already.
    assert set(extra(explorer)) <= {"engine/similar.js"}

    page.get_by_role("tab", name="Shape").click()
    table = room.locator(".shape-table")
    expect(table.locator("tfoot")).to_contain_text("134\u202f515\u202f008")

    def column(number: int) -> list[int]:
        parts = table.locator("tbody tr:not(.group)")
        return [int(re.sub(r"\D", "", row.locator("td").nth(number).inner_text()))
                for row in parts.all()]

    assert sum(column(2)) == 134_515_008
    assert sum(column(5)) == 96_576_768
    expect(room).to_contain_text("= 98\u202f673\u202f920 bytes")
    expect(room.locator(".flow .block")).to_contain_text("9 heads look at this token")
    expect(room.locator(".facts")).to_contain_text("9, of 64 numbers each")
    wide = room.locator(".shape-part .wide")
    assert wide.evaluate("(box) => box.scrollWidth <= box.clientWidth"), "bytes are in view"


def test_layers_and_attention(fresh: ExplorerPage) -> None:
    explorer, page, room = fresh, fresh.page, opened(fresh)
    room.get_by_role("tab", name="Layers").click()
    expect(room.get_by_role("button", name="Look inside")).to_be_visible()
    assert not extra(explorer), "nothing of it is fetched before it is asked for"
    room.get_by_role("radio", name="a text of yours").check()
    area = room.get_by_role("textbox", name="Text to look into")
    area.fill("one two " * 40)
    room.get_by_role("button", name="Look inside").click()
    expect(room.get_by_role("alert").first).to_contain_text("81 tokens; at most 64")
    assert not extra(explorer), "nor for a text that is refused"
    long = "one two " * 400
    area.fill(long)
    room.get_by_role("button", name="Look inside").click()
    refused = room.get_by_text("Your text has 3\u202f200 characters; at most 2\u202f000")
    expect(refused).to_be_visible()
    expect(area).to_have_value(long)
    area.fill("")
    expect(refused).to_be_hidden()
    room.get_by_role("button", name="Look inside").click()
    expect(room.get_by_role("button", name="Try again")).to_be_visible()
    text = "The capital of France is"
    area.fill(text)
    expect(room.get_by_text("There is nothing to read")).to_be_hidden()
    room.get_by_role("button", name="Look inside").press("Enter")
    expect(room.get_by_text("Checked: the guess after layer 30")).to_be_visible(timeout=STEP_MS)
    assert sorted(extra(explorer)) == ["engine/inside.js", "graph_inside", "graph_inside"]

    of = room.locator(".of")
    expect(of).to_have_text(f"The 5 tokens of “{text}”.")
    area.press("End")
    page.keyboard.type(" a")
    expect(room.get_by_text("Checked: the guess")).to_be_hidden()
    expect(of).to_contain_text("which was looked into before")
    expect(room.locator(".legend")).to_contain_text("5–20 %")
    grid = room.get_by_role("grid")
    expect(grid.locator("tbody tr")).to_have_count(31)
    expected = explorer.call("(text) => lmpanel.next({text}, {top_k: 1})", text)["candidates"][0]
    cells = grid.locator("tr[data-row='30'] td")
    expect(cells).to_have_count(5)
    probability = float(re.search(r"(\d\.\d+)", cells.last.text_content()).group())
    assert probability == pytest.approx(expected["prob"], abs=6e-4)
    expect(cells.last.locator(".word")).to_have_text(expected["text"].replace(" ", "␣"))
    # Arrows move, Enter chooses, and the line below follows.
    cells.last.click()
    page.keyboard.press("ArrowDown")
    expect(grid.locator("tr[data-row='29'] td").last).to_be_focused()
    expect(room.locator(".cell-line")).to_contain_text("after layer 29, at “space then is”")
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(room.get_by_role("heading", name=re.compile("After “The”"))).to_be_visible()
    expect(grid.locator("tr[data-row='29'] td").first).to_be_focused()
    room.get_by_text("The five likeliest after each layer").click()
    expect(room.locator(".each-layer tbody tr")).to_have_count(31)

    room.get_by_role("button", name="Attention").click()
    expect(room.get_by_role("toolbar", name="Heads").get_by_role("button")).to_have_count(9)
    layer = room.get_by_role("slider", name="Layer")
    layer.press("ArrowRight")
    expect(room.get_by_role("heading", name="Layer 2 of 30, head 1 of 9")).to_be_visible()
    room.locator(".head").first.press("ArrowRight")
    expect(room.get_by_role("heading", name="Layer 2 of 30, head 2 of 9")).to_be_visible()
    looks = room.get_by_role("toolbar", name="The token that looks").get_by_role("button")
    looks.first.press("End")
    expect(looks.last).to_have_attribute("aria-pressed", "true")
    shares = [float(text) for text in room.locator(".looked li .spring").all_inner_texts()]
    assert len(shares) == 5 and math.fsum(shares) == pytest.approx(1, abs=0.003)
    looks.nth(1).click()
    expect(looks.nth(2)).to_have_attribute("aria-label", "space then of, comes later")

    # The document, and on leaving the room the explorer goes on as before.
    room.get_by_role("radio", name=re.compile("the document")).check()
    room.get_by_role("button", name="Look inside").click()
    expect(room.get_by_role("status").filter(has_text="Asking the layers")).to_be_visible(
        timeout=STEP_MS)
    room.get_by_role("button", name="Stop", exact=True).click()
    expect(room.get_by_role("button", name="Look inside")).to_have_attribute(
        "aria-disabled", "false")
    page.locator("#rooms button[data-room=explore]").click()
    explorer.pick(1)
    assert explorer.tokens.count() == 41


def test_a_graph_that_cannot_be_fetched_is_told_and_fetched_again(
    fresh: ExplorerPage,
) -> None:
    page, room = fresh.page, opened(fresh)
    page.watch.allow("404|graph_inside")
    page.context.route("**/graph_inside.onnx", lambda route: route.fulfill(status=404, body="no"))
    room.get_by_role("tab", name="Layers").click()
    room.get_by_role("radio", name="a text of yours").check()
    room.get_by_role("button", name="Look inside").click()
    expect(room.get_by_role("alert").last).to_contain_text("graph_inside.onnx", timeout=STEP_MS)
    page.context.unroute_all()
    room.get_by_role("button", name="Try again").click()
    expect(room.get_by_text("Checked: the guess")).to_be_visible(timeout=STEP_MS)
    expect(room.get_by_role("alert")).to_have_count(0)
    page.set_viewport_size({"width": 320, "height": 700})
    for part in ("Tokens", "Embedding", "Shape", "Layers"):
        room.get_by_role("tab", name=part).click()
        expect(room.get_by_role("tab", name=part)).to_have_attribute("aria-selected", "true")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, part
