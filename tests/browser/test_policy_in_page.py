"""What the page forbids itself: programs and markup out of texts, and other hosts; and hosts that
forbid the page something."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from explorer_page import READY_MS, STEP_MS, ExplorerPage
from playwright.sync_api import Page, expect

import http_server
from http_server import SiteHandler, SiteServer
from lmpanel.explorer import ROOMS, TABS
from support.course_site import CoursePage, CourseSite
from support.faulty_server import FaultyServer

MARKUP = '<img src=x onerror="globalThis.hit = 1"><svg onload="globalThis.hit = 1">'


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[FaultyServer]:
    """Another host, which notes whether it was asked for anything."""
    with FaultyServer(tmp_path).running() as server:
        yield server


def test_no_room_or_lens_needs_more_than_the_policy_allows(explorer: ExplorerPage) -> None:
    """What a start would violate is in the console, which every test of a page watches."""
    page = explorer.page
    page.evaluate("""() => {
        globalThis.violations = [];
        document.addEventListener("securitypolicyviolation",
            ({ violatedDirective: what, blockedURI, sample }) => {
                violations.push(`${what} ${blockedURI} ${sample}`);
            });
    }""")
    explorer.message.fill(MARKUP)
    explorer.button("End Turn").click()
    explorer.button("Curve").click()
    for tab in TABS:
        page.locator(f"#slot-lens .live #tab-{tab}").click()
        expect(page.locator(f"#slot-lens .live #tab-{tab}")).to_have_attribute(
            "aria-selected", "true")
        explorer.settled()
    for room in [*ROOMS[1:], ROOMS[0]]:
        page.locator(f"#rooms [data-room={room}]").click()
        expect(page.locator(f"main[data-room={room}]")).to_be_attached()
    page.locator("#engine summary").click()
    explorer.settled()
    assert page.evaluate("() => violations") == []
    assert page.evaluate("() => globalThis.hit") is None
    page.watch.allow("Content Security Policy|Trusted|Evaluating|Failed to load")
    assert forbidden(page) == ["TypeError", "EvalError", "TypeError", 0, "&lt;b&gt;"]
    assert page.evaluate("() => violations.length") >= 4, "violations are heard"


def forbidden(page: Page) -> list[object]:
    """A foreign request, a program from a text, a foreign script, an inline style, markup."""
    return page.evaluate("""async () => {
        const named = (run) => {
            try { run(); return "done"; } catch ({ name }) { return name; }
        };
        // What is evaluated for a test may make programs of texts; what it leaves behind may not.
        const program = await new Promise((said) => {
            setTimeout(() => said(named(() => new Function("1"))));
        });
        const fetched = await fetch("http://localhost:1/").catch(({ name }) => name);
        const element = document.createElement("script");
        const script = named(() => { element.src = "http://localhost:1/x.js"; });
        const style = document.createElement("style");
        style.textContent = "b { color: red }";
        document.head.append(style);
        const sheets = style.sheet?.cssRules.length ?? 0;
        style.remove();
        const box = document.createElement("div");
        box.innerHTML = "<b>";
        return [fetched, program, script, sheets, box.innerHTML];
    }""")


def test_workers_ask_no_other_host_not_even_for_python(
        explorer: ExplorerPage, elsewhere: FaultyServer) -> None:
    page = explorer.page
    page.watch.allow("Failed to load resource|refused")
    assert len(page.workers) >= 2
    for worker in page.workers:
        if "blob" in worker.url or "vendor" in worker.url:
            continue
        refused = worker.evaluate("""async (url) => {
            const tries = [
                () => fetch(url), () => fetch(new Request(url)),
                () => new WebSocket(url.replace("http", "ws")),
                () => new XMLHttpRequest().open("GET", url, false),
                () => new Worker(url), () => importScripts(url), () => import(url),
            ];
            const names = [];
            for (const attempt of tries) {
                try { await attempt(); names.push("done"); } catch ({ name }) { names.push(name); }
            }
            return names;
        }""", elsewhere.url)
        assert refused[:6] == ["SecurityError"] * 6 and refused[6] != "done", worker.url
    (python,) = [worker for worker in page.workers if "python_worker" in worker.url]
    said = python.evaluate("""async ([url, base]) => {
        const { loadPyodide } = await import(`${base}vendor/pyodide/pyodide.mjs`);
        const python = await loadPyodide({
            indexURL: `${base}vendor/pyodide/`, stdLibURL: `${base}python/stdlib.zip`,
        });
        const run = (code) => python.runPythonAsync(code).then(() => "done", (e) => e.message);
        return [await run(`from pyodide.http import pyfetch; await pyfetch("${url}")`),
                await run(`from pyodide.http import open_url; open_url("${url}")`)];
    }""", [elsewhere.url, explorer.base])
    assert all("lmpanel asks no other host" in one for one in said), said
    assert elsewhere.log == []


class ForbiddingServer(SiteServer):
    """A host whose own policy allows scripts and nothing else."""

    @classmethod
    def handler_class(cls) -> type[SiteHandler]:
        return ForbiddingHandler


class ForbiddingHandler(SiteHandler):
    def send_head(self, status, headers) -> None:
        super().send_head(status, {**headers, "Content-Security-Policy": "script-src 'self'"})


def test_a_host_that_forbids_webassembly_is_told_of(page: Page, dist: Path) -> None:
    page.watch.allow("Content Security Policy|violates|WebAssembly")
    with ForbiddingServer(dist).running() as site:
        page.goto(f"{site.url}index.html?backend=wasm&embed=1")
        for code in ("engine", "python_failed"):
            notice = page.locator(f"#notices .notice[data-code={code}]")
            expect(notice).to_contain_text("does not let it run WebAssembly", timeout=READY_MS)
            expect(notice).to_contain_text("Open the page in a new tab")
        expect(page.get_by_role("link", name="Open in a new tab")).to_be_visible()
        expect(page.locator("#slot-lens [data-recorded] .candidates tr")).to_have_count(12)


def test_a_frame_without_an_origin_works_from_memory(page: Page, server: SiteServer) -> None:
    """The plain sample as it is, beside the site: there the element gives its frame no origin."""
    page.watch.allow("favicon")
    host = CoursePage(page).open(f"{server.url}samples/plain.html")
    assert "allow-same-origin" not in page.locator("iframe").get_attribute("sandbox")
    inside = host.inside
    note = inside.locator("#notices .notice[data-code=storage]")
    expect(note).to_contain_text("This frame may keep nothing. Everything works, and is forgotten")
    inside.get_by_role("button", name="Start the model").click()
    expect(inside.locator("#dot[data-phase=ready]")).to_be_attached(timeout=READY_MS)
    assert inside.locator("body").evaluate("() => self.origin") == "null"
    assert host.call("ready")["verified"] is True
    expect(page.locator("#said")).to_contain_text("The model's first choice", timeout=STEP_MS)
    rows = inside.locator("#slot-lens .live .candidates tbody button.token")
    host.call("getState")
    expect(inside.locator("#slot-lens .next.busy")).to_have_count(0, timeout=STEP_MS)
    rows.first.click()
    expect(inside.locator("#slot-token_strip .live .t")).to_have_count(6)
    assert len(host.call("getState")["ids"]) == 6


def test_a_frame_without_an_origin_on_a_host_that_hides_its_files_says_so(
        page: Page, tmp_path: Path, plain_server: SiteServer) -> None:
    page.watch.allow("CORS policy|Failed to load resource")
    folder = tmp_path / "course"
    folder.mkdir()
    with SiteServer(folder, isolated=False).running() as other:
        course = CourseSite(folder, other, plain_server.url)
        address = course.write("index.html", f'<iframe sandbox="allow-scripts allow-popups" '
                                             f'src="{course.site}index.html?embed=1"></iframe>')
        inside = CoursePage(page).open(address).inside
        expect(inside.locator("#cannot-start")).to_contain_text("could not be started here")
        expect(inside.get_by_role("link", name="open lmpanel in a new tab")).to_be_visible()


def test_the_server_sends_workers_a_policy() -> None:
    policy = http_server.WORKER_POLICY["Content-Security-Policy"]
    assert "connect-src 'self'" in policy and "unsafe-eval" not in policy.replace("wasm-unsafe", "")
