"""One open page lent to one test after another: each starts over with everything forgotten.

A page on which a test failed, that complains, that was led elsewhere, or that has a worksheet
(which starting over leaves alone) is not lent again.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from explorer_page import ExplorerPage
from playwright.sync_api import Browser, Page

from support.chromium_pages import watched_page

FAILED = pytest.StashKey[bool]()
HAS_WORKSHEET = "Object.keys(localStorage).some((key) => key.includes('worksheet'))"
SIZE = {"width": 1280, "height": 720}


class KeptPage:
    """The page with the model on WebAssembly; opened when it is first asked for."""

    def __init__(self, browser: Browser, base: str):
        self._browser = browser
        self._base = base
        self._address = ""
        self._lease: Iterator[Page] | None = None
        self._explorer: ExplorerPage | None = None

    def lend(self, stash: pytest.Stash) -> Iterator[ExplorerPage]:
        """The page as it is after the first visit; checked afterwards."""
        explorer = self._kept() or self._opened()
        yield explorer
        try:
            explorer.page.watch.check()
        except AssertionError:
            self.close(check=False)
            raise
        if stash.get(FAILED, False):
            self.close(check=False)

    def close(self, check: bool = True) -> None:
        """Let the page go."""
        lease, self._lease, self._explorer = self._lease, None, None
        if lease is None:
            return
        if not check:
            lease.close()
        else:
            next(lease, None)

    def _kept(self) -> ExplorerPage | None:
        explorer = self._explorer
        if explorer is None:
            return None
        if self._spent(explorer.page):
            self.close()
            return None
        page = explorer.page
        page.watch.forget()
        page.context.clear_permissions()
        page.emulate_media()
        page.set_viewport_size(SIZE)
        page.evaluate("""(address) => {
            history.replaceState(null, "", address);
            localStorage.clear();
            sessionStorage.clear();
        }""", self._address)
        page.keyboard.press("Escape")  # leaves a dialog
        explorer.start_over()
        return explorer

    def _spent(self, page: Page) -> bool:
        return (page.is_closed() or page.url.split("#")[0] != self._address
                or page.evaluate(HAS_WORKSHEET))

    def _opened(self) -> ExplorerPage:
        self._lease = watched_page(self._browser)
        page = next(self._lease)
        page.set_viewport_size(SIZE)
        self._explorer = ExplorerPage(page, self._base).open()
        self._address = page.url
        return self._explorer
