"""A real Chromium for the tests, and a page on which every unexpected error is a failure."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from explorer_page import ExplorerPage
from kept_page import FAILED, KeptPage
from offline_page import Start
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from support.chromium_pages import launch, started_again, watched_page


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium without a GPU."""
    browser = launch(playwright)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def gpu_browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium with WebGPU on a software adapter: right, but slow."""
    browser = launch(playwright, "--enable-unsafe-webgpu")
    yield browser
    browser.close()


@pytest.fixture
def start(playwright: Playwright, tmp_path: Path) -> Iterator[Start]:
    """Starts the browser again and again, always on one and the same profile."""
    yield from started_again(playwright, tmp_path / "profile")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails its test on any console error or request to another origin."""
    yield from watched_page(browser)


@pytest.fixture
def gpu_page(gpu_browser: Browser) -> Iterator[Page]:
    """The same with WebGPU."""
    yield from watched_page(gpu_browser)


@pytest.fixture(scope="session")
def kept_page(browser: Browser, server) -> Iterator[KeptPage]:
    """One page for many tests: the model is loaded once."""
    kept = KeptPage(browser, server.url)
    yield kept
    kept.close()


@pytest.fixture
def explorer(kept_page: KeptPage, request: pytest.FixtureRequest) -> Iterator[ExplorerPage]:
    """The page with the model ready on WebAssembly and the first example measured."""
    yield from kept_page.lend(request.node.stash)


@pytest.fixture
def steady(explorer: ExplorerPage) -> ExplorerPage:
    """As `explorer`, but nothing is computed ahead: for tests that count what is computed."""
    explorer.call("""async () => {
        const state = await lmpanel.getState();
        await lmpanel.setState({...state, settings: {...state.settings, ahead: false}});
        await lmpanel.next({text: "Behind what was still being computed ahead."});
    }""")
    explorer.settled()
    return explorer


@pytest.fixture
def fresh(page: Page, server) -> ExplorerPage:
    """As `explorer` on a page of its own: for tests that break it or look at how it starts."""
    return ExplorerPage(page, server.url).open()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
    """Note whether a test failed: its page is not lent again."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report
