"""Sampling with visible dice on the real model: filters, throws, reproducible responses."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from explorer_page import STEP_MS, ExplorerPage
from playwright.sync_api import Locator, expect

from lmpanel.api import Api
from lmpanel.engine.native import NativeEngine
from lmpanel.model import LanguageModel
from lmpanel.tokenizer import Tokenizer

DRAGON = {"messages": [{"role": "user", "content": "Write a one-paragraph story about a dragon."}]}
OPTIONS = {"strategy": "sample", "seed": 7, "temperature": 0.9, "top_p": 0.95, "max_tokens": 25}


@pytest.fixture
def sampling(explorer: ExplorerPage) -> ExplorerPage:
    """The page with its sampling lens open."""
    explorer.measured()
    explorer.page.get_by_role("tab", name="Sampling").click()
    expect(explorer.button("Roll")).to_be_visible()
    return explorer


def calls(explorer: ExplorerPage) -> int:
    return explorer.call("() => lmpanel.status()")["engine_calls"]


def cells(explorer: ExplorerPage, column: int) -> list[str]:
    table = explorer.page.get_by_role("table", name="Candidates before and after the filters")
    return table.locator(f"tbody td:nth-child({column})").all_inner_texts()[:10]


def fell(explorer: ExplorerPage) -> Locator:
    return explorer.page.locator("#slot-lens .live .fell p")


def test_filters_are_those_of_the_scripting_interface(sampling: ExplorerPage) -> None:
    before = calls(sampling)
    page = sampling.page
    for name, value in (("temperature", "0.7"), ("top_p", "0.9"), ("min_p", "0.05")):
        page.locator(f"#filter-{name}").fill(value)
    left = page.locator("#slot-lens .live").get_by_text("tokens left")
    expect(left).to_contain_text("4 tokens left")
    assert calls(sampling) == before
    answer = page.evaluate("(c) => lmpanel.next(c, {temperature: 0.7, top_p: 0.9, min_p: 0.05})",
                           DRAGON)
    shown = [text for text in cells(sampling, 4) if text != "removed"]
    assert shown == [f"{candidate['prob']:.3f}" for candidate in answer["candidates"]]
    page.get_by_text("Show the working").click()
    expect(page.locator("#slot-lens .live .working")).to_contain_text("divided by the temperature")
    sampling.button("Reset").click()
    expect(left).to_contain_text("49\u202f152 tokens left")


def test_dragging_ends_where_the_hand_ends(sampling: ExplorerPage) -> None:
    slider = sampling.page.locator("#filter-temperature")
    slider.focus()
    for _ in range(12):
        sampling.page.keyboard.press("ArrowRight")
    expect(slider).to_have_value("1.6")
    state = sampling.page.evaluate("""async () => {
        let state;
        do { state = await lmpanel.getState(); } while (state.settings.temperature !== 1.6);
        return state;
    }""")
    assert state["settings"]["temperature"] == 1.6


def test_a_typed_number_takes_the_first_token_that_exceeds_it(sampling: ExplorerPage) -> None:
    page = sampling.page
    sampling.page.get_by_label("Number thrown").fill("0.40")
    page.keyboard.press("Enter")
    expect(fell(sampling)).to_contain_text("r = 0.4000 (typed) lies between 0.3722 and 0.5596: The")
    page.get_by_label("Kind of die").select_option("d20")
    page.get_by_label("Number thrown").fill("21")
    sampling.button("Use").click()
    expect(sampling.notices.first).to_contain_text("no face 21")
    page.get_by_label("Number thrown").fill("20")
    sampling.button("Use").click()
    expect(fell(sampling)).to_contain_text("r = 0.97500 (20 on a d20")
    before = calls(sampling)
    length = sampling.tokens.count()
    drawn = fell(sampling).locator("b").inner_text()
    sampling.button("Take this token").click()
    expect(sampling.tokens).to_have_count(length + 1)
    assert sampling.tokens.last.inner_text().strip() == drawn.replace("␣", "").strip()
    expect(sampling.button("Take this token")).to_have_attribute("aria-disabled", "true")
    sampling.measured()
    assert calls(sampling) == before + 1


def test_two_hundred_draws(sampling: ExplorerPage) -> None:
    sampling.button("Draw 200 times").click()
    counts = sampling.page.locator("#slot-lens .live section[aria-label='Many draws'] td b")
    expect(counts.first).to_be_visible()
    assert sum(int(text) for text in counts.all_inner_texts()) == 200


def test_the_r_of_each_written_token_is_shown_again(explorer: ExplorerPage) -> None:
    explorer.measured()
    state = explorer.call("() => lmpanel.getState()")
    state["settings"] |= {"strategy": "sample", "seed": 7, "max_tokens": 5, "tab": "sampling"}
    explorer.call("(state) => lmpanel.setState(state)", state)
    start = explorer.tokens.count()
    answer = explorer.call(
        "(ids) => lmpanel.generate({ ids }, { strategy: 'sample', seed: 7, max_tokens: 5 })",
        explorer.ids())
    explorer.button("Generate response").click()
    expect(explorer.tokens).to_have_count(start + 5, timeout=STEP_MS)
    assert explorer.ids()[start:] == answer["ids"]
    fell = explorer.page.locator("#slot-lens .live .fell p")
    for number in (3, 1):
        explorer.token(start + number - 1).click()
        expect(fell).to_contain_text(f"roll {number} of seed 7", timeout=STEP_MS)
        expect(fell).to_contain_text(f"r = {answer['draws'][number - 1]['r']:.4f}"[:8])


@pytest.fixture(scope="module")
def native_answer(model_dir) -> dict:
    """The same request, answered by the native engine."""
    async def ask() -> dict:
        engine = NativeEngine(model_dir)
        tokenizer = Tokenizer.from_file(model_dir / "tokenizer.json")
        answer = await Api(LanguageModel(engine, tokenizer)).call("generate", [DRAGON, OPTIONS])
        await engine.close()
        return answer["result"]

    # Not in this thread: Playwright's own event loop runs here.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, ask()).result()


def test_a_seed_gives_the_same_tokens_natively_in_the_browser_and_after_reload(
    native_answer: dict, explorer: ExplorerPage,
) -> None:
    page = explorer.page
    generate = "([c, o]) => lmpanel.generate(c, o)"
    here = page.evaluate(generate, [DRAGON, OPTIONS])
    assert here["ids"] == native_answer["ids"]
    for mine, native in zip(here["draws"], native_answer["draws"], strict=True):
        assert mine["r"] == native["r"] and mine["low"] <= mine["r"] < mine["high"]
    page.reload()
    explorer.wait_ready()
    again = page.evaluate(generate, [DRAGON, OPTIONS])
    assert again["ids"] == here["ids"]

    page.get_by_text("Options", exact=True).click()
    page.get_by_label("Who chooses each token").select_option("sample")
    page.get_by_label("At most this many tokens").fill("25")
    page.get_by_role("tab", name="Sampling").click()
    page.locator("#filter-temperature").fill("0.9")
    page.locator("#filter-top_p").fill("0.95")
    page.get_by_label("Seed", exact=True).fill("7")
    page.get_by_label("Seed", exact=True).press("Enter")
    explorer.button("Generate response").click()
    expect(explorer.written).to_contain_text("seed 7", timeout=60_000)
    assert explorer.ids()[-len(here["ids"]):] == here["ids"]
