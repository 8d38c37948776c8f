"""Lessons of one's own in the page: by file and by address; broken, hostile, far too large."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from explorer_page import STEP_MS
from lesson_page import LessonPage
from playwright.sync_api import Browser, Page, expect

from support.chromium_pages import watched_page

HEAD = "---\ntitle: Mine\nminutes: 3\nlock: json\n---\n"
MINE = HEAD + """## One
Type `x`, see [[entropy]] and [the other lesson](lessons/surprise.md).

::: setup
raw: Once upon a time
tab: surprise
select: all
:::
::: highlight
part: tab surprise
:::
::: hide
parts: tab beams, rooms
:::
::: ask colour
question: Which colour?
answer: red
:::
## Two
The end.
"""
HOSTILE = HEAD + """## <img src=x onerror=alert(1)> One
<img src=x onerror="alert(1)"> <script>alert(1)</script> <b>bold</b>

```
<iframe src="https://elsewhere.example/"></iframe>
```
::: ask constructor
question: <svg onload=alert(1)> Which?
option: <b>a</b>
option: __proto__
answer: __proto__
:::
"""


@pytest.fixture(scope="module")
def lessons(browser: Browser, server) -> Iterator[LessonPage]:
    for page in watched_page(browser):
        yield LessonPage(page, server.url).open("backend=wasm&ahead=off")


def give_file(lessons: LessonPage, text: str | bytes, name: str = "mine.md") -> None:
    data = text if isinstance(text, bytes) else text.encode()
    if not lessons.room.get_by_text("Your own lesson").is_visible():
        lessons.go_to("Lessons")
    lessons.room.locator("#lesson-file").set_input_files(
        {"name": name, "mimeType": "text/markdown", "buffer": data})


def test_a_lesson_from_a_file_is_played_and_closed(lessons: LessonPage) -> None:
    page, before = lessons.page, lessons.ids()
    give_file(lessons, MINE)
    expect(lessons.step_name).to_have_text("1. One", timeout=STEP_MS)
    expect(page.locator("#slot-lens #tab-surprise[data-ring]")).to_have_count(1)
    expect(page.locator("#slot-lens #tab-beams")).to_be_hidden()
    expect(page.locator("#rooms")).to_be_hidden()
    locked = page.locator("#slot-token_strip").get_by_text("JSON", exact=True)
    expect(locked).to_have_attribute("data-locked", "")
    assert locked.evaluate("(button) => button.inert")
    expect(lessons.tokens.last).to_have_attribute("aria-selected", "true")

    term = lessons.card.get_by_role("button", name="entropy")
    term.press("Enter")
    expect(lessons.card.get_by_text("How uncertain a")).to_be_visible()
    page.keyboard.press("Escape")
    expect(lessons.card.get_by_text("How uncertain a")).to_be_hidden()
    expect(term).to_be_focused()
    link = lessons.card.get_by_role("link", name="the other lesson")
    assert link.evaluate("(a) => new URL(a.href).origin === location.origin")

    field = lessons.card.get_by_label("Which colour?")
    for answer, verdict in (("blue", "wrong"), ("green", "wrong"), ("Red", "right")):
        field.fill(answer)
        field.press("Enter")
        expect(lessons.part("colour")).to_have_attribute("data-verdict", verdict)
        told = lessons.card.get_by_role("button", name="Tell me")
        expect(told).to_be_visible() if answer == "green" else expect(told).to_be_hidden()
    lessons.card.get_by_role("button", name="Fold").click()
    expect(field).to_be_hidden()
    lessons.card.get_by_role("button", name="Unfold").press("Enter")
    expect(field).to_be_visible()
    lessons.card.get_by_role("button", name="Step 2: Two").press("Enter")
    expect(lessons.step_name).to_have_text("2. Two")
    expect(lessons.step_name).to_be_focused()
    expect(page.locator("#rooms")).to_be_visible()
    lessons.card.get_by_role("button", name="Close lesson").click()
    expect(page.locator("main[data-lesson]")).to_have_count(0)
    expect(page.locator("[data-locked]")).to_have_count(0)
    while lessons.ids() != before:
        lessons.button("Undo").click()


def test_a_broken_file_is_told_line_by_line(lessons: LessonPage) -> None:
    before = lessons.ids()
    give_file(lessons, MINE.replace("answer: red", "reply: x").replace("[[entropy]]", "[[wug]]"))
    problems = lessons.room.locator(".problems li")
    expect(problems).to_have_count(2, timeout=STEP_MS)
    assert problems.all_inner_texts() == [
        "line 7 [[wug]] is not a term of the glossary",
        'line 22 "reply" is not known here; possible: question, type, option, answer, tolerance, '
        "unit, hint, lines, outcome",
    ]
    assert lessons.ids() == before
    expect(lessons.page.locator("main[data-lesson]")).to_have_count(0)
    lessons.room.get_by_role("button", name="Dismiss").click()
    expect(problems).to_have_count(0)


def test_a_hostile_file_is_only_text(lessons: LessonPage) -> None:
    page = lessons.page
    give_file(lessons, HOSTILE, "<img src=x>.md")
    expect(lessons.step_name).to_contain_text("<img src=x onerror=alert(1)> One")
    expect(lessons.card).to_contain_text('<img src=x onerror="alert(1)"> <script>alert(1)</script>')
    assert page.locator("img, iframe, svg[onload]").count() == 0
    for answer, verdict in (("<b>a</b>", "wrong"), ("__proto__", "right")):
        lessons.card.get_by_label(answer, exact=True).check()
        lessons.card.get_by_role("button", name="Check").click()
        expect(lessons.part("constructor")).to_have_attribute("data-verdict", verdict)
    assert page.evaluate("() => ({}).polluted === undefined && !('question' in {})")
    lessons.card.get_by_role("button", name="Close lesson").click()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"x" * 10_000_000, "too large for a lesson"),
        (b"\xff\xfe\x00", "not a text in UTF-8"),
    ],
)
def test_what_is_no_lesson_is_refused(lessons: LessonPage, data: bytes, said: str) -> None:
    before = lessons.ids()
    give_file(lessons, data)
    expect(lessons.notices.filter(has_text=said)).to_be_visible()
    assert lessons.ids() == before


def test_a_message_goes_when_a_lesson_opens(lessons: LessonPage) -> None:
    give_file(lessons, b"x" * 10_000_000, "large.md")
    expect(lessons.notices.filter(has_text="too large for a lesson")).to_be_visible()
    give_file(lessons, MINE)
    expect(lessons.step_name).to_have_text("1. One", timeout=STEP_MS)
    expect(lessons.notices.filter(has_text="too large for a lesson")).to_have_count(0)
    lessons.card.get_by_role("button", name="Close lesson").click()


def test_a_lesson_by_its_address_and_without_storage(page: Page, server) -> None:
    """A lecturer's lesson beside the site, in a browser that lets no page keep anything."""
    page.route("**/course/mine.md", lambda route: route.fulfill(body=MINE))
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('blocked'); }});")
    lessons = LessonPage(page, server.url).open("backend=wasm&lesson=course/mine.md")
    expect(lessons.step_name).to_have_text("1. One", timeout=STEP_MS)
    expect(lessons.card.get_by_text("keeps nothing for this site")).to_be_visible()
    lessons.card.get_by_label("Which colour?").fill("red")
    page.keyboard.press("Enter")
    expect(lessons.part("colour")).to_have_attribute("data-verdict", "right")
    lessons.card.get_by_role("button", name="Step 2").click()
    lessons.card.get_by_role("button", name="Your worksheet").click()
    expect(lessons.room.get_by_text("Which colour?")).to_be_visible()


def test_an_address_elsewhere_opens_nothing(page: Page, server) -> None:
    page.watch.allow("404")
    lessons = LessonPage(page, server.url)
    lessons.open("backend=wasm&lesson=https://elsewhere.example/x.md")
    expect(lessons.notices.filter(has_text="no lesson was opened")).to_be_visible()
    page.evaluate("""() => document.dispatchEvent(new CustomEvent("lmpanel:lesson",
        {detail: {source: "//elsewhere.example/x.md"}, cancelable: true}))""")
    expect(lessons.notices.filter(has_text="Only lessons of this site")).to_be_visible()
    page.evaluate("""() => document.dispatchEvent(new CustomEvent("lmpanel:lesson",
        {detail: {source: "nowhere"}, cancelable: true}))""")
    expect(lessons.notices.filter(has_text="There is no lesson at lessons/nowhere.md")
           ).to_be_visible()
    expect(page.locator("main[data-lesson]")).to_have_count(0)
