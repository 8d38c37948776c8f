"""What if: the same words after another context, by clicks and keys on the real model."""

from __future__ import annotations

import math
from typing import Any

import pytest
from explorer_page import STEP_MS, ExplorerPage
from playwright.sync_api import Locator, expect

from lmpanel.tokenizer import Tokenizer

STORY = "Write a one-paragraph story about a dragon."
SYSTEM = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"
PIRATE = "You are a pirate who hates dragons."
LIMITS = [-3, -0.5, 0.5, 3]
TOLERANCE = 1e-3


@pytest.fixture(scope="module")
def tokenizer(model_dir) -> Tokenizer:
    return Tokenizer.from_file(model_dir / "tokenizer.json")


@pytest.fixture
def answered(explorer: ExplorerPage) -> ExplorerPage:
    """The page with a response of 16 tokens, and the lens open."""
    page = explorer.page
    page.get_by_text("Options", exact=True).click()
    page.get_by_label("At most this many tokens").fill("16")
    explorer.button("Generate response").click()
    expect(explorer.written).to_contain_text("16 tokens", timeout=STEP_MS)
    page.get_by_role("tab", name="What if").click()
    expect(explorer.button("Compare")).to_be_visible()
    return explorer


def lens(explorer: ExplorerPage) -> Locator:
    return explorer.page.locator("#slot-lens .live .what-if")


def rows(explorer: ExplorerPage) -> Locator:
    return lens(explorer).locator(".shifts tbody tr")


def sentence(explorer: ExplorerPage) -> Locator:
    return lens(explorer).locator(".sentence")


def said(explorer: ExplorerPage) -> Locator:
    return lens(explorer).locator(".going [role=status]")


def column(explorer: ExplorerPage, name: str) -> list[float]:
    """The exact numbers of a column, as their titles say."""
    cells = rows(explorer).locator(f"[data-name={name}]")
    return cells.evaluate_all("(all) => all.map((cell) => Number(cell.title))")


def choose(explorer: ExplorerPage, kind: str) -> None:
    explorer.page.get_by_label("What is different before them").select_option(kind)


def compare(explorer: ExplorerPage, about: str) -> None:
    """Press Compare and wait for the numbers of what is described as `about`."""
    explorer.button("Compare").click()
    expect(lens(explorer).locator(".changed")).to_contain_text(about, timeout=STEP_MS)


def score(explorer: ExplorerPage, ids: list[int]) -> list[dict[str, Any]]:
    return explorer.call("(ids) => lmpanel.score({ ids })", list(ids))["tokens"]


def check(explorer: ExplorerPage, start: int, stop: int, context: list[int]) -> list[float]:
    """The table equals the scripts' scores of both documents; returns the changes in bits."""
    ids = explorer.ids()
    before = score(explorer, ids)[start:stop]
    after = score(explorer, [*context, *ids[start:stop]])[len(context):]
    deltas = [new["bits"] - old["bits"] for old, new in zip(before, after, strict=True)]
    expect(rows(explorer)).to_have_count(len(deltas))
    for name, values in {"p-before": [math.exp(token["logprob"]) for token in before],
                         "p-after": [math.exp(token["logprob"]) for token in after],
                         "before": [token["bits"] for token in before],
                         "after": [token["bits"] for token in after], "delta": deltas}.items():
        assert column(explorer, name) == pytest.approx(values, abs=TOLERANCE), name
    assert all(kl >= 0 for kl in column(explorer, "kl")) and max(column(explorer, "kl")) > 1e-3
    totals = lens(explorer).locator("[data-value]")
    total, per_token, kl = (float(b.get_attribute("data-value")) for b in totals.all())
    assert total == pytest.approx(math.fsum(deltas), abs=TOLERANCE)
    assert per_token == pytest.approx(total / len(deltas))
    assert kl == pytest.approx(math.fsum(column(explorer, "kl")) / len(deltas))
    return deltas


def test_another_system_prompt(answered: ExplorerPage, tokenizer: Tokenizer) -> None:
    page = answered.page
    measure = page.locator(".live").get_by_label("Colour tokens by")
    expect(measure.locator("option[value=delta]")).to_have_attribute("disabled", "")
    box = page.get_by_label("Another system prompt")
    expect(box).to_have_value(SYSTEM)
    box.fill(PIRATE)
    box.press("Control+Enter")
    expect(sentence(answered)).to_contain_text("With the new context the reply costs",
                                               timeout=STEP_MS)
    context = tokenizer.encode(f"<|im_start|>system\n{PIRATE}<|im_end|>\n<|im_start|>user\n{STORY}"
                               "<|im_end|>\n<|im_start|>assistant\n")
    deltas = check(answered, 40, 56, context)
    total = math.fsum(deltas)
    word = "more" if total > 0 else "less"
    expect(sentence(answered)).to_contain_text(f"costs {abs(total):.1f} bits {word}: the model")

    # The strip: the measure, its colours, its signs' steps, and nothing outside the reply.
    expect(measure).to_have_value("delta")
    expected = [None] * 40 + [str(sum(delta >= limit for limit in LIMITS)) for delta in deltas]
    found = answered.tokens.evaluate_all("(all) => all.map((t) => t.dataset.step ?? null)")
    assert found == expected and len(set(expected)) > 2
    answered.token(42).hover()
    expect(page.locator("#slot-token_strip .live .tip")).to_contain_text("bits (what if)")

    # A click on a row, and a press of its token's button, look at the token there.
    rows(answered).nth(3).locator("[data-name=kl]").click()
    expect(answered.token(43)).to_have_attribute("aria-selected", "true")
    expect(rows(answered).nth(3)).to_have_attribute("aria-current", "true")
    rows(answered).nth(5).get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(answered.token(45)).to_have_attribute("aria-selected", "true")
    assert answered.call("() => lmpanel.getState()")["settings"]["tab"] == "what_if"
    largest = max(range(16), key=lambda i: abs(deltas[i]))
    lens(answered).get_by_text("The largest change").get_by_role("button").click()
    expect(answered.token(40 + largest)).to_have_attribute("aria-selected", "true")

    bits = column(answered, "delta")
    answered.button("nats").click()
    expect(lens(answered).locator(".shifts thead")).to_contain_text("Δ nats")
    assert column(answered, "delta") == pytest.approx([value * math.log(2) for value in bits])
    measure.select_option("rank")
    expect(page.locator("#slot-token_strip .live .t[data-step='0']").first).to_be_visible()


def test_another_message_and_no_template(answered: ExplorerPage, tokenizer: Tokenizer) -> None:
    page = answered.page
    choose(answered, "user")
    box = page.get_by_label("Another user message")
    expect(box).to_have_value(STORY)
    box.fill("Write about a cat.")
    compare(answered, "another user message: “Write about a cat.”")
    system = answered.ids()[: answered.ids().index(2) + 2]
    check(answered, 40, 56, [*system, *tokenizer.encode(
        "<|im_start|>user\nWrite about a cat.<|im_end|>\n<|im_start|>assistant\n")])
    choose(answered, "text")
    expect(page.get_by_label("Text before the tokens, as it is")).to_have_value(STORY)
    compare(answered, f"plain text before it: “{STORY}”")
    check(answered, 40, 56, tokenizer.encode(STORY))


def test_one_token_exchanged_before_a_selected_span(
    answered: ExplorerPage, tokenizer: Tokenizer,
) -> None:
    page = answered.page
    answered.token(42).click()
    answered.token(45).click(modifiers=["Shift"])
    expect(lens(answered).locator(".preview")).to_contain_text("4 tokens")
    expect(answered.button("The selection")).to_have_attribute("aria-pressed", "true")
    choose(answered, "token")
    dragon = next(i for i, id in enumerate(answered.ids()) if tokenizer.decode([id]) == " dragon")
    answered.token(dragon).click()
    expect(page.get_by_label("Exchange token")).to_have_value(str(dragon + 1))
    page.get_by_label("for", exact=True).fill("cat")
    cat = tokenizer.vocabulary.find(" cat")[0]
    button = lens(answered).locator(f".choice[data-id='{cat}']")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    compare(answered, f"token {dragon + 1} exchanged for “␣cat”")
    ids = answered.ids()
    check(answered, 42, 46, [*ids[:dragon], cat, *ids[dragon + 1:42]])

    # By number and id, from the keyboard alone, without waiting for the look-up.
    page.get_by_label("Exchange token").fill("5")
    page.get_by_label("for", exact=True).fill("28")
    page.keyboard.press("Control+Enter")
    expect(lens(answered).locator(".changed")).to_contain_text("token 5 exchanged", timeout=STEP_MS)
    expect(sentence(answered)).to_contain_text("the selected tokens cost")
    found = lens(answered).locator(".choice[aria-pressed=true]")
    chosen = int(found.get_attribute("data-id"))
    check(answered, 42, 46, [*ids[:4], chosen, *ids[5:42]])


def test_what_cannot_be_compared_is_said_and_nothing_is_lost(explorer: ExplorerPage) -> None:
    page = explorer.page
    page.get_by_role("tab", name="What if").click()
    expect(lens(explorer)).to_contain_text("There is no response yet. Let the model write one")
    expect(explorer.button("Compare")).to_have_attribute("aria-disabled", "true")
    explorer.reply.fill("In the heart of the forest")
    explorer.button("Add").click()
    expect(explorer.button("Compare")).to_have_attribute("aria-disabled", "false")
    explorer.button("Compare").click()
    expect(said(explorer)).to_contain_text("The new context is the same as the present one.")
    choose(explorer, "text")
    area = page.get_by_label("Text before the tokens, as it is")
    area.fill("")
    explorer.button("Compare").click()
    expect(said(explorer)).to_contain_text("The new context is empty.")
    area.fill("word " * 8200)
    explorer.button("Compare").click()
    expect(said(explorer)).to_contain_text("the model can look at 8\u202f192", timeout=STEP_MS)
    expect(area).to_have_value("word " * 8200)
    lens(explorer).get_by_role("button", name="Reset").click()
    expect(area).to_have_value(STORY)
    choose(explorer, "token")
    page.get_by_label("Exchange token").fill("999")
    page.get_by_label("for", exact=True).fill("xyzzyplugh")
    expect(lens(explorer)).to_contain_text("Not one token: it is read as")
    explorer.button("Compare").click()
    expect(said(explorer)).to_contain_text("not one before these tokens")
    page.get_by_label("Exchange token").fill("3")
    explorer.button("Compare").click()
    expect(said(explorer)).to_contain_text("Look one up")
    explorer.token(0).click()
    explorer.token(3).click(modifiers=["Shift"])
    expect(lens(explorer)).to_contain_text("Nothing stands before the selected tokens")
    explorer.button("The response").click()
    expect(explorer.button("Compare")).to_have_attribute("aria-disabled", "false")
    expect(rows(explorer)).to_have_count(0)
    expect(explorer.notices).to_have_count(0)


def test_stopped_then_old_numbers_say_so_and_are_made_anew(answered: ExplorerPage) -> None:
    page = answered.page
    choose(answered, "text")
    page.get_by_label("Text before the tokens, as it is").fill("A tale of dragons. " * 400)
    answered.button("Compare").click()
    answered.button("Stop").click(timeout=STEP_MS)
    expect(said(answered)).to_have_text("Stopped.")
    expect(rows(answered)).to_have_count(0)
    page.get_by_label("Text before the tokens, as it is").fill("A tale:")
    compare(answered, "“A tale:”")
    expect(rows(answered)).to_have_count(16)
    measure = page.locator(".live").get_by_label("Colour tokens by")
    expect(measure).to_have_value("delta")

    answered.button("Pick top token").click()
    stale = lens(answered).get_by_text("The document or the model has changed since.")
    expect(stale).to_be_visible()
    expect(rows(answered)).to_have_count(16)
    expect(measure).to_have_value("surprisal")
    cursor = answered.call("() => lmpanel.getState()")["cursor"]
    rows(answered).nth(2).locator("[data-name=kl]").click()
    assert answered.call("() => lmpanel.getState()")["cursor"] == cursor
    answered.button("Compare again").click()
    expect(rows(answered)).to_have_count(17, timeout=STEP_MS)
    expect(stale).to_be_hidden()
    expect(measure).to_have_value("delta")
    page.locator("#slot-token_strip .live").get_by_role("button", name="Undo").click()
    expect(stale).to_be_visible()


def test_there_is_room_on_a_phone(answered: ExplorerPage) -> None:
    page = answered.page
    page.get_by_label("Another system prompt").fill(PIRATE)
    compare(answered, PIRATE)
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 844})
        expect(rows(answered).first).to_be_visible()
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width
        table = lens(answered).locator(".wide")
        assert table.evaluate("(box) => box.scrollWidth <= box.clientWidth")
    for target in lens(answered).get_by_role("button").all():
        box = target.bounding_box()
        assert min(box["width"], box["height"]) >= 24
