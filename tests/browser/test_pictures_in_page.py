"""What is drawn, as files: pictures that stand alone, in the theme's colours, with a caption."""

from __future__ import annotations

import struct
from pathlib import Path
from xml.etree import ElementTree

import pytest
from explorer_page import STEP_MS, ExplorerPage
from playwright.sync_api import Locator, expect

LENS, STRIP, ROOM = (f"#slot-{name} .live" for name in ("lens", "token_strip", "room"))
SVG = "{http://www.w3.org/2000/svg}"
MODEL = "SmolLM2-135M-Instruct"
ALLOWED = {
    *("width", "height", "viewBox", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "rx", "d"),
    *("points", "transform", "fill", "stroke", "stroke-width", "stroke-dasharray", "opacity"),
    *("fill-opacity", "stroke-opacity", "font-family", "font-size", "font-weight", "text-anchor"),
}


class Pictures:
    """Saves pictures and looks into them."""

    def __init__(self, explorer: ExplorerPage, folder: Path):
        self.page = explorer.page
        self.folder = folder

    def saved(self, where: Locator, kind: str) -> Path:
        menu = where.locator(".picture-menu:visible")
        opener = menu.get_by_role("button", name="Picture", exact=True)
        if opener.get_attribute("aria-expanded") == "false":
            opener.click()
        with self.page.expect_download() as download:
            menu.get_by_role("button", name=f"{kind} picture").click()
        path = self.folder / download.value.suggested_filename
        download.value.save_as(path)
        return path

    def svg(self, where: Locator, name: str) -> ElementTree.Element:
        """The picture, which refers to nothing outside itself."""
        path = self.saved(where, "SVG")
        assert path.name == f"{name}.svg"
        root = ElementTree.fromstring(path.read_text("utf-8"))
        for element in root.iter():
            assert element.tag.startswith(SVG) and element.attrib.keys() <= ALLOWED, element.attrib
            assert not any(word in value for value in element.attrib.values()
                           for word in ("var(", "url(", "http"))
        caption = root.find(f"{SVG}title").text
        assert caption.startswith(MODEL)
        words = " ".join(text.text or "" for text in root.findall(f"{SVG}text"))
        assert words.replace(" ", "") == caption.replace(" ", "")
        return root

    def png(self, where: Locator, picture: ElementTree.Element) -> None:
        """The same at twice the size."""
        data = self.saved(where, "PNG").read_bytes()
        assert data[:8] == b"\x89PNG\r\n\x1a\n"
        size = tuple(2 * int(picture.get(side)) for side in ("width", "height"))
        assert struct.unpack(">II", data[16:24]) == size


@pytest.fixture
def pictures(explorer: ExplorerPage, tmp_path: Path) -> Pictures:
    return Pictures(explorer, tmp_path)


def texts(picture: ElementTree.Element) -> list[str]:
    return ["".join(text.itertext()) for text in picture.iter(f"{SVG}text")]


def background(picture: ElementTree.Element) -> str:
    return picture.find(f"{SVG}rect").get("fill")


def test_every_drawing_of_the_lenses_is_a_file(explorer: ExplorerPage, pictures: Pictures) -> None:
    page, lens, strip = explorer.page, explorer.page.locator(LENS), explorer.page.locator(STRIP)
    explorer.measured()
    bars = pictures.svg(lens, "distribution")
    shown = explorer.candidates.all_inner_texts()
    assert [text for text in texts(bars) if text in shown] == shown
    widths = [float(bar.get("width")) for bar in bars.iter(f"{SVG}rect")][1:]
    assert len(widths) == 10 and widths == sorted(widths, reverse=True)
    assert background(bars) == "rgb(255,255,255)"
    pictures.png(lens, bars)
    page.emulate_media(color_scheme="dark")
    dark = pictures.svg(lens, "distribution")
    assert background(dark) == "rgb(27,31,36)" and texts(dark) == texts(bars)
    page.emulate_media(color_scheme="light")

    page.get_by_role("tab", name="Sampling").click()
    page.locator("#filter-top_k").fill("3")
    expect(lens.locator("p", has_text="tokens left")).to_contain_text("3 tokens left")
    filtered = pictures.svg(lens.locator(".sampling"), "sampling")
    assert "top-k 3" in filtered.find(f"{SVG}title").text and "removed" in texts(filtered)

    strip.get_by_role("button", name="Curve").click()
    curve = pictures.svg(strip, "surprise-curve")
    assert {"entropy", "surprisal", "0", "1", "token 40"} <= set(texts(curve))
    drawn = strip.locator(".curve .bars").get_attribute("d")
    assert drawn in [path.get("d") for path in curve.iter(f"{SVG}path")]
    pictures.png(strip, curve)
    strip.get_by_role("button", name="Curve").click()

    page.get_by_role("tab", name="Surprise").click()
    histogram = pictures.svg(lens.locator(".surprise"), "surprise-histogram")
    bars_shown = lens.locator(".histogram .many").all_inner_texts()
    assert set(filter(None, bars_shown)) <= set(texts(histogram))

    page.get_by_role("tab", name="Next token").click()
    explorer.pick(1)
    explorer.button("Undo").click()
    expect(explorer.tokens).to_have_count(40)
    explorer.settled()
    explorer.pick(2)
    page.get_by_role("tab", name="Branches").click()
    rows = lens.locator(".branches .numbers")
    expect(rows).to_have_count(3)
    tree = pictures.svg(lens.locator(".branches-lens"), "branches")
    assert [text for text in texts(tree) if text in rows.all_inner_texts()] == (
        rows.all_inner_texts())
    assert len(list(tree.iter(f"{SVG}circle"))) == 3


def test_the_plots_of_n_grams_and_of_the_rooms_are_files(
        explorer: ExplorerPage, pictures: Pictures) -> None:
    page, lens, room = explorer.page, explorer.page.locator(LENS), explorer.page.locator(ROOM)
    page.get_by_role("tab", name="N-grams").click()
    lens.get_by_role("button", name="Count again with less text").click()
    expect(lens.locator(".growth .dot")).to_have_count(30, timeout=STEP_MS)
    ngrams = lens.locator(".ngrams")
    growth = pictures.svg(ngrams, "n-gram-growth")
    assert len(list(growth.iter(f"{SVG}circle"))) == 30
    assert {"unigram", "5-gram", "258k tokens"} <= set(texts(growth))
    pictures.png(ngrams, growth)
    page.get_by_role("tab", name="Next token").click()
    page.locator("#rooms [data-room=inside]").click()
    room.get_by_role("tab", name="Embedding").click()
    expect(room.locator(".near tbody tr")).to_have_count(20, timeout=STEP_MS)
    cosines = pictures.svg(room, "cosines")
    assert {"−1", "0", "1"} <= set(texts(cosines))
    page.locator("#rooms [data-room=explore]").click()
