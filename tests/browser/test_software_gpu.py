"""WebGPU on a software adapter: slow, but the numbers are the model's."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

SLOW_MS = 400_000
DRAGON = {"messages": [{"role": "user", "content": "Write a one-paragraph story about a dragon."}]}


def test_webgpu_steps_down_to_sound_kernels_and_gives_the_same_numbers(
        gpu_page: Page, server) -> None:
    gpu_page.set_default_timeout(SLOW_MS)
    gpu_page.goto(f"{server.url}index.html?backend=webgpu")
    expect(gpu_page.locator("#dot[data-phase=ready]")).to_be_attached(timeout=SLOW_MS)
    assert gpu_page.evaluate("() => lmpanel.ready")["backend"].startswith("webgpu")
    answer = gpu_page.evaluate("(c) => lmpanel.next(c, {top_k: 5})", DRAGON)
    expected = [("In", 0.3722), ("The", 0.1874), ("Once", 0.0922), ("One", 0.0864), ("A", 0.0522)]
    assert [c["text"] for c in answer["candidates"]] == [text for text, _ in expected]
    for candidate, (_, probability) in zip(answer["candidates"], expected):
        assert candidate["prob"] == pytest.approx(probability, abs=1e-4)
    assert answer["entropy_bits"] == pytest.approx(3.5212, abs=1e-3)
