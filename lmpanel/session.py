"""One student's session: what is on the screen, and those who work on it, tied together.

The arrows inside: the collaborators (`changes`, `generation`, `measurement`, `throws` and so
on) know the explorer, not each other. How a session is saved and restored is in `saving`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from lmpanel.attempts import Attempts
from lmpanel.beams import Beams
from lmpanel.biases import Biases
from lmpanel.branches import Branches
from lmpanel.changes import Changes
from lmpanel.errors import LMPanelError
from lmpanel.expansion import Expansion
from lmpanel.explorer import TRANSFORMER, Explorer
from lmpanel.game.play import Play
from lmpanel.generation import Generation
from lmpanel.guesses import Guesses
from lmpanel.inside import Inside
from lmpanel.lessons.player import Player
from lmpanel.lessons.tool import Tool
from lmpanel.measurement import Measurement
from lmpanel.model import LanguageModel
from lmpanel.ngrams.game_rungs import GameRungs
from lmpanel.ngrams.ladder import Fetch, Ladder, no_corpus
from lmpanel.prefetch import Prefetch
from lmpanel.rungs import Rungs
from lmpanel.sampling import Draw
from lmpanel.throws import Throws
from lmpanel.what_if import WhatIf
from lmpanel.word_rungs import WordRungs


class Session:
    """An explorer with its collaborators; views get it whole.

    `model` is the transformer, whichever model predicts. `fetch` delivers the bundled text, `text`
    is the raw document to begin with, in place of the first example.
    """

    def __init__(
        self,
        model: LanguageModel,
        report: Callable[[LMPanelError], None],
        fetch: Fetch = no_corpus,
        text: str | None = None,
    ):
        self.model = model
        self.explorer = Explorer(model, report, text)
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
        self.game_rungs = GameRungs(model, self.ladder, fetch)
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
        self.game_rungs.stop()
        self.what_if.stop()

    def _rivals(self) -> dict[str, LanguageModel]:
        """Who predicts beside a player of the game, the simplest first."""
        return {**self.game_rungs.models, TRANSFORMER: self.model}

    def _written(self, how: str, since: int, draws: Sequence[Draw], seed: int) -> None:
        """A response was written: an attempt, whose dice can be looked at again."""
        self.throws.remember(self.explorer.document.ids, since, draws, seed)
        self.attempts.keep(how, since)
