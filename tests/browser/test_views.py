"""What the page shows of the model: colours, look-up, files, the conversation as JSON, layout."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest
from explorer_page import ExplorerPage
from playwright.sync_api import Page, expect

DRAGON = {"role": "user", "content": "Write a one-paragraph story about a dragon."}
SYSTEM = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"
MEASURES = {
    "surprisal": ("bits", [1, 3, 5, 8], "8 bits and more"),
    "probability": ("bits", [1, 3, 5, 8], "1/256 and less"),
    "entropy": ("entropy_bits", [1, 2.5, 4, 6], "6 bits and more"),
    "rank": ("rank", [2, 11, 101, 1001], "beyond 1\u202f000"),
}


def test_every_measure_colours_the_tokens_by_the_models_numbers(explorer: ExplorerPage) -> None:
    explorer.measured()
    score = explorer.call("async () => lmpanel.score({ ids: (await lmpanel.getState()).ids })")
    legend = explorer.page.locator("#slot-token_strip .live .legend")
    for measure, (field, limits, last) in MEASURES.items():
        explorer.page.locator(".live").get_by_label("Colour tokens by").select_option(measure)
        expect(legend).to_have_attribute("aria-label", re.compile(re.escape(last)))
        expect(legend.locator("i")).to_have_count(5)
        expected = [step(token[field], limits) for token in score["tokens"]]
        found = explorer.tokens.evaluate_all("(all) => all.map((t) => t.dataset.step ?? null)")
        assert found == expected, measure


def step(value: float | None, limits: list[float]) -> str | None:
    """The colour step of a value, as the legend says."""
    return None if value is None else str(sum(value >= limit for limit in limits))


def test_any_token_can_be_looked_up_and_picked(explorer: ExplorerPage) -> None:
    lookup = explorer.page.locator("#slot-lens .live #lookup")
    lookup.fill("Once")
    found = explorer.page.locator("#slot-lens .live .found li")
    expect(found.first).to_contain_text("rank 3")
    answer = explorer.call(
        "async () => lmpanel.next({ ids: (await lmpanel.getState()).ids }, { top_k: 5 })")
    once = answer["candidates"][2]
    assert once["text"] == "Once"
    expect(found.first).to_contain_text(f"id {once['id']} · rank 3 · p 0.092")
    lookup.fill("dragonfly wings")
    expect(explorer.page.locator("#slot-lens .live .found")).to_contain_text("Not one token")
    lookup.fill(str(once["id"]))
    expect(found.first).to_contain_text(f"id {once['id']}")
    found.first.get_by_role("button").click()
    expect(explorer.tokens).to_have_count(41)
    assert explorer.ids()[-1] == once["id"]


def test_the_distribution_is_saved_as_csv(explorer: ExplorerPage, tmp_path: Path) -> None:
    explorer.measured()
    with explorer.page.expect_download() as download:
        explorer.button("CSV").click()
    assert download.value.suggested_filename == "distribution.csv"
    path = tmp_path / "distribution.csv"
    download.value.save_as(path)
    with path.open(encoding="utf-8", newline="") as file:
        *rows, other = csv.DictReader(file)
    answer = explorer.call(
        "async () => lmpanel.next({ ids: (await lmpanel.getState()).ids })")
    for row, candidate in zip(rows, answer["candidates"], strict=True):
        assert (int(row["rank"]), int(row["id"])) == (candidate["rank"], candidate["id"])
        assert row["token"] == candidate["text"]
        for column, field in {"logit": "logit", "probability": "prob", "logprob": "logprob",
                              "bits": "bits", "cumulative": "cumulative"}.items():
            assert float(row[column]) == candidate[field]
    assert float(other["probability"]) == pytest.approx(answer["other_prob"])
    assert other["token"] == "(other 49142)"


def test_the_conversation_is_copied_out_as_json_and_pasted_in(explorer: ExplorerPage) -> None:
    explorer.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    explorer.pick(1)
    explorer.button("JSON").click()
    area = explorer.page.locator(".live").get_by_label("Conversation as JSON", exact=True)
    expect(area).to_be_visible()
    shown = json.loads(area.input_value())
    assert shown == {"messages": [{"role": "system", "content": SYSTEM}, DRAGON], "reply": "In"}
    explorer.page.get_by_role("dialog").get_by_role("button", name="Copy").click()
    copied = explorer.call("() => navigator.clipboard.readText()")
    assert json.loads(copied) == shown
    area.fill(json.dumps([{"role": "user", "content": "Hi"}]))
    explorer.button("Use this conversation").click()
    expect(area).to_be_hidden()
    expect(explorer.tokens).to_have_count(31)
    explorer.button("JSON").click()
    expect(area).to_be_visible()
    expected = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": "Hi"}]
    assert json.loads(area.input_value()) == {"messages": expected, "reply": ""}


def test_a_refused_conversation_stays_in_the_dialog_with_the_reason(
        explorer: ExplorerPage) -> None:
    before = explorer.ids()
    explorer.button("JSON").click()
    area = explorer.page.locator(".live").get_by_label("Conversation as JSON", exact=True)
    for text, said in (("{oops", "not a conversation in JSON"),
                       ('[{"role": "dragon", "content": "x"}]', "unknown role"),
                       ('[{"role": "user", "content": NaN}]', "NaN")):
        area.fill(text)
        explorer.button("Use this conversation").click()
        expect(explorer.page.locator("dialog [role=alert]")).to_contain_text(said)
        expect(area).to_have_value(text)
    assert explorer.ids() == before
    explorer.button("Close").click()
    expect(area).to_be_hidden()
    expect(explorer.notices).to_have_count(0)


SHOWN = {"token_strip": ".t, .role, select, button", "controls": "button, input, textarea",
         "lens": ".candidates tr, .title, [role=tab], select, #lookup"}
BOXES = """(elements) => elements.map((element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    return [left, top, width, height].map(Math.round);
}).filter(([, , width]) => width > 0)"""


def layout(page: Page, kind: str) -> dict[str, Any]:
    """Where everything is that can be seen of the recorded or the live components."""
    return {name: page.locator(f"#slot-{name} {kind} :is({what})").evaluate_all(BOXES)
            for name, what in SHOWN.items()}


def test_the_live_app_takes_over_without_a_jump(page: Page, server) -> None:
    explorer = ExplorerPage(page, server.url)
    page.goto(f"{server.url}index.html?backend=wasm")
    expect(page.locator("#slot-lens [data-recorded] .candidates tr")).to_have_count(12)
    recorded = layout(page, "[data-recorded]")
    assert len(recorded["token_strip"]) > 40 and len(recorded["controls"]) > 5
    explorer.wait_ready()
    explorer.measured()
    assert layout(page, ".live") == recorded


def test_what_was_typed_into_the_recorded_example_goes_over(page: Page, server) -> None:
    explorer = ExplorerPage(page, server.url)
    page.goto(f"{server.url}index.html?backend=wasm")
    page.locator("#slot-controls [data-recorded] #message").fill("Typed early")
    explorer.wait_ready()
    expect(explorer.message).to_have_value("Typed early")
    expect(explorer.message).to_be_focused()


@pytest.mark.parametrize("length", ["10", "100"])
def test_the_strip_of_probabilities_is_as_exact_as_its_axis(
    explorer: ExplorerPage, length: str,
) -> None:
    explorer.page.get_by_label("Rows in the table").select_option(length)
    expect(explorer.rows).to_have_count(int(length) + 1)
    bar = explorer.page.locator("#slot-lens .live .cum")
    ends = bar.evaluate("""(bar) => {
        const box = bar.getBoundingClientRect();
        const width = box.width - 2;
        return [...bar.children].map((part) =>
            (part.getBoundingClientRect().right - box.left - 1) / width);
    }""")
    answer = explorer.call("([c, n]) => lmpanel.next(c, {top_k: n})",
                           [{"messages": [DRAGON]}, int(length)])
    cumulative = [candidate["cumulative"] for candidate in answer["candidates"]]
    assert ends[:-1] == pytest.approx(cumulative, abs=0.002)
    assert ends[-1] == pytest.approx(1, abs=0.002)
