"""The open lesson, as a card beside document and lens. Right answers stay here until given."""

from __future__ import annotations

import json
from typing import Any

from lmpanel.errors import LMPanelError
from lmpanel.session import Session
from lmpanel.views.component import Component, drawn_by
from lmpanel.wording import t


class LessonCard(Component):
    """The step of the open lesson, nothing without one. Drawn by site/components/lesson.js."""

    _constants = drawn_by("lesson")

    def __init__(self, session: Session, **params: Any):
        self.player = session.lessons
        super().__init__(session, **params)
        self.player.param.watch(self._refresh, ["changed", "refused", "wanted"])
        self.player.param.watch(self._keep, ["kept"])
        self.player.param.watch(self._hand_out, ["exported"], onlychanged=False)

    def payload(self) -> dict[str, Any]:
        wanted = self.player.wanted
        if self.player.work is None:
            return {"open": False, "wanted": wanted}
        from lmpanel.views.lesson_step import payload

        return {"open": True, "wanted": wanted, **payload(self.player.work, self.player.tool.aside)}

    def actions(self) -> dict[str, Any]:
        player = self.player
        return {
            "open_lesson": self.open,
            "close_lesson": player.close,
            "step": lambda number: player.go(int(number)),
            "answer": lambda id, value: player.answer(str(id), str(value)),
            "tell_answer": lambda id: player.tell_answer(str(id)),
            "capture": lambda id: player.try_capture(str(id)),
            "notice": player.show_notice,
            "set_up": player.set_up_again,
            "worksheet_kept": self.take_worksheet,
            "worksheet_page": self.show_worksheet,
        }

    def open(self, source: str, text: str, step: int | None = None, set_up: bool = True) -> None:
        """Open a lesson; one with mistakes is shown with them in the room of the lessons."""
        from lmpanel.lessons.parse import BadLesson

        try:
            self.player.open(str(source), str(text), step, bool(set_up))
        except BadLesson as error:
            self.explorer.room = "lessons"
            raise LMPanelError(
                error.message, t("All of it is listed in Lessons."), error.code
            ) from None

    def take_worksheet(self, text: str) -> None:
        """Use what the browser has kept; what cannot be read is set aside, not written over."""
        try:
            self.player.take_worksheet(str(text))
        except LMPanelError:
            self.tell("set_aside")
            raise

    def show_worksheet(self) -> None:
        """Open the worksheet's page."""
        self.player.page = "worksheet"
        self.explorer.room = "lessons"

    def _keep(self, *events: Any) -> None:
        self.tell("keep", text=json.dumps(self.player.worksheet.as_json()))

    def _hand_out(self, *events: Any) -> None:
        name, kind, text = self.player.exported
        self.tell("save", name=name, kind=kind, text=text)
