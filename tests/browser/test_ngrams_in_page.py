"""The n-gram ladder in the page: its numbers are those of the same core run natively."""

from __future__ import annotations

import random

import numpy as np
import pytest
from explorer_page import STEP_MS, ExplorerPage
from playwright.sync_api import expect

from lmpanel.ngrams.corpus import FILE, bundled, pieces, split
from lmpanel.ngrams.counts import count_levels
from lmpanel.ngrams.growth import growth
from lmpanel.ngrams.ladder import RUNGS
from lmpanel.ngrams.smoothing import Smoothed
from lmpanel.ngrams.words import WordModel, words_of
from lmpanel.number_text import grouped
from lmpanel.tokenizer import Tokenizer

ORDER = len(RUNGS) - 1


@pytest.fixture(scope="module")
def tokenizer(model_dir) -> Tokenizer:
    return Tokenizer.from_file(model_dir / "tokenizer.json")


def trained(tokenizer: Tokenizer, text: str) -> tuple[Smoothed, np.ndarray, np.ndarray]:
    ids = [id for piece in pieces(text) for id in tokenizer.encode_plain(piece)]
    train, held_out = split(np.array(ids))
    size = len(tokenizer)
    return Smoothed(size, list(count_levels(train, size, ORDER))), train, held_out


@pytest.fixture(scope="module")
def novel(dist, tokenizer) -> tuple[Smoothed, np.ndarray, np.ndarray]:
    """What the page counts, counted here."""
    return trained(tokenizer, bundled((dist / FILE).read_bytes()).text)


def open_lens(explorer: ExplorerPage, name: str = "N-grams") -> None:
    explorer.page.get_by_role("tab", name=name).click()


def row(explorer: ExplorerPage, model: str):
    return explorer.page.locator(f"#slot-lens .live .ladder tr[data-model='{model}']")


def figure(explorer: ExplorerPage, model: str, name: str) -> float:
    cell = row(explorer, model).locator(f"[data-{name}]")
    expect(cell).not_to_have_text("…", timeout=STEP_MS)
    return float(cell.get_attribute(f"data-{name}"))


def shown_text(token) -> str:
    """The text of a token in a table, where white space has a glyph."""
    return token.inner_text().replace("␣", " ").replace("↵", "\n")


def ready(explorer: ExplorerPage) -> None:
    expect(explorer.page.locator("#slot-lens .live .ladder tbody tr")).to_have_count(
        len(RUNGS) + 1, timeout=STEP_MS)


def bits_of(smoothed: Smoothed, ids: list[int], order: int, start: int = 1) -> float:
    return float(-np.log2(smoothed.probs(ids, order))[start:].sum())


def test_the_ladder_beside_the_transformer(explorer: ExplorerPage, novel, tokenizer) -> None:
    page, (smoothed, train, held_out) = explorer.page, novel
    asked = page.evaluate("() => performance.getEntriesByType('resource').map(({name}) => name)")
    assert not any(FILE in name for name in asked)
    open_lens(explorer)
    ready(explorer)
    expect(page.get_by_text(f"{len(train):,}".replace(",", "\u202f"))).to_be_visible()

    # A passage that nobody has counted, and a token in the middle of it.
    page.get_by_role("button", name="Read a held-out passage").click()
    expect(explorer.turns_shown).to_have_count(1)
    explorer.settled()
    ids = explorer.ids()
    text = held_out.tolist()
    start = next(i for i in range(len(text)) if text[i:i + len(ids)] == ids)
    assert len(ids) == 120 and tokenizer.decode(text[start - 1:start]).strip() in (".", "!", "?")
    at = 30
    explorer.token(at).click()
    page.get_by_role("button", name="Predicted here").click()
    expect(page.locator("#slot-lens .live .ladder thead b")).to_have_count(1)
    here = page.evaluate("(ids) => lmpanel.next({ ids }, { top_k: 1 })", ids[:at])
    scored = page.evaluate("(ids) => lmpanel.score({ ids })", ids)
    for order, name in enumerate(RUNGS):
        assert figure(explorer, name, "prob") == pytest.approx(
            smoothed.probs(ids, order)[at], rel=1e-5)
        expected = bits_of(smoothed, ids, order) / (len(ids) - 1)
        assert figure(explorer, name, "bits") == pytest.approx(expected, rel=1e-9)
        if order:
            best = int(np.argmax(smoothed.row(ids[:at], order)))
            first = row(explorer, name).locator("button.token").first
            assert shown_text(first) == tokenizer.decode([best])
    own = 2 ** -scored["tokens"][at]["bits"]
    assert figure(explorer, "transformer", "prob") == pytest.approx(own, rel=1e-4)
    assert figure(explorer, "transformer", "bits") == pytest.approx(
        scored["bits_per_token"], rel=1e-4)
    likeliest = row(explorer, "transformer").locator("button.token").first
    assert shown_text(likeliest) == here["candidates"][0]["text"]

    # The counts behind a number, by keys; then those of another token.
    page.get_by_role("button", name="trigram").focus()
    page.keyboard.press("Enter")
    terms = page.locator("#slot-lens .live .terms li")
    expect(terms).to_have_count(3)
    expect(page.get_by_role("heading", name="How the trigram comes to")).to_be_in_viewport()
    expect(page.get_by_role("button", name="trigram")).to_be_focused()
    other = int(np.argmax(smoothed.row(ids[:at], 2)))
    row(explorer, "bigram").locator("button.token").first.click()
    expect(row(explorer, "bigram").locator("button.token").first).to_have_attribute(
        "aria-pressed", "true")
    for term in smoothed.explain(ids[:at], other, 3):
        shown = terms.nth(term.n - 1)
        prob = shown.locator("[data-prob]").get_attribute("data-prob")
        assert float(prob) == pytest.approx(term.prob, rel=1e-12)
        total = f"{term.total:,}".replace(",", "\u202f")
        assert not term.total or total in shown.locator(".formula").inner_text()
        once = f"n₁ = {grouped(term.once)}, n₂ = {grouped(term.twice)}"
        assert not term.total or once in shown.inner_text()
    assert figure(explorer, "bigram", "prob") == pytest.approx(
        smoothed.row(ids[:at], 2)[other], rel=1e-5)

    # A span has its own bits per token.
    explorer.token(20).click()
    explorer.token(39).click(modifiers=["Shift"])
    expect(page.get_by_text("Bits are those of 20 selected tokens.")).to_be_visible()
    expected = float(-np.log2(smoothed.probs(ids, 3))[20:40].mean())
    assert figure(explorer, "trigram", "bits") == pytest.approx(expected, rel=1e-9)

    # What more text and longer n-grams bring.
    page.get_by_role("button", name="Count again with less text").click()
    dots = page.locator("#slot-lens .live .growth circle")
    points = list(growth(train, held_out, len(tokenizer), ORDER))
    expect(dots).to_have_count(len(points), timeout=STEP_MS)
    for dot, point in zip(dots.all(), points, strict=True):
        assert int(dot.get_attribute("data-n")) == point.n
        assert int(dot.get_attribute("data-tokens")) == point.tokens
        assert float(dot.get_attribute("data-bits")) == pytest.approx(point.bits, rel=1e-9)
    best = min((p for p in points if p.tokens == len(train)), key=lambda p: p.bits)
    expect(page.get_by_text(f"the {RUNGS[best.n]} is the best ({best.bits:.2f} bits per token)")
           .last).to_be_visible()


def test_a_trigram_predicts_with_the_same_controls(explorer: ExplorerPage, novel) -> None:
    page, (smoothed, _, _) = explorer.page, novel
    ids = explorer.ids()
    transformer = explorer.candidates.all_inner_texts()
    choice = page.get_by_label("Model that predicts")
    # By keys, without having opened the lens: the first question trains.
    choice.focus()
    page.keyboard.press("t")
    expect(choice).to_have_value("trigram")
    expect(page.locator("#slot-lens .live .banner")).to_contain_text("trigram, Moby-Dick",
                                                                     timeout=STEP_MS)
    expect(explorer.title).to_contain_text("the trigram expects", timeout=STEP_MS)
    probs = smoothed.row(ids, 3)
    expected = np.argsort(-probs.astype(np.float32), kind="stable")[:10]
    shown = [float(cell.get_attribute("title")) for cell in
             page.locator("#slot-lens .live .candidates tbody tr td:nth-child(5)").all()[:10]]
    assert shown == pytest.approx(probs[expected].tolist(), rel=1e-5)
    assert explorer.candidates.all_inner_texts() != transformer

    # Scripts go on asking the transformer.
    answer = explorer.call("(ids) => lmpanel.next({ ids }, { top_k: 1 })", ids)
    assert answer["candidates"][0]["text"] == transformer[0].replace("␣", " ")

    # Dice, a response, and what it cost the trigram.
    open_lens(explorer, "Sampling")
    page.get_by_role("button", name="Roll").first.click()
    expect(page.get_by_role("region", name="Dice")).to_contain_text("roll 1 of seed 1")
    page.locator("#slot-controls .live .options summary").click()
    page.get_by_label("At most this many tokens").fill("12")
    explorer.button("Generate response").click()
    expect(explorer.tokens).to_have_count(len(ids) + 12, timeout=STEP_MS)
    written = explorer.ids()
    assert written[len(ids)] == int(expected[0])
    open_lens(explorer, "Attempts")
    attempt = page.locator("#slot-lens .live .attempts tr[data-number]")
    expect(attempt).to_have_count(1)
    expect(page.locator("#slot-lens .live .attempts .second")).to_contain_text(
        "by the trigram, Moby-Dick · greedy")
    bits = attempt.locator("[data-key=bits]")
    expect(bits).not_to_have_text("…", timeout=STEP_MS)
    cost = bits_of(smoothed, written, 3, len(ids))
    assert float(bits.get_attribute("title")) == pytest.approx(cost, rel=1e-5)

    # Beams and surprise count by the same model.
    open_lens(explorer, "Surprise")
    total = page.locator("#slot-lens .live tr", has_text="document").locator("td").nth(1)
    expect(total).not_to_have_text("0.00")
    assert float(total.get_attribute("title")) == pytest.approx(
        bits_of(smoothed, written, 3), rel=1e-5)

    # The state carries the choice; going back gives the transformer's numbers back.
    state = explorer.call("() => lmpanel.getState()")
    assert state["settings"]["predictor"] == "trigram"
    page.get_by_role("button", name="Back to SmolLM2").click()
    expect(choice).to_have_value("transformer")
    expect(page.locator("#slot-lens .live .banner")).to_be_hidden()
    assert attempt_bits(explorer) == pytest.approx(cost, rel=1e-5)
    explorer.call("(state) => lmpanel.setState(state)", state)
    expect(choice).to_have_value("trigram")


def attempt_bits(explorer: ExplorerPage) -> float:
    open_lens(explorer, "Attempts")
    cell = explorer.page.locator("#slot-lens .live .attempts tr[data-number] [data-key=bits]")
    return float(cell.get_attribute("title"))


def test_a_text_of_your_own(explorer: ExplorerPage, tokenizer) -> None:
    page = explorer.page
    open_lens(explorer)
    ready(explorer)
    about = page.get_by_role("region", name="What is compared")
    expect(about).to_contain_text("Moby-Dick")
    page.get_by_text("Count in a text of your own").click()
    area, count = page.get_by_label("Your text"), page.get_by_role(
        "button", name="Count in this text")

    # Too short and too long: a reason, and the text is still there.
    area.fill("A")
    count.click()
    problem = page.get_by_role("alert").filter(has_text="none follows")
    expect(problem).to_contain_text("This text has 1 token;")
    expect(area).to_have_value("A")
    page.get_by_label("or a text file").set_input_files(
        {"name": "long.txt", "mimeType": "text/plain", "buffer": b"a" * 1_000_001})
    expect(page.get_by_text("long.txt has 1\u202f000\u202f001 bytes")).to_be_visible()
    expect(about).to_contain_text("Moby-Dick")

    # While 1 MB is counted the page answers: another tab opens, and the counting is stopped.
    words = random.Random(4)
    large = " ".join("".join(words.choices("aeioulmnrst", k=9)) for _ in range(99_000))
    page.get_by_label("or a text file").set_input_files(
        {"name": "large.txt", "mimeType": "text/plain", "buffer": large.encode()})
    expect(page.get_by_text("large.txt is in the box.")).to_be_visible()
    count.click()
    banner = page.locator("#slot-lens .live .banner")
    expect(banner.get_by_role("progressbar")).to_be_visible()
    open_lens(explorer, "Next token")
    expect(explorer.candidates.first).to_be_visible()
    expect(banner.get_by_role("progressbar")).to_be_visible()
    banner.get_by_role("button", name="Stop").click()
    expect(banner).to_be_hidden()
    expect(page.get_by_role("tab", name="Next token")).to_be_focused()
    open_lens(explorer)
    expect(about).to_contain_text("Moby-Dick")

    # A text that is counted takes the place of the novel, for whatever predicts.
    page.get_by_label("Model that predicts").select_option("bigram")
    expect(banner).to_contain_text("bigram, Moby-Dick")
    story = "The cat sat on the mat. The cat ate the rat. " * 30
    area.fill(story)
    count.click()
    expect(about).to_contain_text("your text", timeout=STEP_MS)
    expect(banner).to_contain_text("bigram, your text")
    smoothed, _, _ = trained(tokenizer, story)
    ids = tokenizer.encode("The cat sat on the")
    explorer.call("(ids) => lmpanel.setState({ version: 1, ids, raw: true, "
                  "settings: { tab: 'ngrams' } })", ids)
    expect(explorer.tokens).to_have_count(len(ids))
    for order, name in enumerate(RUNGS):
        expected = bits_of(smoothed, ids, order) / (len(ids) - 1)
        cell = row(explorer, name).locator("[data-bits]")
        expect(cell).to_have_text(f"{expected:.2f}")
        assert figure(explorer, name, "bits") == pytest.approx(expected, rel=1e-9)


def test_a_text_that_can_be_counted_by_hand(explorer: ExplorerPage, tokenizer) -> None:
    page, toy = explorer.page, "the cat sat on the mat"
    open_lens(explorer)
    ready(explorer)
    page.get_by_text("Count in a text of your own").click()
    page.get_by_label("Your text").fill(toy)
    page.get_by_role("button", name="Count in this text").press("Enter")
    about, ids = page.get_by_role("region", name="What is compared"), tokenizer.encode_plain(toy)
    expect(about).to_contain_text(f"Counted in all {len(ids)} tokens of your text.")
    expect(about.get_by_role("button", name="Read a held-out passage")).to_be_hidden()
    expect(page.get_by_role("region", name="More text, longer n-grams")).to_be_hidden()
    explorer.call("(ids) => lmpanel.setState({ version: 1, ids, raw: true, "
                  "settings: { tab: 'ngrams' } })", ids[:3])
    expect(explorer.tokens).to_have_count(3)
    page.get_by_role("button", name="bigram").click()
    second = page.locator("#slot-lens .live .terms li").nth(1)
    # Each pair occurs once: d would be 1, and is kept at 0.9.
    second.get_by_role("button", name="space then on").click()
    expect(second).to_contain_text("= 1, kept at 0.9")
    expect(second).to_contain_text("(1 − 0.9) / 1 + 0.9 × 1 / 1")
    page.set_viewport_size({"width": 320, "height": 640})
    box = page.locator("#slot-lens .live .wide").filter(has=page.locator("[data-model]"))
    assert box.evaluate("(box) => box.scrollWidth <= box.clientWidth"), "all columns are in view"
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_role("button", name="words").click()
    expect(page.locator("#slot-lens .live [data-words]").first).to_contain_text("of 6 words")


def test_words_as_they_are_taught(explorer: ExplorerPage, dist, tokenizer) -> None:
    page = explorer.page
    open_lens(explorer)
    ready(explorer)
    page.get_by_role("button", name="words").click()
    told = page.locator("#slot-lens .live [data-words]")
    expect(told).to_have_count(3, timeout=STEP_MS)
    found = words_of(bundled((dist / FILE).read_bytes()).text)
    model = WordModel.count(found[: len(found) - len(found) // 10])
    ids = tokenizer.encode("of the white")
    explorer.call("(ids) => lmpanel.setState({ version: 1, ids, raw: true, "
                  "settings: { tab: 'ngrams' } })", ids)
    expect(told.nth(2)).to_contain_text("after “the white”")
    for order in (1, 2, 3):
        expected = model.likeliest(["the", "white"], order, 5)
        shown = told.nth(order - 1).locator("[data-word]").all()
        for entry, (word, prob, count) in zip(shown, expected, strict=True):
            assert entry.get_attribute("data-word") == word
            assert float(entry.get_attribute("data-prob")) == pytest.approx(prob, rel=1e-12)
            assert int(entry.get_attribute("data-count")) == count
    assert ("whale" in {word for word, *_ in expected}) and expected[0][2] > 50


def test_a_damaged_novel_is_told_and_fetched_again(explorer: ExplorerPage, dist) -> None:
    page = explorer.page
    whole = (dist / FILE).read_bytes()
    page.context.route(f"**/{FILE}", lambda route: route.fulfill(body=whole[:-100]), times=1)
    page.get_by_label("Model that predicts").select_option("trigram")
    expect(page.get_by_label("Model that predicts")).to_have_value("transformer", timeout=STEP_MS)
    open_lens(explorer)
    ready(explorer)
    expect(explorer.page.get_by_role("alert")).to_have_count(0)
