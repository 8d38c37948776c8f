"""The ladder over words instead of tokens: what followed the last words of the text looked at.

Ties the explorer to the counts of words. Knows nothing about how it is shown.
"""

from __future__ import annotations

import asyncio

import param

from lmpanel.explorer import Explorer
from lmpanel.ngrams.ladder import Ladder
from lmpanel.ngrams.words import ORDER, WordModel, count_words, words_of

NEAR = 40
"""Tokens in which the last words are looked for."""


class WordRungs(param.Parameterized):
    """Words beside tokens, counted in the same text when they are first asked for."""

    over = param.Selector(default="tokens", objects=["tokens", "words"], doc="What is counted.")
    model = param.ClassSelector(class_=WordModel, allow_None=True, doc="What was counted.")

    def __init__(self, explorer: Explorer, ladder: Ladder):
        super().__init__()
        self._explorer, self._ladder = explorer, ladder
        self._task: asyncio.Task | None = None
        ladder.param.watch(self._learnt, ["trained"])

    @property
    def context(self) -> list[str]:
        """The last words before the position looked at; the template's tokens are none."""
        vocabulary = self._explorer.model.tokenizer.vocabulary
        near = [id for id in self._explorer.context[-NEAR:] if id not in vocabulary.special_ids]
        return words_of(vocabulary.decode(near))[1 - ORDER :]

    def choose(self, over: str) -> None:
        """Show tokens or words; words are counted when they are chosen first."""
        self.over = over
        self._count()

    def _count(self) -> None:
        trained = self._ladder.trained
        if self.over == "words" and self.model is None and self._task is None and trained:
            hold_out = len(trained.held_out) > 0
            self._task = asyncio.ensure_future(self._work(trained.text.text, hold_out))

    async def _work(self, text: str, hold_out: bool) -> None:
        model = await count_words(text, hold_out)
        self._task = None
        self.model = model

    def _learnt(self, *events: object) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self.model = None
        self._count()
