"""The n-grams that play beside a person: counted in the bundled text, whatever the lens counts in.

So everybody has the same rivals in the same game. While the ladder has counted that text, its
counts serve; only beside a student's own text it is counted apart. Knows nothing about the game.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress

from lmpanel.errors import BadArgument, Cancelled
from lmpanel.model import LanguageModel
from lmpanel.ngrams.corpus import bundled
from lmpanel.ngrams.ladder import RUNGS, Fetch, Ladder, rung
from lmpanel.ngrams.smoothing import Smoothed
from lmpanel.ngrams.training import Trained, train_on
from lmpanel.wording import t

RIVALS = RUNGS[:4]
"""Those that play; longer ones have hardly seen any run of the text."""


class GameRungs:
    """`models` has a LanguageModel for each of RIVALS, shortest first; counted when first asked."""

    def __init__(self, transformer: LanguageModel, ladder: Ladder, fetch: Fetch):
        self._tokenizer, self._size = transformer.tokenizer, transformer.info.vocab_size
        self._ladder, self._fetch = ladder, fetch
        self._smoothed: Smoothed | None = None
        self._task: asyncio.Task | None = None
        self.models: Mapping[str, LanguageModel] = {
            name: rung(n, transformer, self._counted) for n, name in enumerate(RIVALS)
        }
        ladder.param.watch(self._learnt, ["trained"])

    def stop(self) -> None:
        """Stop a counting under way."""
        if self._task is not None:
            self._task.cancel()

    def _learnt(self, *events: object) -> None:
        trained = self._ladder.trained
        if trained is not None and not trained.text.own:
            self._keep(trained)

    async def _counted(self) -> Smoothed:
        if self._smoothed is None and self._ladder.own is None:
            # A text of the student's that is refused meanwhile has nothing to do with it.
            with suppress(BadArgument):
                await self._ladder.ready()
        if self._smoothed is None:
            await self._apart()
        if self._smoothed is None:
            raise Cancelled(t("The training was stopped."))
        return self._smoothed

    async def _apart(self) -> None:
        """Wait until the bundled text has been counted beside the student's; once for all."""
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._count())
        task = self._task
        await asyncio.wait([task])
        if not task.cancelled():
            task.result()

    async def _count(self) -> None:
        async def tell(step: str, done: float) -> None:
            await asyncio.sleep(0)

        text = bundled(await self._fetch())
        self._keep(await train_on(text, self._tokenizer, self._size, tell))

    def _keep(self, trained: Trained) -> None:
        """Only what the rivals look at: longer runs are let go with their text."""
        self._smoothed = Smoothed(self._size, trained.smoothed.levels[: len(RIVALS) - 1])
