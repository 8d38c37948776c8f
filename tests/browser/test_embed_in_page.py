"""lmpanel in course pages of another origin: the frame, its messages, and who is not heard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from explorer_page import READY_MS, STEP_MS
from playwright.sync_api import Page, expect

from http_server import SiteServer
from support.course_site import CoursePage, CourseSite
from support.faulty_server import FaultyServer

TEXT = "The capital of Italy is"
HEAVY = re.compile(r"^(model|python|vendor|corpus)/|^engine/worker")
LIGHT_BYTES = 400_000
PRESENT = 2_000_000
"""More of JavaScript's memory than a page keeps of messages that it has read."""


@pytest.fixture
def course(tmp_path: Path, server: SiteServer) -> Iterator[CourseSite]:
    folder = tmp_path / "course"
    folder.mkdir()
    with SiteServer(folder, isolated=False).running() as other:
        yield CourseSite(folder, other, server.url)


def memory_of(page: Page) -> int:
    """Bytes of JavaScript after everything unused is gone; of both pages, which share a process."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    used = session.send("Runtime.getHeapUsage")["usedSize"]
    session.detach()
    return used


def test_nothing_heavy_before_the_click_and_nobody_else_is_heard(
        page: Page, course: CourseSite, dist: Path, tmp_path: Path) -> None:
    with FaultyServer(dist).running() as site:
        course.site = site.url
        other = urlencode({"embed": "1", "load": "click", "hide": "json,nothing",
                           "parentOrigin": "http://course.example"})
        address = course.write("index.html", course.element(
            f'text="{TEXT} &lt;b&gt;" load="click" theme="dark" view="kitchen sink" label="Try"')
            + f'<iframe id="other" src="{site.url}index.html?{other}"></iframe>')
        host = CoursePage(page).open(address)
        poster = host.inside.locator(".poster")
        expect(poster.locator(".poster-text")).to_have_text(f"{TEXT} <b>")
        expect(poster.get_by_role("button")).to_have_text(
            re.compile(r"Start the model \(1\d\d MB, once\)"))
        assert page.locator("iframe").first.get_attribute("title") == "Try"
        expect(host.inside.locator(".notice").filter(has_text="view=")).to_be_visible()
        assert host.inside.locator("body").evaluate(
            "(body) => getComputedStyle(body).colorScheme + getComputedStyle(body).backgroundColor"
        ).endswith("rgb(27, 31, 36)")
        assert host.call("status")["phase"] == "waiting"
        expect(host.inside.locator("#chip")).to_have_text("Not started")
        asked = {path for _, path in site.log}
        assert not [path for path in asked if HEAVY.search(path)]
        assert sum((dist / path).stat().st_size for path in asked) < LIGHT_BYTES
        masked_from_the_first(page)
        strangers_are_not_heard(page, host)
        floods_and_oversize(page, host)
    assert not page.watch.foreign


def masked_from_the_first(page: Page) -> None:
    """Parts are away in the recorded example too; a wrong name is answered with the right ones."""
    frame = page.frame_locator("#other")
    expect(frame.get_by_role("button", name="Undo")).to_be_visible()
    expect(frame.get_by_role("button", name="JSON")).to_be_hidden()
    expect(frame.locator(".notice[data-code=parts]")).to_contain_text("There is no part “nothing”")


def strangers_are_not_heard(page: Page, host: CoursePage) -> None:
    """Another window of the course page; and a frame whose author named another origin."""
    before = len(page.evaluate("() => heard"))
    page.evaluate("""async () => {
        const frame = document.createElement("iframe");
        frame.srcdoc = "<p>another window";
        await new Promise((loaded) => { frame.onload = loaded; document.body.append(frame); });
        const call = { context: "lmpanel", api: 1, id: "stranger", type: "call", method: "status" };
        const run = new frame.contentWindow.Function("to", "what", "to.postMessage(what, '*')");
        run(document.querySelector("lm-explorer iframe").contentWindow, call);
        document.getElementById("other").contentWindow.postMessage({ ...call, id: "named" }, "*");
    }""")
    assert host.call("status")["phase"] == "waiting", "what came before has been read by now"
    after = page.evaluate("() => heard")[before:]
    assert not [message for message in after if message.get("id") in ("stranger", "named")]


def floods_and_oversize(page: Page, host: CoursePage) -> None:
    body = host.inside.locator("body")
    body.evaluate("""() => {
        globalThis.came = 0;
        addEventListener("message", () => { came += 1; });
    }""")

    def flood() -> None:
        page.evaluate("""async () => {
            const { contentWindow } = document.querySelector("lm-explorer iframe");
            const call = { context: "lmpanel", api: 1, type: "call", method: "tokenize" };
            const bad = [null, 5, "x".repeat(1000), { context: "lmpanel" }, new Map([[1, 2]])];
            for (let id = 0; id < 10000; id++) {
                contentWindow.postMessage({ ...call, id, args: ["Hi".repeat(500)] }, "*");
                contentWindow.postMessage(bad[id % bad.length], "*");
            }
        }""")
        body.evaluate("""async () => {
            while (came < 20000) await new Promise((drawn) => requestAnimationFrame(drawn));
            came = 0;
        }""")

    flood()
    before = memory_of(page)
    flood()
    page.evaluate("() => { heard.length = 0; }")
    flood()
    assert memory_of(page) - before < PRESENT
    answers = page.evaluate("() => heard.map(({ error }) => error?.code ?? 'answer')")
    assert len(answers) < 200 and set(answers) <= {"rate", "busy", "bad_argument", "answer"}
    expect(host.inside.get_by_role("button", name="Start the model")).to_be_enabled()
    # The share of messages comes back with time, and with nothing else.
    page.evaluate("""async () => {
        const { contentWindow } = document.querySelector("lm-explorer iframe");
        const hello = { context: "lmpanel", api: 1, type: "hello" };
        const asks = (id) => contentWindow.postMessage({ ...hello, id }, "*");
        const read = () => heard.some(({ id }) => id === "last");
        while (!read()) {
            asks("last");
            await new Promise((later) => setTimeout(later, 1000));
        }
    }""")
    large = page.evaluate("""async () => {
        const explorer = document.querySelector("lm-explorer");
        const refused = (...given) => explorer.call(...given)
            .then(() => "done", ({ code }) => code);
        const polluted = JSON.parse('{"__proto__": {"polluted": 1}}');
        return [await refused("tokenize", "x".repeat(2_000_000)), await refused("constructor"),
                await refused("tokenize", new Map()), await refused("setState", polluted)];
    }""")
    assert large == ["too_large", "bad_argument", "bad_argument", "bad_argument"]
    assert body.evaluate("() => ({}).polluted") is None


def test_a_book_of_another_origin_with_the_element(
        page: Page, course: CourseSite, tmp_path: Path) -> None:
    host = CoursePage(page).open(course.book(tmp_path / "book"))
    host.inside.get_by_role("button", name="Start the model").click()
    expect(host.inside.locator("#dot[data-phase=ready]")).to_be_attached(timeout=READY_MS)
    info = host.call("ready")
    assert (info["verified"], info["backend"] in ("wasm", "webgpu")) == (True, True)
    first = host.call("next", {"text": TEXT}, {"top_k": 1})["candidates"][0]
    assert first["text"].strip() and 0 < first["prob"] < 1
    assert host.call("next", {"text": 5})["code"] == "bad_argument"
    expect(host.inside.locator("#slot-lens .live .candidates tbody tr")).not_to_have_count(0)
    settled_height(page, host)
    one_less_high = page.locator("iframe").first.bounding_box()["height"]
    host.inside.get_by_role("tab", name="Branches").click()
    expect(host.inside.locator("#slot-lens .live .branches-lens")).to_be_visible(timeout=STEP_MS)
    settled_height(page, host)
    assert page.locator("iframe").first.bounding_box()["height"] != one_less_high
    assert host.heard("lti.frameResize")[-1]["height"] == host.heard("height")[-1]["height"]
    leads_apart_with_what_is_shown(page, host)


def settled_height(page: Page, host: CoursePage) -> None:
    """The frame is as high as its content, and nothing more is said of it."""
    expect(page.locator("iframe").first).to_have_css("height", re.compile("px"))
    for _ in range(100):
        frame, content = host.heights()
        if frame == content:
            break
        page.evaluate("() => new Promise((drawn) => requestAnimationFrame(drawn))")
    assert frame == content
    told = len(host.heard("height"))
    page.evaluate("""async () => {
        for (let i = 0; i < 40; i++) await new Promise((drawn) => requestAnimationFrame(drawn));
    }""")
    assert len(host.heard("height")) == told


def leads_apart_with_what_is_shown(page: Page, host: CoursePage) -> None:
    link = host.inside.get_by_role("link", name="Open in a new tab")
    link.hover()
    expect(link).to_have_attribute("href", re.compile(r"#s=1\."))
    address = urlsplit(link.get_attribute("href"))
    assert "embed" not in address.query and "parentOrigin" not in address.query


def test_the_plain_sample_driven_by_its_script_and_by_hand(
        page: Page, course: CourseSite) -> None:
    host = CoursePage(page)
    host.open(course.sample("plain.html"))
    element = page.locator("lm-explorer")
    element.evaluate("""(element) => {
        globalThis.acts = [];
        element.addEventListener("lm-event", ({ detail }) => acts.push(detail));
        const asked = { load: "auto", select: "2-4", view: "sampling", lock: "controls",
                        hide: "json, tab branches" };
        for (const [name, value] of Object.entries(asked)) element.setAttribute(name, value);
    }""")
    inside = host.inside
    expect(inside.locator(".poster-text")).to_have_text(TEXT)
    expect(inside.locator("#dot[data-phase=ready]")).to_be_attached(timeout=READY_MS)
    expect(page.locator("#said")).to_contain_text("The model's first choice", timeout=STEP_MS)
    expect(inside.locator(".poster")).to_have_count(0)
    strip = inside.locator("#slot-token_strip .live")
    expect(strip.locator(".t")).to_have_text(["The", "capital", "of", "Italy", "is"])
    expect(strip.locator('.t[aria-selected="true"]')).to_have_count(3)
    expect(inside.get_by_role("tab", name="Sampling")).to_have_attribute("aria-selected", "true")
    expect(inside.get_by_role("tab", name="Branches")).to_be_hidden()
    expect(strip.get_by_role("button", name="JSON")).to_be_hidden()
    assert inside.locator("#slot-controls .live [data-locked]").first.evaluate("(e) => e.inert")
    expect(inside.locator("#rooms")).to_be_hidden()
    tops = [inside.locator(f"#slot-{name}").bounding_box()["y"]
            for name in ("token_strip", "controls", "lens")]
    assert tops == sorted(tops)
    for width in (700, 360):
        page.set_viewport_size({"width": width, "height": 420})
        settled_height(page, host)
        assert inside.locator("html").evaluate("(e) => e.scrollWidth <= innerWidth")
    state = host.call("getState")
    host.call("setState", {**state, "ids": state["ids"][:3], "cursor": None, "selection": None})
    expect(strip.locator(".t")).to_have_count(3)
    acts = page.evaluate("() => acts")
    assert [act["verb"] for act in acts][:1] == ["initialized"]
    assert acts[-1]["verb"] == "interacted" and acts[-1]["result"] == {"tokens": 3}
    assert set(acts[-1]) == {"verb", "object", "result", "timestamp"}, "no learner is named"
