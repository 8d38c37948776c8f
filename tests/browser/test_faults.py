"""What goes wrong in classrooms: said in words with a remedy, and cured with the document kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from explorer_page import READY_MS, ExplorerPage
from playwright.sync_api import Locator, Page, Playwright, expect

from support.chromium_pages import launch, watched_page
from support.faulty_server import Fault, FaultyServer

WEIGHTS = "model/weights.002.bin"
PYTHON = "python/packages.zip"


def notice(page: Page, code: str) -> Locator:
    return page.locator(f"#notices .notice[data-code={code}]")


def press(box: Locator, name: str) -> None:
    box.get_by_role("button", name=name).click()


@pytest.fixture
def flagged_page(playwright: Playwright, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page in a browser of its own, started with the flags that the test asks for."""
    browser = launch(playwright, *request.param)
    yield from watched_page(browser)
    browser.close()


def test_a_server_gone_half_way_is_said_and_trying_again_goes_on(page: Page, dist: Path) -> None:
    page.watch.allow("Failed to load resource")
    stopped = FaultyServer(dist)
    port = stopped.server_address[1]
    with stopped.running():
        stopped.faults[WEIGHTS] = Fault("stall", after=100_000)
        explorer = ExplorerPage(page, stopped.url)
        page.goto(f"{stopped.url}index.html?backend=wasm")
        expect(page.locator("[data-recorded]")).to_have_count(0, timeout=READY_MS)
        expect(page.locator("#chip")).to_contain_text("Loading the model")
    error = notice(page, "engine")
    expect(error).to_contain_text("the connection failed or the server is gone", timeout=READY_MS)
    expect(error).to_contain_text("Check the network, then retry")
    assert explorer.refusal("lmpanel.next({text: 'Hi'})")["code"] == "engine_failed"
    explorer.message.fill("Written while the server is gone")
    explorer.button("End Turn").click()
    expect(explorer.turns_shown).to_have_count(4)
    with FaultyServer(dist, port=port).running() as server:
        press(error, "Try again")
        assert explorer.wait_ready()["verified"] is True
        assert server.asked_for("model/weights.001.bin") == 0, "what had arrived is kept"
        assert server.asked_for(WEIGHTS) == 1
    expect(explorer.turns_shown).to_have_count(4)
    expect(explorer.notices).to_have_count(0)
    explorer.pick(1)


def test_a_server_gone_before_the_app_is_there_is_said_and_a_reload_recovers(
        page: Page, dist: Path) -> None:
    page.watch.allow("Failed to load resource")
    stopped = FaultyServer(dist)
    port = stopped.server_address[1]
    with stopped.running():
        stopped.faults[PYTHON] = stopped.faults[WEIGHTS] = Fault("stall", after=1000)
        explorer = ExplorerPage(page, stopped.url)
        page.goto(f"{stopped.url}index.html?backend=wasm")
        expect(page.locator("#slot-lens [data-recorded] .candidates tr")).to_have_count(12)
        page.evaluate("() => { globalThis.early = lmpanel.tokenize('Hi').catch((e) => e.code); }")
    failed = notice(page, "python_failed")
    expect(failed).to_contain_text("Check the network", timeout=READY_MS)
    expect(notice(page, "engine")).to_contain_text("the server is gone", timeout=READY_MS)
    assert page.evaluate("() => early") == "python_failed"
    assert explorer.refusal("lmpanel.getState()")["code"] == "python_failed"
    expect(page.locator("#slot-lens [data-recorded] .candidates tr")).to_have_count(12)
    with FaultyServer(dist, port=port).running():
        press(failed, "Reload")
        assert explorer.wait_ready()["verified"] is True
        expect(explorer.notices).to_have_count(0)


def test_python_starts_again_when_the_network_is_back(page: Page, dist: Path) -> None:
    page.watch.allow("Failed to load resource")
    with FaultyServer(dist).running() as server:
        server.faults[PYTHON] = Fault("cut", after=1000)
        explorer = ExplorerPage(page, server.url)
        page.goto(f"{server.url}index.html?backend=wasm")
        failed = notice(page, "python_failed")
        expect(failed).to_contain_text("Check the network", timeout=READY_MS)
        server.faults.clear()
        press(failed, "Start again")
        assert explorer.wait_ready()["verified"] is True
        expect(explorer.notices).to_have_count(0)
        explorer.pick(1)


@pytest.mark.parametrize("flagged_page", [["--js-flags=--jitless"]], indirect=True)
def test_without_webassembly_the_page_says_what_is_needed(flagged_page: Page, server) -> None:
    page = flagged_page
    explorer = ExplorerPage(page, server.url)
    page.goto(f"{server.url}index.html?backend=auto")
    expect(notice(page, "engine")).to_contain_text(
        "This browser cannot run WebAssembly, which the model needs. Use a current",
        timeout=READY_MS)
    expect(notice(page, "python_failed")).to_contain_text(
        "This browser cannot run WebAssembly, which Python needs.", timeout=READY_MS)
    expect(page.locator("#slot-lens [data-recorded] .candidates tr")).to_have_count(12)
    assert explorer.refusal("lmpanel.next({text: 'Hi'})")["code"] == "engine_failed"
    assert explorer.refusal("lmpanel.tokenize('Hi')")["code"] == "python_failed"


def test_without_a_gpu_webgpu_steps_down_and_says_why(page: Page, server) -> None:
    explorer = ExplorerPage(page, server.url).open("backend=webgpu")
    assert page.evaluate("() => lmpanel.ready")["backend"] == "wasm"
    expect(notice(page, "backend")).to_contain_text("The model runs in another way than asked for.")
    expect(notice(page, "backend")).to_contain_text("WebGPU")
    page.locator("#engine summary").click()
    expect(page.locator("#engine-box li").first).to_contain_text(re.compile("WebGPU: .*GPU"))
    expect(explorer.candidates.first).to_have_text("In")


@pytest.mark.parametrize("flagged_page", [["--js-flags=--wasm-max-mem-pages=8000"]], indirect=True)
def test_with_little_memory_the_weights_stay_compressed(flagged_page: Page, server) -> None:
    """No WebAssembly memory of this browser grows beyond 500 MB."""
    page = flagged_page
    explorer = ExplorerPage(page, server.url).open()
    expect(page.locator("#chip")).to_contain_text("little memory")
    expect(notice(page, "backend")).to_contain_text("too little memory")
    expect(explorer.candidates.first).to_have_text("In")
    explorer.pick(1)
    page.reload()
    explorer.wait_ready()
    expect(page.locator("#chip")).to_contain_text("little memory")


@pytest.mark.parametrize("flagged_page", [["--js-flags=--wasm-max-mem-pages=2000"]], indirect=True)
def test_with_too_little_memory_for_anything_the_page_says_so(flagged_page: Page, server) -> None:
    page = flagged_page
    explorer = ExplorerPage(page, server.url)
    page.goto(f"{server.url}index.html?backend=wasm")
    expect(notice(page, "engine")).to_contain_text(
        "There is too little memory for the model. Close other tabs", timeout=READY_MS)
    assert explorer.refusal("lmpanel.next({text: 'Hi'})")["code"] == "engine_failed"
