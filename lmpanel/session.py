"""One student's session: what is on the screen and those who work on it, saved and restored whole.

The arrows inside: the collaborators (`changes`, `generation`, `measurement`, `throws` and so
on) know the explorer, not each other; the session ties them together.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lmpanel.attempts import Attempts
from lmpanel.beams import Beams
from lmpanel.biases import Biases
from lmpanel.branches import Branches
from lmpanel.changes import Changes
from lmpanel.checks import one_of
from lmpanel.document import Document
from lmpanel.errors import BadState, LMPanelError
from lmpanel.expansion import Expansion
from lmpanel.explorer import ROOMS, TRANSFORMER, Explorer
from lmpanel.game.play import Play
from lmpanel.generation import Generation
from lmpanel.guesses import Guesses
from lmpanel.inside import Inside
from lmpanel.lessons.player import Player
from lmpanel.lessons.tool import Tool
from lmpanel.links import decode_link, encode_link
from lmpanel.measurement import Measurement
from lmpanel.model import LanguageModel
from lmpanel.ngrams.ladder import Fetch, Ladder, no_corpus
from lmpanel.prefetch import Prefetch
from lmpanel.rungs import Rungs
from lmpanel.sampling import Draw
from lmpanel.session_file import read_session, write_session
from lmpanel.state_codec import SETTINGS, State, decode_state, encode_state
from lmpanel.throws import Throws
from lmpanel.what_if import WhatIf
from lmpanel.word_rungs import WordRungs

_UNCHANGED = "Nothing was changed."
_OWN_TEXT = "Your text for the n-grams is too large for a link; a session file holds it."


class Session:
    """An explorer with its collaborators; views get it whole.

    `model` is the transformer, whichever model predicts. `fetch` delivers the bundled text.
    """

    def __init__(
        self,
        model: LanguageModel,
        report: Callable[[LMPanelError], None],
        fetch: Fetch = no_corpus,
    ):
        self.model = model
        self.explorer = Explorer(model, report)
        self.ladder = Ladder(model, fetch)
        self.explorer.models = {TRANSFORMER: model, **self.ladder.models}
        self.changes = Changes(self.explorer)
        self.attempts = Attempts(self.explorer)
        self.generation = Generation(self.explorer, self._written)
        self.prefetch = Prefetch(self.explorer)
        self.measurement = Measurement(self.explorer, self.prefetch.begin)
        self.throws = Throws(self.explorer)
        self.biases = Biases(self.explorer)
        self.beams = Beams(self.explorer)
        self.what_if = WhatIf(self.explorer, self.changes.check_text)
        self.branches = Branches(self.explorer)
        self.expansion = Expansion(self.explorer, self.branches.grow)
        self.guesses = Guesses(self.explorer)
        self.inside = Inside(self.explorer)
        self.rungs = Rungs(self.explorer, self.ladder)
        self.words = WordRungs(self.explorer, self.ladder)
        self.play = Play(self.explorer, self._rivals)
        self.lessons = Player(self.explorer, Tool(self))

        self.explorer.param.watch(self._predicted, ["predictor"])
        self.ladder.param.watch(self._learnt, ["trained", "working"])

    def _learnt(self, *events: Any) -> None:
        """The rungs were trained anew, or their training came to nothing."""
        explorer, ladder = self.explorer, self.ladder
        if explorer.predictor == TRANSFORMER:
            return
        if any(event.name == "trained" for event in events):
            self.branches.forget_costs()
            self._predicted()
            self.measurement.look()
        elif ladder.trained is None and not ladder.working:
            explorer.predictor = TRANSFORMER

    def _predicted(self, *events: Any) -> None:
        """Every branch gets the numbers of an n-gram model at once: they cost little."""
        if self.explorer.predictor != TRANSFORMER:
            self._measuring = asyncio.ensure_future(self._measure_branches())

    async def _measure_branches(self) -> None:
        try:
            await self.branches.measure()
        except LMPanelError:
            return  # what the student looks at is measured apart, and tells why it fails

    def leave(self) -> None:
        """Give up what is still being computed in the background."""
        self.measurement.cancel()
        self.prefetch.cancel()
        self.attempts.leave()
        self.ladder.stop()
        self.what_if.stop()

    def _rivals(self) -> dict[str, LanguageModel]:
        """Who predicts beside a player of the game, the simplest first."""
        counted = ("uniform", "unigram", "bigram", "trigram")
        return {**{name: self.ladder.models[name] for name in counted}, TRANSFORMER: self.model}

    def _written(self, how: str, since: int, draws: Sequence[Draw], seed: int) -> None:
        """A response was written: an attempt, whose dice can be looked at again."""
        self.throws.remember(self.explorer.document.ids, since, draws, seed)
        self.attempts.keep(how, since)

    @property
    def parts(self) -> dict[str, Any]:
        """Who has something to keep beside the state: objects with `saved()` and `restore()`."""
        return {
            "branches": self.branches,
            "attempts": self.attempts,
            "guesses": self.guesses,
            "game": self.play,
            "lesson": self.lessons,
            "ngrams": self.ladder,
            "inside": self.inside,
        }

    def saved(self) -> str:
        """The text of a session file with everything the student did, but undo's memory."""
        parts = {name: part.saved() for name, part in self.parts.items()}
        return write_session({"state": self.state(), "room": self.explorer.room, **parts})

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
        self.explorer.room = saved.get("room", "explore")
        return warnings

    def link(self) -> tuple[str, list[str]]:
        """The fragment of a link to the document, position, settings and step of the lesson.

        With it come warnings about what is too large for any link. In the room Inside it leads to
        what is looked at there. Raises BadArgument when all that is too much for a link.
        """
        room, lesson = self.explorer.room, self.lessons.saved(evidence=False)
        parts = {"state": self.state(), "room": room, "lesson": lesson}
        if room == "inside":
            parts["inside"] = self.inside.saved()
        return encode_link(parts), [_OWN_TEXT] if self.ladder.own else []

    def follow(self, fragment: str) -> list[str]:
        """Take over what a link carries; all or nothing. Returns warnings. Raises BadState."""
        linked = decode_link(fragment)
        if not isinstance(linked, dict):
            raise BadState("This link has an unknown content.", _UNCHANGED)
        _check_parts(linked, {"state", "room", "lesson", "inside"})
        # Everything that can be wrong elsewhere is found before the lesson opens.
        self._decoded(linked.get("state"))
        if "inside" in linked:
            self.inside.check(linked["inside"])
        self.changes.check_idle()
        told = self.lessons.restore(linked["lesson"]) if linked.get("lesson") else []
        warnings = [*told, *self.restore(linked.get("state"))]
        if "inside" in linked:
            self.inside.restore(linked["inside"])
        self.explorer.room = linked.get("room", "explore")
        return warnings

    def state(self) -> dict[str, Any]:
        """The state of the scripting interface, JSON-able."""
        explorer, document = self.explorer, self.explorer.document
        inside = explorer.cursor < len(document)
        saved = State(
            document.ids,
            document.raw,
            cursor=explorer.cursor if inside else None,
            selection=explorer.span if inside else None,
            settings={name: getattr(explorer, name) for name in SETTINGS},
            model=str(self.model.info.model["name"]),
        )
        return encode_state(saved)

    def restore(self, state: Any) -> list[str]:
        """Take over a saved state; all or nothing. Returns warnings about what was left out.

        Raises BadState, and BadArgument while the model writes.
        """
        saved, warnings = self._decoded(state)
        self.changes.change(Document(saved.ids, raw=saved.raw), "restored a state")
        cursor = len(saved.ids) if saved.cursor is None else saved.cursor
        self.explorer.select(_anchor(saved.selection, cursor), cursor)
        # After the selection, which opens a tab of its own accord.
        self.explorer.param.update(**_known(saved.settings, self.model.info.vocab_size))
        return warnings

    def _decoded(self, state: Any) -> tuple[State, list[str]]:
        info = self.model.info
        return decode_state(
            state,
            vocab_size=info.vocab_size,
            context_length=info.context_length,
            model=str(info.model["name"]),
        )


def _check_parts(saved: Mapping[str, Any], known: set[str]) -> None:
    unknown = saved.keys() - known
    if unknown:
        raise BadState(f"There is an unknown part {min(unknown)[:40]!r} in it.", _UNCHANGED)
    if not one_of(*ROOMS)(saved.get("room", "explore")):
        raise BadState("It was saved in an unknown part of the page.", _UNCHANGED)


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
