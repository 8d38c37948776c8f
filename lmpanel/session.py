"""One student's session: what is on the screen and those who work on it, saved and restored whole.

The arrows inside: the collaborators (`changes`, `generation`, `measurement`, `throws` and so
on) know the explorer, not each other; the session ties them together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lmpanel.attempts import Attempts
from lmpanel.beams import Beams
from lmpanel.biases import Biases
from lmpanel.branches import Branches
from lmpanel.changes import Changes
from lmpanel.document import Document
from lmpanel.errors import LMPanelError
from lmpanel.expansion import Expansion
from lmpanel.explorer import Explorer
from lmpanel.generation import Generation
from lmpanel.guesses import Guesses
from lmpanel.lessons.player import Player
from lmpanel.lessons.tool import Tool
from lmpanel.measurement import Measurement
from lmpanel.model import LanguageModel
from lmpanel.prefetch import Prefetch
from lmpanel.sampling import Draw
from lmpanel.state_codec import SETTINGS, State, decode_state, encode_state
from lmpanel.throws import Throws
from lmpanel.what_if import WhatIf


class Session:
    """An explorer with its collaborators; views get it whole."""

    def __init__(self, model: LanguageModel, report: Callable[[LMPanelError], None]):
        self.model = model
        self.explorer = Explorer(model, report)
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
        self.lessons = Player(self.explorer, Tool(self))

    def _written(self, how: str, since: int, draws: Sequence[Draw], seed: int) -> None:
        """A response was written: an attempt, whose dice can be looked at again."""
        self.throws.remember(self.explorer.document.ids, since, draws, seed)
        self.attempts.keep(how, since)

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
        info = self.model.info
        saved, warnings = decode_state(
            state,
            vocab_size=info.vocab_size,
            context_length=info.context_length,
            model=str(info.model["name"]),
        )
        self.changes.change(Document(saved.ids, raw=saved.raw), "restored a state")
        cursor = len(saved.ids) if saved.cursor is None else saved.cursor
        self.explorer.select(_anchor(saved.selection, cursor), cursor)
        # After the selection, which opens a tab of its own accord.
        self.explorer.param.update(**_known(saved.settings, info.vocab_size))
        return warnings


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
