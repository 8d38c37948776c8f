"""An engine that knows nothing: every token is as likely as any other, whatever came before."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lmpanel.engine.base import EngineInfo, EngineStats, check_branch, check_logits


class UniformEngine:
    """Logits of 0, with the interface of `Engine`.

    >>> import asyncio
    >>> asyncio.run(UniformEngine(4, 8).logits([1, 2], 1)).tolist()
    [[0.0, 0.0, 0.0, 0.0]]
    """

    def __init__(self, vocab_size: int, context_length: int):
        model = {"name": "uniform", "vocab_size": vocab_size, "context_length": context_length}
        self._info = EngineInfo(model, "counted", verified=True)
        self.stats = EngineStats()

    @property
    def info(self) -> EngineInfo:
        """The vocabulary's size, and nothing else."""
        return self._info

    async def logits(self, ids: Sequence[int], first: int) -> np.ndarray:
        """As `Engine.logits`."""
        check_logits(self._info, ids, first)
        return self._even(len(ids) - first)

    async def branch(self, ids: Sequence[int], tails: Sequence[Sequence[int]]) -> np.ndarray:
        """As `Engine.branch`."""
        check_branch(self._info, ids, tails)
        return self._even(len(tails))

    async def close(self) -> None:
        """There is nothing to let go."""

    def _even(self, rows: int) -> np.ndarray:
        self.stats.count(0, 0)
        return np.zeros((rows, self._info.vocab_size), np.float32)
