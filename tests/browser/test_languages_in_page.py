"""The interface in five languages: chosen by the address or in the header, at once and for
good; and nothing of it stays English."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from explorer_page import ExplorerPage
from lesson_page import LessonPage
from playwright.sync_api import Page, expect

from lmpanel.wording import LANGUAGES, read_table
from support.interface_texts import interface_texts

TRANSLATED = [language for language in LANGUAGES if language != "en"]
MARKED = "⟦{}⟧"
# Names, formats and formulas.
NO_WORDS = re.compile(
    r"lmpanel|SmolLM2-135M-Instruct|WASM|WebGPU|CSV|SVG|PNG|JSON|LMR1\.…|(ln|log)[ (].*")
ROOMS = {"play": ".play .head .segmented button", "inside": "[role=tab]",
         "lessons": ".lessons .pages button"}
"""The parts of the page, and what leads to the parts of them."""
LEFT = """() => {
    const own = ".token, .token-cell, .t, .cum, .sign, .word, td.left, .go, bdi, b, code, [lang]";
    const content = ".text-card > span, .examples button, .formula, .about, noscript, script, " +
        "th[scope=row]";
    const found = new Set(), words = /[A-Za-z]{3}/, marked = /[⟦⟧]/;
    const walk = (node) => {
        if (node.nodeType === Node.TEXT_NODE) {
            const text = node.textContent.trim();
            const around = node.parentNode.closest("dd, p, li, td") ?? node.parentNode;
            if (words.test(text) && !marked.test(around.textContent)) found.add(text);
        } else if (node.nodeType === Node.ELEMENT_NODE) {
            if (node.hidden || node.matches(own) || node.matches(content)) return;
            if (getComputedStyle(node).display === "none") return;
            for (const name of ["aria-label", "title", "placeholder", "alt"]) {
                const text = node.getAttribute(name);
                if (text && words.test(text) && !marked.test(text)) found.add(text);
            }
            if (node.shadowRoot) node.shadowRoot.childNodes.forEach(walk);
            node.childNodes.forEach(walk);
        }
    };
    walk(document.body);
    return [...found];
}"""


def in_language(explorer: ExplorerPage, language: str) -> None:
    """Choose it in the header, and wait until everything is drawn in it."""
    explorer.page.get_by_role("combobox", name=read_word("Language")).select_option(language)
    expect(explorer.page.locator(f"html[lang={language}]")).to_be_attached()
    expect(explorer.page.locator("#language")).to_be_enabled()
    explorer.settled()


def read_word(text: str) -> re.Pattern:
    """A text in whichever language."""
    words = [text, *(read_table(language)[text] for language in TRANSLATED)]
    return re.compile("^(?:" + "|".join(map(re.escape, words)) + ")$")


def test_every_language_is_spoken_and_what_was_done_stays(explorer: ExplorerPage) -> None:
    page = explorer.page
    explorer.pick(2)
    explorer.pick(1)
    ids, exact = explorer.ids(), explorer.rows.first.locator("td").nth(4).get_attribute("title")
    explorer.message.fill("half a mess")
    for language in (*TRANSLATED, "en"):
        in_language(explorer, language)
        table = read_table(language)
        expect(page.locator("#language")).to_be_focused()
        expect(page.locator("#milestone")).to_have_text(
            table.get("The language is English.", "The language is English."))
        generate = table.get("Generate response", "Generate response")
        expect(explorer.button(generate)).to_be_visible()
        expect(page.get_by_role("tab", name=table.get("Surprise", "Surprise"))).to_be_visible()
        assert explorer.ids() == ids
        again = explorer.rows.first.locator("td").nth(4).get_attribute("title")
        assert float(again) == pytest.approx(float(exact), rel=1e-4)
        expect(explorer.message).to_have_value("half a mess")


def test_the_choice_is_kept_and_python_speaks_it(fresh: ExplorerPage) -> None:
    page, table = fresh.page, read_table("fr")
    in_language(fresh, "fr")
    page.reload()
    fresh.wait_ready()
    expect(page.locator("html[lang=fr]")).to_be_attached()
    expect(page.locator("#language")).to_have_value("fr")
    expect(page.locator("#rooms [data-room=inside]")).to_have_text(table["Inside"])
    refused = fresh.refusal("lmpanel.setState({version: 1, format: 'other'})")
    assert refused["code"] == "bad_state"
    reason = table["This state cannot be restored: {reason}."].partition("{")[0]
    assert refused["message"].startswith(reason)


def test_the_address_has_the_last_word(page: Page, server) -> None:
    explorer = ExplorerPage(page, server.url).open("backend=wasm&lang=de")
    assert page.title() == read_table("de")["lmpanel · a language model, one token at a time"]
    expect(page.locator("#chip")).to_contain_text("geprüft")
    in_language(explorer, "es")
    assert "lang=es" in page.url
    page.goto(f"{server.url}index.html?backend=wasm&lang=xx")
    explorer.wait_ready()
    expect(page.locator("html[lang=es]")).to_be_attached()
    expect(explorer.notices).to_contain_text("lang=xx")


def test_a_language_that_does_not_come_leaves_the_page_as_it_is(
        page: Page, server, tmp_path: Path) -> None:
    explorer = ExplorerPage(page, server.url).open()
    page.watch.allow("ERR_FAILED")
    page.route("**/wording/pt.json", lambda route: route.abort())
    page.locator("#language").select_option("pt")
    expect(explorer.notices).to_contain_text("The language could not be loaded.")
    expect(page.locator("#language")).to_have_value("en")
    expect(explorer.button("Generate response")).to_be_visible()
    page.unroute("**/wording/pt.json")
    in_language(explorer, "pt")


def test_lessons_stay_english_and_name_the_controls_as_they_are(explorer: ExplorerPage) -> None:
    page, table = explorer.page, read_table("de")
    in_language(explorer, "de")
    page.locator("#start-lesson").click()
    card = page.locator("#slot-lesson .live .card")
    expect(card.locator(".lesson-title")).to_have_text("A conversation is a document")
    expect(card.locator(".name")).to_have_attribute("lang", "en")
    card.get_by_role("button", name=table["Step {n}: {title}"].split("{")[0] + "3").click()
    expect(card).to_contain_text(table["Pick top token"])
    card.get_by_role("button", name=table["Close lesson"]).click()
    in_language(explorer, "en")


def test_a_change_in_the_middle_of_things(explorer: ExplorerPage) -> None:
    """In a lesson that has just set its document up, with text in a lens; while a model writes."""
    page = explorer.page
    walk = LessonPage(page, explorer.base)
    walk.open_lesson("A conversation is a document")
    walk.jump(9)
    page.locator("#slot-lens .live #lookup").fill("drag")
    for language in ("de", "es", "en"):
        in_language(explorer, language)
        expect(page.locator("#slot-lens .live #lookup")).to_have_value("drag")
        expect(walk.step_name).to_contain_text("9. ")
        assert explorer.tokens.count() == len(explorer.ids())
    walk.card.get_by_role("button", name="Close lesson").click()
    explorer.start_over()
    explorer.button("Generate response").click()
    expect(explorer.token(42)).to_be_visible()
    in_language(explorer, "fr")
    stopped = read_table("fr")["The model stopped writing when the page was drawn anew."]
    expect(explorer.notices).to_contain_text(stopped)
    assert explorer.tokens.count() == len(explorer.ids()) > 42
    in_language(explorer, "en")


@pytest.fixture
def marked(page: Page, server) -> Iterator[ExplorerPage]:
    """The page in a language in which every text says that it went through the table."""
    table = {text: text[:len(text) - len(text.lstrip())] + MARKED.format(text.strip())
             + text[len(text.rstrip()):] for text in interface_texts()}
    page.route("**/wording/de.json", lambda route: route.fulfill(body=json.dumps(table)))
    yield ExplorerPage(page, server.url).open("backend=wasm&ahead=off&lang=de")


def left(page: Page) -> list[str]:
    """What is shown or said and did not go through the table."""
    return [text for text in page.evaluate(LEFT) if not NO_WORDS.fullmatch(text)]


def test_nothing_of_the_interface_is_left_out(marked: ExplorerPage) -> None:
    page = marked.page
    found = {"explore": left(page)}
    marked.pick(2)
    marked.tokens.nth(9).click()
    marked.settled()
    for menu in ("engine", "session"):
        page.locator(f"#{menu} summary").click()
        found[menu] = left(page)
        page.keyboard.press("Escape")
    tabs = page.locator("#slot-lens .live [role=tab]")
    for at in range(tabs.count()):
        tabs.nth(at).click()
        marked.measured()
        folded = page.locator("#slot-lens .live details")
        folded.evaluate_all("(all) => all.forEach((details) => { details.open = true; })")
        found[tabs.nth(at).get_attribute("data-name")] = left(page)
    for room, part in ROOMS.items():
        page.locator(f"#rooms [data-room={room}]").click()
        parts = page.locator(f"#slot-room .live {part}")
        expect(parts.first).to_be_visible()
        found[room] = left(page)
        for at in range(parts.count()):
            parts.nth(at).click()
            marked.settled()
            found[f"{room} {at}"] = left(page)
    assert {place: texts for place, texts in found.items() if texts} == {}
