"""Compute in idle time what a click is likely to ask for: what follows the likeliest tokens.

Once everything in view is measured and the student rests, the likeliest candidates of the position
looked at go to the model in one batch; never more than one batch for a resting position. Whatever
the student does cancels that. Only the last batch is kept (see `LanguageModel.foresee`).

A candidate that is pressed is asked for at once: a hand takes some 80 ms from the press to the
click, a step of the model on one core about 40.
"""

from __future__ import annotations

import asyncio
from typing import Any

from lmpanel.eager import begun
from lmpanel.errors import LMPanelError
from lmpanel.explorer import Explorer

CANDIDATES = 8
REST_SECONDS = 0.25
"""How long nothing must have happened: a student who clicks on quickly is not kept waiting."""


class Prefetch:
    """What is computed ahead for one explorer; needs a running event loop.

    It is off where the setting `ahead` is, and where the engine says that the machine cannot spare
    the work.
    """

    def __init__(self, explorer: Explorer, rest_seconds: float = REST_SECONDS):
        self._explorer = explorer
        self._rest = rest_seconds
        self._task: asyncio.Task | None = None
        self._pressed: asyncio.Task | None = None
        self._done: tuple[int, ...] = ()
        doing = ["document", "anchor", "cursor", "where", "tab", "generating", "ahead"]
        doing.append("predictor")
        explorer.param.watch(self.cancel, doing)
        explorer.param.watch(self._switch, "ahead")

    @property
    def wanted(self) -> bool:
        """Whether the position looked at is one to compute ahead for."""
        explorer = self._explorer
        spare = getattr(explorer.model.engine, "spare", True)
        room = 0 < len(explorer.context) < explorer.model.context_length
        idle = not explorer.generating and explorer.distribution is not None
        return explorer.ahead and spare and room and idle and explorer.context != self._done

    def begin(self) -> None:
        """Everything in view is measured: compute ahead when the student rests."""
        self.cancel()
        if self.wanted:
            self._task = asyncio.ensure_future(self._run())

    def press(self, token: int, at: int) -> None:
        """A candidate of position `at` is pressed: ask for what follows it before it is let go."""
        explorer = self._explorer
        context = explorer.context
        room = at == len(context) < explorer.model.context_length
        # Before it is measured, the measurement of all of it is on its way.
        if explorer.generating or not room or explorer.distribution is None:
            return
        if self._task and not self._task.done():
            self._done = ()  # cut short: it may begin anew
        self.cancel()
        if self._pressed:
            self._pressed.cancel()
        self._pressed = begun(self._ask((*context, token)))

    def cancel(self, *events: Any) -> None:
        """The student does something: make way."""
        if self._task:
            self._task.cancel()
            self._task = None

    def _switch(self, event: Any) -> None:
        """Switched off, nothing foreseen makes a click look cheaper than it is."""
        if not event.new:
            self._explorer.model.forget_foreseen()
            self._done = ()

    async def settle(self) -> None:
        """Wait until nothing is computed ahead."""
        while self._task:
            task = self._task
            await asyncio.wait([task])
            if task is self._task:
                self._task = None

    async def _ask(self, ids: tuple[int, ...]) -> None:
        try:
            await self._explorer.model.distribution(ids)
        except (asyncio.CancelledError, LMPanelError):
            return  # the click asks again, and tells

    async def _run(self) -> None:
        try:
            await asyncio.sleep(self._rest)
            explorer, context = self._explorer, self._explorer.context
            if self.wanted:
                likeliest = explorer.distribution.ranked(CANDIDATES).tolist()
                # Also when it is cancelled half-way: a position has one batch.
                self._done = context
                await explorer.model.foresee([(*context, token) for token in likeliest])
        except (asyncio.CancelledError, LMPanelError):
            return  # nobody has asked for it; what was asked for tells of its own faults
