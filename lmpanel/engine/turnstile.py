"""One call of an engine at a time, and once more when the engine was lost.

Knows nothing about what is done with the numbers.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import numpy as np

from lmpanel.engine.base import MAX_BRANCHES, Engine
from lmpanel.engine.kv_cache import common_prefix
from lmpanel.errors import EngineLost

Ids = tuple[int, ...]


class Turnstile(asyncio.Lock):
    """Lets one through at a time, who may then ask the engine what it likes.

    Raises what the engine raises; a lost engine is asked once more when it is back.
    """

    def __init__(self, engine: Engine):
        super().__init__()
        self._engine = engine

    async def ask(self, verb: str, *arguments: Any) -> Any:
        """One call of the engine: what its method `verb` returns."""
        call = getattr(self._engine, verb)
        try:
            return await call(*arguments)
        except EngineLost:
            ready = getattr(self._engine, "ready", None)
            if ready is not None:
                await ready()
            return await call(*arguments)

    async def last_rows(self, contexts: list[Ids]) -> AsyncIterator[tuple[Ids, np.ndarray]]:
        """The logits after each context, in batches behind what they all begin with."""
        shared = _shared(contexts)
        for start in range(0, len(contexts), MAX_BRANCHES):
            batch = contexts[start : start + MAX_BRANCHES]
            for ids, row in zip(batch, await self._batch(batch, shared), strict=True):
                yield ids, row

    async def _batch(self, contexts: list[Ids], shared: int) -> Sequence[np.ndarray]:
        if shared and len(contexts) > 1:
            tails = [ids[shared:] for ids in contexts]
            return await self.ask("branch", contexts[0][:shared], tails)
        return [(await self.ask("logits", ids, len(ids) - 1))[0] for ids in contexts]


def _shared(contexts: Sequence[Ids]) -> int:
    """How many tokens all contexts begin with, leaving each at least one of its own."""
    if not contexts:
        return 0
    first, last = min(contexts), max(contexts)
    limit = min(map(len, contexts)) - 1
    return min(limit, common_prefix(first, last))
