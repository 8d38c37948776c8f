"""The same page from Panel on CPython: `lmpanel serve` in a process of its own."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from explorer_page import READY_MS, STEP_MS, ExplorerPage
from playwright.sync_api import Page, expect

REPOSITORY = Path(__file__).resolve().parents[2]
SLOTS = ("#slot-token_strip", "#slot-controls", "#slot-lens")


def start(model_dir: Path) -> tuple[subprocess.Popen, str]:
    """The server on a free port, and the address that it announces when it is ready."""
    command = [sys.executable, "-m", "lmpanel", "serve", model_dir, "--port", "0"]
    process = subprocess.Popen(command, cwd=REPOSITORY, text=True, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT)
    said = []
    for line in process.stdout:
        said.append(line)
        if found := re.search(r"http://\S+/", line):
            return process, found.group()
    pytest.fail(f"the server ended with {process.wait()}: {''.join(said)}")


@pytest.fixture(scope="module")
def address(model_dir: Path) -> Iterator[str]:
    process, address = start(model_dir)
    yield address
    process.terminate()
    assert process.wait(timeout=30) == 0
    process.stdout.close()


@pytest.fixture
def explorer(page: Page, address: str) -> ExplorerPage:
    """The page with its first distribution."""
    page.set_default_timeout(STEP_MS)
    page.goto(address)
    explorer = ExplorerPage(page, address)
    expect(explorer.candidates.first).to_have_text("In", timeout=READY_MS)
    return explorer


def test_it_predicts_picks_and_generates(explorer: ExplorerPage) -> None:
    page = explorer.page
    exact = explorer.rows.first.locator("td").nth(4).get_attribute("title")
    assert float(exact) == pytest.approx(0.3722, abs=1e-4)
    expect(page.locator("#chip")).to_have_text(re.compile(r"^SmolLM2.* · native, .* · checked$"))
    expect(explorer.tokens).to_have_count(40)
    explorer.candidates.first.click()
    expect(explorer.tokens).to_have_count(41)
    expect(explorer.tokens.last).to_have_text("In")
    expect(explorer.candidates.first).to_have_text("␣the", timeout=STEP_MS)
    page.locator("#slot-controls .live summary").click()
    page.locator("#slot-controls .live input[type=number]").fill("5")
    explorer.button("Generate response").click()
    said = page.locator("#slot-controls .live [role=status]")
    expect(said).to_have_text("5 tokens, length reached", timeout=STEP_MS)
    expect(explorer.tokens).to_have_count(46)
    explorer.button("Undo").click()
    expect(explorer.tokens).to_have_count(41)
    explorer.token(39).click()
    expect(explorer.title).to_contain_text("expected")


def test_it_looks_inside(explorer: ExplorerPage) -> None:
    page = explorer.page
    page.locator("#rooms button[data-room=inside]").click()
    room = page.locator("#slot-room .live")
    room.get_by_role("tab", name="Embedding").click()
    first = room.locator(".near tbody tr").first
    expect(first).to_contain_text("␣dragons", timeout=STEP_MS)
    assert float(first.locator("td").nth(3).get_attribute("title")) == pytest.approx(
        0.8232261, abs=1e-6)
    room.get_by_role("tab", name="Layers").click()
    room.get_by_role("button", name="Look inside").click()
    expect(room.get_by_text("Checked: the guess after layer 30")).to_be_visible(timeout=STEP_MS)
    expect(room.locator("tr[data-row='30'] td").last.locator(".word")).to_have_text("In")
    page.locator("#rooms button[data-room=explore]").click()
    expect(explorer.candidates.first).to_be_visible()


def test_a_round_is_played(explorer: ExplorerPage) -> None:
    page = explorer.page
    page.get_by_role("navigation").get_by_role("button", name="Play").click()
    play = page.locator("#slot-room .live .play")
    play.get_by_role("button", name="Real text").click()
    play.get_by_role("button", name="Start", exact=True).click()
    expect(play.locator(".points li")).to_have_count(16, timeout=STEP_MS)
    play.locator(".points input").first.fill("50")
    page.keyboard.press("Control+Enter")
    expect(play.locator(".costs tbody tr")).to_have_count(6)
    expect(play.locator(".big:visible")).to_contain_text("you pay")


def test_errors_are_shown(explorer: ExplorerPage) -> None:
    explorer.message.fill("left \u0004 out")
    explorer.button("End Turn").click()
    expect(explorer.notices.first).to_contain_text("U+0004")
    explorer.notices.first.get_by_role("button", name="Dismiss").click()
    expect(explorer.notices).to_have_count(0)


def test_it_looks_like_the_static_page(explorer: ExplorerPage, page: Page, server) -> None:
    def layout() -> list[dict[str, float]]:
        return [page.locator(slot).bounding_box() for slot in SLOTS]

    served = layout(), page.title()
    ExplorerPage(page, server.url).open()
    assert (layout(), page.title()) == served


def test_two_pages_are_two_sessions(explorer: ExplorerPage, page: Page, address: str) -> None:
    other = ExplorerPage(page.context.new_page(), address)
    other.page.goto(address)
    expect(other.candidates.first).to_have_text("In", timeout=STEP_MS)
    explorer.candidates.first.click()
    expect(explorer.tokens).to_have_count(41)
    expect(other.tokens).to_have_count(40)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_when_it_is_told_to(model_dir: Path, number: int) -> None:
    process, _ = start(model_dir)
    process.send_signal(number)
    rest, _ = process.communicate(timeout=30)
    assert process.returncode == 0 and "Traceback" not in rest
