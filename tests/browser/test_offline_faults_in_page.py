"""What goes wrong with storing and updating: never anything wrong or half is used, and it recovers.

On a small site with the real service worker: a real server that really fails, and real storage.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from offline_page import OfflinePage, Start
from playwright.sync_api import Browser, BrowserContext, expect

from support.chromium_pages import watched_page
from support.faulty_server import Fault, FaultyServer
from support.small_site import PART, SmallSite

FAULTS = {
    "cut": (Fault("cut", after=1000), "the connection failed or the server is gone"),
    "short": (Fault("short", after=1000), f"{PART} arrived changed"),
    "wrong_bytes": (Fault("wrong_bytes"), f"{PART} arrived changed, probably by a proxy"),
    "html": (Fault("html"), "Sign in to the network, then retry"),
    "partial": (Fault("partial", after=1000), f"{PART} arrived changed"),
    "missing": (Fault("missing"), f"{PART} is missing on the server"),
}

Open = Callable[..., OfflinePage]


@pytest.fixture
def site(dist: Path, tmp_path: Path) -> SmallSite:
    small = SmallSite(dist, tmp_path)
    small.deploy("A")
    return small


@pytest.fixture
def server(site: SmallSite) -> Iterator[FaultyServer]:
    with FaultyServer(site.root).running() as server:
        yield server


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser with storage of its own, in which failing requests may be complained about."""
    pages = watched_page(browser, stores=True)
    page = next(pages)
    page.watch.allow("Failed to load resource|net::ERR_|bad HTTP response code")
    context = page.context
    page.close()
    yield context
    next(pages, None)


@pytest.fixture
def new(context: BrowserContext, server: FaultyServer) -> Open:
    return lambda query="": OfflinePage(context.new_page(), server.url).open(query)


def stop(server: FaultyServer) -> None:
    """Nobody listens at the address any more."""
    server.shutdown()
    server.server_close()


def again(site: SmallSite, server: FaultyServer) -> FaultyServer:
    """A server at the same address."""
    return FaultyServer(site.root, port=server.server_address[1])


def test_nothing_bad_is_stored_and_trying_again_goes_on(new: Open, server: FaultyServer) -> None:
    server.faults[PART] = FAULTS["cut"][0]
    page = new().says("Not available offline yet")
    for fault, said in FAULTS.values():
        server.faults[PART] = fault
        page.tries_again().says(said)
        expect(page.mark).to_have_text("○ online only")
        assert page.versions() == [] and page.page.evaluate("() => offline.store.current()") is None
    before = server.asked_for("worker.js")
    server.faults.clear()
    page.press("Try again").ready().shows("A")
    expect(page.mark).to_have_text("✓ works offline")
    assert server.asked_for("worker.js") == before, "what had arrived is not fetched again"


def test_a_tab_closed_while_storing_is_gone_on_with_by_the_next(
        new: Open, server: FaultyServer) -> None:
    server.faults[PART] = Fault("stall", after=2_000_000)
    page = new()
    expect(page.box).to_contain_text(re.compile(r"Storing for offline use: 6\d % of 3.\d MB"))
    page.page.close()
    server.release()
    server.faults.clear()
    fetched = server.asked_for("components/dom.js")
    page = new().ready().shows("A")
    assert server.asked_for("components/dom.js") == fetched + 1, "the page itself, not the install"
    assert server.asked_for(PART) == 2


def test_everything_works_with_the_server_gone_whatever_the_query(
        new: Open, site: SmallSite, server: FaultyServer) -> None:
    page = new("?first").ready()
    stop(server)
    page.shows("A")
    for query in ("", "?embed=1&lesson=a%20b", "index.html?x=1#s=1.abc"):
        other = new(query).shows("A").ready()
        assert other.page.evaluate("() => crossOriginIsolated")
        other.page.close()
    answer = page.page.goto(f"{page.address}course/week1.md")
    assert answer.status == 503
    expect(page.page.locator("body")).to_contain_text("course/week1.md is not a part of lmpanel")
    page.page.get_by_role("link", name="Open lmpanel").click()
    page.shows("A")


def test_too_little_room_is_said_in_bytes_and_the_version_before_stays_whole(
        new: Open, site: SmallSite, server: FaultyServer) -> None:
    page, other = new().ready(), new().ready()
    page.press("Remove from this browser…").press("Keep it").ready()
    page.press("Remove from this browser…").press("Remove")
    page.says("Nothing is stored in this browser").shows("A")
    other.says("Nothing is stored in this browser").page.close()
    assert page.caches() == []
    page.open().says("Nothing is stored in this browser")
    page.limit(1_000_000)
    page.press("Store for offline use").says("Not available offline: 3.1 MB are needed, about")
    expect(page.mark).to_have_text("○ online only")
    page.shows("A").limit(None)
    page.press("Try again").ready()
    site.deploy("B", **{"large.bin": bytes(8_000_000)})
    page.limit(6_000_000)
    page.open().says("The new version does not fit: 8.0 MB are needed")
    page.says("that are stored go on working offline")
    expect(page.mark).to_have_text("✓ works offline")
    stop(server)
    page.open().shows("A").limit(None)
    with again(site, server).running():
        page.open().shows("A").ready()
        page.update.get_by_role("button").click()
        page.shows("B").ready()


def test_what_the_browser_has_dropped_is_fetched_again_and_named_without_a_network(
        new: Open, site: SmallSite, server: FaultyServer) -> None:
    page = new().ready()
    page.drop(PART)
    asked = server.asked_for(PART)
    page.open().ready()
    assert server.asked_for(PART) == asked + 1
    page.drop(PART)
    page.drop("main.js")
    stop(server)
    page.page.goto(page.address)
    expect(page.page.locator("body")).to_contain_text(
        "The browser has removed a file that was stored for offline use: main.js.")
    expect(page.page.locator("body")).to_contain_text("Connect to the network and reload")
    with again(site, server).running():
        page.open().shows("A").ready()
        page.drop(PART)
    page.open().shows("A").says(f"the browser has removed 1 file ({PART})")
    expect(page.mark).to_have_text("○ online only")
    with again(site, server).running():
        page.press("Try again").ready()


def test_after_all_storage_was_cleared_the_next_visit_is_a_first_one(
        new: Open, server: FaultyServer) -> None:
    page = new().ready()
    page.devtools().send("Storage.clearDataForOrigin",
                         {"origin": server.url.rstrip("/"), "storageTypes": "all"})
    assert page.caches() == []
    page.open().shows("A").ready()


def test_open_tabs_keep_their_version_and_the_old_one_goes_when_nobody_uses_it(
        new: Open, site: SmallSite, server: FaultyServer) -> None:
    first = new().ready()  # was there before the service worker
    second = new().ready()
    [a] = first.versions()
    site.deploy("B")
    third = new().shows("A").ready()
    expect(third.update).to_contain_text("A new version of lmpanel is ready")
    fourth = new().shows("B").ready()
    for tab in (first, second, third):
        tab.shows("A")
    expect(fourth.update).to_have_count(0)
    assert len(first.versions()) == 2
    third.update.get_by_role("button").click()
    third.shows("B").ready()
    first.page.close()
    second.page.close()
    third.tries_again().ready()
    assert a not in third.versions() and len(third.versions()) == 1
    site.deploy("A")
    asked = len(server.log)
    third.tries_again().ready()
    fetched = {path for _, path in server.log[asked:]}
    assert fetched == {"manifest.json", "late.txt", "word.js"}, "only what differs"
    assert a in third.versions() and len(third.versions()) == 2
    third.shows("B").open().shows("A")
    fourth.shows("B")


def test_forth_and_back_with_a_browser_that_is_started_again(
        start: Start, site: SmallSite, server: FaultyServer) -> None:
    for word, then in (("A", "B"), ("B", "A"), ("A", "A")):
        context = start()
        page = OfflinePage(context.new_page(), server.url).open().ready().shows(word)
        site.deploy(then)
        page.tries_again().ready().shows(word)
        expect(page.update).to_have_count(int(word != then))
        context.close()
    stop(server)
    OfflinePage(start().new_page(), server.url).open("?cold").shows("A").ready()


def test_a_new_version_whose_files_are_not_its_own_never_comes_up(
        new: Open, site: SmallSite, server: FaultyServer) -> None:
    page = new().ready()
    old = page.versions()
    site.deploy("B")
    (site.root / "word.js").write_text('export const word = "X";\n')
    page.open().shows("A").says("word.js arrived changed").says("Available offline")
    assert page.versions() == old
    site.deploy("B")
    page.tries_again().ready()
    page.shows("A").open().shows("B")


def test_other_apps_of_the_origin_keep_what_is_theirs(
        site: SmallSite, context: BrowserContext, tmp_path: Path) -> None:
    origin = tmp_path / "origin"
    for folder in ("course/lmpanel", "course/lmpanel2"):
        shutil.copytree(site.root, origin / folder)
    (origin / "index.html").write_text("<!doctype html><title>Another app</title>")
    (origin / "worker.js").write_text("self.onfetch = () => {};")
    with FaultyServer(origin).running() as server:
        other = context.new_page()
        other.goto(server.url)
        other.evaluate("""async () => {
            await navigator.serviceWorker.register("worker.js");
            for (const name of ["lmpanel", "lmpanel 1 files /", "lmpanel 1 files /course/"]) {
                await (await caches.open(name)).put("/x", new Response("theirs"));
            }
        }""")
        theirs = set(other.evaluate("() => caches.keys()"))
        pages = [OfflinePage(context.new_page(), f"{server.url}course/{name}/").open().ready()
                 for name in ("lmpanel", "lmpanel2")]
        assert len(pages[0].caches()) == len(theirs) + 4
        pages[0].press("Remove from this browser…").press("Remove")
        pages[0].says("Nothing is stored")
        pages[1].shows("A").open().shows("A").ready()
        left = set(other.evaluate("() => caches.keys()"))
        assert theirs < left and not [name for name in left if name.endswith("/lmpanel/")]
        scopes = other.evaluate("""async () => {
            const all = await navigator.serviceWorker.getRegistrations();
            return all.map(({ scope }) => new URL(scope).pathname).sort();
        }""")
        assert scopes == ["/", "/course/lmpanel2/"]


def test_the_kill_switch_works_even_where_scripts_are_cached(
        site: SmallSite, context: BrowserContext) -> None:
    with FaultyServer(site.root, cached_seconds=86_400).running() as server:
        page = OfflinePage(context.new_page(), server.url).open().ready()
        shutil.copyfile(site.root / "service_worker_off.js", site.root / "service_worker.js")
        page.open().says("Offline use is switched off by this site")
        assert page.caches() == []
        assert page.page.evaluate("() => navigator.serviceWorker.getRegistrations()") == []
        page.open().shows("A").says("switched off")
        expect(page.mark).to_be_hidden()
