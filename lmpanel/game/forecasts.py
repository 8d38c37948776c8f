"""What the models expect of the hidden token, worked out in the background.

Knows nothing about rounds, points and what is hidden.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from lmpanel.distribution import Distribution
from lmpanel.errors import Cancelled, LMPanelError
from lmpanel.explorer import TRANSFORMER, Explorer
from lmpanel.game.suggestions import suggested
from lmpanel.model import LanguageModel

Rivals = Callable[[], Mapping[str, LanguageModel]]
"""Who predicts beside the player, the TRANSFORMER among them, all over the same vocabulary."""


class Forecasts:
    """The distributions of all rivals after one context; needs an event loop.

    `rivals` is asked for every context anew. `changed` is called when there is something new.
    """

    def __init__(self, explorer: Explorer, rivals: Rivals, changed: Callable[[], None]):
        self._explorer = explorer
        self._changed = changed
        self._task: asyncio.Task | None = None
        self.rivals = rivals
        self.forget()

    def forget(self) -> None:
        """Another context is coming."""
        self.known: Mapping[str, Distribution] = {}
        self.suggestions: list[int] = []
        """Tokens that points can be put on, in alphabetical order."""
        self.failed = False

    def ask(self, context: tuple[int, ...]) -> None:
        """Let the models read a context; what was asked before is given up."""
        self.stop()
        self._task = asyncio.ensure_future(self._read(context))

    def stop(self) -> None:
        """Give up what was asked."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def settle(self) -> None:
        """Wait until the models have read the context."""
        while self._task is not None:
            await asyncio.wait([self._task])

    async def _read(self, context: tuple[int, ...]) -> None:
        try:
            known = await self._distributions(context)
        except (asyncio.CancelledError, Cancelled):
            return
        except LMPanelError as error:
            self._explorer.report(error)
            self.failed = True
        else:
            vocabulary = self._explorer.model.tokenizer.vocabulary
            self.suggestions = suggested(vocabulary, context, known, TRANSFORMER)
            self.known = known
        finally:
            if self._task is asyncio.current_task():
                self._task = None
                self._changed()

    async def _distributions(self, context: tuple[int, ...]) -> dict[str, Distribution]:
        known: dict[str, Distribution] = {}
        for name, model in self.rivals().items():
            try:
                known[name] = await model.distribution(context)
            except LMPanelError:
                # Without the text that n-grams are counted in, they do not take part.
                if name == TRANSFORMER:
                    raise
        return known
