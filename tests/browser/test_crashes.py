"""Workers that die and devices that are lost: started again by themselves, the document kept.

The workers are killed for real, from inside: by an exception that nobody catches, or by ending
without a word.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from explorer_page import READY_MS, STEP_MS, ExplorerPage
from lesson_page import LessonPage
from playwright.sync_api import Locator, Page, Worker, expect

DEATHS = {
    "an exception": "() => { setTimeout(() => { throw new Error('boom'); }); }",
    "silence": "() => { setTimeout(() => self.close()); }",
}
KEEP_DEVICES = """() => {
    const { prototype } = GPUAdapter;
    const request = prototype.requestDevice;
    prototype.requestDevice = async function (...args) {
        return globalThis.kept = await request.apply(this, args);
    };
}"""


def worker(page: Page, name: str) -> Worker:
    """The page's worker whose script ends so."""
    return next(worker for worker in page.workers if worker.url.endswith(name))


def kill(page: Page, name: str, death: str) -> None:
    page.watch.allow("boom")
    worker(page, name).evaluate(DEATHS[death])


def notice(page: Page, code: str) -> Locator:
    return page.locator(f"#notices .notice[data-code={code}]")


@pytest.mark.parametrize("death", DEATHS)
def test_a_dead_engine_comes_back_and_the_reply_is_kept(
        fresh: ExplorerPage, death: str) -> None:
    page = fresh.page
    for _ in range(3):
        fresh.pick(1)
    before = fresh.ids()
    kill(page, "engine/worker.js", death)
    expect(notice(page, "engine")).to_contain_text("your document is kept")
    assert fresh.ids() == before
    asked = page.evaluate("() => lmpanel.next({text: 'A new question'}, {top_k: 1})")
    assert len(asked["candidates"]) == 1
    expect(notice(page, "engine")).to_have_count(0)
    fresh.wait_ready()
    assert fresh.ids() == before
    fresh.pick(1)
    assert fresh.ids()[:-1] == before


def test_an_engine_that_dies_at_work_answers_all_the_same(fresh: ExplorerPage) -> None:
    page = fresh.page
    words = "one two three four five six seven eight nine ten " * 12
    expected = len(page.evaluate("(text) => lmpanel.tokenize(text)", words))
    page.evaluate("(text) => { globalThis.score = lmpanel.score({ text }); }", words)
    kill(page, "engine/worker.js", "silence")
    score = page.evaluate("() => score")
    assert len(score["tokens"]) == expected and score["total_bits"] > 0
    expect(fresh.candidates.first).to_have_text("In")


@pytest.mark.parametrize("death", DEATHS)
def test_a_dead_python_comes_back_and_the_generated_reply_is_kept(
        fresh: ExplorerPage, death: str) -> None:
    page = fresh.page
    fresh.page.locator("#slot-controls .live summary").click()
    fresh.page.locator("#slot-controls .live").get_by_label("At most this many").fill("4")
    fresh.button("Generate response").click()
    expect(fresh.written).to_contain_text("4 tokens, length reached", timeout=STEP_MS)
    before = fresh.ids()
    assert len(before) == 44
    kill(page, "python_worker.js", death)
    expect(fresh.written).to_have_text("", timeout=STEP_MS)
    assert fresh.ids() == before
    expect(fresh.tokens).to_have_count(44)
    fresh.measured()
    fresh.pick(1)
    assert fresh.ids()[:-1] == before
    expect(fresh.notices).to_have_count(0)


def test_a_dead_python_comes_back_with_the_lesson_and_its_answers(
        fresh: ExplorerPage) -> None:
    walk = LessonPage(fresh.page, fresh.base)
    walk.open_lesson("Be the language model")
    walk.jump(2)
    choice = walk.part("shift").get_by_label("Nothing", exact=True)
    choice.check()
    walk.part("shift").locator("button[type=submit]").click()
    expect(walk.part("shift")).to_have_attribute("data-verdict", "right")
    scores = walk.room.locator(".scores input")
    expect(scores.first).to_have_value("3")
    kill(fresh.page, "python_worker.js", "silence")
    fresh.page.evaluate("() => lmpanel.getState().catch(() => lmpanel.getState())")
    fresh.wait_ready()
    expect(walk.step_name).to_have_text("2. The same for all")
    expect(choice).to_be_checked()
    walk.room.get_by_role("button", name="+1 for all").click()
    expect(scores.first).to_have_value("4")
    walk.next_step(3)
    walk.jump(2)
    expect(walk.part("shift")).to_have_attribute("data-verdict", "right")


def saved(page: Page, path: Path) -> dict:
    """What a session file would hold now."""
    with page.expect_download() as download:
        page.locator("#session summary").click()
        page.locator("#session-box").get_by_role("button", name="Save to a file").click()
    download.value.save_as(path)
    return json.loads(path.read_text("utf-8"))


def test_nothing_that_was_done_is_lost_with_python_or_by_a_reload(
        fresh: ExplorerPage, tmp_path: Path) -> None:
    page = fresh.page
    lens, room = page.locator("#slot-lens .live"), page.locator("#slot-room .live")
    fresh.pick(2)
    fresh.pick(1)
    page.get_by_role("tab", name="Attempts").click()
    fresh.button("Keep this response").click()
    attempts = lens.locator("tbody tr[data-number]")
    expect(attempts).to_have_count(1)
    fresh.button("Clear response").click()
    page.get_by_role("tab", name="N-grams").click()
    lens.get_by_text("Count in a text of your own").click()
    lens.locator("#ngram-text").fill("The dragon sleeps in the den. " * 30)
    lens.get_by_role("button", name="Count in this text").click()
    expect(lens.get_by_text("Counted in the first")).to_contain_text("tokens of your text")
    page.get_by_role("tab", name="Next token").click()
    lens.get_by_role("switch", name="Guess first").click()
    guess = lens.get_by_label("What comes next?")
    guess.fill("Once")
    guess.press("Enter")
    lens.get_by_role("radio", name="Once", exact=True).check()
    lens.get_by_role("button", name="Commit").click()
    expect(lens.locator(".tally")).to_contain_text("1")
    tally = lens.locator(".tally").inner_text()
    page.locator("#rooms [data-room=inside]").click()
    room.get_by_role("tab", name="Embedding").click()
    expect(room.locator(".near tbody tr")).to_have_count(20)
    nearest = room.locator(".near tbody tr").first.inner_text()
    page.locator("#rooms [data-room=play]").click()
    room.get_by_label("Score of ").first.fill("-2")
    room.get_by_role("button", name="Reveal the next token").click()
    loss = room.locator(".loss-place")
    expect(loss).to_contain_text("nats")
    paid = loss.inner_text()
    expect(page.locator("html[data-session=kept]")).to_be_attached()
    before = saved(page, tmp_path / "before.json")
    assert before["parts"]["ngrams"] and before["parts"]["guesses"]["guesses"]

    def all_there() -> None:
        fresh.wait_ready()
        expect(loss).to_have_text(paid, use_inner_text=True)
        assert saved(page, tmp_path / "after.json") == before
        page.locator("#rooms [data-room=inside]").click()
        expect(room.locator(".near tbody tr").first).to_have_text(nearest, use_inner_text=True)
        page.locator("#rooms [data-room=explore]").click()
        expect(lens.locator(".tally")).to_have_text(tally, use_inner_text=True)
        page.get_by_role("tab", name="Attempts").click()
        expect(attempts).to_have_count(1)
        page.get_by_role("tab", name="N-grams").click()
        counted = lens.get_by_text("Counted in the first")
        expect(counted).to_contain_text("tokens of your text", timeout=STEP_MS)

    kill(page, "python_worker.js", "silence")
    page.evaluate("() => lmpanel.getState().catch(() => lmpanel.getState())")
    all_there()
    # As it stood before the looking round, and a step on that is not in any file yet.
    page.get_by_role("tab", name="Next token").click()
    page.locator("#rooms [data-room=play]").click()
    expect(page.locator("html[data-session=kept]")).to_be_attached()
    page.reload()
    all_there()
    expect(fresh.notices).to_have_count(0)


def test_a_python_that_dies_twice_is_started_by_hand_and_the_document_is_kept(
        fresh: ExplorerPage) -> None:
    page = fresh.page
    fresh.pick(2)
    before = fresh.ids()
    kill(page, "python_worker.js", "an exception")
    page.evaluate("() => lmpanel.getState().catch(() => lmpanel.getState())")
    kill(page, "python_worker.js", "an exception")
    failed = notice(page, "python_failed")
    expect(failed).to_contain_text("Your document is kept", timeout=STEP_MS)
    assert fresh.refusal("lmpanel.getState()")["code"] == "python_failed"
    failed.get_by_role("button", name="Start again").click()
    assert fresh.ids() == before
    expect(fresh.tokens).to_have_count(41)
    expect(failed).to_have_count(0)
    fresh.pick(1)
    page.reload()
    fresh.wait_ready()
    fresh.pick(1)


def test_a_lost_gpu_device_is_said_and_another_backend_goes_on(gpu_page: Page, server) -> None:
    page = gpu_page
    page.set_default_timeout(4 * READY_MS)
    explorer = ExplorerPage(page, server.url)
    with page.expect_worker(lambda worker: worker.url.endswith("engine/worker.js")) as started:
        page.goto(f"{server.url}index.html?backend=webgpu-nosubgroups")
    started.value.evaluate(KEEP_DEVICES)
    expect(page.locator("#dot[data-phase=ready]")).to_be_attached(timeout=4 * READY_MS)
    assert page.evaluate("() => lmpanel.ready")["backend"] == "webgpu-nosubgroups"
    before = explorer.ids()
    started.value.evaluate("() => kept.destroy()")
    expect(notice(page, "engine")).to_contain_text("your document is kept")
    assert page.evaluate("() => lmpanel.useBackend('wasm')")["verified"] is True
    expect(notice(page, "engine")).to_have_count(0)
    assert explorer.ids() == before
    explorer.measured()
    explorer.pick(1)
