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
from lmpanel.filters import Filters
from lmpanel.number_text import grouped
from lmpanel.sampling import Dice, Draw, Sampler

STREAM_SECONDS = 0.2
"""How often the numbers beside a response that is being written are shown anew."""
LONGEST = 2000

REASONS = {
    "length": "length reached",
    "end_of_turn": "the model ended its turn",
    "stopped": "stopped",
}


class Generation:
    """Responses at the end of an explorer's document, greedy or by dice."""

    def __init__(
        self, explorer: Explorer, on_written: Callable[[str, int, Sequence[Draw], int], None]
    ):
        """`on_written` is told how a response came about, where its first new token is, and the
        draws of its tokens with the seed they came from, none when it was greedy."""
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
            self._finish(start, run, how)
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

    def _finish(self, start: Document, run: Decoding, how: str) -> None:
        explorer = self._explorer
        count = len(explorer.document) - len(start)
        if count:
            explorer.history.push(explorer.document, f"generated {grouped(count)} tokens")
        explorer.newest = None
        explorer.param.update(generating=False, written=_summary(run, count, how))

    def _how(self, start: Document) -> str:
        """How the response came about, in words."""
        explorer = self._explorer
        how = explorer.strategy
        if how == "sample":
            how = f"sampled, seed {explorer.seed}{_settings(explorer.filters)}"
        how += _biased(explorer.filters)
        response = explorer.editor.response(start)
        given = response.content_stop - response.content_start if response else 0
        return f"{how}, after {given} given tokens" if given else how


def _settings(filters: Filters) -> str:
    shown = {"T": filters.temperature, "top-k": filters.top_k, "top-p": filters.top_p}
    shown["min-p"] = filters.min_p
    neutral = {"T": 1, "top-k": None, "top-p": 1, "min-p": 0}
    words = [f", {name} {value:g}" for name, value in shown.items() if value != neutral[name]]
    return "".join(words)


def _biased(filters: Filters) -> str:
    forbidden = sum(bias is None for _, bias in filters.biases)
    words = f", {forbidden} forbidden" if forbidden else ""
    pushed = len(filters.biases) - forbidden
    return f"{words}, {pushed} with a bias" if pushed else words


def _summary(run: Decoding, count: int, how: str) -> str:
    if run.stopped and not count:
        return REASONS["stopped"]
    tokens = f"{count} token" if count == 1 else f"{grouped(count)} tokens"
    if run.finish == "length" and not count:
        return "the context is full: the model cannot look at one more token"
    if run.finish is None:
        return f"{tokens} written" if count else ""
    told = f" ({how})" if how.startswith("sampled") else ""
    return f"{tokens}, {REASONS[run.finish]}{told}"
