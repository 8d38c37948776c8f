"""A text with hidden tokens: what is played, made from its setup.

Knows nothing about rounds, points and predictions.
"""

from __future__ import annotations

from dataclasses import dataclass

from lmpanel.errors import BadArgument
from lmpanel.game.positions import hidden_positions
from lmpanel.game.saved_game import SavedGame, bad_game
from lmpanel.game.setup import MOST_TOKENS, Setup
from lmpanel.model import LanguageModel
from lmpanel.number_text import grouped
from lmpanel.wording import t


@dataclass(frozen=True)
class HiddenText:
    """A text as tokens, and the positions of those that are hidden, ascending."""

    ids: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()


def encode(setup: Setup, model: LanguageModel) -> tuple[int, ...]:
    """The text as tokens, markers of templates as mere characters. Raises BadArgument."""
    ids = tuple(model.tokenizer.encode_plain(setup.content))
    if len(ids) < 2:
        raise BadArgument(t("The text has no tokens to guess."), t("Paste a sentence or two."))
    most = min(MOST_TOKENS, model.context_length)
    if len(ids) > most:
        counts = {"n": grouped(len(ids)), "most": grouped(most)}
        raise BadArgument(
            t("The text has {n} tokens; {most} can be played.", **counts), t("Paste less of it.")
        )
    return ids


def hide(setup: Setup, model: LanguageModel) -> HiddenText:
    """The text of a game with what is hidden in it. Raises BadArgument."""
    ids = encode(setup, model)
    return HiddenText(ids, hidden_positions(len(ids), setup.order, setup.seed, setup.rounds))


def hidden_in(saved: SavedGame, model: LanguageModel) -> HiddenText:
    """The text of a saved game, which its rounds must be of. Raises BadState."""
    if saved.playing is None:
        return HiddenText()
    try:
        hidden = hide(saved.playing, model)
    except BadArgument as error:
        raise bad_game(error.message.rstrip(".")) from error
    _check_rounds(saved, hidden)
    return hidden


def _check_rounds(saved: SavedGame, hidden: HiddenText) -> None:
    ids, positions = hidden.ids, hidden.positions
    if saved.place >= len(positions):
        raise bad_game(t("it is beyond its last round"))
    possible = positions[: saved.place + (saved.stage != "round")]
    places = [played.position for played in saved.rounds]
    if places != sorted(set(places)) or not set(places) <= set(possible):
        raise bad_game(t("a round is not one of this text"))
    if any(ids[played.position] != played.token for played in saved.rounds):
        raise bad_game(t("another token stands where one was played"))
    if saved.stage == "reveal" and (not places or places[-1] != positions[saved.place]):
        raise bad_game(t("nothing can have been revealed"))
