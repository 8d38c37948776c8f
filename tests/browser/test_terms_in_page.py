"""Words of the glossary in headings and labels: explained where they stand, by clicks and keys."""

from __future__ import annotations

import re

from explorer_page import STEP_MS, ExplorerPage
from playwright.sync_api import Locator, expect

LENS, ROOM = "#slot-lens .live", "#slot-room .live"


def explained(explorer: ExplorerPage, word: Locator, text: str) -> None:
    """Opened by a click and closed by Escape; the focus stays at the word."""
    popover = explorer.page.locator(".definition:popover-open")
    word.first.click()
    expect(popover).to_contain_text(text)
    explorer.page.keyboard.press("Escape")
    expect(popover).to_have_count(0)
    expect(word.first).to_be_focused()


def test_words_are_explained_in_every_lens_and_room(explorer: ExplorerPage) -> None:
    page = explorer.page
    lens, room = page.locator(LENS), page.locator(ROOM)
    # Nothing of it was loaded until now, neither what draws it nor the texts.
    popover = page.locator(".definition:popover-open")
    entropy = lens.get_by_role("button", name="entropy", exact=True)
    entropy.focus()
    page.keyboard.press("Enter")
    expect(popover).to_contain_text("How uncertain a distribution is")
    expect(popover).to_contain_text("H = −Σ p · log₂ p")
    page.keyboard.press("Escape")
    expect(popover).to_have_count(0)
    expect(entropy).to_be_focused()
    # Numbers that change leave the word and its focus where they are, and it picks nothing.
    before = explorer.ids()
    explained(explorer, lens.get_by_role("button", name="bits", exact=True), "surprisal")
    assert explorer.ids() == before
    explorer.pick(1)
    explorer.button("Undo").click()
    expect(explorer.tokens).to_have_count(40)
    explorer.settled()
    explorer.pick(2)

    def tab(name: str, drawn: str) -> None:
        page.get_by_role("tab", name=name).click()
        expect(lens.locator(drawn)).to_be_visible()

    def word(name: str) -> Locator:
        return lens.locator("button.term:visible", has_text=re.compile(f"^{re.escape(name)}$"))

    tab("Sampling", ".sampling")
    temperature = page.locator("#filter-temperature")
    before = temperature.input_value()
    explained(explorer, word("temperature"), "Divides all logits")
    assert temperature.input_value() == before
    explained(explorer, word("min-p"), "A filter")
    tab("Beams", ".beams")
    explained(explorer, word("beams"), "unfinished continuations")
    tab("Surprise", ".surprise")
    explained(explorer, word("perplexity"), "as hard as choosing")
    explained(explorer, word("Cross-entropy"), "The average surprisal")
    tab("What if", ".what-if")
    page.get_by_label("What is different before them").select_option("system")
    lens.get_by_label("Another system prompt").fill("You are a pirate.")
    lens.get_by_role("button", name="Compare").click()
    explained(explorer, word("KL"), "How far one distribution is from another")
    tab("N-grams", ".ngrams")
    expect(word("held out")).to_be_visible(timeout=STEP_MS)
    explained(explorer, word("held out"), "has not been trained on")
    explained(explorer, word("n-grams"), "n tokens in a row")
    tab("Attempts", ".attempts-lens")
    explained(explorer, word("Loss"), "What a model pays")
    tab("Branches", ".branches-lens")
    explained(explorer, word("log p"), "The logarithm of a probability")
    tab("Next token", ".next")

    def part(name: str) -> None:
        room.get_by_role("tab", name=name).click()

    word_in_room = room.locator("button.term:visible")
    page.locator("#rooms [data-room=inside]").click()
    explained(explorer, word_in_room.filter(has_text="merged"), "learnt earliest is joined")
    part("Embedding")
    explained(explorer, word_in_room.filter(has_text="cosine"), "the same direction")
    part("Shape")
    explained(explorer, word_in_room.filter(has_text="KV cache"), "Keys and values")
    page.locator("#rooms [data-room=play]").click()
    explained(explorer, word_in_room.filter(has_text="score"), "any real number")
    # A click elsewhere closes it too.
    word_in_room.filter(has_text="probability").click()
    expect(popover).to_be_visible()
    room.get_by_role("heading", name="Be the language model").click()
    expect(popover).to_have_count(0)
    page.locator("#rooms [data-room=explore]").click()


def test_a_fresh_page_has_loaded_nothing_of_the_glossary(fresh: ExplorerPage) -> None:
    loaded = "\n".join(fresh.page.watch.requests)
    assert "components/terms.js" in loaded and "lesson_nodes" not in loaded
    word = fresh.page.locator(LENS).get_by_role("button", name="probability", exact=True)
    explained(fresh, word, "A number from 0 to 1")
    assert "lesson_nodes" in "\n".join(fresh.page.watch.requests)
