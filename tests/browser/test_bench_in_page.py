"""What the benchmark asks of the page works, and the first visit keeps to its number of bytes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from benchmark.browser import Browser
from benchmark.devtools import BrowserProblem
from benchmark.long_use import GENERATED, LIMIT, PICKS, use
from benchmark.memory import page_memory
from benchmark.site_page import CLICKS, MOVES, SitePage
from benchmark.traffic import CountingServer, by_phase
from support.chromium_pages import QUIET
from support.places import place

INTERFACE, ALL = 16_000_000, 115_000_000


@pytest.fixture
def bare() -> Iterator[Browser]:
    """The browser that the benchmark measures in."""
    with Browser(place("LMPANEL_CHROMIUM"), *QUIET) as browser:
        yield browser
    assert not browser.profile.exists()


def test_the_page_is_opened_used_and_timed_in_few_bytes(
        bare: Browser, dist: Path, compressed: Path) -> None:
    with CountingServer(dist, compressed=compressed).running() as server:
        site = SitePage(bare.page(), server.url, "backend=wasm")
        marks = site.open()
        assert {"recorded", "interface", "model", "first_distribution"} <= marks.keys()
        phases = by_phase(server.sent)
        assert 0 < phases["interface"] <= INTERFACE
        assert phases["interface"] < phases["engine"]
        assert sum(phases.values()) <= ALL

        assert len([ms for ms in site.clicks() if ms > 0]) == CLICKS
        assert len([ms for ms in site.clicks_of_a_hand() if ms > 0]) == CLICKS
        moves = site.moves()
        assert len([ms for ms in moves["ms"] if ms > 0]) == MOVES and moves["calls"] == 0
        memory = page_memory(bare.profile)
        assert memory is None or memory["own"] < memory["now"] <= memory["peak"]

        site.press("Next token", "[role=tab]")
        site.press("Clear response")
        site.page.evaluate(LIMIT, GENERATED)
        before, calls = site.state()["ids"], site.status()["engine_calls"]
        use(site, Random(1))
        # What was written has been cleared again.
        assert site.state()["ids"] == before
        assert site.status()["engine_calls"] >= calls + PICKS
        site.page.close()


def test_the_driver_waits_and_tells_what_failed(bare: Browser, server) -> None:
    page = bare.page()
    page.go(f"{server.url}icon.svg")
    assert page.evaluate("async (a, b) => [a, b, location.pathname]", {"é": [1]}, None) == [
        {"é": [1]}, None, "/icon.svg"]
    page.evaluate("() => { setTimeout(() => { globalThis.late = true; }, 200); }")
    page.until("globalThis.late")
    with pytest.raises(TimeoutError, match=r"waited 0\.1 s for globalThis\.never"):
        page.until("globalThis.never", seconds=0.1)
    with pytest.raises(TimeoutError):
        page.evaluate("() => new Promise((done) => setTimeout(done, 60_000))", seconds=0.1)
    for failing in ("() => { throw new Error('a reason'); }", "() => Promise.reject('a reason')"):
        with pytest.raises(BrowserProblem, match="a reason"):
            page.evaluate(failing)
    with pytest.raises(BrowserProblem, match=r"nowhere\.invalid/ did not open: net::ERR_"):
        bare.page().go("http://nowhere.invalid/")
    other = bare.page()
    other.close()
    with pytest.raises(BrowserProblem, match="the page was closed"):
        other.evaluate("() => 1")
    crashing = bare.page()
    crashing.send("Page.navigate", url="chrome://crash")
    with pytest.raises(BrowserProblem, match="the page crashed"):
        crashing.evaluate("() => new Promise(() => {})")
    assert page.evaluate("() => 1") == 1
