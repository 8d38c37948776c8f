"""A game as plain JSON and back: what a session file carries of it.

Reading trusts nothing and refuses the whole; whether the rounds fit their text is for
`hidden_text` to say, which has the tokenizer. Knows nothing about models.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import Any

from lmpanel.errors import BadArgument, BadState
from lmpanel.game.played import Played
from lmpanel.game.points import Spread, check_spread
from lmpanel.game.setup import MOST_ROUNDS, MOST_TOKENS, Setup, checked_setup
from lmpanel.wording import t

STAGES = ("setup", "round", "reveal", "over")
MOST_LISTED = 60
_KEYS = {"setup", "playing", "stage", "place", "rounds", "draft", "listed"}
_SETUP = {"text", "own", "order", "seed", "rounds"}


@dataclass(frozen=True)
class SavedGame:
    """The setup that is shown, and the game that is on, None without one.

    >>> read_saved_game(saved_game(SavedGame()), 100) == SavedGame()
    True
    """

    setup: Setup = field(default_factory=Setup)
    playing: Setup | None = None
    stage: str = "setup"
    place: int = 0
    rounds: tuple[Played, ...] = ()
    draft: Spread = ()
    listed: tuple[int, ...] = ()


def saved_game(game: SavedGame) -> dict[str, Any]:
    """The game as JSON-able values; a cost without bounds is null."""
    return {
        "setup": asdict(game.setup),
        "playing": asdict(game.playing) if game.playing is not None else None,
        "stage": game.stage,
        "place": game.place,
        "rounds": [_saved_round(played) for played in game.rounds],
        "draft": [list(pair) for pair in game.draft],
        "listed": list(game.listed),
    }


def read_saved_game(value: Any, vocab_size: int) -> SavedGame:
    """The game of `saved_game`. Raises BadState."""
    if not isinstance(value, dict) or set(value) != _KEYS:
        raise bad_game(t("it has other entries"))
    try:
        setup = _setup(value["setup"])
        playing = None if value["playing"] is None else _setup(value["playing"])
        draft = _spread(value["draft"], vocab_size)
        rounds = _rounds(value["rounds"], vocab_size)
    except BadArgument as error:
        raise bad_game(error.message.rstrip(".")) from error
    stage, place, listed = value["stage"], value["place"], value["listed"]
    if stage not in STAGES or (stage == "setup") != (playing is None):
        raise bad_game(t("its stage does not fit"))
    if not _is_whole(place, 0, MOST_ROUNDS - 1) or (stage == "over" and not rounds):
        raise bad_game(t("its round does not fit"))
    if not isinstance(listed, list) or len(listed) > MOST_LISTED:
        raise bad_game(t("its list of tokens is none"))
    if not all(_is_whole(token, 0, vocab_size - 1) for token in listed):
        raise bad_game(t("its list has no tokens"))
    unique = tuple(dict.fromkeys(listed))
    return SavedGame(setup, playing, stage, place, rounds, draft, unique)


def bad_game(reason: str) -> BadState:
    """A saved game that is none."""
    message = t("This game cannot be restored: {reason}.", reason=reason)
    return BadState(message, t("Nothing was changed."))


def _saved_round(played: Played) -> dict[str, Any]:
    return {
        "position": played.position,
        "token": played.token,
        "spread": [list(pair) for pair in played.spread],
        "rivals": {n: cost if math.isfinite(cost) else None for n, cost in played.rivals.items()},
    }


def _setup(value: Any) -> Setup:
    if not isinstance(value, dict) or set(value) != _SETUP:
        raise bad_game(t("its setup has other entries"))
    return checked_setup(Setup(**value))


def _rounds(value: Any, vocab_size: int) -> tuple[Played, ...]:
    if not isinstance(value, list) or len(value) > MOST_ROUNDS:
        raise bad_game(t("its rounds are none, or too many"))
    return tuple(_round(each, vocab_size) for each in value)


def _round(value: Any, vocab_size: int) -> Played:
    if not isinstance(value, dict) or set(value) != {"position", "token", "spread", "rivals"}:
        raise bad_game(t("a round has other entries"))
    position, token, rivals = value["position"], value["token"], value["rivals"]
    if not _is_whole(position, 1, MOST_TOKENS) or not _is_whole(token, 0, vocab_size - 1):
        raise bad_game(t("a round is none"))
    if not isinstance(rivals, dict) or len(rivals) > 12 or not all(map(_is_cost, rivals.values())):
        raise bad_game(t("what a round cost is none"))
    if not all(isinstance(name, str) and 0 < len(name) <= 20 for name in rivals):
        raise bad_game(t("a predictor has no name"))
    costs = {n: math.inf if cost is None else float(cost) for n, cost in rivals.items()}
    return Played(position, token, _spread(value["spread"], vocab_size), costs)


def _spread(value: Any, vocab_size: int) -> Spread:
    if not isinstance(value, list) or len(value) > 200:
        raise bad_game(t("its points are none"))
    spread = check_spread(value)
    if any(token >= vocab_size for token, _ in spread):
        raise bad_game(t("points are on no token"))
    return spread


def _is_cost(value: Any) -> bool:
    return value is None or (type(value) in (int, float) and 0 <= value < 1e6)


def _is_whole(value: Any, low: int, high: int) -> bool:
    return type(value) is int and low <= value <= high
