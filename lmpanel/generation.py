"""Let the model write on: one run at a time, shown token by token, stopped at any token.

What is written becomes one entry of the history. How a token is chosen is `decoding`'s business.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

from lmpanel.decoding import Choose, Decoding, greedy
from lmpanel.document import Document
from lmpanel.errors import Cancelled
from lmpanel.explorer import Explorer
from lmpanel.how_written import in_words, label_of
from lmpanel.sampling import Dice, Draw, Sampler
from lmpanel.wording import later, many, t

STREAM_SECONDS = 0.2
"""How often the numbers beside a response that is being written are shown anew."""
LONGEST = 2000

_ENDED = {
    "length": (later("{n} token, length reached"), later("{n} tokens, length reached")),
    "end_of_turn": (
        later("{n} token, the model ended its turn"),
        later("{n} tokens, the model ended its turn"),
    ),
    "stopped": (later("{n} token, stopped"), later("{n} tokens, stopped")),
}


class Generation:
    """Responses at the end of an explorer's document, greedy or by dice."""

    def __init__(
        self, explorer: Explorer, on_written: Callable[[str, int, Sequence[Draw], int], None]
    ):
        """`on_written` is told how a response came about (see `how_written`), where its first new
        token is, and the draws of its tokens with the seed they came from, none when greedy."""
        self._explorer = explorer
        self._on_written = on_written
        self._decoding: Decoding | None = None

    async def run(self, max_tokens: int | None = None, past_end: bool | None = None) -> None:
        """Let the model go on; what it wrote stays when it is stopped or fails.

        The arguments become the explorer's settings, by which the run goes. While one run writes,
        a second one is not begun. Raises what the model raises.
        """
        explorer, start = self._explorer, self._explorer.document
        if explorer.generating:
            return
        if max_tokens is not None:
            explorer.max_tokens = max(1, min(LONGEST, int(max_tokens)))
        if past_end is not None:
            explorer.past_end = bool(past_end)
        choose, seed = self._chooser(), explorer.seed
        run = self._decoding = Decoding(
            explorer.model,
            start.ids,
            choose,
            max_tokens=explorer.max_tokens,
            stop_at_end_of_turn=not explorer.past_end,
        )
        # Said by the settings of the start: they may be changed while it writes.
        how = self._how(start)
        explorer.param.update(generating=True, written="")
        try:
            await explorer.model.scores(start.ids, self._read)
            await self._stream(run)
        except Cancelled:
            pass  # stopped while the document was still being read: nothing is written
        finally:
            self._decoding = None
            self._finish(start, run, how, isinstance(choose, Sampler))
            if len(explorer.document) > len(start):
                self._on_written(how, len(start), getattr(choose, "draws", ()), seed)

    def _chooser(self) -> Choose:
        explorer = self._explorer
        filters = explorer.filters
        if explorer.strategy == "greedy":
            return lambda distribution: greedy(filters.biased(distribution))
        return Sampler(filters, Dice(explorer.seed))

    def stop(self) -> None:
        """Stop after the current token."""
        if self._decoding:
            self._decoding.stop()

    def _read(self, done: int, total: int) -> None:
        # A long document is read in steps; between them a stop is heard.
        if self._decoding.stopped:
            raise Cancelled("Stopped before the first token.")

    async def _stream(self, run: Decoding) -> None:
        explorer = self._explorer
        shown = time.monotonic()
        async for step in run:
            explorer.newest = len(explorer.document)
            explorer.show(explorer.document.append(step.id))
            if time.monotonic() - shown > STREAM_SECONDS:
                shown = time.monotonic()
                explorer.measured += 1
            await asyncio.sleep(0)

    def _finish(self, start: Document, run: Decoding, how: str, sampled: bool) -> None:
        explorer = self._explorer
        count = len(explorer.document) - len(start)
        if count:
            label = many(count, "generated {n} token", "generated {n} tokens")
            explorer.history.push(explorer.document, label)
        explorer.newest = None
        told = f" ({in_words(how)})" if sampled else ""
        explorer.param.update(generating=False, written=_summary(run, count, told))

    def _how(self, start: Document) -> str:
        """The label of the response."""
        explorer = self._explorer
        response = explorer.editor.response(start)
        given = response.content_stop - response.content_start if response else 0
        seed = explorer.seed if explorer.strategy == "sample" else None
        return label_of(seed, explorer.filters, given)


def _summary(run: Decoding, count: int, told: str) -> str:
    if run.stopped and not count:
        return t("stopped")
    if run.finish == "length" and not count:
        return t("the context is full: the model cannot look at one more token")
    if run.finish is None:
        return many(count, "{n} token written", "{n} tokens written") if count else ""
    return many(count, *_ENDED[run.finish]) + told
