"""What a game is played on: the text, which of its tokens are hidden, and how many rounds.

Two players with the same setup and the same model get the same rounds. Knows nothing about how
a setup travels.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any

from lmpanel.bpe import mend
from lmpanel.errors import BadArgument
from lmpanel.game.texts import content_of, text_named
from lmpanel.number_text import grouped
from lmpanel.wording import t

OWN = "own"
"""The name of a text that the player pasted."""
ORDERS = ("seed", "order")
MOST_ROUNDS = 100
MOST_SEED = 2**31
MOST_CHARACTERS = 20_000
MOST_TOKENS = 2_000


@dataclass(frozen=True)
class Setup:
    """One game: `text` names a bundled text, or is OWN for the pasted text `own`.

    `order` is "seed" for places drawn by `seed`, "order" for every token from the beginning.
    """

    text: str = "saturday"
    own: str = ""
    order: str = "seed"
    seed: int = 1
    rounds: int = 10

    @property
    def content(self) -> str:
        """The words that are played on."""
        return self.own if self.text == OWN else content_of(self.text)

    @property
    def title(self) -> str:
        """What the text is called."""
        return t("Your own text") if self.text == OWN else text_named(self.text).title

    @property
    def fingerprint(self) -> str:
        """Eight hexadecimal digits that tell one text from another.

        >>> Setup("alice").fingerprint == Setup("own", content_of("alice")).fingerprint
        True
        """
        return hashlib.sha256(self.content.encode()).hexdigest()[:8]


def checked_setup(setup: Setup, **changes: Any) -> Setup:
    """`setup` with `changes`, when they make sense. Raises BadArgument.

    >>> checked_setup(Setup(), rounds=5).rounds
    5
    >>> checked_setup(Setup(), rounds=0)
    Traceback (most recent call last):
    lmpanel.errors.BadArgument: 0 rounds cannot be played. Choose 1 to 100.
    """
    changed = replace(setup, **changes)
    if not isinstance(changed.text, str) or not isinstance(changed.own, str):
        raise BadArgument(t("This is no text."), t("Choose one of the list, or paste one."))
    changed = replace(changed, own=mend(changed.own.replace("\r\n", "\n")))
    if changed.text != OWN:
        text_named(changed.text)
    if len(changed.own) > MOST_CHARACTERS:
        most = grouped(MOST_CHARACTERS)
        raise BadArgument(
            t("The text has {n} characters.", n=grouped(len(changed.own))),
            t("Paste {n} at most: a few paragraphs are plenty.", n=most),
        )
    if changed.order not in ORDERS:
        raise BadArgument(t("Tokens are hidden by seed or in order."), t("Choose one of them."))
    if type(changed.seed) is not int or not 0 <= changed.seed <= MOST_SEED:
        most = grouped(MOST_SEED)
        message = t("The seed is no whole number from 0 to {most}.", most=most)
        raise BadArgument(message, t("Change it."))
    if type(changed.rounds) is not int or not 1 <= changed.rounds <= MOST_ROUNDS:
        given = f"{changed.rounds!s:.20}"
        told = t("{n} rounds cannot be played.", n=given)
        if changed.rounds is None:
            told = t("So many rounds cannot be played.")
        raise BadArgument(told, t("Choose 1 to {most}.", most=MOST_ROUNDS))
    return changed
