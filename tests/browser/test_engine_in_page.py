"""The engine in the page: as little computing as possible, and exactly the model's numbers."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
from explorer_page import READY_MS, ExplorerPage
from playwright.sync_api import Page, expect

from golden.golden_values import load_values
from lmpanel.engine.native import NativeModel
from lmpanel.engine.proof import log_softmax

GOLDEN = Path(__file__).parent.parent / "golden" / "golden.npz"
KL_LIMIT = 1e-6
TOKENS = 250
ROWS = 50

START = """async (backend) => {
    const { EngineHost } = await import("/engine/host.js");
    const { EngineClient } = await import("/engine/client.js");
    const host = new EngineHost(new URL("/", location).href);
    const info = await host.start({ backend });
    globalThis.client = new EngineClient(await host.connect());
    return info.backend;
}"""
BRANCH = """async ([ids, tails]) => {
    const { logits, computed } = await client.branch(ids, tails);
    return { logits: new Uint8Array(logits.buffer).toBase64(), computed };
}"""
LOGITS = """async ([ids, first]) => {
    const { logits } = await client.logits(ids, first);
    return new Uint8Array(logits.buffer).toBase64();
}"""


def work(explorer: ExplorerPage) -> tuple[int, int]:
    """Calls of the engine and tokens computed since the page was opened."""
    explorer.measured()
    status = explorer.call("() => lmpanel.status()")
    return status["engine_calls"], status["engine_tokens"]


def cost(explorer: ExplorerPage, before: tuple[int, int]) -> tuple[int, int]:
    """Calls and tokens since then."""
    calls, tokens = work(explorer)
    return calls - before[0], tokens - before[1]


def test_a_click_on_a_candidate_costs_exactly_one_token(page: Page, server) -> None:
    explorer = ExplorerPage(page, server.url).open("backend=wasm&ahead=off")
    before = work(explorer)
    assert before == (1, 40)
    for count in range(1, 4):
        explorer.pick(2)
        assert cost(explorer, before) == (count, count)


def test_going_back_and_forth_costs_nothing(steady: ExplorerPage) -> None:
    steady.measured()
    for rank in (1, 2, 1):
        steady.pick(rank)
    before = work(steady)
    length = steady.tokens.count()
    for name, expected in (("Undo", -1), ("Undo", -2), ("Redo", -1), ("Redo", 0)):
        steady.button(name).click()
        expect(steady.tokens).to_have_count(length + expected)
    steady.token(length - 3).click()
    steady.button("Rewind").click()
    expect(steady.tokens).to_have_count(length - 2)
    steady.button("Clear response").click()
    expect(steady.tokens).to_have_count(length - 3)
    assert cost(steady, before) == (0, 0)


def test_a_fork_at_an_earlier_place_costs_one_token(steady: ExplorerPage) -> None:
    for _ in range(3):
        steady.pick(1)
    before = work(steady)
    length = steady.tokens.count()
    steady.token(length - 2).click()
    expect(steady.title).to_contain_text("expected")
    assert cost(steady, before) == (0, 0)
    steady.pick(3)
    expect(steady.tokens).to_have_count(length - 1)
    assert cost(steady, before) == (1, 1)


def test_looking_far_back_costs_one_token_and_so_does_the_fork_there(
        steady: ExplorerPage) -> None:
    before = work(steady)
    steady.token(30).click()
    expect(steady.title).to_contain_text("expected")
    assert cost(steady, before) == (1, 1)
    steady.pick(2)
    expect(steady.tokens).to_have_count(31)
    assert cost(steady, before) == (2, 2)


def test_webassembly_gives_the_native_distributions(page: Page, server, model_dir: Path) -> None:
    texts = [text.ids[:TOKENS].tolist() for text in load_values(GOLDEN).values()]
    worst, positions = largest_kl(page, server, model_dir, "wasm", texts)
    assert positions >= 1000
    assert worst < KL_LIMIT
    assert_branches(page, model_dir)


def test_webgpu_gives_the_native_distributions(gpu_page: Page, server, model_dir: Path) -> None:
    """On a software adapter, so with fewer tokens; long enough for the kernels of long texts."""
    texts = [load_values(GOLDEN)["prose"].ids[:ROWS].tolist()]
    worst, positions = largest_kl(gpu_page, server, model_dir, "webgpu-nosubgroups", texts)
    assert positions == ROWS
    assert worst < KL_LIMIT
    assert_branches(gpu_page, model_dir)


def largest_kl(page: Page, server, model_dir: Path, backend: str,
               texts: list[list[int]]) -> tuple[float, int]:
    """(largest KL divergence from the native engine in nats, positions compared)."""
    page.watch.allow("favicon.ico")  # a text file names no icon
    page.goto(f"{server.url}NOTICE.txt")
    page.set_default_timeout(READY_MS)
    assert page.evaluate(START, backend) == backend
    native = NativeModel(model_dir)
    worst, positions = 0.0, 0
    for ids in texts:
        for first in range(0, len(ids), ROWS):
            part = ids[:first + ROWS]
            expected = log_softmax(native.logits(part, first))
            kl = kl_nats(expected, log_softmax(browser_logits(page, part, first)))
            worst, positions = max(worst, kl.max()), positions + len(kl)
    return worst, positions


def assert_branches(page: Page, model_dir: Path) -> None:
    """A batch of continuations gives the model's distributions, and the next step goes on there."""
    ids = load_values(GOLDEN)["prose"].ids[:ROWS].tolist()
    native = NativeModel(model_dir)
    first = [[5], [900, 7, 31000], [900, 7], [42]]
    then = [[5, 8], [42, 9], [900, 7, 31000, 8], [5, 9]]
    for tails, computed in ((first, None), (then, len(then))):
        answer = page.evaluate(BRANCH, [ids, tails])
        rows = np.frombuffer(base64.b64decode(answer["logits"]), np.float32)
        rows = log_softmax(rows.reshape(len(tails), -1))
        for tail, row in zip(tails, rows, strict=True):
            text = [*ids, *tail]
            expected = log_softmax(native.logits(text, len(text) - 1)[0])
            assert kl_nats(expected, row) < KL_LIMIT
        assert computed is None or answer["computed"] == computed


def browser_logits(page: Page, ids: list[int], first: int) -> np.ndarray:
    """Rows [len(ids) - first, vocabulary] from the engine in the page."""
    data = base64.b64decode(page.evaluate(LOGITS, [ids, first]))
    return np.frombuffer(data, np.float32).reshape(len(ids) - first, -1)


def kl_nats(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """KL(p‖q) of each row of log-probabilities."""
    p, q = p.astype(np.float64), q.astype(np.float64)
    return (np.exp(p) * (p - q)).sum(-1)
