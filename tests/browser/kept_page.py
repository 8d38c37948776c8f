"""One open page lent to one test after another: each starts over with everything forgotten.

A page on which a test failed, that complains, or that was led elsewhere is not lent again.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from explorer_page import ExplorerPage
from playwright.sync_api import Browser, Page

from support.chromium_pages import watched_page

FAILED = pytest.StashKey[bool]()
SIZE = {"width": 1280, "height": 720}


class KeptPage:
    """The page of one address at a time; another one needs a page of its own."""

    def __init__(self, browser: Browser, base: str):
        self._browser = browser
        self._base = base
        self._query = ""
        self._lease: Iterator[Page] | None = None
        self._explorer: ExplorerPage | None = None

    def lend(self, query: str, stash: pytest.Stash) -> Iterator[ExplorerPage]:
        """The page of this query, as it is after the first visit; checked afterwards."""
        explorer = self._kept(query) or self._opened(query)
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

    def _kept(self, query: str) -> ExplorerPage | None:
        explorer = self._explorer
        if explorer is None:
            return None
        address = f"{self._base}index.html?{query}"
        if self._query != query or explorer.page.is_closed() or explorer.page.url != address:
            self.close()
            return None
        page = explorer.page
        page.watch.forget()
        page.context.clear_permissions()
        page.emulate_media()
        page.set_viewport_size(SIZE)
        page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
        page.keyboard.press("Escape")  # leaves a dialog
        explorer.start_over()
        return explorer

    def _opened(self, query: str) -> ExplorerPage:
        self.close()
        self._query, self._lease = query, watched_page(self._browser)
        page = next(self._lease)
        page.set_viewport_size(SIZE)
        self._explorer = ExplorerPage(page, self._base).open(query)
        return self._explorer
