"""The tool as a lesson sees it: set it up, ask it for quantities and evidence, put it back.

The one place where lessons touch the session. Knows nothing about lesson files and who plays them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lmpanel.document import Document
from lmpanel.lessons.ladder_tool import LadderTool
from lmpanel.lessons.play_tool import PlayTool
from lmpanel.lessons.quantities import quantity, reply_span
from lmpanel.state_codec import SETTINGS

if TYPE_CHECKING:
    from lmpanel.lessons.directives import Setup
    from lmpanel.session import Session

_KEPT = {"ahead"}
"""Settings that a lesson leaves as the student has them, unless a setup says otherwise."""
_VIEW = {"ahead", "measure", "unit", "curve", "length"}
"""Settings of taste: a new document leaves them alone too."""


@dataclass(frozen=True)
class Place:
    """What is looked at, and with which settings."""

    document: Document
    anchor: int
    cursor: int
    settings: Mapping[str, Any]


class Tool:
    """A session, for lessons."""

    def __init__(self, session: Session):
        self._session = session
        self.play = PlayTool(session.play)
        self._ladder = LadderTool(session.ladder)

    @property
    def watched(self) -> list[tuple[Any, list[str]]]:
        """What may change a quantity: objects with names of their parameters."""
        session = self._session
        explorer = ["document", "anchor", "cursor", "room", "measured", "generating", *SETTINGS]
        return [
            (session.explorer, explorer),
            (session.attempts, ["kept"]),
            (session.guesses, ["changes"]),
            (session.play, ["part"]),
            (session.play.tutorial, ["changes"]),
            (session.play.game, ["changes"]),
            (session.ladder, ["trained"]),
            (session.rungs, ["token", "opened", "changed"]),
            (session.words, ["over"]),
        ]

    @property
    def busy(self) -> bool:
        """Whether the model is writing, so that the document cannot be changed."""
        return self._session.explorer.generating

    @property
    def document(self) -> Document:
        """The document as it is now."""
        return self._session.explorer.document

    def quantity(self, name: str) -> Any:
        """The value of a quantity now, None while it is not known."""
        return quantity(self._session, name)

    def capture(self, what: str) -> dict[str, Any]:
        """Evidence of one kind, taken now. Raises BadArgument when there is none."""
        from lmpanel.lessons.evidence import capture

        return capture(self._session, what)

    def settings(self) -> dict[str, Any]:
        """All settings, to be given back by `use`."""
        explorer = self._session.explorer
        return {name: getattr(explorer, name) for name in (*SETTINGS, "room")}

    @property
    def room(self) -> str:
        """The room that is open."""
        return self._session.explorer.room

    def place(self) -> Place:
        """Document, selection and settings as they are now; `put_back` takes them."""
        explorer = self._session.explorer
        settings = {name: getattr(explorer, name) for name in SETTINGS if name not in _KEPT}
        return Place(explorer.document, explorer.anchor, explorer.cursor, settings)

    def put_back(self, place: Place, label: str) -> None:
        """Go back to a place; what stood in the document stays in the history."""
        self._session.changes.change(place.document, label)
        self._session.explorer.select(place.anchor, place.cursor, tab=place.settings["tab"])
        self.use(dict(place.settings))

    def use(self, settings: dict[str, Any]) -> None:
        """Take over settings."""
        self._session.explorer.param.update(**settings)

    @property
    def aside(self) -> list[str]:
        """What of the student's own is set aside while the lesson is open, in words."""
        return [said for said in (self._ladder.aside, self.play.aside) if said]

    def lend(self) -> None:
        """A lesson is open: what it tells of the n-grams is told of the bundled text."""
        self._ladder.use_bundled()

    def start_afresh(self) -> None:
        """Settings as they are at first: a lesson begins the same for everybody."""
        self.play.start_afresh()
        self.use({**self._first(_KEPT), "room": "explore"})

    def give_back(self, settings: dict[str, Any]) -> None:
        """The tool is the student's again: these settings, the game that was on, the own text."""
        self.play.give_back()
        self._ladder.give_back()
        self.use(settings)

    def _first(self, left_out: set[str]) -> dict[str, Any]:
        """Settings as they are at first."""
        param = self._session.explorer.param
        return {name: param[name].default for name in SETTINGS if name not in left_out}

    def set_up(
        self,
        setup: Setup,
        label: str,
        anew: bool = False,
        fresh: bool = False,
        carry_on: bool = False,
    ) -> None:
        """Make the tool what a step asks for; what stood in the document stays in the history.

        A game that the step asks for goes on if it is on already, unless it is to begin `anew`.
        To `carry_on` is to leave the document as it is.

        With a new document all settings but those of taste are those of the start, so that no
        step depends on what was set in one before; where one begins `fresh` those of taste too.
        Raises what changing the document raises; then nothing was changed.
        """
        session = self._session
        document = None if carry_on else self._document(setup)
        if fresh:
            self._ladder.use_bundled()
        if document is not None:
            session.changes.change(document, label)
        if setup.play is not None:
            self.play.set_up(setup.play, anew)
        room = setup.room or ("explore" if document is not None or setup.settings else None)
        if room is not None:
            session.explorer.room = room
        if not carry_on:
            self._look(setup, new=document is not None)
        first = {} if document is None else self._first(_KEPT if fresh else _VIEW)
        self.use({**first, **setup.settings})
        if setup.settings.get("tab") == "ngrams":
            self._ladder.look()

    def reopen(self, setup: Setup) -> None:
        """Open the part of the page that a step is about, and its game, which is not on any more.

        After Python was started again: document and settings are there already.
        """
        if setup.play is not None:
            self.play.set_up(setup.play, anew=False)
        if setup.room is not None:
            self._session.explorer.room = setup.room

    def _document(self, setup: Setup) -> Document | None:
        editor = self._session.explorer.editor
        if setup.raw is not None:
            return editor.from_text(setup.raw)
        if not setup.turns:
            return None
        messages = [{"role": role, "content": content} for role, content in setup.turns]
        return editor.from_messages(messages, setup.reply)

    def _look(self, setup: Setup, new: bool) -> None:
        explorer, tab = self._session.explorer, self._session.explorer.tab
        if setup.selection:
            start, stop = self._span(setup.selection)
            if start < stop:
                return explorer.select(start, stop - 1, tab=tab)
        if setup.look or new:
            position = self._position(setup.look or "end")
            explorer.select(position, position, tab=tab)
        return None

    def _position(self, place: str) -> int:
        end = len(self.document)
        if place in ("end", "start", "reply"):
            return {"end": end, "start": 0, "reply": min(reply_span(self._session)[0], end)}[place]
        if place.isdecimal():
            return min(max(int(place) - 1, 0), end)
        start, stop = self._find(place)
        return start if start < stop else end

    def _span(self, place: str) -> tuple[int, int]:
        if place == "all":
            return 0, len(self.document)
        if place == "reply":
            return reply_span(self._session)
        if match := re.fullmatch(r"(\d+)\s*[-–]\s*(\d+)", place):
            return max(int(match[1]) - 1, 0), min(int(match[2]), len(self.document))
        return self._find(place)

    def _find(self, text: str) -> tuple[int, int]:
        """The tokens that hold the last occurrence of a text; empty when there is none."""
        vocabulary = self._session.model.tokenizer.vocabulary
        ends, total, data = [], 0, b""
        for id in self.document.ids:
            data += vocabulary.bytes_of(id)
            total = len(data)
            ends.append(total)
        at = data.rfind(text.encode())
        if at < 0 or not text:
            return 0, 0
        start = next(i for i, end in enumerate(ends) if end > at)
        # A token that only brings the space before the text belongs to it.
        stop = next(i for i, end in enumerate(ends) if end >= at + len(text.encode()))
        return start, stop + 1
