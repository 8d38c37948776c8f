"""Predict, commit, reveal in the page, by clicks and keys, on the real model."""

from __future__ import annotations

import math
import re

import pytest
from explorer_page import STEP_MS, ExplorerPage
from playwright.sync_api import Locator, expect

LENS = "#slot-lens .live"


@pytest.fixture
def guessing(explorer: ExplorerPage) -> ExplorerPage:
    """The page with everything measured, and its switch on."""
    explorer.measured()
    switch = explorer.page.locator(LENS).get_by_role("switch", name="Guess first")
    expect(switch).to_have_attribute("aria-checked", "false")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "true")
    expect(field(explorer)).to_be_visible()
    return explorer


def field(explorer: ExplorerPage) -> Locator:
    return explorer.page.locator(LENS).get_by_label("What comes next?")


def options(explorer: ExplorerPage) -> Locator:
    return explorer.page.locator(f"{LENS} .options label")


def answer(explorer: ExplorerPage) -> Locator:
    return explorer.page.locator(f"{LENS} .answer")


def tally(explorer: ExplorerPage) -> Locator:
    return explorer.page.locator(f"{LENS} .tally")


def told(explorer: ExplorerPage) -> str:
    """All that the lens holds, seen or not: its text, every attribute, and the state it got."""
    return explorer.page.evaluate("""() => {
        const found = [];
        const walk = (node) => {
            if (node.nodeType === Node.TEXT_NODE) found.push(node.data);
            if (node.localName === "style") return;
            for (const { value } of node.attributes ?? []) found.push(value);
            for (const inner of [...(node.shadowRoot?.childNodes ?? []), ...node.childNodes])
                walk(inner);
        };
        walk(document.querySelector("#slot-lens .live"));
        for (const document of Bokeh.documents)
            for (const model of document._all_models.values())
                if (model.state?.includes?.('"tabs"')) found.push(model.state);
        return found.join("\\n");
    }""")


def decimals(explorer: ExplorerPage) -> list[str]:
    return re.findall(r"\d\.\d+", told(explorer))


def model_says(explorer: ExplorerPage, ids: list[int], guess: str) -> dict[str, float]:
    """What the scripting interface has to say of a guess after `ids`, and of the first choice."""
    return explorer.call("""async ([ids, guess]) => {
        const [{ id }] = await lmpanel.tokenize(guess);
        const next = await lmpanel.next({ ids }, { top_k: 1000 });
        const { tokens } = await lmpanel.score({ ids: [...ids, id] });
        return { id, rank: tokens.at(-1).rank, logprob: tokens.at(-1).logprob,
                 first: next.candidates[0], entropy: next.entropy_bits };
    }""", [ids, guess])


def test_guesses_by_keys_and_their_tally(guessing: ExplorerPage) -> None:
    page, keys = guessing.page, guessing.page.keyboard
    said = []
    field(guessing).focus()
    keys.type("Once")
    expect(options(guessing)).to_have_text(["Once", "␣Once", "once", "␣once"])
    assert '"asks"' in told(guessing) and decimals(guessing) == []
    keys.press("ArrowDown")
    keys.press("ArrowRight")
    expect(page.get_by_role("radio", checked=True)).to_have_accessible_name("space then Once")
    keys.press("ArrowLeft")
    keys.press("Enter")
    said.append(model_says(guessing, guessing.ids(), "Once"))
    expect(answer(guessing)).to_be_focused()
    expect(answer(guessing)).to_contain_text(
        f"Your guess “Once” has p {math.exp(said[0]['logprob']):.3f}, rank {said[0]['rank']}, ")
    expect(answer(guessing)).to_contain_text(f"first choice is “{said[0]['first']['text']}”.")
    assert len(decimals(guessing)) > 50
    mine = guessing.rows.filter(has_text="your guess")
    expect(mine).to_have_count(1)
    expect(mine.locator("td").first).to_have_text(str(said[0]["rank"]))

    for guess in (" the", " elephant"):
        guessing.pick(3)
        expect(field(guessing)).to_be_focused()
        expect(field(guessing)).to_have_value("")
        said.append(model_says(guessing, guessing.ids(), guess))
        keys.type(guess)
        keys.press("Enter")
        expect(answer(guessing)).to_contain_text(f"Your guess “␣{guess.strip()}” has p ")
    assert said[-1]["rank"] > 100
    expect(mine.locator("td").first).to_have_text(f"{said[-1]['rank']:,}".replace(",", "\u202f"))

    def mean(values):
        return f"{sum(values) / len(said):.2f}"

    bits = mean([-one["logprob"] / math.log(2) for one in said])
    firsts = mean([-math.log2(one["first"]["prob"]) for one in said])
    entropy = mean([one["entropy"] for one in said])
    ranks = [one["rank"] for one in said]
    expect(tally(guessing)).to_contain_text(
        f"3 guesses: {ranks.count(1)} the model’s first choice, "
        f"{sum(rank <= 10 for rank in ranks)} in its top ten. "
        f"On average {bits} bits; its first choices {firsts}, its entropy {entropy}.")


def test_guesses_by_clicks_and_what_is_no_guess(guessing: ExplorerPage) -> None:
    page = guessing.page
    commit, problem = guessing.button("Commit"), page.locator(f"{LENS} #guess-problem")
    commit.click()
    expect(problem).to_contain_text("Nothing is typed")
    field(guessing).fill("dragonish")
    commit.click()
    expect(problem).to_contain_text("Not one token: it is read as d · ragon · ish.")
    expect(field(guessing)).to_have_value("dragonish")
    field(guessing).fill("story")
    expect(problem).to_be_empty()
    commit.click()
    expect(problem).to_contain_text("“story” and “␣story” are two tokens.")
    options(guessing).get_by_text("␣story", exact=True).click()
    expect(page.locator(LENS).get_by_role("radio", checked=True)).to_have_value(
        str(guessing.call("() => lmpanel.tokenize(' story')")[0]["id"]))
    commit.click()
    expect(answer(guessing)).to_contain_text("Your guess “␣story” has p ")
    expect(guessing.notices).to_have_count(0)

    guessing.token(31).click()
    expect(page.locator(f"{LENS} #guess-hint")).to_contain_text(
        "“␣a” stands here in the document")
    expect(guessing.rows).to_have_count(0)
    guessing.button("Show without guessing").click()
    expect(guessing.rows.first).to_be_visible()
    expect(answer(guessing)).to_be_hidden()
    expect(tally(guessing)).to_contain_text("1 guess: ")


def test_other_lenses_wait_for_the_guess_too(explorer: ExplorerPage) -> None:
    explorer.measured()
    page = explorer.page
    for tab, begin, there in (("Sampling", "Roll", ".candidates td"),
                              ("Beams", "Search by hand", ".beam td")):
        page.get_by_role("tab", name=tab).click()
        explorer.button(begin).click()
        expect(page.locator(f"{LENS} {there}").first).to_be_visible(timeout=STEP_MS)
    page.get_by_role("tab", name="Next token").click()
    page.locator(LENS).get_by_role("switch", name="Guess first").click()
    expect(explorer.rows).to_have_count(0)
    for tab, there in (("Beams", ".beam"), ("Sampling", ".candidates")):
        page.get_by_role("tab", name=tab).click()
        expect(explorer.button("Guess now")).to_be_visible()
        expect(page.locator(f"{LENS} {there}")).to_have_count(0)
        sliders = {"0.01", "0.05", "1.0", "1.00"} if tab == "Sampling" else set()
        assert set(decimals(explorer)) <= sliders
    explorer.button("Guess now").click()
    field(explorer).fill("Once")
    expect(options(explorer)).to_have_count(4)
    options(explorer).first.click()
    explorer.button("Commit").click()
    expect(answer(explorer)).to_be_visible()
    page.get_by_role("tab", name="Beams").click()
    expect(page.locator(f"{LENS} .beam td").first).to_be_visible()


def test_guesses_are_kept_and_the_switch_is_saved(guessing: ExplorerPage) -> None:
    field(guessing).fill("␣dragon")
    field(guessing).press("Enter")
    expect(answer(guessing)).to_contain_text("Your guess “␣dragon”")
    before = answer(guessing).inner_text()
    guessing.pick(1)
    expect(field(guessing)).to_be_visible()
    field(guessing).fill("half a wo")
    state = guessing.call("() => lmpanel.getState()")
    assert state["settings"]["guessing"] is True
    guessing.button("Undo").click()
    expect(answer(guessing)).to_have_text(before)
    guessing.button("New").click()
    expect(field(guessing)).to_be_visible()
    expect(field(guessing)).to_have_value("")
    guessing.button("Undo").click()
    expect(answer(guessing)).to_have_text(before)
    guessing.button("Reset").click()
    expect(field(guessing)).to_be_visible()
    expect(tally(guessing)).to_be_hidden()
    assert decimals(guessing) == []
    guessing.page.locator(LENS).get_by_role("switch", name="Guess first").press("Space")
    expect(guessing.rows.first).to_be_visible()
    guessing.call("(state) => lmpanel.setState(state)", state)
    expect(field(guessing)).to_be_visible()
