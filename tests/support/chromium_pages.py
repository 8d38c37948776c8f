"""Chromium as the tests start it, and pages on which every unexpected error is a failure."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Browser, Page, Playwright

from support.page_watch import PageWatch
from support.places import place

QUIET = [
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
    # Whatever is not this machine does not exist.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1",
]


def launch(playwright: Playwright, *flags: str) -> Browser:
    """A headless Chromium with a fresh profile."""
    return playwright.chromium.launch(executable_path=str(place("LMPANEL_CHROMIUM")),
                                      args=[*QUIET, *flags])


def watched_page(browser: Browser, *, stores: bool = False) -> Iterator[Page]:
    """A page of a fresh context; `page.watch` holds what it is allowed to complain about.

    Only where a test is about that (`stores`) the page may install itself for offline use: it
    takes 140 MB of disk.
    """
    workers = "allow" if stores else "block"
    context = browser.new_context(service_workers=workers)
    page = context.new_page()
    page.watch = PageWatch(context)
    yield page
    context.close()
    page.watch.check()
