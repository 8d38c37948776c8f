"""Be the language model, the tutorial: four scores, their surprise, and how the loss feels."""

from __future__ import annotations

import math

import pytest
from explorer_page import ExplorerPage
from play_page import open_room, room
from playwright.sync_api import Page, expect

from lmpanel.game.surprise import surprises

TOKENS = ["the", "cat", "saw", "dog"]
SCORES = ["3", "1", "6", "2"]


def nats(explorer: ExplorerPage) -> list[float]:
    return [float(text) for text in room(explorer).locator(".scores .nats").all_inner_texts()]


def record_jolts(page: Page) -> None:
    """Keep the frames of every jolt from now on: one may be over before it is looked for."""
    page.evaluate("""() => {
        const known = Boolean(window.jolts);
        window.jolts = [];
        if (known) return;
        const { animate } = Element.prototype;
        Element.prototype.animate = function (frames, options) {
            if (options?.id === "jolt") window.jolts.push(frames.map(({ transform }) => transform));
            return animate.call(this, frames, options);
        };
    }""")


def reaches(page: Page) -> list[float]:
    """How far each jolt went, in pixels."""
    return [max(abs(float(frame[11:-3])) for frame in jolt)
            for jolt in page.evaluate("() => window.jolts")]


def type_scores(page: Page, scores: list[str]) -> None:
    """By keys alone, from the first field on; focusing a field selects what is in it."""
    expect(page.get_by_label("Score of the")).to_be_focused()
    for score in scores:
        page.keyboard.type(score)
        page.keyboard.press("Tab")


def test_the_tutorial_by_keys(explorer: ExplorerPage) -> None:
    page = explorer.page
    page.get_by_role("navigation").get_by_role("button", name="Play").focus()
    page.keyboard.press("Enter")
    play = room(explorer)
    expect(play.locator(".scores .nats").first).to_have_text("1.386")
    expect(page.locator("main > .document")).to_be_hidden()
    play.get_by_label("Score of the").focus()
    losses = []
    record_jolts(page)
    for step, token in enumerate([0, 1, 2, 0, 3]):
        type_scores(page, SCORES)
        expect(play.locator(".scores .nats")).to_have_text(["3.072", "5.072", "0.072", "4.072"])
        page.get_by_label("Score of cat").focus()
        page.keyboard.press("Enter")
        losses.append(surprises([3, 1, 6, 2])[token])
        expect(play.locator(".loss .big")).to_have_text(
            f"It was “{TOKENS[token]}”: loss {losses[-1]:.3f} nats")
        expect(play.locator(".loss")).to_have_attribute("data-jolt", f"{losses[-1] / 6:.3f}")
        expect(play.locator(".scores .came th")).to_have_text(TOKENS[token])
        expect(play.locator(".tally")).to_contain_text(
            f"{math.fsum(losses) / len(losses):.3f} per token on average")
        expect(play.locator(".sequence:visible .tok")).to_have_count(5)
        button = play.get_by_role("button", name="See the result" if step == 4 else "Go on")
        expect(button).to_be_focused()
        page.keyboard.press("Enter")
    assert reaches(page) == pytest.approx([26 * loss / 6 for loss in losses], abs=0.05)
    expect(play.locator(".big:visible")).to_have_text(
        f"Your loss: {math.fsum(losses) / 5:.3f} nats per token")
    play.get_by_role("button", name="Play again").click()
    expect(page.get_by_label("Score of row")).to_be_focused()
    expect(play.locator(".sequence:visible .tok")).to_have_text(["?", "·", "·", "·", "·", "·"])


def test_scores_of_all_kinds_and_why_numbers_change(explorer: ExplorerPage) -> None:
    page = explorer.page
    open_room(explorer)
    play = room(explorer)
    for token, score in zip(TOKENS, SCORES, strict=True):
        page.get_by_label(f"Score of {token}").fill(score)
    expect(play.locator(".scores .nats").first).to_have_text("3.072")
    reasons = play.locator(".reasons")
    expect(reasons).to_contain_text("ln(e^3 + e^1 + e^6 + e^2) = 6.072")
    expect(reasons).to_contain_text("0.046 + 0.006 + 0.930 + 0.017 ≈ 1.000")
    play.get_by_role("button", name="+1 for all").click()
    expect(page.get_by_label("Score of saw")).to_have_value("7")
    expect(reasons).to_contain_text("You added 1 to every score.")
    assert nats(explorer) == [3.072, 5.072, 0.072, 4.072]
    play.get_by_role("button", name="+1 for the").click()
    expect(reasons).to_contain_text("You raised “the” from 4 to 5")
    expect(reasons).to_contain_text("e^1 = 2.718")

    cat = page.get_by_label("Score of cat")
    cat.fill("<b>nonsense")
    expect(play.locator("#play-problem")).to_contain_text("cat: “<b>nonsense” is not a number")
    expect(cat).to_have_attribute("aria-invalid", "true")
    play.get_by_role("button", name="Reveal").click()
    expect(play.locator(".loss")).to_be_hidden()
    cat.fill("1e300")
    expect(play.locator(".scores .nats").nth(1)).to_have_text("0.000")
    expect(play.locator(".scores .nats").first).to_have_text("1.000e+300")

    record_jolts(page)
    # As strong as it gets, and still bounded; then the same without motion.
    play.get_by_role("button", name="Reveal").click()
    expect(play.locator(".loss")).to_have_attribute("data-jolt", "1.000")
    assert reaches(page) == [26]
    expect(play.locator(".loss")).to_contain_text("As strong a jolt as there is here.")
    page.emulate_media(reduced_motion="reduce")
    play.get_by_role("button", name="Go on").click()
    page.get_by_label("Score of the").fill("1e300")
    play.get_by_role("button", name="Reveal").click()
    expect(play.locator(".loss")).to_have_attribute("data-jolt", "1.000")
    assert reaches(page) == [26], "nothing moved this time"
    expect(play.locator(".loss")).to_contain_text("As strong a jolt as there is here.")
