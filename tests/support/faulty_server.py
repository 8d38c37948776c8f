"""The site's server with classroom networks built in: cuts, wrong bytes, portals, stalls.

    with FaultyServer(dist).running() as server:
        server.faults["model/weights.001.bin"] = Fault("cut", after=1000, times=1)
        …
        assert server.asked_for("model/weights.001.bin") == 2
"""

from __future__ import annotations

import socket
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from http_server import SiteHandler, SiteServer

PORTAL = "<!doctype html><title>Sign in</title><p>Welcome to the campus network.\n"
STALL_SECONDS = 120

Kind = Literal["cut", "short", "wrong_bytes", "html", "missing", "error", "partial", "stall"]


@dataclass
class Fault:
    """What goes wrong with a path.

    cut: the socket dies after `after` bytes; short: a body of `after` bytes that looks complete;
    wrong_bytes: one byte differs; html: a sign-in page with status 200; missing: 404; error: 500;
    partial: a 206 with the first `after` bytes; stall: silence after `after` bytes, until the
    server stops or `release` is called.
    """

    kind: Kind
    after: int = 0
    times: int | None = None
    """How many requests it meets; `None`: all of them."""


class FaultyServer(SiteServer):
    """Serves a site with `faults` by path, and keeps a log of requests.

    `cached_seconds`: how long browsers may keep files without asking; `sent`: bytes of all bodies.
    """

    def __init__(self, root: Path, *, cached_seconds: int | None = None, **options):
        self.cached_seconds = cached_seconds
        self.sent = 0
        self.faults: dict[str, Fault] = {}
        self.log: list[tuple[str, str]] = []
        self.released = threading.Event()
        self.connections: set[socket.socket] = set()
        super().__init__(root, **options)

    @classmethod
    def handler_class(cls) -> type[SiteHandler]:
        return FaultyHandler

    def asked_for(self, path: str) -> int:
        """How often a path was requested."""
        return Counter(name for _, name in self.log)[path]

    def release(self) -> None:
        """Let stalled answers end, in a cut."""
        self.released.set()

    def process_request(self, request: socket.socket, client_address) -> None:
        self.connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: socket.socket) -> None:
        self.connections.discard(request)
        super().shutdown_request(request)

    def shutdown(self) -> None:
        """Stop at once, as a server whose power is cut: open connections end, too."""
        super().shutdown()
        self.release()
        for connection in list(self.connections):
            with suppress(OSError):  # The other side was first.
                connection.shutdown(socket.SHUT_RDWR)

    def fault_for(self, path: str) -> Fault | None:
        """The fault that meets this request, used up once."""
        fault = self.faults.get(path)
        if fault is None or fault.times == 0:
            return None
        if fault.times is not None:
            fault.times -= 1
        return fault


class FaultyHandler(SiteHandler):
    """Answers like the real one, unless a fault is set for the path."""

    server: FaultyServer

    def answer(self, with_body: bool) -> None:
        name = urlsplit(self.path).path.lstrip("/")
        self.server.log.append((self.command, name))
        fault = self.server.fault_for(name)
        if fault is None:
            super().answer(with_body)
        else:
            getattr(self, f"answer_{fault.kind}")(self.server.root / name, fault)

    def send_head(self, status: HTTPStatus, headers: dict[str, str]) -> None:
        kept = self.server.cached_seconds
        control = {} if kept is None else {"Cache-Control": f"max-age={kept}"}
        super().send_head(status, {**control, **headers})

    def send_file(self, path: Path) -> None:
        self.server.sent += path.stat().st_size
        super().send_file(path)

    def answer_cut(self, path: Path, fault: Fault) -> None:
        data = path.read_bytes()
        self._head(HTTPStatus.OK, path, len(data))
        self.wfile.write(data[:fault.after])
        self._hang_up()

    def answer_stall(self, path: Path, fault: Fault) -> None:
        data = path.read_bytes()
        self._head(HTTPStatus.OK, path, len(data))
        self.wfile.write(data[:fault.after])
        self.wfile.flush()
        self.server.released.wait(STALL_SECONDS)
        self._hang_up()

    def answer_short(self, path: Path, fault: Fault) -> None:
        self._send(HTTPStatus.OK, path, path.read_bytes()[:fault.after])

    def answer_wrong_bytes(self, path: Path, fault: Fault) -> None:
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        self._send(HTTPStatus.OK, path, bytes(data))

    def answer_partial(self, path: Path, fault: Fault) -> None:
        self._send(HTTPStatus.PARTIAL_CONTENT, path, path.read_bytes()[:fault.after])

    def answer_html(self, path: Path, fault: Fault) -> None:
        self._send(HTTPStatus.OK, Path("portal.html"), PORTAL.encode())

    def answer_missing(self, path: Path, fault: Fault) -> None:
        self.send_text(HTTPStatus.NOT_FOUND, "There is no such file.\n")

    def answer_error(self, path: Path, fault: Fault) -> None:
        self.send_text(HTTPStatus.INTERNAL_SERVER_ERROR, "Something broke.\n")

    def _send(self, status: HTTPStatus, path: Path, body: bytes) -> None:
        self._head(status, path, len(body))
        self.wfile.write(body)

    def _head(self, status: HTTPStatus, path: Path, length: int) -> None:
        self.send_head(status, {"Content-Type": self.content_type(path),
                                "Content-Length": str(length)})

    def _hang_up(self) -> None:
        self.close_connection = True
        with suppress(OSError):  # The other side was first.
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
