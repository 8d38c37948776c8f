"""Tokens that are forbidden or favoured: what a student adds to their logits before all filters.

Knows the explorer, whose setting `biases` it keeps in order.
"""

from __future__ import annotations

from typing import Any

import param

from lmpanel.errors import BadArgument
from lmpanel.explorer import Explorer
from lmpanel.filters import MAX_BIAS
from lmpanel.wording import t

LIMIT = 50
FAVOUR = 5.0
"""What a token gets that is favoured; its odds are multiplied by e^5 = 148."""


class Biases(param.Parameterized):
    """The biases of one explorer.

    >>> from lmpanel.engine.fake import FakeEngine, fake_tokenizer
    >>> from lmpanel.model import LanguageModel
    >>> explorer = Explorer(LanguageModel(FakeEngine(), fake_tokenizer()), print)
    >>> biases = Biases(explorer)
    >>> biases.set(7, None); biases.set(9, 2.5); biases.set(7, -1); explorer.biases
    [(7, -1.0), (9, 2.5)]
    """

    query = param.String(default="", doc="What is typed to find a token by.")

    def __init__(self, explorer: Explorer, **params: Any):
        super().__init__(**params)
        self._explorer = explorer

    def set(self, id: int, bias: float | None) -> None:
        """Add `bias` to the token's logit, or forbid it with None.

        Raises UnknownToken, and BadArgument for a bias out of bounds or too many tokens.
        """
        self._explorer.model.tokenizer.vocabulary.check([id])
        if bias is not None and not -MAX_BIAS <= bias <= MAX_BIAS:
            raise BadArgument(
                t("The bias is {bias}.", bias=bias),
                t("It must be between {low} and {high}.", low=-MAX_BIAS, high=MAX_BIAS),
            )
        biases = dict(self._explorer.biases)
        if id not in biases and len(biases) >= LIMIT:
            full = t("There are {n} tokens in the list.", n=LIMIT)
            raise BadArgument(full, t("Remove some of them."))
        biases[id] = None if bias is None else float(bias)
        self._explorer.biases = list(biases.items())

    def remove(self, id: int) -> None:
        """Leave the token as the model has it."""
        self._explorer.biases = [pair for pair in self._explorer.biases if pair[0] != id]

    @property
    def ends_forbidden(self) -> bool:
        """Whether the model cannot end its turn."""
        biases = dict(self._explorer.biases)
        ends = self._explorer.model.end_of_turn_ids
        return bool(ends) and all(biases.get(id, 0.0) is None for id in ends)

    def forbid_ends(self, on: bool) -> None:
        """Forbid every token with which the model ends its turn, or allow them again."""
        for id in sorted(self._explorer.model.end_of_turn_ids):
            if on:
                self.set(id, None)
            else:
                self.remove(id)
