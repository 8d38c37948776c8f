"""The game as a whole: the tutorial, the rounds on real texts, and the codes that travel.

Knows nothing about how it is shown, nor about links.
"""

from __future__ import annotations

import math
from typing import Any

import param

from lmpanel.bpe import mend
from lmpanel.errors import BadArgument, BadState
from lmpanel.explorer import Explorer
from lmpanel.game.forecasts import Rivals
from lmpanel.game.result_code import (
    MOST_NAME,
    Reading,
    Result,
    in_round,
    read_results,
    write_result,
)
from lmpanel.game.rounds import Game
from lmpanel.game.setup import Setup
from lmpanel.game.tutorial import Tutorial
from lmpanel.wording import t

PARTS = ["tutorial", "game", "codes"]


class Play(param.Parameterized):
    """What one player plays: `part` is what is in view."""

    part = param.Selector(default="tutorial", objects=PARTS, doc="The part that is in view.")
    player = param.String(default="", doc="The name that goes into a result code.")
    changes = param.Integer(default=0, doc="Counts up with what is shown of codes.")

    def __init__(self, explorer: Explorer, rivals: Rivals):
        super().__init__()
        self.tutorial = Tutorial()
        self.game = Game(explorer, rivals)
        self.readings: list[Reading] = []
        """Result codes that were read."""
        self.refusal = ""
        """Why a text had none."""
        self._explorer = explorer
        self._shared: tuple[Setup, str, str] | None = None

    @property
    def shared(self) -> tuple[str, str]:
        """The challenge code that was asked for and why there is none, for what is shown now."""
        setup = self.game.playing or self.game.setup
        known = self._shared
        return known[1:] if known is not None and known[0] == setup else ("", "")

    def share(self) -> None:
        """Make the challenge code of the game that is on, or of the setup."""
        setup = self.game.playing or self.game.setup
        try:
            self._shared = (setup, self.game.challenge_code(), "")
        except BadArgument as error:
            self._shared = (setup, "", str(error))
        self.changes += 1

    def open_challenge(self, code: str) -> None:
        """Show a challenge that came with a link. Raises BadArgument; nothing changes then."""
        self.game.offer(code)
        self.part = "game"
        self._explorer.room = "play"

    def call_player(self, text: str) -> None:
        """The player's name, for the result code."""
        self.player = mend(text)[:MOST_NAME]

    def result_code(self) -> str:
        """The rounds so far as a code to hand in; empty without any."""
        game = self.game
        if game.playing is None or not game.rounds:
            return ""
        setup = game.playing
        rounds = tuple(in_round(r.spread, r.position, r.token) for r in game.rounds)
        rivals = {each.name: each.bits_per_token for each in game.standings[1:]}
        finite = {name: cost for name, cost in rivals.items() if math.isfinite(cost)}
        head = (self.player.strip(), setup.text, setup.fingerprint, setup.order, setup.seed)
        return write_result(Result(*head, game.vocab_size, len(game.positions), rounds, finite))

    def read_codes(self, text: str) -> None:
        """Read all result codes of a text; what is wrong with it is told by `refusal`."""
        try:
            self.readings, self.refusal = read_results(text), ""
        except BadArgument as error:
            self.readings, self.refusal = [], str(error)
        self.changes += 1

    def saved(self) -> dict[str, Any]:
        """Everything a player would not want to lose, JSON-able."""
        return {
            "version": 1,
            "part": self.part,
            "player": self.player,
            "tutorial": self.tutorial.saved(),
            "game": self.game.saved(),
        }

    def check(self, value: Any) -> None:
        """Raise BadState for what `restore` would not take over."""
        keys = {"version", "part", "player", "tutorial", "game"}
        if not isinstance(value, dict) or set(value) != keys or value["version"] != 1:
            raise _bad(t("it has another version or other entries"))
        part, player = value["part"], value["player"]
        if part not in PARTS or not isinstance(player, str) or len(player) > MOST_NAME:
            raise _bad(t("its part or the player's name is none"))
        Tutorial().restore(value["tutorial"])
        self.game.checked(value["game"])

    def restore(self, value: Any) -> None:
        """Take over what `saved` gave, all or nothing. Raises BadState."""
        self.check(value)
        self.game.restore(value["game"])
        self.tutorial.restore(value["tutorial"])
        self.param.update(part=value["part"], player=mend(value["player"]))


def _bad(reason: str) -> BadState:
    message = t("This game cannot be restored: {reason}.", reason=reason)
    return BadState(message, t("Nothing was changed."))
