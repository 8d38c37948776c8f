"""What a page says of working offline, on the real site and on the small one."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, CDPSession, Locator, Page, expect

INSTALL_MS = 60_000

Start = Callable[..., BrowserContext]
"""Starts a browser on the profile that it had before."""


class OfflinePage:
    """One open page with the part that tells how offline use stands."""

    def __init__(self, page: Page, address: str):
        self.page = page
        self.address = address

    def open(self, query: str = "") -> OfflinePage:
        self.page.goto(self.address + query)
        return self

    @property
    def box(self) -> Locator:
        return self.page.locator("#offline-box")

    @property
    def mark(self) -> Locator:
        return self.page.locator("#offline-mark")

    @property
    def update(self) -> Locator:
        return self.page.locator("#notices [data-code=update]")

    def says(self, text: str) -> OfflinePage:
        expect(self.box).to_contain_text(text, timeout=INSTALL_MS)
        return self

    def ready(self) -> OfflinePage:
        return self.says("Available offline")

    def press(self, name: str) -> OfflinePage:
        self.box.get_by_role("button", name=name, exact=True).click()
        return self

    def tries_again(self) -> OfflinePage:
        """As the button does, and waits until that is over: two failures may read alike."""
        self.page.evaluate("() => offline.want()")
        return self

    def shows(self, word: str) -> OfflinePage:
        """The page, its worker and what the worker fetches now are all of the version `word`."""
        expect(self.page.locator("#page")).to_have_text(word)
        expect(self.page.locator("#worker")).to_have_text(f"{word} {word}")
        assert self.page.evaluate("() => ask()") == f"{word} {word}"
        return self

    def caches(self) -> list[str]:
        return self.page.evaluate("() => caches.keys()")

    def versions(self) -> list[str]:
        return self.page.evaluate("() => offline.store.versions()")

    def drop(self, path: str) -> None:
        """The browser gives up one stored file."""
        assert self.page.evaluate("""async (path) => {
            const { store } = offline;
            const { files } = await store.read(await store.current());
            const cache = await caches.open(store.names.files);
            return cache.delete(store.keyOf(files.find((file) => file.path === path)));
        }""", path)

    def devtools(self) -> CDPSession:
        return self.page.context.new_cdp_session(self.page)

    def limit(self, quota: int | None) -> None:
        """From now on the origin may store so many bytes."""
        origin = self.page.evaluate("() => location.origin")
        self.devtools_kept.send("Storage.overrideQuotaForOrigin",
                                {"origin": origin} | ({"quotaSize": quota} if quota else {}))

    @property
    def devtools_kept(self) -> CDPSession:
        """The limit lasts as long as the session that set it."""
        if not hasattr(self, "_session"):
            self._session = self.devtools()
        return self._session
