"""An n-gram model behind the interface of the transformer: the same lens, dice and sums work on it.

Its logits are its log-probabilities. What it was trained on comes from outside, when it is first
asked. Knows nothing about corpora and training.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import numpy as np

from lmpanel.engine.base import EngineInfo, EngineStats, check_branch, check_logits
from lmpanel.ngrams.smoothing import Smoothed


class NGramEngine:
    """`Engine` on n-grams of `order` tokens; `trained()` gives the counts, waiting for them.

    >>> import asyncio
    >>> from lmpanel.ngrams.counts import count_levels
    >>> counted = Smoothed(4, list(count_levels(np.array([0, 1, 2]), 4, 1)))
    >>> async def trained():
    ...     return counted
    >>> engine = NGramEngine(1, {"vocab_size": 4, "context_length": 8}, trained)
    >>> float(np.exp(asyncio.run(engine.logits([0, 1], 1))).sum().round(6))
    1.0
    """

    spare = False
    """Nothing is computed ahead: a row costs next to nothing when it is asked for."""

    def __init__(
        self, order: int, model: Mapping[str, Any], trained: Callable[[], Awaitable[Smoothed]]
    ):
        self.order = order
        self.stats = EngineStats()
        self._info = EngineInfo(model, "n-gram", verified=True)
        self._trained = trained

    def rename(self, name: str) -> None:
        """Tell by the model's name what it was trained on."""
        self._info = EngineInfo({**self._info.model, "name": name}, "n-gram", verified=True)

    @property
    def info(self) -> EngineInfo:
        """The model's description: the tokens are those of the transformer."""
        return self._info

    async def logits(self, ids: Sequence[int], first: int) -> np.ndarray:
        """See `Engine.logits`."""
        check_logits(self._info, ids, first)
        smoothed = await self._trained()
        # Nothing before the longest context has a say.
        start = max(0, first + 1 - self.order)
        stops = range(first + 1 - start, len(ids) + 1 - start)
        self.stats.count(len(ids) - first, first)
        return smoothed.log_rows(ids[start:], stops, self.order)

    async def branch(self, ids: Sequence[int], tails: Sequence[Sequence[int]]) -> np.ndarray:
        """See `Engine.branch`."""
        check_branch(self._info, ids, tails)
        smoothed = await self._trained()
        self.stats.count(sum(map(len, tails)), len(ids))
        near = tuple(ids[-self.order :])
        texts = [(*near, *tail) for tail in tails]
        rows = [smoothed.log_rows(text, [len(text)], self.order) for text in texts]
        return np.concatenate(rows)

    async def close(self) -> None:
        """There is nothing to let go."""
