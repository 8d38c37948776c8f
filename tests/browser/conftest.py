"""A real Chromium for the tests, and a page on which every unexpected error is a failure."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from explorer_page import ExplorerPage
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from support.chromium_pages import launch, watched_page


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
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails its test on any console error or request to another origin."""
    yield from watched_page(browser)


@pytest.fixture
def gpu_page(gpu_browser: Browser) -> Iterator[Page]:
    """The same with WebGPU."""
    yield from watched_page(gpu_browser)


@pytest.fixture
def steady(page: Page, server) -> ExplorerPage:
    """As `explorer`, but nothing is computed ahead: for tests that count what is computed."""
    return ExplorerPage(page, server.url).open("backend=wasm&ahead=off")


@pytest.fixture
def explorer(page: Page, server) -> ExplorerPage:
    """The page with the model ready on WebAssembly and the first example measured."""
    return ExplorerPage(page, server.url).open()
