"""What can be done to the document, by clicks and keys, each step checked against the model."""

from __future__ import annotations

from explorer_page import ExplorerPage
from playwright.sync_api import Locator, expect

SYSTEM = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"
QUESTION = "Write a one-paragraph story about a dragon."
OPEN = "<|im_start|>assistant\n"


def turn(role: str, text: str) -> str:
    return f"<|im_start|>{role}\n{text}<|im_end|>\n"


def text_of(explorer: ExplorerPage) -> str:
    """The whole document as the model reads it."""
    return explorer.call("""async () => {
        const { ids } = await lmpanel.getState();
        const bytes = (await lmpanel.score({ ids })).tokens.map((token) => token.text);
        return bytes.join("");
    }""")


def box(explorer: ExplorerPage, label: str) -> Locator:
    return explorer.page.locator(".live").get_by_label(label, exact=True)


def shows_what_the_model_says(explorer: ExplorerPage) -> None:
    """The lens agrees with a direct question about the document as it stands."""
    explorer.settled()
    asked = explorer.call(
        "async () => lmpanel.next({ ids: (await lmpanel.getState()).ids }, { top_k: 1 })")
    expect(explorer.candidates.first).to_have_text(
        asked["candidates"][0]["text"].replace(" ", "␣").replace("\n", "↵"))


def test_the_system_prompt_can_be_edited(explorer: ExplorerPage) -> None:
    explorer.button("Edit the system turn").click()
    area = box(explorer, "Text of the system turn")
    expect(area).to_have_value(SYSTEM)
    area.fill("You are a pirate.")
    explorer.button("Save turn").click()
    expect(area).to_have_count(0)
    expect(explorer.tokens).not_to_have_count(40)
    assert text_of(explorer) == turn("system", "You are a pirate.") + turn("user", QUESTION) + OPEN
    shows_what_the_model_says(explorer)


def test_a_turn_is_edited_by_keys_and_escape_leaves_it_alone(explorer: ExplorerPage) -> None:
    before = explorer.ids()
    explorer.button("Edit the user turn").click()
    area = box(explorer, "Text of the user turn")
    expect(area).to_have_value(QUESTION)
    area.fill("Something else")
    area.press("Escape")
    expect(area).to_have_count(0)
    assert explorer.ids() == before
    explorer.button("Edit the user turn").click()
    area.fill("Count to\nthree.")
    area.press("Control+Enter")
    expect(explorer.tokens).not_to_have_count(len(before))
    assert text_of(explorer) == turn("system", SYSTEM) + turn("user", "Count to\nthree.") + OPEN
    shows_what_the_model_says(explorer)


def test_a_turn_can_be_deleted_and_brought_back(explorer: ExplorerPage) -> None:
    before = explorer.ids()
    explorer.button("Delete the system turn").click()
    expect(explorer.turns_shown).to_have_count(2)
    assert explorer.turns() == ["you", "model"]
    assert text_of(explorer) == turn("user", QUESTION) + OPEN
    shows_what_the_model_says(explorer)
    explorer.button("Undo").click()
    expect(explorer.turns_shown).to_have_count(3)
    assert explorer.ids() == before


def test_redo_brings_back_what_was_undone_until_something_new_is_done(
        explorer: ExplorerPage) -> None:
    documents = [explorer.ids()]
    for rank in (2, 1):
        explorer.pick(rank)
        documents.append(explorer.ids())
    expect(explorer.button("Redo")).to_have_attribute("aria-disabled", "true")
    for name, place in (("Undo", 1), ("Undo", 0), ("Redo", 1), ("Redo", 2), ("Undo", 1)):
        explorer.button(name).click()
        expect(explorer.tokens).to_have_count(len(documents[place]))
        assert explorer.ids() == documents[place]
    expect(explorer.button("Redo")).to_have_attribute("aria-disabled", "false")
    shows_what_the_model_says(explorer)
    explorer.pick(3)
    expect(explorer.button("Redo")).to_have_attribute("aria-disabled", "true")


def test_another_candidate_at_an_earlier_place_forks_the_document(explorer: ExplorerPage) -> None:
    for _ in range(3):
        explorer.pick(1)
    whole = explorer.ids()
    explorer.token(41).click()
    expect(explorer.title).to_contain_text("the model expected")
    explorer.settled()
    here = explorer.page.locator("#slot-lens .live tr.marked button")
    assert here.inner_text().strip("␣ ") == explorer.token(41).inner_text().strip()
    other = explorer.candidates.nth(1).inner_text().replace("␣", " ")
    explorer.pick(2)
    expect(explorer.tokens).to_have_count(42)
    assert explorer.ids()[:41] == whole[:41]
    assert explorer.tokens.last.inner_text() == other
    shows_what_the_model_says(explorer)
    explorer.button("Undo").click()
    expect(explorer.tokens).to_have_count(43)
    assert explorer.ids() == whole


def test_raw_text_is_the_same_tokens_without_turns(explorer: ExplorerPage) -> None:
    before = explorer.ids()
    explorer.button("Raw text").click()
    expect(explorer.turns_shown).to_have_text(["text"])
    assert explorer.ids() == before
    expect(explorer.button("JSON")).to_be_hidden()
    box(explorer, "Text, as it is").fill("Once upon")
    explorer.button("Append").click()
    expect(explorer.tokens).to_have_count(len(before) + 2)
    assert text_of(explorer).endswith(OPEN + "Once upon")
    explorer.message.fill("The cat sat")
    explorer.button("Replace all").click()
    expect(explorer.tokens).to_have_text(["The", " cat", " sat"])
    shows_what_the_model_says(explorer)
    explorer.button("New").click()
    expect(explorer.tokens).to_have_count(0)
    expect(explorer.title).to_contain_text("needs something to read")
    for _ in range(4):
        explorer.button("Undo").click()
    expect(explorer.turns_shown).to_have_text(["system", "you", "model"])
    assert explorer.ids() == before


def test_a_lone_surrogate_in_the_message_does_no_harm(explorer: ExplorerPage) -> None:
    explorer.message.evaluate("(area) => { area.value = 'a\\ud83db'; }")
    explorer.button("End Turn").click()
    expect(explorer.message).to_have_value("")
    expect(explorer.notices).to_have_count(0)
    explorer.button("Edit the user turn").last.click()
    expect(box(explorer, "Text of the user turn")).to_have_value("a\ufffdb")
