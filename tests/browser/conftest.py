"""A real Chromium for the tests, and a page on which every unexpected error is a failure."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from explorer_page import ExplorerPage
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from support.page_watch import PageWatch
from support.places import place

QUIET = [
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
    # Whatever is not this machine does not exist.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1",
]


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


def launch(playwright: Playwright, *flags: str) -> Browser:
    """A headless Chromium with a fresh profile."""
    return playwright.chromium.launch(executable_path=str(place("LMPANEL_CHROMIUM")),
                                      args=[*QUIET, *flags])


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


def watched_page(browser: Browser) -> Iterator[Page]:
    """A page of a fresh context; `page.watch` holds what it is allowed to complain about."""
    context = browser.new_context()
    page = context.new_page()
    page.watch = PageWatch(context)
    yield page
    context.close()
    page.watch.check()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails its test on any console error or request to another origin."""
    yield from watched_page(browser)


@pytest.fixture
def gpu_page(gpu_browser: Browser) -> Iterator[Page]:
    """The same with WebGPU."""
    yield from watched_page(gpu_browser)


@pytest.fixture
def explorer(page: Page, server) -> ExplorerPage:
    """The page with the model ready on WebAssembly and the first example measured."""
    return ExplorerPage(page, server.url).open()
