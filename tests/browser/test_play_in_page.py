"""Be the language model: rounds, challenges and result codes on the real model."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
from explorer_page import STEP_MS, ExplorerPage
from play_page import open_room, room
from playwright.sync_api import Browser, Locator, expect

from lmpanel.game.positions import hidden_positions
from lmpanel.game.setup import Setup
from lmpanel.game.texts import content_of
from lmpanel.tokenizer import Tokenizer
from support.chromium_pages import watched_page

VOCAB = 49152
RIVALS = ["you", "uniform", "unigram", "bigram", "trigram", "transformer"]


@pytest.fixture(scope="module")
def tokenizer(model_dir) -> Tokenizer:
    return Tokenizer.from_file(model_dir / "tokenizer.json")


def choose(explorer: ExplorerPage, level: str, rounds: int, seed: int) -> None:
    play = room(explorer)
    play.locator(".text-card").filter(has_text=level).get_by_role("radio").check()
    play.get_by_label("Guess").fill(str(rounds))
    play.get_by_label("seed", exact=True).fill(str(seed))
    play.get_by_label("seed", exact=True).press("Tab")


def model_says(explorer: ExplorerPage, ids: list[int], token: int) -> dict[str, Any]:
    return explorer.call("([ids]) => lmpanel.score({ ids })", [[*ids, token]])["tokens"][-1]


def context(explorer: ExplorerPage) -> Locator:
    return room(explorer).locator(".passage .piece:not(.gap)")


def points(explorer: ExplorerPage, token: int) -> Locator:
    return room(explorer).locator(f".points li[data-id='{token}'] input")


def costs(explorer: ExplorerPage, column: str) -> dict[str, float]:
    """The exact numbers of everyone who guessed, by name."""
    cells = room(explorer).locator(f".costs [data-col={column}]")
    return dict(cells.evaluate_all(
        "(all) => all.map((cell) => [cell.closest('tr').dataset.name, Number(cell.title)])"))


def means(explorer: ExplorerPage) -> dict[str, float]:
    rows = room(explorer).locator(".standings:visible tr")
    return dict(rows.evaluate_all(
        "(all) => all.map((row) => [row.dataset.name, "
        "Number(row.querySelector('.mean').title)])"))


def test_a_game_by_clicks_and_keys(explorer: ExplorerPage, tokenizer: Tokenizer) -> None:
    page, play = explorer.page, room(explorer)
    open_room(explorer, "Real text")
    expect(play).to_contain_text("counted in Moby-Dick")
    choose(explorer, "Literary", 500, -4)
    play.get_by_role("button", name="Start", exact=True).click()
    wrong = play.locator(".setup > .wrong")
    expect(wrong).to_contain_text("500 rounds cannot be played.")
    expect(wrong).to_contain_text("The seed is no whole number")
    play.get_by_role("button", name="Challenge link").click()
    expect(wrong).to_contain_text("500 rounds cannot be played.")
    expect(play.locator("#play-link")).to_be_hidden()
    choose(explorer, "Literary", 3, 5)
    expect(wrong).to_be_empty()
    play.get_by_role("button", name="Start", exact=True).click()
    ids = tokenizer.encode_plain(content_of("alice"))
    positions = hidden_positions(len(ids), "seed", 5, 3)
    paid, others = [], []
    for number, position in enumerate(positions):
        token = ids[position]
        expect(play).to_contain_text(f"token {number + 1} of 3")
        expect(play.locator(".points li")).to_have_count(16, timeout=STEP_MS)
        shown = context(explorer).evaluate_all("(all) => all.length")
        assert shown == min(position, 140)
        listed = play.locator(".points li").evaluate_all(
            "(all) => all.map((row) => Number(row.dataset.id))")
        other = next(id for id in listed if id != token)
        if token not in listed:
            search = page.get_by_label("Any other token")
            search.fill(tokenizer.vocabulary.display(token, visible_space=True))
            search.press("Enter")
            expect(points(explorer, token)).to_be_focused()
        if number == 0:  # by clicks
            more = play.locator(f".points li[data-id='{token}'] button").last
            for _ in range(6):
                more.click()
            expect(points(explorer, token)).to_have_value("30")
            play.get_by_role("button", name="Commit and reveal").click()
            q = 0.3
        elif number == 1:  # by keys
            points(explorer, other).focus()
            page.keyboard.type("45")
            page.keyboard.press("ArrowUp")
            points(explorer, token).focus()
            page.keyboard.type("80")
            expect(play.get_by_text("Only 53 points are left for it")).to_be_visible()
            expect(points(explorer, token)).to_have_value("53")
            page.keyboard.press("Control+A")
            page.keyboard.type("20")
            page.keyboard.press("Control+Enter")
            q = 0.2
        else:
            points(explorer, other).fill("60")
            expect(play.locator(".rest")).to_contain_text("40/100 ÷ 49\u202f151")
            page.keyboard.press("Control+Enter")
            q = 0.4 / (VOCAB - 1)
        expect(play.locator(".costs tbody tr")).to_have_count(len(RIVALS))
        paid.append(-math.log2(q))
        told = model_says(explorer, ids[:position], token)
        others.append(told["bits"])
        found, probs = costs(explorer, "bits"), costs(explorer, "prob")
        assert list(found) == RIVALS
        assert found["you"] == pytest.approx(paid[-1]) and probs["you"] == pytest.approx(q)
        assert found["uniform"] == pytest.approx(math.log2(VOCAB))
        assert found["transformer"] == pytest.approx(told["bits"], abs=1e-3)
        expected = explorer.call("([ids]) => lmpanel.next({ ids }, { top_k: 6 })", [ids[:position]])
        top = play.locator(".expected tbody td[title]").evaluate_all(
            "(all) => all.map((cell) => Number(cell.title))")
        assert top == pytest.approx([c["prob"] for c in expected["candidates"]], abs=1e-4)
        expect(play).to_contain_text("bigram and trigram were counted in Moby-Dick")
        mean = means(explorer)
        assert mean["you"] == pytest.approx(math.fsum(paid) / len(paid))
        assert mean["transformer"] == pytest.approx(math.fsum(others) / len(others), abs=1e-3)
        button = play.get_by_role("button", name="See the result" if number == 2 else "Next token")
        expect(button).to_be_focused()
        page.keyboard.press("Enter")

    expect(play.locator(".big:visible")).to_contain_text(
        f"You paid {math.fsum(paid) / 3:.2f} bits per token")
    expect(play.locator(".history:visible tbody tr")).to_have_count(3)
    assert play.locator(".history:visible tbody tr td:first-child").all_inner_texts() == [
        str(position + 1) for position in positions]
    rows = [row.split() for row in play.locator(".calibration:visible tbody tr").all_inner_texts()]
    assert sum(int(row[3]) for row in rows) == 4, "every claim is counted"
    assert [int(row[2]) for row in rows if row[0] in ("20", "30", "25")] == [2]
    plot = play.locator(".calibration:visible")
    plot.get_by_role("button", name="Picture").click()
    with page.expect_download() as download:
        plot.get_by_role("button", name="SVG picture").click()
    assert download.value.suggested_filename == "calibration.svg"
    drawn = download.value.path().read_text("utf-8")
    assert drawn.count("<circle") == len(rows) and "claimed" in drawn and "var(" not in drawn

    # The result code, read back: as it is, with a letter changed, and none at all.
    play.get_by_label("Your name").fill("Ada Lovelace")
    code = play.get_by_label("Result code to hand in")
    before = code.input_value()
    expect(code).not_to_have_value(before)
    text = code.input_value()
    play.get_by_role("button", name="Result codes").click()
    box = play.get_by_label("Result codes", exact=True)
    box.fill(f"Mine is {text}, thanks")
    box.press("Control+Enter")
    expect(play.locator(".results tbody tr")).to_have_count(1)
    expect(play.locator(".results tbody th")).to_have_text("Ada Lovelace")
    expect(play.locator(".results .mean")).to_have_text(f"{math.fsum(paid) / 3:.2f}")
    assert play.locator(".results .each").all_inner_texts() == [f"{cost:.2f}" for cost in paid]
    wrong = text[:30] + ("x" if text[30] != "x" else "y") + text[31:]
    box.fill(f"{text}\n{wrong}\n{text}")
    play.get_by_role("button", name="Read", exact=True).click()
    expect(play.locator(".results tbody tr")).to_have_count(2)
    expect(play.get_by_text("1 result, 1 code not readable, 1 pasted again")).to_be_visible()
    expect(play.locator(".results .wrong")).to_contain_text(f"Line 2, {wrong[:12]}…")
    expect(play.locator(".results .wrong")).to_contain_text("its checksum does not fit")
    box.fill("<img src=x onerror=alert(1)>")
    box.press("Control+Enter")
    expect(play.get_by_text("There is no result code in this text.")).to_be_visible()
    expect(play.locator("img")).to_have_count(0)


PASTED = "The old dragon slept in <b>the cave</b>, and nobody dared to wake the old dragon."


def test_a_challenge_link_in_a_fresh_page(
    explorer: ExplorerPage, browser: Browser, tokenizer: Tokenizer,
) -> None:
    page, play = explorer.page, room(explorer)
    open_room(explorer, "Real text")
    choose(explorer, "Your own", 4, 9)
    own = play.get_by_label("Your text, in any language")
    play.get_by_role("button", name="Start", exact=True).click()
    expect(play.get_by_text("The text has no tokens to guess.")).to_be_visible()
    own.fill("word " * 5000)
    play.get_by_role("button", name="Challenge link").click()
    expect(play.get_by_text("The text has 25\u202f000 characters.")).to_be_visible()
    own.fill("".join(f"{i * 7919 % 100_003} " for i in range(3000)))
    play.get_by_role("button", name="Challenge link").click()
    expect(play.get_by_text("can be played.")).to_be_visible()
    own.fill(PASTED)
    play.get_by_role("button", name="Challenge link").click()
    field = play.locator("#play-link")
    expect(field).to_be_visible()
    url = field.input_value()
    assert "#play=P1." in url and "dragon" not in url

    # A fresh page, in which nothing is known of the first one.
    for fresh in watched_page(browser):
        other = ExplorerPage(fresh, explorer.base)
        fresh.goto(url)
        other.wait_ready()
        theirs = room(other)
        expect(theirs.locator(".big:visible")).to_have_text("A challenge: Your own text")
        theirs.get_by_role("button", name="Play the challenge").click()
        ids = tokenizer.encode_plain(PASTED)
        for position in hidden_positions(len(ids), "seed", 9, 4):
            expect(theirs.locator(".points li")).to_have_count(16, timeout=STEP_MS)
            expect(context(other)).to_have_count(position)
            assert "".join(context(other).all_inner_texts()) == tokenizer.decode(ids[:position])
            theirs.get_by_role("button", name="Commit and reveal").click()
            expect(theirs.locator(".costs tbody tr")).to_have_count(len(RIVALS))
            assert costs(other, "bits")["you"] == pytest.approx(math.log2(VOCAB))
            theirs.get_by_role("button", name=re.compile("Next token|See the result")).click()
        expect(theirs.locator(".big:visible")).to_contain_text("You paid 15.58 bits per token")
        expect(theirs.locator("b, img, script").filter(has_text="cave")).to_have_count(0)

        # What is no challenge is refused in words, and the game stays.
        for bad in ("P1.xxxx.00000000", "P2." + url.split("P1.")[1], "%3Cscript%3E", "A" * 20_000):
            fresh.evaluate("(code) => { location.hash = `play=${code}`; }", bad)
            expect(other.notices.filter(has_text="challenge")).to_have_count(1)
            expect(theirs.locator(".big:visible")).to_contain_text("You paid 15.58 bits")
            other.notices.get_by_role("button").click()
            expect(other.notices).to_have_count(0)
        setup = Setup("alice", seed=3, rounds=2)
        assert setup.title in page.locator("#slot-room .live .cards").inner_text()


def fields_stay_in_view(play: Locator) -> None:
    """Tab through the points: none lies behind the row that sticks to the bottom."""
    fields, row = play.locator(".points li input"), play.locator(".commit")
    fields.first.focus()
    for number in range(fields.count()):
        expect(fields.nth(number)).to_be_focused()
        field, bar = fields.nth(number).bounding_box(), row.bounding_box()
        assert field["y"] >= 0
        assert field["y"] + field["height"] <= bar["y"] or field["y"] >= bar["y"] + bar["height"]
        fields.nth(number).press("Tab")


def test_every_token_in_order_skipping_and_a_small_screen(explorer: ExplorerPage) -> None:
    page, play = explorer.page, room(explorer)
    open_room(explorer, "Real text")
    play.get_by_label("tokens:").select_option("order")
    expect(play.get_by_label("seed", exact=True)).to_be_hidden()
    play.get_by_role("button", name="Start", exact=True).click()
    for width, height in ((390, 844), (320, 640), (1280, 800)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("() => document.documentElement.scrollWidth") == width
    expect(play.locator(".points li")).to_have_count(16, timeout=STEP_MS)
    expect(context(explorer)).to_have_count(8)
    page.set_viewport_size({"width": 390, "height": 844})
    play.locator(".points li").first.scroll_into_view_if_needed()
    expect(play.get_by_role("button", name="Commit and reveal")).to_be_in_viewport()
    for width, height in ((390, 844), (320, 640)):
        page.set_viewport_size({"width": width, "height": height})
        fields_stay_in_view(play)
    expect(play.locator(".commit .kept")).to_have_text("100 points kept")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_label("Any other token").fill("dragon")
    play.locator(".found-tokens button", has_text="␣dragon").first.click()
    expect(play.locator(".points li")).to_have_count(17)
    page.keyboard.type("99")
    play.get_by_role("button", name="Skip").click()
    expect(context(explorer)).to_have_count(9)
    expect(play.locator(".points li.some")).to_have_count(0)
    play.get_by_role("button", name="Commit and reveal").click()
    expect(play.locator(".costs tbody tr")).to_have_count(len(RIVALS))
    play.get_by_role("button", name="End the game here").click()
    expect(play.locator(".lead:visible")).to_contain_text("1 of 10 tokens guessed")
    expect(play.locator(".progress:visible").first).to_contain_text("a plot comes with 3.")
    # The document was left alone all the while.
    page.get_by_role("navigation").get_by_role("button", name="Explore").click()
    expect(explorer.tokens).to_have_count(40)
