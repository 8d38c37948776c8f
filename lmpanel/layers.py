"""Looking into the network at a short text, with the engine's extra graphs.

They are opened when a text is first looked at, and let go when the room is left. One text at a
time; its numbers stay until the next one. Knows the explorer and the model; nothing about drawing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np
import param

from lmpanel.engine.base import MAX_INSIDE, MAX_LENS_ROWS
from lmpanel.errors import LMPanelError
from lmpanel.explorer import Explorer
from lmpanel.layer_look import LayerLook
from lmpanel.wording import t

SOURCES = ["document", "text"]
ENDS = ["all", "first", "last"]
VIEWS = ["lens", "attention"]
MAX_CHARACTERS = 2000
"""Of a text of one's own."""


class Layers(param.Parameterized):
    """Which text, how far the numbers are, and what of them is looked at."""

    source = param.Selector(default="document", objects=SOURCES, doc="Where the text is from.")
    text = param.String(default="The capital of France is", doc="A text of one's own.")
    phase = param.String(default="", doc="What is being done; empty when nothing is.")
    done = param.Integer(default=0, doc="Rows of the lens that are there; counts up.")
    error = param.String(default="", doc="Why it did not work.")
    too_long = param.Integer(default=0, doc="Tokens of a text that was refused; 0 for none.")
    part = param.String(default="all", doc="Which end of a longer text was taken, or all of it.")
    view = param.Selector(default="lens", objects=VIEWS, doc="What is shown.")
    position = param.Integer(default=0, bounds=(0, None), doc="The token looked at.")
    layer = param.Integer(default=1, bounds=(1, None), doc="The layer whose attention is shown.")
    head = param.Integer(default=1, bounds=(1, None), doc="The head whose attention is shown.")

    def __init__(self, explorer: Explorer):
        super().__init__()
        self._explorer = explorer
        self._model = explorer.model
        self._task: asyncio.Task | None = None
        self._opened = False
        self.look: LayerLook | None = None
        self.looked = ("document", "all", "")
        """The source, the end and the own text that `look` was made from."""
        self.deviation: float | None = None
        """Largest difference (nats) of the last layer's lens from the model's own prediction."""
        explorer.param.watch(self._room_changed, ["room"])

    def ids_of(self, source: str) -> Sequence[int]:
        """The tokens of the document, or of one's own text."""
        if source == "document":
            return self._explorer.document.ids
        return self._model.tokenizer.encode(self.text)

    @property
    def stale(self) -> bool:
        """Whether the document has changed since it was looked into."""
        source, part, _ = self.looked
        if self.look is None or source != "document":
            return False
        return _end_of(self._explorer.document.ids, part) != self.look.ids

    async def begin(self, source: str, part: str = "all") -> None:
        """Look into the document or one's own text; a longer one is refused unless `part` says
        which end of it is meant. What was begun before is given up."""
        ids = _end_of(self.ids_of(source), part)
        self.stop()
        refused = len(ids) if len(ids) > MAX_INSIDE else 0
        error = "" if ids else t("There is nothing to read: write at least one word.")
        self.param.update(source=source, part=part, too_long=refused, error=error)
        if refused or error:
            return
        task = self._task = asyncio.ensure_future(self._compute(ids))
        try:
            await task
        except asyncio.CancelledError:
            if self._task is task:
                raise
        finally:
            if self._task is task:
                self._task = None
                self.phase = ""

    def stop(self) -> None:
        """Give up what is being computed; what came until then stays."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            self.phase = ""

    def show(self, **chosen: Any) -> None:
        """Look at another view, position, layer or head; numbers outside take the nearest."""
        look = self.look
        if look is not None:
            limits = {"position": (0, len(look.ids) - 1), "layer": (1, look.layers),
                      "head": (1, look.attention.shape[1])}
            for name in limits.keys() & chosen.keys():
                least, most = limits[name]
                chosen[name] = min(max(chosen[name], least), most)
        self.param.update(**chosen)

    async def _compute(self, ids: tuple[int, ...]) -> None:
        try:
            await self._fill(ids)
        except LMPanelError as error:
            self.error = str(error)

    async def _fill(self, ids: tuple[int, ...]) -> None:
        self.phase = t("Reading the text…") if self._opened else t("Opening the extra graph…")
        await self._model.open_inside()
        self._opened = True
        self.phase = t("Reading the text…")
        look = LayerLook(ids, await self._model.inside(ids))
        self.look, self.deviation = look, None
        self.looked = (self.source, self.part, self.text)
        self.show(position=len(ids) - 1, layer=self.layer, head=self.head)
        while (todo := look.todo(MAX_LENS_ROWS)) is not None:
            rows, residuals, asked = todo
            known, total = int(look.known.sum()), len(look.known)
            self.phase = t("Asking the layers: {n} of {total}…", n=known, total=total)
            look.take(rows, await self._model.lens(residuals, asked))
            self.done += 1
            if rows == [look.layers]:
                await self._check(look)
        self.done += 1

    async def _check(self, look: LayerLook) -> None:
        """Hold the lens on the last layer against what the model says by its usual way."""
        own = await self._model.distribution(look.ids)
        top = look.top_ids[look.layers, -1]
        expected = np.array([own.candidate(int(token)).logprob for token in top])
        self.deviation = float(np.abs(look.top_logprobs[look.layers, -1] - expected).max())

    def _room_changed(self, *events: Any) -> None:
        if self._explorer.room == "inside" or not self._opened:
            return
        self.stop()
        self._opened = False
        self._closing = asyncio.ensure_future(self._close())

    async def _close(self) -> None:
        # An engine that is gone holds no graphs.
        with suppress(LMPanelError):
            await self._model.engine.close_inside()


def _end_of(ids: Sequence[int], part: str) -> tuple[int, ...]:
    if part == "all":
        return tuple(ids)
    return tuple(ids[:MAX_INSIDE] if part == "first" else ids[-MAX_INSIDE:])
