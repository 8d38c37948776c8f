"""The same counting over words, as n-grams are taught: each word of the text is one symbol.

Words are in lower case; what the text does not have is one symbol of its own. Only for looking at:
words are not the model's tokens, so their probabilities cannot be compared with its. Knows nothing
about documents.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

import numpy as np

from lmpanel.ngrams.corpus import HELD_OUT, pieces
from lmpanel.ngrams.counts import count_levels
from lmpanel.ngrams.smoothing import Smoothed

ORDER = 3
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+|[^\w\s]")


def words_of(text: str) -> list[str]:
    """The words of a text, and its punctuation, in order.

    >>> words_of("It's the White-Whale, 1851!")
    ["it's", 'the', 'white', '-', 'whale', ',', '1851', '!']
    """
    return _WORD.findall(text.lower())


class WordModel:
    """N-grams of words: `words[id]` is the word of a symbol; 0 stands for all others.

    >>> model = WordModel.count(words_of("a b a b c"))
    >>> model.words, model.read(["a", "dragon", "b"]), model.seen(["a"])
    (['', 'a', 'b', 'c'], [1, 0, 2], 2)
    """

    def __init__(self, words: list[str], smoothed: Smoothed):
        self.words = words
        self.smoothed = smoothed
        self._ids = {word: id for id, word in enumerate(words)}

    @classmethod
    def count(cls, text: Sequence[str]) -> WordModel:
        """Count the words of a text."""
        words = ["", *dict.fromkeys(text)]
        ids = {word: id for id, word in enumerate(words)}
        read = np.fromiter((ids[word] for word in text), np.int64, len(text))
        return cls(words, Smoothed(len(words), list(count_levels(read, len(words), ORDER))))

    def read(self, text: Sequence[str]) -> list[int]:
        """The symbols of words; 0 for those that were not in the text."""
        return [self._ids.get(word, 0) for word in text]

    def seen(self, context: Sequence[str]) -> int:
        """How often something followed exactly these words."""
        return int(self.smoothed.followers(self.read(context))[1].sum())

    def likeliest(
        self, context: Sequence[str], order: int, count: int
    ) -> list[tuple[str, float, int]]:
        """The likeliest next words: word, probability, and how often it followed `context`'s end.

        Equally likely ones in the order in which the text first has them.
        """
        symbols = self.read(context)
        row = self.smoothed.row(symbols, order)
        best = np.argsort(-row, kind="stable")[:count].tolist()
        followed = {}
        if order and len(symbols) >= order - 1:
            tokens, counts = self.smoothed.followers(symbols[len(symbols) - order + 1 :])
            followed = dict(zip(tokens.tolist(), counts.tolist(), strict=True))
        return [(self.words[id], float(row[id]), followed.get(id, 0)) for id in best]


async def count_words(text: str, hold_out: bool = True) -> WordModel:
    """Count the words of a text, or all but its last tenth; in pieces: others get their turn."""
    found: list[str] = []
    for piece in pieces(text):
        found += words_of(piece)
        await asyncio.sleep(0)
    return WordModel.count(found[: len(found) - (len(found) // HELD_OUT if hold_out else 0)])
