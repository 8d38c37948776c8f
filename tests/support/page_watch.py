"""Collects what a page must not do: log errors, throw, or ask other origins for anything."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request

HOME = {"localhost", "127.0.0.1"}
LOCAL_SCHEMES = {"blob", "data", "about"}


class PageWatch:
    """Listens to all pages and workers of a context."""

    def __init__(self, context: BrowserContext):
        self.errors: list[str] = []
        self.foreign: list[str] = []
        self.requests: list[str] = []
        self.allowed: list[str] = []
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        context.on("request", self._on_request)

    def allow(self, pattern: str) -> None:
        """Let errors pass that match: for tests that cause them on purpose."""
        self.allowed.append(pattern)

    def forget(self) -> None:
        """Begin anew, for the next test on the same page."""
        for heard in (self.errors, self.foreign, self.requests, self.allowed):
            heard.clear()

    def unexpected(self) -> list[str]:
        """Errors that no `allow` covers."""
        return [error for error in self.errors
                if not any(re.search(pattern, error) for pattern in self.allowed)]

    def check(self) -> None:
        """Fail on anything unexpected."""
        assert not self.unexpected(), "\n".join(self.unexpected())
        assert not self.foreign, f"requests to other origins: {self.foreign}"

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")

    def _on_request(self, request: Request) -> None:
        self.requests.append(request.url)
        address = urlsplit(request.url)
        if address.scheme not in LOCAL_SCHEMES and address.hostname not in HOME:
            self.foreign.append(request.url)
