"""The points of a round before they are committed, and the tokens that were looked up for it.

Knows nothing about what is hidden, nor about anyone's predictions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from lmpanel.errors import BadArgument
from lmpanel.game.points import check_spread
from lmpanel.game.saved_game import MOST_LISTED
from lmpanel.vocabulary import Vocabulary
from lmpanel.wording import t

FOUND = 8


class Draft:
    """One player's draft: `points` by token, tokens `listed` beside the suggested ones."""

    def __init__(self) -> None:
        self.points: dict[int, int] = {}
        self.listed: list[int] = []
        self.query = ""
        self.found: list[int] = []

    def spread(self, pairs: Iterable[Any]) -> None:
        """Remember the points that are placed so far. Raises BadArgument."""
        self.points = dict(check_spread(pairs))

    def find(self, query: str, vocabulary: Vocabulary) -> None:
        """Look tokens up, by their text or id."""
        self.query = query[:200]
        self.found = vocabulary.find(self.query, FOUND)

    def add(self, token: int, suggested: Collection[int], vocabulary: Vocabulary) -> None:
        """Put a token on the list, so that it can get points. Raises BadArgument, UnknownToken."""
        vocabulary.check((token,))
        if token not in [*suggested, *self.listed]:
            if len(self.listed) >= MOST_LISTED:
                raise BadArgument(t("The list is full."), t("Use the tokens that are on it."))
            self.listed.append(token)
        self.query, self.found = "", []
