"""What the benchmark asks of the page works, and the first visit keeps to its number of bytes."""

from __future__ import annotations

from pathlib import Path

from explorer_page import ExplorerPage
from playwright.sync_api import Page

from benchmark.site_page import CLICKS, MOVES, SitePage
from benchmark.traffic import CountingServer, by_phase

INTERFACE, ALL = 16_000_000, 115_000_000


def test_a_first_visit_keeps_to_its_number_of_bytes(
        page: Page, dist: Path, compressed: Path) -> None:
    with CountingServer(dist, compressed=compressed).running() as server:
        marks = SitePage(page, server.url, "backend=wasm").open()
        assert {"recorded", "interface", "model", "first_distribution"} <= marks.keys()
        phases = by_phase(server.sent)
        page.close()
    assert 0 < phases["interface"] <= INTERFACE
    assert phases["interface"] < phases["engine"]
    assert sum(phases.values()) <= ALL


def test_clicks_and_moves_are_timed(steady: ExplorerPage) -> None:
    site = SitePage(steady.page, steady.base, "")
    assert len([ms for ms in site.clicks() if ms > 0]) == CLICKS
    moves = site.moves()
    assert len([ms for ms in moves["ms"] if ms > 0]) == MOVES and moves["calls"] == 0
