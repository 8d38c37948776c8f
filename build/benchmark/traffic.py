"""Bytes that a page fetches, counted where they are sent: by the server.

A phase is told by the file, so that the count does not depend on how fast the machine is: what the
interface needs, and what the engine and its weights are.
"""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus

from http_server import SiteHandler, SiteServer

ENGINE = ("model/", "vendor/ort/")
PHASES = ("interface", "engine")


class CountingServer(SiteServer):
    """A server that remembers what it sent: `sent` holds (path, bytes) of every body."""

    @classmethod
    def handler_class(cls) -> type[SiteHandler]:
        return CountingHandler

    def __init__(self, *args, **options):
        self.sent: list[tuple[str, int]] = []
        super().__init__(*args, **options)


class CountingHandler(SiteHandler):
    """Counts the bodies; headers and answers without one (304) are not bytes of the site."""

    server: CountingServer

    def send_head(self, status: HTTPStatus, headers: dict[str, str]) -> None:
        if status == HTTPStatus.OK and self.command == "GET":
            path = self.path.split("?")[0].lstrip("/")
            self.server.sent.append((path, int(headers["Content-Length"])))
        super().send_head(status, headers)


def by_phase(sent: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Bytes of the interface and of the engine.

    >>> by_phase([("index.html", 5), ("model/a.bin", 7), ("vendor/ort/x.wasm", 1)])
    {'interface': 5, 'engine': 8}
    """
    total = dict.fromkeys(PHASES, 0)
    for path, size in sent:
        total["engine" if path.startswith(ENGINE) else "interface"] += size
    return total
