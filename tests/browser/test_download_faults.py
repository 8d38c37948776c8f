"""A bad network while the model loads: said in words, and cured by trying again."""

from __future__ import annotations

from pathlib import Path

import pytest
from explorer_page import READY_MS, ExplorerPage
from playwright.sync_api import Page, expect

from support.faulty_server import Fault, FaultyServer

PART = "model/weights.001.bin"
FAULTS = {
    "wrong_bytes": (Fault("wrong_bytes"), "weights.001.bin"),
    "missing": (Fault("missing"), "weights.001.bin"),
    "html": (Fault("html"), "sign in"),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_a_bad_part_is_refused_and_trying_again_recovers(page: Page, dist: Path, kind: str) -> None:
    fault, said = FAULTS[kind]
    page.watch.allow("Failed to load resource")
    with FaultyServer(dist).running() as server:
        server.faults[PART] = fault
        explorer = ExplorerPage(page, server.url)
        page.goto(f"{server.url}index.html?backend=wasm")
        error = page.locator("#notices .error")
        expect(error).to_contain_text(said, ignore_case=True, timeout=READY_MS)
        server.faults.clear()
        error.get_by_role("button", name="Try again").click()
        assert explorer.wait_ready()["verified"] is True
        expect(explorer.candidates.first).to_have_text("In")


def test_a_connection_cut_once_is_not_even_noticed(page: Page, dist: Path) -> None:
    page.watch.allow("Failed to load resource")
    with FaultyServer(dist).running() as server:
        server.faults[PART] = Fault("cut", after=100_000, times=1)
        explorer = ExplorerPage(page, server.url).open()
        assert server.asked_for(PART) == 2
        expect(explorer.notices).to_have_count(0)
