"""The game on a real text: rounds with a hidden token, one after the other.

A round is `waiting` for the models to read its context, then it takes the player's points; what
was hidden is told by `rounds` alone, after the commitment. Knows nothing about how it is shown.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import param

from lmpanel.distribution import Distribution
from lmpanel.errors import BadArgument, Cancelled, LMPanelError
from lmpanel.explorer import TRANSFORMER, Explorer
from lmpanel.game.challenge import Challenge, read_challenge, write_challenge
from lmpanel.game.played import Played, Standing, standings
from lmpanel.game.points import check_spread
from lmpanel.game.positions import hidden_positions
from lmpanel.game.saved_game import SavedGame, bad_game, read_saved_game, saved_game
from lmpanel.game.setup import MOST_SEED, MOST_TOKENS, Setup, checked_setup
from lmpanel.game.suggestions import suggested
from lmpanel.model import LanguageModel

Rivals = Callable[[], Mapping[str, LanguageModel]]
"""The name of the model among the rivals, which must be there."""
FOUND = 8
MOST_LISTED = 60


class Game(param.Parameterized):
    """One player's game on one explorer's model; needs an event loop.

    `rivals` says, at every round, who predicts beside the player: name → model, all over the same
    vocabulary, the TRANSFORMER among them.
    """

    changes = param.Integer(default=0, doc="Counts up with everything that is shown.")

    def __init__(self, explorer: Explorer, rivals: Rivals):
        super().__init__()
        self._explorer = explorer
        self._rivals = rivals
        self._task: asyncio.Task | None = None
        self.setup = Setup()
        self.offered: Challenge | None = None
        self.problem = ""
        self.turn = 0
        """Counts up with every round, so that late messages are told from those for this one."""
        self._clear()

    def _clear(self) -> None:
        self.playing: Setup | None = None
        self.stage = "setup"
        self.ids: tuple[int, ...] = ()
        self.positions: tuple[int, ...] = ()
        self.place = 0
        self.rounds: list[Played] = []
        self._clear_round()

    def _clear_round(self) -> None:
        self.draft: dict[int, int] = {}
        self.listed: list[int] = []
        self.query, self.found = "", []
        self.known: Mapping[str, Distribution] = {}
        self.suggestions: list[int] = []
        self.failed = False
        self.problem = ""
        self.turn += 1

    # What is to be known

    @property
    def vocab_size(self) -> int:
        """Tokens among which the rest is spread."""
        return self._explorer.model.info.vocab_size

    @property
    def context(self) -> tuple[int, ...]:
        """The ids before the hidden token."""
        return self.ids[: self.positions[self.place]]

    @property
    def waiting(self) -> bool:
        """Whether the models are still reading the context of this round."""
        return self.stage == "round" and not self.known

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
        """Change the setup of the next game; what is wrong is told by `problem`."""
        self._try(lambda: setattr(self, "setup", checked_setup(self.setup, **changes)))

    def start(self) -> None:
        """Begin a game with the setup."""
        self._try(lambda: self._start(self.setup))

    def begin(self, setup: Setup) -> None:
        """Begin a game with this setup; a game that was on is given up."""
        self.setup, self.offered = setup, None
        self.start()

    def offer(self, code: str) -> None:
        """Show a challenge, to be accepted or not. Raises BadArgument; nothing changes then."""
        challenge = read_challenge(code)
        tokens = len(self._encode(challenge.setup))
        if tokens != challenge.tokens:
            raise BadArgument(
                f"This challenge was made with another model: its text has {challenge.tokens} "
                f"tokens there and {tokens} here.",
                "Open it where it was made.",
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
        return write_challenge(Challenge(setup, len(self._encode(setup))))

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
                tuple((token, points) for token, points in self.draft.items() if points),
                tuple(self.listed),
            )
        )

    def restore(self, value: Any) -> None:
        """Take over what `saved` gave. Raises BadState, and changes nothing then."""
        saved = read_saved_game(value, self.vocab_size)
        ids, positions = self._check_saved(saved)
        self._stop()
        self._clear()
        self.setup, self.playing, self.stage = saved.setup, saved.playing, saved.stage
        self.ids, self.positions, self.place = ids, positions, saved.place
        self.rounds, self.listed = list(saved.rounds), list(saved.listed)
        self.draft = dict(saved.draft)
        if self.stage in ("round", "reveal"):
            self._look()
        self._changed()

    def _check_saved(self, saved: SavedGame) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The tokens and positions of a saved game, which its rounds must be of."""
        if saved.playing is None:
            return (), ()
        try:
            ids = self._encode(saved.playing)
        except BadArgument as error:
            raise bad_game(error.message.rstrip(".")) from error
        positions = self._positions(saved.playing, ids)
        if saved.place >= len(positions):
            raise bad_game("it is beyond its last round")
        possible = positions[: saved.place + (saved.stage != "round")]
        places = [played.position for played in saved.rounds]
        if places != sorted(set(places)) or not set(places) <= set(possible):
            raise bad_game("a round is not one of this text")
        if any(ids[played.position] != played.token for played in saved.rounds):
            raise bad_game("another token stands where one was played")
        if saved.stage == "reveal" and (not places or places[-1] != positions[saved.place]):
            raise bad_game("nothing can have been revealed")
        return ids, positions

    # The rounds

    def spread(self, turn: int, pairs: Iterable[Any]) -> None:
        """Remember the points that are placed so far; nothing of it is shown anew."""
        if turn == self.turn and self.stage == "round":
            self.draft = dict(check_spread(pairs))

    def find(self, query: str) -> None:
        """Look tokens up, by their text or id."""
        self.query = query[:200]
        self.found = self._explorer.model.tokenizer.vocabulary.find(self.query, FOUND)
        self._changed()

    def add_token(self, turn: int, token: int) -> None:
        """Put a token on the list of this round, so that it can get points."""
        if turn != self.turn or self.stage != "round":
            return
        self._explorer.model.tokenizer.vocabulary.check((token,))
        if token not in [*self.suggestions, *self.listed]:
            if len(self.listed) >= MOST_LISTED:
                raise BadArgument("The list is full.", "Use the tokens that are on it.")
            self.listed.append(token)
        self.query, self.found = "", []
        self._changed()

    def commit(self, turn: int, pairs: Iterable[Any]) -> None:
        """Commit to the points: what was hidden comes out, and what everyone pays for it."""
        if turn != self.turn or self.stage != "round" or not self.known:
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
        self._stop()
        self._clear()
        self._changed()

    def retry(self) -> None:
        """Ask the models again after they failed."""
        if self.failed:
            self.failed = False
            self._look()

    async def settle(self) -> None:
        """Wait until the models have read the context."""
        while self._task is not None:
            await asyncio.wait([self._task])

    def _start(self, setup: Setup) -> None:
        ids = self._encode(setup)
        positions = self._positions(setup, ids)
        self._stop()
        self._clear()
        self.playing, self.ids, self.positions, self.stage = setup, ids, positions, "round"
        self._look()

    @staticmethod
    def _positions(setup: Setup, ids: tuple[int, ...]) -> tuple[int, ...]:
        return hidden_positions(len(ids), setup.order, setup.seed, setup.rounds)

    def _encode(self, setup: Setup) -> tuple[int, ...]:
        """The text as tokens, markers of templates as mere characters."""
        ids = tuple(self._explorer.model.tokenizer.encode_plain(setup.content))
        if len(ids) < 2:
            raise BadArgument("The text has no tokens to guess.", "Paste a sentence or two.")
        most = min(MOST_TOKENS, self._explorer.model.context_length)
        if len(ids) > most:
            raise BadArgument(
                f"The text has {len(ids):,} tokens; {most:,} can be played.", "Paste less of it."
            )
        return ids

    def _reveal(self, pairs: list[Any]) -> None:
        token = self.ids[self.positions[self.place]]
        spread = check_spread(pairs)
        self._explorer.model.tokenizer.vocabulary.check(id for id, _ in spread)
        rivals = {name: known.bits(token) for name, known in self.known.items()}
        self.rounds.append(Played(self.positions[self.place], token, spread, rivals))
        self.stage = "reveal"

    def _next(self) -> None:
        if self.place + 1 >= len(self.positions):
            self._end()
        else:
            self.place += 1
            self.stage = "round"
            self._clear_round()
            self._look()
        self._changed()

    def _end(self) -> None:
        self._stop()
        if self.rounds:
            self._clear_round()
            self.stage = "over"
        else:
            self._clear()

    def _look(self) -> None:
        self._stop()
        self._task = asyncio.ensure_future(self._read())

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _read(self) -> None:
        known: dict[str, Distribution] = {}
        try:
            for name, model in self._rivals().items():
                try:
                    known[name] = await model.distribution(self.context)
                except LMPanelError:
                    # Without the text that n-grams are counted in, they do not take part.
                    if name == TRANSFORMER:
                        raise
        except (asyncio.CancelledError, Cancelled):
            return
        except LMPanelError as error:
            self._explorer.report(error)
            self.failed = True
        else:
            vocabulary = self._explorer.model.tokenizer.vocabulary
            self.suggestions = suggested(vocabulary, self.context, known, TRANSFORMER)
            self.known = known
        finally:
            if self._task is asyncio.current_task():
                self._task = None
                self._changed()

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
