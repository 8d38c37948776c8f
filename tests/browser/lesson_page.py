"""A lesson as a student works through it: answers, tasks by clicks and keys, evidence, steps."""

from __future__ import annotations

import json
from collections.abc import Callable

from explorer_page import STEP_MS, ExplorerPage
from playwright.sync_api import Locator, expect

from lmpanel.lessons.directives import Ask, Capture, Check


class LessonPage(ExplorerPage):
    """The page with the card of an open lesson."""

    @property
    def card(self) -> Locator:
        return self.page.locator("#slot-lesson .live .card")

    @property
    def lens(self) -> Locator:
        return self.page.locator("#slot-lens .live")

    @property
    def room(self) -> Locator:
        return self.page.locator("#slot-room .live")

    @property
    def step_name(self) -> Locator:
        return self.card.locator(".name")

    def go_to(self, room: str) -> None:
        """A part of the page by its name in the header."""
        self.page.locator("#rooms").get_by_role("button", name=room).click()

    def open_lesson(self, title: str) -> None:
        """Begin a lesson from the list."""
        self.go_to("Lessons")
        self.room.get_by_role("button", name="Lessons", exact=True).click()
        self.room.get_by_role("button", name=f": {title}").click()
        expect(self.card.locator(".lesson-title")).to_have_text(title, timeout=STEP_MS)
        expect(self.step_name).to_contain_text("1. ")

    def open_lesson_anew(self, title: str) -> None:
        """Open a lesson from the list wherever it was left."""
        self.go_to("Lessons")
        self.room.get_by_role("button", name=f": {title}").click()
        expect(self.card.locator(".lesson-title")).to_have_text(title, timeout=STEP_MS)

    def keep_now(self, id: str) -> None:
        """Keep a piece of evidence."""
        self.measured()
        self.part(id).get_by_role("button").click()
        expect(self.part(id).get_by_role("status")).to_contain_text("Kept")

    def part(self, id: str) -> Locator:
        """A question, task or piece of evidence of this step."""
        return self.card.locator(f'[data-id="{id}"]')

    def answer(self, ask: Ask, value: str, verdict: str) -> None:
        """Give an answer and wait for what it came to."""
        part = self.part(ask.id)
        if ask.type == "choice":
            part.get_by_label(value, exact=True).check()
        else:
            part.get_by_role("textbox").fill(value)
        part.locator("button[type=submit]").click()
        expect(part).to_have_attribute("data-verdict", verdict)
        expect(part.get_by_role("status")).not_to_be_empty()

    def do(self, check: Check, action: Callable[[LessonPage], None]) -> None:
        """Do a task, which is not ticked off before."""
        part = self.part(check.id)
        expect(part).to_have_attribute("data-done", "false")
        action(self)
        expect(part).to_have_attribute("data-done", "true", timeout=2 * STEP_MS)
        self.settled()

    def keep(self, capture: Capture) -> None:
        """Keep evidence on the worksheet."""
        self.keep_now(capture.id)

    def next_step(self, number: int) -> None:
        """Go on; `number` is that of the new step, from 1."""
        self.card.get_by_role("button", name="Next", exact=True).click()
        expect(self.step_name).to_contain_text(f"{number}. ")
        expect(self.step_name).to_be_focused()
        self.settled()

    def jump(self, number: int) -> None:
        """To any step by its dot, from 1."""
        self.card.get_by_role("button", name=f"Step {number}:").click()
        expect(self.step_name).to_contain_text(f"{number}. ")
        self.settled()

    def kept_worksheet(self) -> dict:
        """What the browser keeps, once everything that Python had sent is there."""
        self.settled()
        return json.loads(self.page.evaluate("() => localStorage.getItem('lmpanel:/:worksheet')"))

    # What tasks ask for

    def generate(self) -> None:
        self.button("Generate response").click()

    def top_tokens(self, count: int) -> None:
        for _ in range(count):
            before = self.tokens.count()
            self.button("Pick top token").click()
            expect(self.tokens).to_have_count(before + 1)

    def open_tab(self, name: str) -> None:
        self.page.get_by_role("tab", name=name).click()

    def slide(self, label: str, value: str) -> None:
        self.lens.get_by_label(label).fill(value)
