"""Chromium as the tests start it, and pages on which every unexpected error is a failure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, Playwright

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


def started_again(playwright: Playwright, profile: Path) -> Iterator[Callable[..., BrowserContext]]:
    """What starts a browser on `profile`, with flags; each is checked at the end.

    Requests may fail: these browsers are there for being without a server.
    """
    contexts: list[BrowserContext] = []

    def start(*flags: str) -> BrowserContext:
        context = playwright.chromium.launch_persistent_context(
            str(profile), executable_path=str(place("LMPANEL_CHROMIUM")), args=[*QUIET, *flags])
        context.watch = PageWatch(context)
        context.watch.allow("Failed to load resource|bad HTTP response code")
        contexts.append(context)
        return context
    yield start
    for context in contexts:
        context.close()
    for context in contexts:
        context.watch.check()
