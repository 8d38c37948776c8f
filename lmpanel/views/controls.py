"""The controls: what can be done to the document."""

from __future__ import annotations

from typing import Any

from lmpanel.tasks import TASKS
from lmpanel.views.component import Component, drawn_by
from lmpanel.wording import many, t


class Controls(Component):
    """Buttons and boxes below the strip. Drawn by site/components/controls.js."""

    _constants = drawn_by("controls")
    watches = (
        *("document", "cursor", "generating", "written"),
        *("strategy", "max_tokens", "past_end", "ahead"),
    )

    def payload(self) -> dict[str, Any]:
        explorer = self.explorer
        response = explorer.editor.response(explorer.document)
        reply = response.content_stop - response.content_start if response else 0
        last = min(explorer.cursor + 1, len(explorer.document))
        inside = last < len(explorer.document)
        return {
            "turn": self._turn(),
            "empty": len(explorer.document) == 0,
            "reply_tokens": reply,
            "generating": explorer.generating,
            "written": self._written(),
            "strategy": explorer.strategy,
            "max_tokens": explorer.max_tokens,
            "past_end": explorer.past_end,
            "ahead": explorer.ahead,
            "tasks": [{"name": task.name, "message": task.message} for task in TASKS],
            "rewind": t("Cut the document after token {n}", n=last) if inside else None,
        }

    def _turn(self) -> str:
        if self.explorer.document.raw:
            return "raw"
        turns = self.explorer.editor.turns(self.explorer.document)
        last = turns[-1] if turns else None
        return "assistant" if last and last.role == "assistant" and not last.closed else "user"

    def _written(self) -> str:
        if self.explorer.generating:
            start = len(self.explorer.history.current.state)
            return many(len(self.explorer.document) - start, "{n} token", "{n} tokens")
        return self.explorer.written

    def actions(self) -> dict[str, Any]:
        changes, generation = self.session.changes, self.session.generation
        return {
            "ready": lambda: None,
            "strategy": lambda name: self.explorer.param.update(strategy=name),
            "ahead": lambda on: self.explorer.param.update(ahead=bool(on)),
            "generate": generation.run,
            "stop": generation.stop,
            "pick_top": changes.pick_top,
            "clear_response": changes.clear_response,
            "rewind": changes.rewind,
            "append_text": self.append_text,
            "end_turn": self.end_turn,
            "close_turn": changes.close_turn,
            "raw_text": self.raw_text,
        }

    def append_text(self, text: str, box: str) -> None:
        """Add typed text; the box is emptied once it is in the document."""
        self.session.changes.append_text(str(text))
        self.tell("written", box=box)

    def end_turn(self, text: str) -> None:
        """End the user's turn; the box is emptied once the message is in the document."""
        self.session.changes.end_turn(str(text))
        self.tell("written", box="message")

    def raw_text(self, text: str) -> None:
        """Replace the raw document by the box's text."""
        self.session.changes.raw_text(str(text))
        self.tell("written", box="message")
