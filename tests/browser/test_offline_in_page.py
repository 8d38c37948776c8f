"""The whole tool without a network, and updated while it is open: the real site, the real model."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from explorer_page import READY_MS, STEP_MS, ExplorerPage
from offline_page import OfflinePage, Start
from playwright.sync_api import Page, expect

from dist_folder import assemble, parts_of
from support.faulty_server import FaultyServer

FIRST_VISIT_BYTES = 118_000_000
"""What may be sent until everything is stored: gzip where it is worth it; 112.3 MB today."""
UPDATE_BYTES = 2_000_000
CHANGED = "lmpanel/views/surprise.pyc"
WORDS = (b"Surprise", b"Surprize")


def open_explorer(page: Page, address: str, query: str = "backend=wasm") -> ExplorerPage:
    return ExplorerPage(page, address).open(query)


def test_after_the_first_visit_everything_works_with_the_server_gone(
        start: Start, dist: Path, compressed: Path) -> None:
    with FaultyServer(dist, isolated=False, compressed=compressed).running() as server:
        address = server.url
        context = start()
        page = context.new_page()
        explorer = open_explorer(page, address)
        assert not page.evaluate("() => crossOriginIsolated")
        expect(page.locator("#offline-mark")).to_have_text("✓ works offline", timeout=STEP_MS)
        assert server.sent < FIRST_VISIT_BYTES
        weights = [path for _, path in server.log if path.endswith(".bin")]
        assert len(weights) == len(set(weights)), "nothing large is fetched twice"
        status = explorer.call("() => lmpanel.status()")
        assert status["offline_ready"] and 100e6 < status["stored_bytes"] < 180e6
    # The same tab goes on, with parts that it has not used yet.
    look_around(explorer)
    context.close()
    # A cold start: nothing of the browser is left but its profile.
    context = start()
    page = context.new_page()
    explorer = open_explorer(page, address, "backend=wasm&threads=2&ahead=off")
    assert page.evaluate("() => crossOriginIsolated"), "headers that the host did not send"
    expect(page.locator("#chip")).to_contain_text("2 threads")
    assert explorer.call("() => lmpanel.status()")["offline_ready"] is False
    expect(page.locator("#offline-mark")).to_have_text("✓ works offline", timeout=STEP_MS)
    look_around(explorer)


def look_around(explorer: ExplorerPage) -> None:
    """Use what is fetched only when it is first opened: rooms, lessons, corpus, extra graphs."""
    page = explorer.page
    room = page.locator("#slot-room .live")
    page.locator("#rooms [data-room=lessons]").click()
    expect(room).to_contain_text("A conversation is a document")
    page.locator("#rooms [data-room=inside]").click()
    room.get_by_role("tab", name="Layers").click()
    room.get_by_role("button", name="Look inside").click()
    expect(room.get_by_text("Checked: the guess after layer 30")).to_be_visible(timeout=STEP_MS)
    page.locator("#rooms [data-room=explore]").click()
    page.get_by_role("tab", name="N-grams").click()
    expect(page.locator("#slot-lens .live .ladder tr[data-model=trigram]")).to_be_visible(
        timeout=STEP_MS)
    page.get_by_role("tab", name="Next token").click()
    explorer.pick(1)


def changed(dist: Path, folder: Path) -> Path:
    """The site with another word in one module of Python, put together by the build."""
    package = folder / "lmpanel.zip"
    with zipfile.ZipFile(dist / "python/lmpanel.zip") as old, zipfile.ZipFile(package, "w") as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename == CHANGED:
                assert WORDS[0] in data
                data = data.replace(*WORDS)
            new.writestr(entry, data, compress_type=zipfile.ZIP_DEFLATED)
    parts = [(name, package if name == "python/lmpanel.zip" else path)
             for name, path in parts_of(dist) if name != "manifest.json"]
    assemble(parts, folder / "changed", linkable=dist)
    return folder / "changed"


def test_a_changed_line_of_python_is_a_small_download_and_is_offered(
        start: Start, dist: Path, compressed: Path, tmp_path: Path) -> None:
    context = start()
    page = context.new_page()
    with FaultyServer(dist, compressed=compressed).running() as server:
        port = server.server_address[1]
        explorer = open_explorer(page, server.url)
        OfflinePage(page, server.url).ready()
        explorer.pick(1)
    site = changed(dist, tmp_path)
    with FaultyServer(site, compressed=compressed, port=port).running() as server:
        page.evaluate("() => { dispatchEvent(new Event('online')); }")
        notice = page.locator("#notices [data-code=update]")
        expect(notice).to_contain_text("A new version of lmpanel is ready", timeout=STEP_MS)
        assert 0 < server.sent < UPDATE_BYTES
        assert {path for _, path in server.log} == {"manifest.json", "python/lmpanel.zip"}
        expect(page.get_by_role("tab", name="Surprise")).to_be_visible()
        ids = explorer.ids()
        notice.get_by_role("button", name="Reload with the new version").click()
        expect(page.get_by_role("tab", name="Surprize")).to_be_visible(timeout=READY_MS)
        explorer.wait_ready()
        assert explorer.ids() == ids, "the document is still there"
        assert server.sent < UPDATE_BYTES
        expect(page.locator("#notices .notice")).to_have_count(0)


def test_where_storage_is_blocked_everything_works_online_and_the_page_says_so(
        start: Start, server, tmp_path: Path) -> None:
    settings = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    preferences = tmp_path / "profile/Default/Preferences"
    preferences.parent.mkdir(parents=True)
    preferences.write_text(json.dumps(settings))
    page = start().new_page()
    explorer = open_explorer(page, server.url)
    allowed = page.evaluate("() => caches.keys().then(() => true, () => false)")
    assert not allowed, "the setting is the real one"
    expect(page.locator("#offline-mark")).to_have_text("○ online only", timeout=STEP_MS)
    page.locator("#engine summary").click()
    expect(page.locator("#offline-box")).to_contain_text(
        "Not available offline. This browser allows lmpanel no storage here")
    page.keyboard.press("Escape")
    explorer.pick(1)
    explorer.button("End Turn").click()
    expect(explorer.notices).to_have_count(0)
