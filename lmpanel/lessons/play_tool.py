"""The game as a lesson sees it: begun as a step says, and given back when the lesson is closed.

Knows the game, and neither lesson files nor who plays them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lmpanel.game.setup import Setup, checked_setup
from lmpanel.lessons.play_setup import TUTORIAL
from lmpanel.wording import t

if TYPE_CHECKING:
    from lmpanel.game.play import Play
    from lmpanel.lessons.play_setup import PlaySetup


class PlayTool:
    """A game, for lessons: what was on before the lesson is kept until the lesson is over."""

    def __init__(self, play: Play):
        self._play = play
        self._before: dict[str, Any] | None = None
        self._came: Setup | None = None
        self._begun: dict[str, PlaySetup] = {}
        self._afresh = False

    def start_afresh(self) -> None:
        """A lesson is opened: what another one has begun, and what is on, is not this one's."""
        self._begun, self._afresh = {}, True

    def set_up(self, wanted: PlaySetup, anew: bool) -> None:
        """Show the part of the game, and begin what is wanted unless it is on already."""
        play = self._play
        if self._before is None:
            self._before = play.saved()
        if anew or not self._is_on(wanted):
            self._begin(wanted)
        self._begun[wanted.part] = wanted
        play.part = wanted.part

    def _is_on(self, wanted: PlaySetup) -> bool:
        begun = self._begun.get(wanted.part)
        if begun is not None or self._afresh:
            return begun == wanted
        # A lesson that came with a link or a file goes on with the game that came with it.
        tutorial, game = self._play.tutorial, self._play.game
        if wanted.part == TUTORIAL:
            return bool(tutorial.losses) or any(tutorial.scores)
        return game.playing == _game(wanted)

    def _begin(self, wanted: PlaySetup) -> None:
        if wanted.part == TUTORIAL:
            self._play.tutorial.start(scores=wanted.scores)
        else:
            self._play.game.begin(_game(wanted))

    @property
    def game_aside(self) -> dict[str, Any] | None:
        """The game that was set aside, as it is saved; None when there is none."""
        return self._before if self._before and _begun(self._before) else None

    def check(self, game: Any) -> None:
        """Raise BadState for what is no saved game."""
        self._play.check(game)

    def set_aside(self, game: dict[str, Any]) -> None:
        """Keep a saved game until the lesson is closed, whose own game is on."""
        self._before, self._came = game, self._play.game.playing

    @property
    def aside(self) -> str:
        """What is to be said of the game that was set aside; empty when there is none."""
        return t("Your own game is set aside.") if self.game_aside else ""

    def give_back(self) -> None:
        """The lesson is closed: what was played before it goes on, if there was anything."""
        before, begun = self._before, self._begun.get("game")
        came, self._came = self._came, None
        self._before, self._begun, self._afresh = None, {}, False
        if before is None or not _begun(before):
            return
        if self._play.game.playing in (None, came, begun and _game(begun)):
            self._play.restore({**before, "player": self._play.player})


def _begun(saved: dict[str, Any]) -> bool:
    return bool(saved["game"]["playing"] or saved["tutorial"]["losses"])


def _game(wanted: PlaySetup) -> Setup:
    return checked_setup(Setup(), **wanted.game)
