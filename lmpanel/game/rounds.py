"""The game on a real text: rounds with a hidden token, one after the other.

A round is `waiting` for the models to read its context, then it takes the player's points; what
was hidden is told by `rounds` alone, after the commitment. Knows nothing about how it is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import param

from lmpanel.errors import BadArgument
from lmpanel.explorer import Explorer
from lmpanel.game.challenge import Challenge, read_challenge, write_challenge
from lmpanel.game.draft import Draft
from lmpanel.game.forecasts import Forecasts, Rivals
from lmpanel.game.hidden_text import HiddenText, encode, hidden_in, hide
from lmpanel.game.played import Played, Standing, standings
from lmpanel.game.points import check_spread
from lmpanel.game.saved_game import SavedGame, read_saved_game, saved_game
from lmpanel.game.setup import MOST_SEED, OWN, Setup, checked_setup
from lmpanel.number_text import grouped
from lmpanel.vocabulary import Vocabulary
from lmpanel.wording import t


class Game(param.Parameterized):
    """One player's game on one explorer's model; needs an event loop.

    `rivals` says, at every round, who predicts beside the player.
    """

    changes = param.Integer(default=0, doc="Counts up with everything that is shown.")

    def __init__(self, explorer: Explorer, rivals: Rivals):
        super().__init__()
        self._explorer = explorer
        self.forecasts = Forecasts(explorer, rivals, self._changed)
        self.setup = Setup()
        self.offered: Challenge | None = None
        self.problem = ""
        self._refused: dict[str, str] = {}
        """What is wrong with values that were chosen for the setup, which kept its own."""
        self.turn = 0
        """Counts up with every round, so that late messages are told from those for this one."""
        self._clear()

    def _clear(self) -> None:
        self.playing: Setup | None = None
        self.stage = "setup"
        self.hidden = HiddenText()
        self.place = 0
        self.rounds: list[Played] = []
        self._clear_round()

    def _clear_round(self) -> None:
        self.draft = Draft()
        self.forecasts.forget()
        self.problem = ""
        self.turn += 1

    # What is to be known

    @property
    def _vocabulary(self) -> Vocabulary:
        return self._explorer.model.tokenizer.vocabulary

    @property
    def vocab_size(self) -> int:
        """Tokens among which the rest is spread."""
        return self._explorer.model.info.vocab_size

    @property
    def ids(self) -> tuple[int, ...]:
        """The text that is played, as tokens."""
        return self.hidden.ids

    @property
    def positions(self) -> tuple[int, ...]:
        """Which of its tokens are hidden, one a round."""
        return self.hidden.positions

    @property
    def context(self) -> tuple[int, ...]:
        """The ids before the hidden token."""
        return self.ids[: self.positions[self.place]]

    @property
    def waiting(self) -> bool:
        """Whether the models are still reading the context of this round."""
        return self.stage == "round" and not self.forecasts.known

    @property
    def last(self) -> Played | None:
        """The round that was revealed just now."""
        return self.rounds[-1] if self.stage == "reveal" else None

    @property
    def standings(self) -> list[Standing]:
        """What everyone has paid so far, the player first."""
        return standings(self.rounds, self.vocab_size)

    # Before a game

    def choose(self, **changes: Any) -> None:
        """Change the setup of the next game; `problem` tells what is wrong until it is right."""
        for name, value in changes.items():
            self._refused.pop(name, None)
            try:
                self.setup = checked_setup(self.setup, **{name: value})
            except BadArgument as error:
                self._refused[name] = str(error)
        if self.setup.order == "order":
            self._refused.pop("seed", None)
        if self.setup.text != OWN:
            self._refused.pop("own", None)
        self.problem = " ".join(self._refused.values())
        self._changed()

    def start(self) -> None:
        """Begin a game with the setup, when nothing that was chosen for it is wrong."""
        if not self._refused:
            self._try(lambda: self._start(self.setup))

    def begin(self, setup: Setup) -> None:
        """Begin a game with this setup; a game that was on is given up."""
        self.setup, self.offered = setup, None
        self._refused.clear()
        self.start()

    def offer(self, code: str) -> None:
        """Show a challenge, to be accepted or not. Raises BadArgument; nothing changes then."""
        challenge = read_challenge(code)
        tokens = len(encode(challenge.setup, self._explorer.model))
        if tokens != challenge.tokens:
            raise BadArgument(
                t(
                    "This challenge was made with another model: its text has {there} tokens "
                    "there and {here} here.",
                    there=grouped(challenge.tokens),
                    here=grouped(tokens),
                ),
                t("Open it where it was made."),
            )
        self.offered = challenge
        self._changed()

    def accept(self) -> None:
        """Play the challenge; a game that was on is given up."""
        if self.offered is not None:
            self.begin(self.offered.setup)

    def decline(self) -> None:
        """Put the challenge away."""
        self.offered = None
        self._changed()

    def challenge_code(self) -> str:
        """The code of the game that is on, or of the setup. Raises BadArgument."""
        setup = self.playing or self.setup
        return write_challenge(Challenge(setup, len(encode(setup, self._explorer.model))))

    # Saved and restored

    def saved(self) -> dict[str, Any]:
        """The setup and the game that is on, JSON-able."""
        return saved_game(
            SavedGame(
                self.setup,
                self.playing,
                self.stage,
                self.place,
                tuple(self.rounds),
                tuple((token, points) for token, points in self.draft.points.items() if points),
                tuple(self.draft.listed),
            )
        )

    def checked(self, value: Any) -> tuple[SavedGame, Any]:
        """What `restore` takes over, with its hidden text. Raises BadState."""
        saved = read_saved_game(value, self.vocab_size)
        return saved, hidden_in(saved, self._explorer.model)

    def restore(self, value: Any) -> None:
        """Take over what `saved` gave. Raises BadState, and changes nothing then."""
        saved, hidden = self.checked(value)
        self.forecasts.stop()
        self._refused.clear()
        self._clear()
        self.setup, self.playing, self.stage = saved.setup, saved.playing, saved.stage
        self.hidden, self.place, self.rounds = hidden, saved.place, list(saved.rounds)
        self.draft.points, self.draft.listed = dict(saved.draft), list(saved.listed)
        if self.stage in ("round", "reveal"):
            self.forecasts.ask(self.context)
        self._changed()

    # The rounds

    def spread(self, turn: int, pairs: Iterable[Any]) -> None:
        """Remember the points that are placed so far; nothing of it is shown anew."""
        if turn == self.turn and self.stage == "round":
            self.draft.spread(pairs)

    def find(self, query: str) -> None:
        """Look tokens up, by their text or id."""
        self.draft.find(query, self._vocabulary)
        self._changed()

    def add_token(self, turn: int, token: int) -> None:
        """Put a token on the list of this round, so that it can get points."""
        if turn != self.turn or self.stage != "round":
            return
        self.draft.add(token, self.forecasts.suggestions, self._vocabulary)
        self._changed()

    def commit(self, turn: int, pairs: Iterable[Any]) -> None:
        """Commit to the points: what was hidden comes out, and what everyone pays for it."""
        if turn != self.turn or self.stage != "round" or not self.forecasts.known:
            return
        self._try(lambda: self._reveal(list(pairs)))

    def skip(self) -> None:
        """On to the next hidden token; this one is not counted, and not shown."""
        if self.stage == "round":
            self._next()

    def go_on(self) -> None:
        """From what was revealed to the next round, or to the end."""
        if self.stage == "reveal":
            self._next()

    def finish(self) -> None:
        """End the game here, with what was played; without a round it is as if it had not begun."""
        if self.playing is not None:
            self._end()
            self._changed()

    def again(self) -> None:
        """The same text once more; other tokens are hidden where a seed chooses them."""
        if self.playing is None:
            return
        setup = self.playing
        if setup.order == "seed":
            setup = checked_setup(setup, seed=(setup.seed + 1) % MOST_SEED)
        self.begin(setup)

    def leave(self) -> None:
        """Back to the choice of a text."""
        self.forecasts.stop()
        self._refused.clear()
        self._clear()
        self._changed()

    def retry(self) -> None:
        """Ask the models again after they failed."""
        if self.forecasts.failed:
            self.forecasts.failed = False
            self.forecasts.ask(self.context)

    async def settle(self) -> None:
        """Wait until the models have read the context."""
        await self.forecasts.settle()

    def _start(self, setup: Setup) -> None:
        hidden = hide(setup, self._explorer.model)
        self.forecasts.stop()
        self._clear()
        self.playing, self.hidden, self.stage = setup, hidden, "round"
        self.forecasts.ask(self.context)

    def _reveal(self, pairs: list[Any]) -> None:
        token = self.ids[self.positions[self.place]]
        spread = check_spread(pairs)
        self._vocabulary.check(id for id, _ in spread)
        rivals = {name: known.bits(token) for name, known in self.forecasts.known.items()}
        self.rounds.append(Played(self.positions[self.place], token, spread, rivals))
        self.stage = "reveal"

    def _next(self) -> None:
        if self.place + 1 >= len(self.positions):
            self._end()
        else:
            self.place += 1
            self.stage = "round"
            self._clear_round()
            self.forecasts.ask(self.context)
        self._changed()

    def _end(self) -> None:
        self.forecasts.stop()
        if self.rounds:
            self._clear_round()
            self.stage = "over"
        else:
            self._clear()

    def _try(self, change: Callable[[], None]) -> None:
        """Make a change, or say why it cannot be made."""
        self.problem = ""
        try:
            change()
        except BadArgument as error:
            self.problem = str(error)
        self._changed()

    def _changed(self) -> None:
        self.changes += 1
