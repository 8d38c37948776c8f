"""WebGPU on a software adapter: slow, but the numbers are the model's.

The browser is one that cannot suspend WebAssembly, so this is the build for Firefox and Safari;
tests/browser/test_engine_in_page.py compares the other one with the native engine.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from http_server import SiteServer

SLOW_MS = 400_000
DRAGON = {"messages": [{"role": "user", "content": "Write a one-paragraph story about a dragon."}]}


def without_suspending(dist: Path, folder: Path) -> Path:
    """The site for a browser without JSPI: its engine finds no way to suspend WebAssembly."""
    site = Path(shutil.copytree(dist, folder / "site"))
    worker = site / "engine/worker.js"
    text = worker.read_text(encoding="utf-8")
    assert "\nconst PROOF =" in text
    missing = "\ndelete WebAssembly.Suspending;\nconst PROOF ="
    worker.write_text(text.replace("\nconst PROOF =", missing), encoding="utf-8")
    return site


@pytest.fixture
def address(dist: Path, compressed: Path, tmp_path: Path) -> Iterator[str]:
    """Where that site is."""
    with SiteServer(without_suspending(dist, tmp_path), compressed=compressed).running() as server:
        yield server.url


def test_webgpu_steps_down_to_sound_kernels_and_gives_the_same_numbers(
        gpu_page: Page, address: str) -> None:
    asked: list[str] = []
    gpu_page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    gpu_page.set_default_timeout(SLOW_MS)
    gpu_page.goto(f"{address}index.html?backend=webgpu")
    expect(gpu_page.locator("#dot[data-phase=ready]")).to_be_attached(timeout=SLOW_MS)
    assert "ort-wasm-simd-threaded.asyncify.wasm.1" in asked
    assert gpu_page.evaluate("() => lmpanel.ready")["backend"].startswith("webgpu")
    answer = gpu_page.evaluate("(c) => lmpanel.next(c, {top_k: 5})", DRAGON)
    expected = [("In", 0.3722), ("The", 0.1874), ("Once", 0.0922), ("One", 0.0864), ("A", 0.0522)]
    assert [c["text"] for c in answer["candidates"]] == [text for text, _ in expected]
    for candidate, (_, probability) in zip(answer["candidates"], expected):
        assert candidate["prob"] == pytest.approx(probability, abs=1e-4)
    assert answer["entropy_bits"] == pytest.approx(3.5212, abs=1e-3)
