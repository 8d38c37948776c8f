"""Saving a session and opening it again: the state of scripts, the link, and the session file.

Each carries more than the one before: a state the document, position and settings; a link also
the room and the step of the lesson; a file everything the student did. How they are written down
is for `state_codec`, `links` and `session_file` to know. Knows nothing about the interface.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lmpanel.checks import one_of
from lmpanel.document import Document
from lmpanel.errors import BadState
from lmpanel.explorer import ROOMS
from lmpanel.links import decode_link, encode_link
from lmpanel.session import Session
from lmpanel.session_file import read_session, write_session
from lmpanel.state_codec import SETTINGS, State, decode_state, encode_state
from lmpanel.wording import later, t

_UNCHANGED = later("Nothing was changed.")
_OWN_TEXT = later("Your text for the n-grams is too large for a link; a session file holds it.")


class Saving:
    """What of one session can be kept and taken over again."""

    def __init__(self, session: Session):
        self._session = session
        self._explorer = session.explorer

    def state(self) -> dict[str, Any]:
        """The state of the scripting interface, JSON-able."""
        explorer, document = self._explorer, self._explorer.document
        inside = explorer.cursor < len(document)
        saved = State(
            document.ids,
            document.raw,
            cursor=explorer.cursor if inside else None,
            selection=explorer.span if inside else None,
            settings={name: getattr(explorer, name) for name in SETTINGS},
            model=str(self._session.model.info.model["name"]),
        )
        return encode_state(saved)

    def restore(self, state: Any) -> list[str]:
        """Take over a saved state; all or nothing. Returns warnings about what was left out.

        Raises BadState, and BadArgument while the model writes.
        """
        saved, warnings = self._decoded(state)
        self._session.changes.change(Document(saved.ids, raw=saved.raw), t("restored a state"))
        cursor = len(saved.ids) if saved.cursor is None else saved.cursor
        self._explorer.select(_anchor(saved.selection, cursor), cursor)
        # After the selection, which opens a tab of its own accord.
        self._explorer.param.update(**_known(saved.settings, self._session.model.info.vocab_size))
        return warnings

    def link(self) -> tuple[str, list[str]]:
        """The fragment of a link to the document, position, settings and step of the lesson.

        With it come warnings about what is too large for any link. In the room Inside it leads to
        what is looked at there. Raises BadArgument when all that is too much for a link.
        """
        room, lesson = self._explorer.room, self._session.lessons.saved(evidence=False)
        parts = {"state": self.state(), "room": room, "lesson": lesson}
        if room == "inside":
            parts["inside"] = self._session.inside.saved()
        return encode_link(parts), [t(_OWN_TEXT)] if self._session.ladder.own else []

    def follow(self, fragment: str) -> list[str]:
        """Take over what a link carries; all or nothing. Returns warnings. Raises BadState."""
        linked = decode_link(fragment)
        if not isinstance(linked, dict):
            raise BadState(t("This link has an unknown content."), t(_UNCHANGED))
        _check_parts(linked, {"state", "room", "lesson", "inside"})
        # Everything that can be wrong elsewhere is found before the lesson opens.
        self._decoded(linked.get("state"))
        if "inside" in linked:
            self._session.inside.check(linked["inside"])
        self._session.changes.check_idle()
        told = self._session.lessons.restore(linked["lesson"]) if linked.get("lesson") else []
        warnings = [*told, *self.restore(linked.get("state"))]
        if "inside" in linked:
            self._session.inside.restore(linked["inside"])
        self._explorer.room = linked.get("room", "explore")
        return warnings

    @property
    def parts(self) -> dict[str, Any]:
        """Who has something to keep beside the state: objects with `saved()` and `restore()`."""
        return {
            "branches": self._session.branches,
            "attempts": self._session.attempts,
            "guesses": self._session.guesses,
            "game": self._session.play,
            "lesson": self._session.lessons,
            "ngrams": self._session.ladder,
            "inside": self._session.inside,
        }

    def saved(self) -> str:
        """The text of a session file with everything the student did, but undo's memory."""
        parts = {name: part.saved() for name, part in self.parts.items()}
        return write_session({"state": self.state(), "room": self._explorer.room, **parts})

    def at_stake(self, text: str) -> bool:
        """Whether opening this session file would lose something that was done here.

        Settings and the place looked at do not count. Raises BadState for what is no session file.
        """
        read_session(text)
        fresh = Session(self._session.model, self._explorer.report)
        if len(self._explorer.history.entries) > 1:
            return True
        if self._explorer.document != fresh.explorer.document:
            return True
        parts, untouched = self.parts, Saving(fresh).parts
        return any(part.saved() != untouched[name].saved() for name, part in parts.items())

    def open(self, text: str) -> list[str]:
        """Take a saved session over: meant for a new session, which a damaged one leaves half done.

        Returns warnings. Raises BadState, and BadArgument while the model writes.
        """
        saved = read_session(text)
        _check_parts(saved, {"state", "room", *self.parts})
        warnings = self.restore(saved.get("state"))
        for name, part in self.parts.items():
            if name in saved:
                warnings += part.restore(saved[name]) or []
        self._explorer.room = saved.get("room", "explore")
        return warnings

    def _decoded(self, state: Any) -> tuple[State, list[str]]:
        info = self._session.model.info
        return decode_state(
            state,
            vocab_size=info.vocab_size,
            context_length=info.context_length,
            model=str(info.model["name"]),
        )


def _check_parts(saved: Mapping[str, Any], known: set[str]) -> None:
    unknown = saved.keys() - known
    if unknown:
        name = repr(min(unknown)[:40])
        raise BadState(t("There is an unknown part {name} in it.", name=name), t(_UNCHANGED))
    if not one_of(*ROOMS)(saved.get("room", "explore")):
        raise BadState(t("It was saved in an unknown part of the page."), t(_UNCHANGED))


def _known(settings: Mapping[str, Any], vocab_size: int) -> dict[str, Any]:
    """The settings without biases of tokens that this model does not have."""
    biases = [(id, bias) for id, bias in settings.get("biases", ()) if id < vocab_size]
    return {**settings, "biases": biases} if "biases" in settings else dict(settings)


def _anchor(selection: tuple[int, int] | None, cursor: int) -> int:
    """The end of the selection that is not the cursor."""
    if selection is None:
        return cursor
    start, stop = selection
    return stop - 1 if start == cursor and stop > start else start
