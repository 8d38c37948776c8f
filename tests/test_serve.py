"""The server: types, isolation, gzip, revalidation, ports, and no way out of its folder."""

from __future__ import annotations

import gzip
import hashlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from http_server import FIRST_PORT, ISOLATION, WORKER_POLICY, SiteServer, open_server
from problems import BuildProblem
from support.faulty_server import Fault, FaultyServer

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = "export const x = 1;\n" * 200


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "site"
    (folder / "sub").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html>")
    (folder / "a.mjs").write_text(SCRIPT)
    (folder / "sub/data.bin").write_bytes(bytes(range(256)) * 16)
    (folder / "engine.wasm").write_bytes(b"\0asm")
    (tmp_path / "secret.txt").write_text("secret")
    return folder


@pytest.fixture
def zipped(tmp_path):
    folder = tmp_path / "gzip"
    folder.mkdir()
    data = SCRIPT.encode()
    (folder / f"{hashlib.sha256(data).hexdigest()}.gz").write_bytes(gzip.compress(data))
    return folder


@pytest.fixture
def served(site, zipped):
    with SiteServer(site, compressed=zipped).running() as server:
        yield server


def connect(host, port):
    return http.client.HTTPConnection(host, port, timeout=10)


def get(server, path, method="GET", **headers):
    """Status, headers and body; names of headers are written with underscores."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    with closing(connect(*server.server_address[:2])) as connection:
        connection.request(method, path, headers=names)
        with connection.getresponse() as response:
            return response.status, response.headers, response.read()


@pytest.mark.parametrize(("path", "media_type"), [
    ("/", "text/html; charset=utf-8"), ("/a.mjs", "text/javascript; charset=utf-8"),
    ("/engine.wasm", "application/wasm"), ("/sub/data.bin", "application/octet-stream"),
])
def test_types_that_browsers_insist_on(served, path, media_type):
    status, headers, _ = get(served, path)
    assert (status, headers["Content-Type"]) == (200, media_type)
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_service_worker_answers_with_the_same_headers():
    headers = (ROOT / "site/offline/headers.js").read_text()
    for name, value in (ISOLATION | WORKER_POLICY).items():
        # A page without an origin, to which that one is said, has no service worker.
        assert name == "Access-Control-Allow-Origin" or f'"{name}": "{value}"' in headers


def test_it_serves_below_a_path(site):
    (site / "sub" / "index.html").write_text("inner")
    with SiteServer(site, base="courses/ai").running() as server:
        assert server.url.endswith("/courses/ai/")
        assert get(server, "/courses/ai/")[2] == b"<!doctype html>"
        assert get(server, "/courses/ai/sub/data.bin")[0] == 200
        for path, place in {"/courses/ai?a=1": "/courses/ai/?a=1",
                            "/courses/ai/sub": "/courses/ai/sub/"}.items():
            status, headers, _ = get(server, path)
            assert (status, headers["Location"]) == (308, place)
        for path in ("/", "/index.html", "/courses/", "/courses/aid/", "/courses/ai/../../a.mjs",
                     "/courses/ai/none"):
            assert get(server, path)[0] == 404, path


@pytest.mark.parametrize("path", ["a b", "/x/../y", "/x?y", "http://a/b", "/ü/"])
def test_a_base_path_that_is_none_is_refused(site, path):
    with pytest.raises(BuildProblem, match="is not a path"):
        SiteServer(site, base=path)


def test_isolation_headers_can_be_left_out(site, served):
    _, headers, _ = get(served, "/")
    assert ISOLATION.items() <= dict(headers).items()
    with SiteServer(site, isolated=False).running() as plain:
        _, headers, _ = get(plain, "/")
    assert not ISOLATION.keys() & dict(headers).keys()


def test_even_a_missing_file_is_isolated(served):
    status, headers, _ = get(served, "/nothing.js")
    assert status == 404
    assert ISOLATION.items() <= dict(headers).items()


def test_gzip_only_for_those_who_take_it(served):
    _, headers, body = get(served, "/a.mjs", Accept_Encoding="gzip, br")
    assert headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(body).decode() == SCRIPT
    _, plain_headers, plain = get(served, "/a.mjs")
    assert plain_headers["Content-Encoding"] is None
    assert plain.decode() == SCRIPT
    assert headers["ETag"] != plain_headers["ETag"]
    assert headers["Vary"] == "Accept-Encoding"


def test_a_known_file_is_not_sent_again_until_it_changes(site, served):
    _, headers, _ = get(served, "/sub/data.bin")
    assert headers["Cache-Control"] == "no-cache"
    status, _, body = get(served, "/sub/data.bin", If_None_Match=headers["ETag"])
    assert (status, body) == (304, b"")
    (site / "sub/data.bin").write_bytes(b"new")
    status, _, body = get(served, "/sub/data.bin", If_None_Match=headers["ETag"])
    assert (status, body) == (200, b"new")


def test_head_has_no_body(served):
    status, headers, body = get(served, "/sub/data.bin", "HEAD")
    assert (status, headers["Content-Length"], body) == (200, "4096", b"")


@pytest.mark.parametrize("path", [
    "/../secret.txt", "/%2e%2e/secret.txt", "/sub/../../secret.txt", "/..%2fsecret.txt",
    "//etc/passwd", "/%00", "/sub", "/" + "a" * 300,
])
def test_nothing_outside_the_folder(served, path):
    status, _, body = get(served, path)
    assert status == 404
    assert b"secret" not in body


def test_links_lead_nowhere_outside(site, served):
    (site / "link.txt").symlink_to(site.parent / "secret.txt")
    assert get(served, "/link.txt")[0] == 404


def test_a_connection_serves_several_requests(served):
    with closing(connect(*served.server_address[:2])) as connection:
        for path in ("/a.mjs", "/nothing", "/sub/data.bin"):
            connection.request("GET", path)
            used = connection.sock
            connection.getresponse().read()
            assert connection.sock is used


def test_ports(site):
    with SiteServer(site).running() as server:
        port = server.server_address[1]
        with pytest.raises(BuildProblem, match=f"port {port} is in use.*--port"):
            open_server(site, "127.0.0.1", port)
    with open_server(site, "127.0.0.1", None) as first, \
            open_server(site, "127.0.0.1", None) as second:
        ports = [server.server_address[1] for server in (first, second)]
    assert FIRST_PORT <= ports[0] < ports[1]


def test_a_strange_host(site):
    with pytest.raises(BuildProblem, match="--host"):
        open_server(site, "192.0.2.1", 0)


# The server that fails on purpose

@pytest.fixture
def faulty(site):
    with FaultyServer(site).running() as server:
        yield server


def test_faults(faulty):
    path = "sub/data.bin"
    good = get(faulty, f"/{path}")[2]
    faulty.faults[path] = Fault("wrong_bytes", times=1)
    wrong = get(faulty, f"/{path}")[2]
    assert len(wrong) == len(good)
    assert wrong != good
    assert get(faulty, f"/{path}")[2] == good
    for fault, status, start in [(Fault("short", after=9), 200, good[:9]),
                                 (Fault("partial", after=9), 206, good[:9]),
                                 (Fault("html"), 200, b"<!doctype html>"),
                                 (Fault("missing"), 404, b""), (Fault("error"), 500, b"")]:
        faulty.faults[path] = fault
        answer = get(faulty, f"/{path}")
        assert answer[0] == status
        assert answer[2].startswith(start)
    assert faulty.asked_for(path) == 8


def test_cut_and_stall(faulty):
    faulty.faults["sub/data.bin"] = Fault("cut", after=100)
    with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
        get(faulty, "/sub/data.bin")
    faulty.faults["sub/data.bin"] = Fault("stall", after=100)
    faulty.release()
    with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
        get(faulty, "/sub/data.bin")


# The command

def start_serve(*arguments):
    return subprocess.Popen([sys.executable, ROOT / "build/serve.py", *arguments], text=True,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, env=os.environ)


def test_second_run_serves_at_once(dist, tmp_path):
    subprocess.run([sys.executable, ROOT / "build/serve.py", "--no-serve"], check=True,
                   stdin=subprocess.DEVNULL, capture_output=True)
    process = start_serve()
    line = process.stdout.readline()
    address = urlsplit(re.search(r"http://\S+", line)[0])
    with closing(connect(address.hostname, address.port)) as connection:
        connection.request("GET", "/manifest.json")
        assert json.loads(connection.getresponse().read())["files"]
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=10)
    assert process.returncode == 0
    assert "Traceback" not in errors
    assert "step" not in errors


def test_an_unusable_model_is_refused_by_name(tmp_path):
    process = start_serve("--no-serve", "--model", str(tmp_path / "none.gguf"))
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "none.gguf is not a file" in errors.splitlines()[-1]
