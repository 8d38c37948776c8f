"""Measure what is in view, in the background: first where the student looks, then the rest.

Follows the explorer by itself: whenever the document, the position or the end of a generation
changes what is in view, an older measurement makes way for a newer one. What was measured is
kept by the model.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from lmpanel.document import Document
from lmpanel.eager import begun
from lmpanel.errors import Cancelled, LMPanelError
from lmpanel.explorer import Explorer
from lmpanel.model import LanguageModel
from lmpanel.number_text import grouped
from lmpanel.typed import Difference, TypedCheck
from lmpanel.wording import many, t

LONG = 256
"""Documents of more tokens than this say how far their measurement is."""


class Measurement:
    """The measurement of what an explorer shows; needs a running event loop."""

    def __init__(self, explorer: Explorer, on_rest: Callable[[], None] = lambda: None):
        """`on_rest` is called when all that is in view has been measured."""
        self._explorer = explorer
        self._on_rest = on_rest
        self._typed = TypedCheck(explorer.model.tokenizer)
        self._task: asyncio.Task | None = None
        self._view: tuple[LanguageModel, Document, tuple[int, ...]] | None = None
        # Also when nothing changes: looking at a token again tries again what has failed.
        in_view = ["document", "anchor", "cursor", "where", "generating", "predictor"]
        explorer.param.watch(self.look, in_view, onlychanged=False)

    def look(self, *events: Any) -> None:
        """Measure what is not known yet; while the model writes, only stop measuring.

        What is being measured already goes on: begun anew, the model would compute it twice.
        """
        view = self._explorer.model, self._explorer.document, self._explorer.context
        writes = self._explorer.generating
        if self._task and not self._task.done() and view == self._view and not writes:
            return
        self.cancel()
        self._task, self._view = None, view
        if writes:
            self._explorer.progress = ""
        elif self._explorer.distribution is None:
            # The model is asked first, and computes while the page is being drawn.
            self._task = begun(self._measure())
        else:
            self._task = asyncio.ensure_future(self._measure())

    def cancel(self) -> None:
        """Measure no further; what was measured is kept."""
        self._view = None
        if self._task:
            self._task.cancel()

    async def settle(self) -> None:
        """Wait until what is in view has been measured."""
        while self._task:
            task = self._task
            await asyncio.wait([task])
            if task is self._task:
                return

    async def _measure(self) -> None:
        try:
            await self._measure_view()
        except (asyncio.CancelledError, Cancelled):
            return  # a newer look took over; what was measured so far is kept
        except LMPanelError as error:
            self._explorer.report(error)
        finally:
            # None: it came to its end before anybody could hold it.
            if self._task in (None, asyncio.current_task()):
                self._explorer.progress = ""

    async def _measure_view(self) -> None:
        explorer, model = self._explorer, self._explorer.model
        ids, context = explorer.document.ids, explorer.context
        if None not in model.known_scores(context)[1:]:
            await self._measure_next(context)
        if None in model.known_scores(ids)[1:]:
            await model.scores(ids, self._show_progress)
            await self._measure_next(context)
        note = _note(self._typed.differences(explorer.document))
        if explorer.note != note:
            explorer.note = note
            explorer.measured += 1
        self._on_rest()

    async def _measure_next(self, context: tuple[int, ...]) -> None:
        explorer = self._explorer
        if context:
            explorer.model.known.looked_at = context
            await explorer.model.distribution(context)
        if explorer.example and None not in explorer.model.known_scores(explorer.document.ids)[1:]:
            explorer.recorded = None
        # One count for all that is known now: each is a new picture of the lens.
        explorer.measured += 1

    def _show_progress(self, done: int, total: int) -> None:
        if total > LONG:
            self._explorer.progress = t(
                "measuring token {n} of {total}", n=grouped(done), total=grouped(total)
            )
        self._explorer.measured += 1


def _note(differences: list[Difference]) -> str:
    if not differences:
        return ""
    place = {"first": differences[0].start + 1, "last": differences[0].stop}
    if len(differences) == 1:
        return t(
            "Typed, this text would be split differently at tokens {first} to {last}. "
            "The model reads the tokens shown here.",
            **place,
        )
    return many(
        len(differences) - 1,
        "Typed, this text would be split differently at tokens {first} to {last} "
        "(and {n} more place). The model reads the tokens shown here.",
        "Typed, this text would be split differently at tokens {first} to {last} "
        "(and {n} more places). The model reads the tokens shown here.",
        **place,
    )
