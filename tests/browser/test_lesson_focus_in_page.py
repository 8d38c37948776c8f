"""By keys alone through the way into a lesson and out of it: the focus is never lost; and a step by
its dot, evidence before its task, a passage read twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from explorer_page import STEP_MS
from lesson_page import LessonPage
from playwright.sync_api import Browser, expect

from support.chromium_pages import watched_page


@pytest.fixture(scope="module")
def lessons(browser: Browser, server) -> Iterator[LessonPage]:
    for page in watched_page(browser):
        page.set_viewport_size({"width": 1280, "height": 800})
        yield LessonPage(page, server.url).open("backend=wasm&ahead=off")


def test_the_focus_goes_into_a_lesson_and_out_again(lessons: LessonPage) -> None:
    page = lessons.page
    page.get_by_role("button", name="Start with lesson 1").press("Enter")
    expect(lessons.step_name).to_be_focused(timeout=STEP_MS)
    worksheet = lessons.card.get_by_role("button", name="Your worksheet")
    lessons.card.get_by_role("button", name="Step 9:").press("Enter")
    expect(lessons.step_name).to_be_focused()
    worksheet.press("Enter")
    tab = lessons.room.get_by_role("button", name="Your worksheet")
    expect(tab).to_be_focused()
    lessons.room.get_by_role("button", name="Lessons", exact=True).press("Enter")
    lessons.room.get_by_role("button", name="Go on: A conversation").press("Enter")
    expect(lessons.step_name).to_be_focused()
    lessons.card.get_by_role("button", name="Close lesson").press("Enter")
    expect(page.locator("#rooms [data-room=lessons]")).to_be_focused()
    page.keyboard.press("Enter")
    lessons.room.get_by_role("button", name="Start: Measuring surprise").press("Enter")
    expect(lessons.step_name).to_be_focused(timeout=STEP_MS)


def test_a_step_by_its_dot_has_what_it_asks_for(lessons: LessonPage) -> None:
    lessons.jump(5)
    lessons.button("nats").click()
    expect(lessons.part("nats")).to_have_attribute("data-done", "true")
    lessons.jump(4)
    lessons.measured()
    expect(lessons.lens).to_contain_text("46.29 bits")
    part = lessons.part("per-token")
    for value, verdict in (("seven", "refused"), ("7,72", "right"), ("seven", "refused")):
        part.get_by_role("textbox").fill(value)
        part.get_by_role("textbox").press("Enter")
        expect(part).to_have_attribute("data-verdict", verdict)
    expect(part.get_by_role("status").first).to_contain_text("“7,72” stays")
    expect(part.locator(".mark")).to_be_empty()
    lessons.jump(5)
    expect(lessons.lens).to_contain_text("nats per token")


def test_a_prediction_comes_first_and_evidence_after_its_task(lessons: LessonPage) -> None:
    lessons.open_lesson_anew("A conversation is a document")
    lessons.jump(3)
    prediction = lessons.page.locator("main > .prediction")
    expect(prediction).to_be_hidden()
    guess, first = lessons.part("guess"), lessons.part("first")
    first.get_by_role("button").click()
    expect(first.get_by_role("status")).to_contain_text("First: Press “Pick top token”")
    guess.get_by_role("textbox").fill("Goodbye")
    guess.get_by_role("textbox").press("Enter")
    expect(guess).to_have_attribute("data-verdict", "kept")
    expect(prediction).to_be_visible()
    expect(guess.locator(".mark")).to_be_empty()
    lessons.top_tokens(1)
    expect(guess.locator(".outcome")).to_contain_text("You expected “Goodbye”. It came: “Hello”.")
    expect(lessons.card.locator(".notice")).to_be_in_viewport(ratio=0.5)
    lessons.keep_now("first")


def test_who_sets_the_step_up_again_reads_the_same_passage(lessons: LessonPage) -> None:
    lessons.open_lesson_anew("From n-grams to transformers")
    lessons.jump(4)
    read = lessons.button("Read a held-out passage")
    seen = []
    for _ in range(2):
        read.click(timeout=4 * STEP_MS)
        expect(lessons.tokens).to_have_count(120)
        seen.append(lessons.ids())
        lessons.card.get_by_role("button", name="Set up again").click()
        expect(lessons.tokens).to_have_count(9)
    assert seen[0] == seen[1]
