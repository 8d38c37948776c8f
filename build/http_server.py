"""A small static server for the site: right types, isolation headers, gzip, and ETags.

Content is identified by its SHA-256, so a browser that has a file is answered 304. Everything is
revalidated (`no-cache`): file names do not change when their content does. Also used by the tests,
in a thread on a free port. Knows nothing about how the site was made.
"""

from __future__ import annotations

import errno
import hashlib
import re
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from problems import BuildProblem

TYPES = {
    ".bin": "application/octet-stream", ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8", ".gz": "application/gzip",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon", ".jpg": "image/jpeg", ".js": "text/javascript; charset=utf-8",
    ".json": "application/json", ".map": "application/json",
    ".md": "text/markdown; charset=utf-8", ".mjs": "text/javascript; charset=utf-8",
    ".onnx": "application/octet-stream", ".png": "image/png", ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8", ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json", ".whl": "application/zip",
    ".woff2": "font/woff2", ".zip": "application/zip",
}
ISOLATION = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Access-Control-Allow-Origin": "*",
}
WORKER_POLICY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; "
                               "connect-src 'self'; worker-src 'self'",
}
"""For scripts: a worker has the policy of its own file. The page brings its own."""
FIRST_PORT, PORTS_TRIED = 8000, 50
IDLE_SECONDS = 60


class SiteServer(ThreadingHTTPServer):
    """Serves one folder below the path `base`; `compressed` may hold gzip copies by SHA-256."""

    daemon_threads = True

    def __init__(self, root: Path, host: str = "127.0.0.1", port: int = 0, *,
                 isolated: bool = True, compressed: Path | None = None, base: str = "/"):
        self.root = root.resolve()
        self.base = base_path(base)
        self.isolated = isolated
        self.compressed = compressed
        super().__init__((host, port), self.handler_class())

    @classmethod
    def handler_class(cls) -> type[SiteHandler]:
        """The handler of requests; a server for tests has its own."""
        return SiteHandler

    @property
    def url(self) -> str:
        """Address of the site, with a host name that browsers treat as secure."""
        host, port = self.server_address[:2]
        name = "localhost" if host in ("0.0.0.0", "::") else host
        return f"http://{name}:{port}{self.base}"

    def resolve(self, target: str) -> Path | None:
        """The file for a request target, or nothing: no directory listings, no way out."""
        path = urlsplit(target).path
        if not path.startswith(self.base):
            return None
        name = unquote(path.removeprefix(self.base)).lstrip("/")
        try:
            path = (self.root / name).resolve()
            if path.is_dir():
                path = path / "index.html"
            return path if path.is_relative_to(self.root) and path.is_file() else None
        except (OSError, ValueError):  # A name that no file can have.
            return None

    def redirect(self, target: str) -> str | None:
        """Where a folder is asked for without its slash: the address with it, as hosts answer."""
        path, _, query = target.partition("?")
        if path.endswith("/") or not f"{path}/".startswith(self.base):
            return None
        if f"{path}/" != self.base:
            found = self.resolve(path)
            if found is None or found.name != "index.html" or path.endswith("/index.html"):
                return None
        return f"{path}/?{query}" if query else f"{path}/"

    def handle_error(self, request, client_address) -> None:
        """A browser that goes away in the middle of an answer is no news; the rest is."""
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)

    @contextmanager
    def running(self) -> Iterator[SiteServer]:
        """Serve in a thread for the time of a `with` block."""
        thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield self
        finally:
            self.shutdown()
            self.server_close()
            thread.join()


class SiteHandler(BaseHTTPRequestHandler):
    """Answers GET and HEAD."""

    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    server: SiteServer

    def do_GET(self) -> None:
        """Send a file."""
        self.answer(with_body=True)

    def do_HEAD(self) -> None:
        """Send a file's headers."""
        self.answer(with_body=False)

    def answer(self, with_body: bool) -> None:
        """Find the file and send it, its gzip copy, or 304."""
        if place := self.server.redirect(self.path):
            headers = {"Location": place, "Content-Length": "0"}
            self.send_head(HTTPStatus.PERMANENT_REDIRECT, headers)
            return
        path = self.server.resolve(self.path)
        if path is None:
            self.send_text(HTTPStatus.NOT_FOUND, "There is no such file.\n", with_body)
            return
        stat = path.stat()
        sha256 = content_hash(path, stat.st_mtime_ns, stat.st_size)
        zipped = self.zipped(sha256)
        etag = f'"{sha256[:32]}{"-gz" if zipped else ""}"'
        if etag in self.headers.get("If-None-Match", ""):
            self.send_head(HTTPStatus.NOT_MODIFIED, {"ETag": etag})
            return
        self.send_head(HTTPStatus.OK, self.file_headers(path, etag, zipped, stat.st_mtime))
        if with_body:
            self.send_file(zipped or path)

    def file_headers(self, path: Path, etag: str, zipped: Path | None,
                     modified: float) -> dict[str, str]:
        """Headers of a file that is sent."""
        headers = {
            "Content-Type": self.content_type(path),
            "Content-Length": str((zipped or path).stat().st_size),
            "ETag": etag, "Last-Modified": formatdate(modified, usegmt=True),
            "Vary": "Accept-Encoding",
        }
        policy = WORKER_POLICY if self.server.isolated and path.suffix in (".js", ".mjs") else {}
        return headers | policy | ({"Content-Encoding": "gzip"} if zipped else {})

    @staticmethod
    def content_type(path: Path) -> str:
        """The media type that browsers need to run or show the file."""
        return TYPES.get(path.suffix.lower(), "application/octet-stream")

    def zipped(self, sha256: str) -> Path | None:
        """The gzip copy, if there is one and the browser takes it."""
        if self.server.compressed is None or not accepts_gzip(self.headers):
            return None
        path = self.server.compressed / f"{sha256}.gz"
        return path if path.is_file() else None

    def send_file(self, path: Path) -> None:
        """Send a file's bytes."""
        with path.open("rb") as file:
            shutil.copyfileobj(file, self.wfile, 1 << 18)

    def send_text(self, status: HTTPStatus, text: str, with_body: bool = True) -> None:
        """Send a short text."""
        body = text.encode()
        self.send_head(status, {"Content-Type": TYPES[".txt"], "Content-Length": str(len(body))})
        if with_body:
            self.wfile.write(body)

    def send_head(self, status: HTTPStatus, headers: dict[str, str]) -> None:
        """Send status and headers, the ones common to all answers included."""
        self.send_response(status)
        common = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
        isolation = ISOLATION if self.server.isolated else {}
        for name, value in {**common, **isolation, **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def version_string(self) -> str:
        """Say less than Python's server does."""
        return "lmpanel"

    def log_message(self, format: str, *args: object) -> None:
        """No line per request."""


def base_path(text: str) -> str:
    """A path with one slash at both ends; raises `BuildProblem` for what is none.

    >>> base_path("courses/ai"), base_path("/")
    ('/courses/ai/', '/')
    """
    path = f"/{text.strip('/')}/".replace("//", "/")
    if not re.fullmatch(r"/([A-Za-z0-9._~-]+/)*", path) or {".", ".."} & set(path.split("/")):
        raise BuildProblem(f"{text!r} is not a path", "give one like /courses/lmpanel/")
    return path


def accepts_gzip(headers) -> bool:
    """Whether a request takes gzip.

    >>> accepts_gzip({"Accept-Encoding": "br, gzip"}), accepts_gzip({"Accept-Encoding": "gzip;q=0"})
    (True, False)
    """
    for part in headers.get("Accept-Encoding", "").split(","):
        name, _, quality = part.strip().partition(";")
        if name == "gzip":
            return quality.replace(" ", "") not in ("q=0", "q=0.0")
    return False


@lru_cache(maxsize=1024)
def content_hash(path: Path, mtime_ns: int, size: int) -> str:
    """SHA-256 of a file; computed again when its time or size changed."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def open_server(root: Path, host: str, port: int | None, **options) -> SiteServer:
    """A server on `port`, or without one on the first free port from 8000.

    Raises `BuildProblem` when the port is taken or the host is not of this machine.
    """
    tried = [port] if port is not None else range(FIRST_PORT, FIRST_PORT + PORTS_TRIED)
    for candidate in tried:
        try:
            return SiteServer(root, host, candidate, **options)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise BuildProblem(f"cannot serve on {host} ({error.strerror or error})",
                                   "give --host an address of this machine") from error
    where = f"port {port}" if port is not None else f"every port from {FIRST_PORT} on"
    raise BuildProblem(f"{where} is in use or not allowed", "give another one with --port")
