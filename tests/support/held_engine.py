"""A fake engine that a test can hold, so that something happens while it computes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np

from lmpanel.engine.fake import FakeEngine


class HeldEngine(FakeEngine):
    """The fake; `asked` is set by the first request, none is answered before `gate` is set."""

    def __init__(self, **options):
        super().__init__(**options)
        self.asked = asyncio.Event()
        self.gate = asyncio.Event()

    async def logits(self, ids: Sequence[int], first: int) -> np.ndarray:
        self.asked.set()
        await self.gate.wait()
        return await super().logits(ids, first)
