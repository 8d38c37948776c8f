"""From a text to counts, in steps through the event loop. Knows nothing about who wants them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import numpy as np

from lmpanel.ngrams.corpus import Text, pieces, split
from lmpanel.ngrams.counts import count_levels
from lmpanel.ngrams.smoothing import Smoothed
from lmpanel.tokenizer import Tokenizer
from lmpanel.wording import many, t

ORDER = 5
"""The longest runs that are counted."""

Tell = Callable[[str, float], Awaitable[None]]
"""Hears what is being done and how much of all is done, 0 to 1; lets others have their turn."""


@dataclass(frozen=True)
class Trained:
    """What was counted: `smoothed` gives the probabilities, `held_out` was not looked at."""

    text: Text
    smoothed: Smoothed
    train: np.ndarray
    held_out: np.ndarray


async def train_on(text: Text, tokenizer: Tokenizer, size: int, tell: Tell) -> Trained:
    """Read and count a text over a vocabulary of `size`. Raises BadArgument for too short a one."""
    train, held_out = split(await _read(text.text, tokenizer, tell))
    return Trained(text, await _count(train, size, tell), train, held_out)


async def _read(text: str, tokenizer: Tokenizer, tell: Tell) -> np.ndarray:
    """The tokens of a text; special tokens written in it are nothing but characters."""
    parts, read = [np.empty(0, np.int64)], 0
    for piece in pieces(text):
        parts.append(np.array(tokenizer.encode_plain(piece), np.int64))
        read += len(piece)
        await tell(t("cutting the text into tokens"), 0.9 * read / len(text))
    return np.concatenate(parts)


async def _count(ids: np.ndarray, size: int, tell: Tell) -> Smoothed:
    levels = []
    for level in count_levels(ids, size, ORDER):
        levels.append(level)
        step = many(level.n, "counting runs of {n} token", "counting runs of {n} tokens")
        await tell(step, 0.9 + 0.02 * level.n)
    return Smoothed(size, levels)
