"""Every state of the live page that a reader can bring about, one after another on one page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from explorer_page import STEP_MS, ExplorerPage
from lesson_page import LessonPage
from play_page import open_room, room
from playwright.sync_api import expect

LENS = "#slot-lens .live"


def document_states(explorer: ExplorerPage) -> Iterator[str]:
    """The document, its dialogs and what can be done to it."""
    page = explorer.page
    yield "the first example"
    explorer.message.fill("left \u0004 out")
    explorer.button("End Turn").click()
    expect(explorer.notices.first).to_contain_text("U+0004")
    explorer.settled()
    yield "a notice"
    explorer.notices.first.get_by_role("button", name="Dismiss").click()
    explorer.message.fill("")
    explorer.button("Undo").click()
    expect(explorer.tokens).to_have_count(40)
    explorer.settled()
    explorer.button("JSON").click()
    page.locator(".live").get_by_label("Conversation as JSON", exact=True).fill("{oops")
    explorer.button("Use this conversation").click()
    expect(page.locator("dialog [role=alert]")).to_contain_text("not a conversation")
    yield "the conversation as JSON, refused"
    explorer.button("Close").click()
    page.get_by_role("button", name="Edit the user turn").first.click()
    yield "a turn being edited"
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("Options", exact=True).click()
    page.get_by_label("At most this many tokens").fill("300")
    explorer.button("Curve").click()
    expect(page.locator("#slot-token_strip .live svg").first).to_be_visible()
    yield "options and curve"
    explorer.button("Generate response").click()
    expect(explorer.button("Stop")).to_be_visible()
    expect(explorer.tokens).not_to_have_count(40)
    yield "generating"
    explorer.button("Stop").click()
    expect(explorer.button("Generate response")).to_be_visible(timeout=STEP_MS)
    page.get_by_text("Options", exact=True).click()
    explorer.button("Curve").click()
    explorer.token(40).click()
    explorer.token(44).click(modifiers=["Shift"])
    explorer.settled()
    yield "a span selected"


def menu_states(explorer: ExplorerPage) -> Iterator[str]:
    """The menus of the header."""
    page = explorer.page
    page.locator("#session summary").click()
    yield "session menu"
    page.locator("#session-box").get_by_role("button", name="Start over…").click()
    yield "starting over, asked"
    page.keyboard.press("Escape")
    page.locator("#engine summary").click()
    expect(page.locator("#offline-box")).to_be_visible()
    yield "engine menu"
    page.keyboard.press("Escape")


def lens_states(explorer: ExplorerPage) -> Iterator[str]:
    """Every lens with something in it."""
    page, lens = explorer.page, explorer.page.locator(LENS)
    tab = lambda name: page.get_by_role("tab", name=name).click()  # noqa: E731
    tab("Surprise")
    expect(lens.locator(".sums [data-value]").first).to_be_visible()
    lens.get_by_text("Score a text", exact=True).click()
    yield "lens surprise"
    tab("Sampling")
    explorer.button("Roll").click()
    expect(lens.locator(".fell p")).not_to_be_empty()
    lens.get_by_text("Show the working").click()
    lens.get_by_text("Forbid or favour tokens").click()
    yield "lens sampling"
    tab("Beams")
    explorer.button("Search by hand").click()
    boxes = lens.locator(".beam input[type=checkbox]")
    expect(boxes).to_have_count(6, timeout=STEP_MS)
    boxes.first.check()
    yield "lens beams"
    tab("What if")
    page.get_by_label("Another system prompt").fill("You are a pirate who hates dragons.")
    explorer.button("Compare").click()
    expect(lens.locator(".shifts tbody tr").first).to_be_visible(timeout=STEP_MS)
    yield "lens what if, tokens by change"
    tab("N-grams")
    expect(lens.locator(".ladder tbody tr")).to_have_count(7, timeout=STEP_MS)
    lens.locator(".ladder tr[data-model=bigram] button.rung").click()
    expect(lens.locator(".working")).to_be_visible()
    yield "lens n-grams"
    tab("Branches")
    expect(lens.locator(".branches .go").first).to_be_visible()
    lens.locator(".branches .line .more").first.click()
    expect(lens.locator(".tools-box")).to_be_visible()
    yield "lens branches"
    tab("Attempts")
    expect(lens.locator(".attempts tr[data-number]")).to_have_count(1)
    yield "lens attempts"
    tab("Next token")
    explorer.token(37).click()
    explorer.settled()
    lens.locator("#lookup").fill("Once")
    expect(lens.locator(".found li").first).to_be_visible()
    yield "lens next token, looked up"
    lens.get_by_role("switch", name="Guess first").click()
    expect(lens.get_by_label("What comes next?")).to_be_visible()
    yield "guess first"
    lens.get_by_role("switch", name="Guess first").click()


def play_states(explorer: ExplorerPage) -> Iterator[str]:
    """The room Play: the tutorial, a game of one round, codes."""
    play = room(explorer)
    open_room(explorer)
    expect(play.locator(".scores .nats").first).to_be_visible()
    play.get_by_role("button", name="Reveal the next token").click()
    yield "play, four tokens"
    play.get_by_role("button", name="Real text").click()
    yield "play, chooser"
    play.get_by_label("Guess").fill("1")
    play.get_by_role("button", name="Start", exact=True).click()
    expect(play.locator(".points li")).to_have_count(16, timeout=STEP_MS)
    yield "play, a round"
    play.locator(".points input").first.fill("40")
    play.get_by_role("button", name="Commit and reveal").click()
    expect(play.locator(".costs tbody tr")).to_have_count(6)
    yield "play, revealed"
    play.get_by_role("button", name="See the result").click()
    expect(play.locator(".history:visible tbody tr")).to_have_count(1)
    yield "play, the end"
    play.get_by_role("button", name="Result codes").click()
    yield "play, codes"


def inside_states(explorer: ExplorerPage) -> Iterator[str]:
    """The room Inside, tab by tab."""
    page = explorer.page
    page.locator("#rooms button[data-room=inside]").click()
    inside = page.locator("#slot-room .live")
    expect(inside.locator(".cell").first).to_be_visible(timeout=STEP_MS)
    yield "inside, tokens"
    inside.get_by_role("tab", name="Embedding").click()
    expect(inside.locator(".near tbody tr")).to_have_count(20, timeout=STEP_MS)
    inside.get_by_role("searchbox", name="Find a token").fill("7")
    expect(inside.get_by_role("group", name="Find a token: tokens that fit")).to_be_visible()
    yield "inside, embedding"
    inside.get_by_role("tab", name="Shape").click()
    expect(inside.locator(".shape-table tfoot")).to_be_visible()
    yield "inside, shape"
    inside.get_by_role("tab", name="Layers").click()
    expect(inside.get_by_role("button", name="Look inside")).to_be_visible()
    inside.get_by_role("radio", name="a text of yours").check()
    inside.get_by_label("Text to look into").last.fill("The dragon")
    inside.get_by_role("button", name="Look inside").click()
    expect(inside.get_by_role("heading", name=re.compile("After “"))).to_be_visible(
        timeout=STEP_MS)
    yield "inside, layers"
    inside.get_by_role("button", name="Attention").click()
    expect(inside.get_by_role("toolbar", name="Heads").get_by_role("button")).to_have_count(9)
    yield "inside, attention"


def lesson_states(explorer: ExplorerPage) -> Iterator[str]:
    """The lessons: list, glossary, worksheet, a step with its question."""
    walk = LessonPage(explorer.page, explorer.base)
    walk.go_to("Lessons")
    expect(walk.room.get_by_role("listitem").first).to_be_visible()
    yield "lessons, list"
    walk.room.get_by_role("button", name="Glossary").click()
    yield "lessons, glossary"
    walk.room.get_by_role("button", name="Lessons", exact=True).click()
    walk.open_lesson("Measuring surprise")
    walk.part("eighth").get_by_role("textbox").fill("4")
    walk.part("eighth").locator("button[type=submit]").click()
    expect(walk.part("eighth")).to_have_attribute("data-verdict", "wrong")
    yield "lesson, answered wrongly"
    walk.card.locator(".term").first.click()
    yield "lesson, a term explained"
    explorer.page.keyboard.press("Escape")
    walk.jump(2)
    walk.card.get_by_role("button", name="What to notice").click()
    expect(walk.card.locator(".notice")).to_be_visible()
    yield "lesson, a notice"
    walk.go_to("Lessons")
    walk.room.get_by_role("button", name="Your worksheet").click()
    expect(walk.room.locator(".record")).to_have_count(1)
    yield "lessons, worksheet"


def live_states(explorer: ExplorerPage) -> Iterator[str]:
    """All of them, in an order in which each begins where the one before ends."""
    for states in (document_states, menu_states, lens_states, play_states, inside_states,
                   lesson_states):
        yield from states(explorer)
