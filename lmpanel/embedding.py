"""Which tokens the model's embedding matrix puts near each other.

Asks the model for the cosines of one token with all; keeps those of the last few. Knows nothing
about the document, and nothing about how neighbours are shown.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
import param

from lmpanel.errors import LMPanelError
from lmpanel.model import LanguageModel

KEPT = 4
"""Tokens whose cosines with all others stay in memory (0.4 MB each for 49152 tokens)."""
BINS = 40


@dataclass(frozen=True)
class Neighbour:
    """A token by its place among all others: `rank` 1 is the nearest, the token itself is none."""

    rank: int
    id: int
    cosine: float
    length: float


@dataclass(frozen=True)
class Neighbourhood:
    """Cosines [vocab] of one token with every token, and the length of every token's row."""

    token: int
    cosines: np.ndarray
    lengths: np.ndarray

    def nearest(self, count: int) -> list[Neighbour]:
        """The tokens with the largest cosine; equal ones by their id.

        >>> near = Neighbourhood(1, np.array([0.5, 1.0, 0.9]), np.ones(3))
        >>> [(other.rank, other.id) for other in near.nearest(2)]
        [(1, 2), (2, 0)]
        """
        others = np.delete(np.arange(len(self.cosines)), self.token)
        order = others[np.argsort(-self.cosines[others], kind="stable")][:count]
        return [self.of(int(token)) for token in order]

    def of(self, token: int) -> Neighbour:
        """Any token's place; of the token itself, rank 0."""
        cosine = self.cosines[token]
        above = np.flatnonzero(self.cosines >= cosine)
        before = [t for t in above if t != self.token and (self.cosines[t] > cosine or t < token)]
        rank = 0 if token == self.token else len(before) + 1
        return Neighbour(rank, token, float(cosine), float(self.lengths[token]))

    @property
    def middle(self) -> float:
        """The cosine that half of all tokens are above."""
        return float(np.median(self.cosines))

    def spread(self) -> list[int]:
        """How many tokens there are in each of 40 equal steps of the cosine from −1 to 1."""
        return np.histogram(np.clip(self.cosines, -1, 1), BINS, (-1, 1))[0].tolist()


class Embedding(param.Parameterized):
    """The token looked at, another one to compare it with, and how both are searched for."""

    query = param.String(default="", doc="Text or id by which the token is looked for.")
    other_query = param.String(default="", doc="Text or id by which the other one is looked for.")
    token = param.Integer(default=-1, doc="The token looked at; -1 before one is.")
    other = param.Integer(default=-1, doc="The token it is compared with; -1 for none.")
    known = param.Integer(default=0, doc="Counts up whenever cosines have come.")
    error = param.String(default="", doc="Why there are none.")

    def __init__(self, model: LanguageModel):
        super().__init__()
        self._model = model
        self._kept: OrderedDict[int, Neighbourhood] = OrderedDict()

    @property
    def neighbourhood(self) -> Neighbourhood | None:
        """That of the token looked at, if it is known already."""
        return self._kept.get(self.token)

    async def look(self, token: int) -> None:
        """Look at a token. Raises UnknownToken."""
        self._model.tokenizer.vocabulary.check((token,))
        self.param.update(token=token, query="", error="")
        if token not in self._kept:
            await self._ask(token)

    async def look_at_first(self) -> None:
        """Something to begin with, when nothing was looked at yet."""
        if self.token < 0:
            found = self._model.tokenizer.vocabulary.reading(" dragon")
            await self.look(found[0] if found else len(self._model.tokenizer) // 2)
        elif self.neighbourhood is None:
            await self.look(self.token)

    def compare(self, token: int) -> None:
        """Compare with another token. Raises UnknownToken."""
        self._model.tokenizer.vocabulary.check((token,))
        self.param.update(other=token, other_query="")

    async def _ask(self, token: int) -> None:
        try:
            cosines, lengths = await self._model.similar(token)
        except LMPanelError as error:
            self.error = str(error)
            return
        self._kept[token] = Neighbourhood(token, cosines, lengths)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        self.known += 1
