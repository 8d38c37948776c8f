"""What a lesson may ask about the game: the tutorial in nats, a game on a text in bits.

Reads a session, changes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lmpanel.explorer import TRANSFORMER

if TYPE_CHECKING:
    from lmpanel.game.played import Played
    from lmpanel.session import Session

Read = Callable[["Session"], Any]


def _tutorial(read: Callable[[Any], Any]) -> Read:
    return lambda session: read(session.play.tutorial)


def _mean(name: str) -> Read:
    """Bits per token that someone has paid so far; None before the first round."""

    def read(session: Session) -> float | None:
        game = session.play.game
        costs = [each.bits_per_token for each in game.standings if each.name == name]
        return costs[0] if costs and math.isfinite(costs[0]) else None

    return read


def _last(read: Callable[[Played, int], Any]) -> Read:
    """Of the round that was played last."""

    def look(session: Session) -> Any:
        game = session.play.game
        return read(game.rounds[-1], game.vocab_size) if game.rounds else None

    return look


def _highest_bet(session: Session) -> int | None:
    """The most points that stood on one token in any round."""
    bets = [n for played in session.play.game.rounds for _, n in played.spread]
    return max(bets, default=0) if session.play.game.rounds else None


def _text(session: Session) -> str | None:
    playing = session.play.game.playing
    return None if playing is None else playing.text


NUMBERS: dict[str, Read] = {
    "tutorial_step": _tutorial(lambda tutorial: len(tutorial.losses)),
    "tutorial_loss": _tutorial(lambda tutorial: tutorial.mean),
    "tutorial_last_loss": _tutorial(lambda t: t.losses[-1] if t.losses else None),
    "tutorial_highest_score": _tutorial(lambda tutorial: max(tutorial.scores)),
    "rounds": lambda session: len(session.play.game.rounds),
    "game_bits": _mean("you"),
    "model_bits": _mean(TRANSFORMER),
    "last_q": _last(lambda played, size: played.q(size)),
    "last_bits": _last(lambda played, size: played.costs(size)["you"]),
    "highest_bet": _highest_bet,
}
"""`game_bits` and `model_bits` are bits per token of the rounds so far."""

TEXTS: dict[str, Read] = {
    "tutorial_scores": _tutorial(lambda t: " ".join(f"{score:g}" for score in t.scores)),
    "tutorial_surprises": _tutorial(lambda t: " ".join(f"{nats:.3f}" for nats in t.surprises)),
    "game_part": lambda session: session.play.part,
    "game_stage": lambda session: session.play.game.stage,
    "game_text": _text,
}
"""`game_stage` is setup, round, reveal or over."""
