"""Every lesson of the site from its first to its last step: answers, tasks done by hand, evidence;
on one page, as one student has it. Then the worksheet that comes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from explorer_page import STEP_MS, ExplorerPage
from lesson_page import LessonPage
from playwright.sync_api import Browser, expect

from lmpanel.lessons.__main__ import index
from lmpanel.lessons.answers import judge
from lmpanel.lessons.directives import Ask, Capture, Check
from lmpanel.lessons.parse import Lesson, parse
from support.chromium_pages import watched_page

FOLDER = Path(__file__).parents[2] / "site" / "lessons"
LESSONS = [entry["file"].removesuffix(".md") for entry in index(FOLDER)]
Act = Callable[[LessonPage], object]


@pytest.fixture(scope="module")
def walk(browser: Browser, server) -> Iterator[LessonPage]:
    """One page for all lessons, begun by the one click of a newcomer before anything is loaded."""
    for page in watched_page(browser):
        page.set_viewport_size({"width": 1280, "height": 800})
        walk = LessonPage(page, server.url)
        page.goto(f"{server.url}index.html?backend=wasm")
        page.get_by_role("button", name="Start with lesson 1").click()
        walk.wait_ready()
        expect(walk.card.locator(".lesson-title")).to_have_text("A conversation is a document")
        yield walk


def lesson_of(name: str) -> Lesson:
    return parse((FOLDER / f"{name}.md").read_text(encoding="utf-8"))


def fill_guess(word: str) -> Act:
    def act(walk: LessonPage) -> None:
        walk.lens.get_by_label("What comes next?").fill(word)
        walk.page.keyboard.press("Enter")

    return act


def odd_token(walk: LessonPage) -> None:
    walk.lens.get_by_label("Look up any token").fill("Computer")
    walk.lens.locator(".found .token").first.click()


def second_choice(walk: LessonPage) -> None:
    walk.pick(2)
    walk.top_tokens(7)


def teapot(walk: LessonPage) -> None:
    walk.reply.fill(" teapot")
    walk.reply.press("Enter")


def own_text(walk: LessonPage) -> None:
    walk.message.fill("Once upon a time there was a purple spreadsheet.")
    walk.button("Replace all").click()


def score_text(walk: LessonPage) -> None:
    walk.page.get_by_text("Score a text", exact=True).click()
    walk.page.locator("#score-text").fill("The exam begins at nine o'clock.")
    walk.button("Score").click()


def best_beam(walk: LessonPage) -> None:
    walk.lens.get_by_label("Number of beams").select_option("3")
    walk.button("Search automatically").click()
    take = walk.lens.get_by_role("button", name="Take beam 1 of the automatic search")
    take.click(timeout=2 * STEP_MS)


def rank_of_first(walk: LessonPage) -> str:
    """Click on the odd token in the document and read the marked row, as the hint says."""
    walk.tokens.last.click()
    row = walk.lens.locator(".candidates tr.marked")
    expect(row).to_have_count(1)
    return row.locator("td, th").first.inner_text()


def scores(*texts: str) -> Act:
    def act(walk: LessonPage) -> None:
        expect(walk.room.locator(".scores input")).to_have_count(len(texts))
        for field, text in zip(walk.room.locator(".scores input").all(), texts, strict=True):
            field.fill(text)

    return act


def reveal(walk: LessonPage) -> None:
    walk.room.get_by_role("button", name="Reveal the next token").click()


def play_sequence(walk: LessonPage) -> None:
    """Even scores to the end: ln 4 for each."""
    for button in ("Go on",) * 4 + ("See the result",):
        reveal(walk)
        walk.room.get_by_role("button", name=button).press("Enter")


def play_rounds(count: int, points: str, go_on: bool = False) -> Act:
    """Bet on the first token of the list, round after round."""

    def act(walk: LessonPage) -> None:
        first = walk.room.locator(".points input").first
        for number in range(count):
            if go_on or number:
                walk.room.get_by_role("button", name="Next token").click()
            first.fill(points, timeout=STEP_MS)
            first.press("Control+Enter")
            expect(walk.room.locator(".costs tbody tr")).to_have_count(6)

    return act


def of_you(walk: LessonPage) -> str:
    """What the round just revealed cost, as the table has it."""
    return walk.room.locator(".costs tr[data-name=you] [data-col=bits]").get_attribute("title")


def counts_of_whale(walk: LessonPage) -> None:
    walk.lens.locator(".ladder tr[data-model=bigram] button.token").first.click()
    walk.lens.get_by_role("button", name="trigram").click()


def held_out(walk: LessonPage) -> None:
    walk.button("Read a held-out passage").click()


def bigram_bits(walk: LessonPage) -> str:
    cell = walk.lens.locator(".ladder tr[data-model=bigram] [data-bits]")
    return cell.get_attribute("data-bits")


def choose_trigram(walk: LessonPage) -> None:
    walk.page.get_by_label("Model that predicts").select_option("trigram")


GENERATE: Act = LessonPage.generate
ACTS: dict[tuple[str, str], Act] = {
    ("conversation", "pick"): lambda walk: walk.top_tokens(1),
    ("conversation", "crossed"): GENERATE,
    ("conversation", "paris"): GENERATE,
    ("conversation", "lost"): GENERATE,
    ("token-by-token", "ten"): lambda walk: walk.top_tokens(10),
    ("token-by-token", "other"): second_choice,
    ("token-by-token", "odd"): odd_token,
    ("token-by-token", "coped"): GENERATE,
    ("token-by-token", "teapot"): teapot,
    ("token-by-token", "went-on"): GENERATE,
    ("token-by-token", "tree"): lambda walk: walk.open_tab("Branches"),
    ("predictable", "guessed"): fill_guess(" be"),
    ("predictable", "guessed-colour"): fill_guess(" green"),
    ("predictable", "own"): own_text,
    ("surprise", "nats"): lambda walk: walk.button("nats").click(),
    ("surprise", "scored"): score_text,
    ("decoding", "greedy"): GENERATE,
    ("decoding", "sampled"): GENERATE,
    ("decoding", "beam"): best_beam,
    ("decoding", "forced"): GENERATE,
    ("play", "typed"): scores("3", "1", "6", "2"),
    ("play", "added"): lambda walk: walk.room.get_by_role("button", name="+1 for all").click(),
    ("play", "equal"): scores("5", "5", "5", "5"),
    ("play", "over"): play_sequence,
    ("play", "lost"): reveal,
    ("play", "one"): play_rounds(1, "40"),
    ("play", "rounds"): play_rounds(3, "25", go_on=True),
    ("play", "sure"): play_rounds(1, "99"),
    ("ngrams", "counts"): counts_of_whale,
    ("ngrams", "passage"): held_out,
    ("ngrams", "trigram"): choose_trigram,
    ("ngrams", "written"): lambda walk: walk.button("Let the model go on").click(),
    ("filters", "half"): lambda walk: walk.slide("Temperature", "0.5"),
    ("filters", "hot"): lambda walk: walk.slide("Temperature", "1.5"),
    ("filters", "two"): lambda walk: walk.slide("Top-k", "2"),
    ("filters", "cold"): lambda walk: walk.slide("Temperature", "0"),
    ("entropy", "answered"): GENERATE,
    ("entropy", "rome"): GENERATE,
    ("entropy", "what-if"): lambda walk: walk.open_tab("What if"),
}
"""What each task asks for, by hand."""

MEASURED: dict[tuple[str, str], str | Act] = {
    ("token-by-token", "rank"): rank_of_first,
    ("surprise", "total"): "46.29",
    ("surprise", "per-token"): "7.715",
    ("surprise", "perplexity"): "210",
    ("decoding", "likelier"): "19.73",
    ("entropy", "chat-bits"): "1.73",
    ("play", "mean"): "1.386",
    ("play", "paid"): of_you,
    ("ngrams", "bigram"): bigram_bits,
}
"""Right answers that depend on the tool: read there, or by another computation."""


def right(walk: LessonPage, name: str, ask: Ask) -> str:
    if ask.measured:
        known = MEASURED[name, ask.id]
        return known if isinstance(known, str) else known(walk)
    return f"{ask.number[0]:g}" if ask.number else ask.right[0]


def wrong(ask: Ask) -> str:
    if ask.type == "number":
        return "12345.6"
    if ask.type == "choice":
        return next(option for option in ask.options if option not in ask.right)
    return "certainly not"


def question(walk: LessonPage, name: str, ask: Ask, wrongly: bool) -> str:
    """Answer a question, first wrongly if asked to; returns the answer that stays."""
    if not ask.checked:
        value = ask.options[0] if ask.type == "choice" else f"my words about {ask.id}"
        walk.answer(ask, value, "kept")
        return value
    if ask.measured:
        walk.measured()
    value = right(walk, name, ask)
    if wrongly:
        walk.answer(ask, wrong(ask), "wrong")
    walk.answer(ask, value, "right")
    return value


@pytest.mark.parametrize("name", LESSONS)
def test_wrong_answers_are_wrong(name: str) -> None:
    """Whatever the tool measures: what the walk answers first is never right."""
    asks = [part for step in lesson_of(name).steps for part in step.all(Ask) if part.checked]
    assert asks
    for ask in asks:
        for measured in (0.0, 1.0, 2.5, 40.0, "␣a"):
            if (ask.type == "number") == isinstance(measured, float):
                assert judge(ask, wrong(ask), lambda _, it=measured: it).right is False


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_to_its_last_step(walk: LessonPage, name: str) -> None:
    lesson = lesson_of(name)
    walk.open_lesson(lesson.title)
    answers, evidence, tried = {}, [], set()
    for number, step in enumerate(lesson.steps, 1):
        if number > 1:
            walk.next_step(number)
        expect(walk.step_name).to_have_text(f"{number}. {step.title}")
        for part in step.parts:
            if isinstance(part, Ask):
                # One wrong answer of each kind is enough: judging them costs the page its time.
                wrongly = part.checked and part.type not in tried
                tried |= {part.type} if wrongly else set()
                answers[part.id] = question(walk, name, part, wrongly)
            elif isinstance(part, Check):
                walk.do(part, ACTS[name, part.id])
            elif isinstance(part, Capture):
                walk.keep(part)
                evidence.append(part.id)
        notices = sum(getattr(part, "notice", False) for part in step.parts)
        expect(walk.card.locator(".notice")).to_have_count(notices)
    record = walk.kept_worksheet()["records"][f"lessons/{name}.md"]
    assert {id: answer["value"] for id, answer in record["answers"].items()} == answers
    assert all(answer["right"] is not False for answer in record["answers"].values())
    assert list(record["evidence"]) == evidence
    assert all(entry["table"]["rows"] for entry in record["evidence"].values())
    assert record["seen"] == list(range(len(lesson.steps)))
    after = LESSONS[LESSONS.index(name) + 1 :]
    if after:
        title = lesson_of(after[0]).title
        expect(walk.card.get_by_role("button", name=f"Next lesson: {title}")).to_be_visible()


def test_the_worksheet(explorer: ExplorerPage, tmp_path) -> None:
    walk, page = LessonPage(explorer.page, explorer.base), explorer.page
    lesson = lesson_of("surprise")
    walk.open_lesson(lesson.title)
    total, own = (next(step for step in lesson.steps if step.find(Ask, id))
                  for id in ("total", "own"))
    walk.jump(lesson.steps.index(total) + 1)
    walk.keep(total.all(Capture)[0])
    walk.answer(total.find(Ask, "total"), "46.29", "right")
    walk.jump(lesson.steps.index(own) + 1)
    walk.answer(own.find(Ask, "own"), "my words about <b>own</b>", "kept")

    walk.card.get_by_role("button", name="Your worksheet").click()
    expect(walk.room.get_by_label("Name")).to_be_visible()
    walk.room.get_by_label("Name").fill("Ada <b>Lovelace</b>")
    walk.room.get_by_label("Name").press("Enter")
    expect(walk.room.locator(".record h3")).to_have_count(1)
    texts = {}
    for form, ending in (("HTML", "html"), ("Markdown", "md")):
        with page.expect_download() as download:
            walk.room.get_by_role("button", name=f"Save as {form}").click()
        name = download.value.suggested_filename
        assert name == f"worksheet-Ada-b-Lovelace-b-{lesson.title.replace(' ', '-')}.{ending}"
        download.value.save_as(tmp_path / ending)
        texts[ending] = (tmp_path / ending).read_text(encoding="utf-8")
    for text in texts.values():
        assert lesson.title in text and "SmolLM2-135M-Instruct · lmpanel" in text
        assert "Score a text of at least five tokens." in text, "a task that was not done"
        assert "my words about" in text and "46.29" in text, "answers"
        assert "␣mat" in text and "7.715 bits per token" in text, "evidence"
    assert "<b>Lovelace" not in texts["html"] and "&lt;b&gt;Lovelace" in texts["html"]
    assert "<script" not in texts["html"]
    page.emulate_media(media="print")
    expect(walk.room.get_by_role("heading", name="Worksheet", exact=True)).to_be_visible()
    expect(page.locator(".top")).to_be_hidden()
    expect(walk.room.get_by_role("button", name="Print")).to_be_hidden()
    expect(walk.room.get_by_text("46.29").first).to_be_visible()
    page.emulate_media(media="screen")
    walk.room.get_by_role("button", name="Clear…").click()
    walk.room.get_by_role("button", name="Keep it").press("Enter")
    expect(walk.room.locator(".record").first).to_be_visible()
    walk.room.get_by_role("button", name="Clear…").click()
    walk.room.get_by_role("button", name="Clear everything").click()
    expect(walk.room.get_by_text("Nothing yet.")).to_be_visible()
    assert not any(record["answers"] for record in walk.kept_worksheet()["records"].values())
