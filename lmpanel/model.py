"""A language model: an engine and a tokenizer, with everything computed once remembered.

Distributions of the last few prefixes and the score of every token ever measured are kept, so
that a click costs one engine call of one token and going back costs none. Knows nothing about
documents, turns or the interface.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence

import numpy as np

from lmpanel.chat import ChatTemplate
from lmpanel.distribution import Distribution
from lmpanel.engine.base import MAX_ROWS, Engine, EngineInfo, Inside, LensRows, check_context
from lmpanel.engine.turnstile import Turnstile
from lmpanel.errors import BadArgument, ContextFull, NotAvailable
from lmpanel.known_distributions import KnownDistributions, own
from lmpanel.prefix_tree import PrefixTree
from lmpanel.scoring import TokenScore, score_rows
from lmpanel.tokenizer import Tokenizer
from lmpanel.wording import t

Progress = Callable[[int, int], None]

READ_AT_ONCE = 256
"""Tokens that `read` lets the engine read in one call."""
ROWS_ALONG = 32
"""Rows of logits that `distributions_along` holds at a time: 6 MB for 49152 tokens."""


class LanguageModel:
    """Distributions and scores of token sequences.

    `kept` distributions stay in memory (0.2 MB each for 49152 tokens, 12.6 MB for 64). Calls may
    overlap; the engine sees one at a time.
    """

    def __init__(self, engine: Engine, tokenizer: Tokenizer, kept: int = 64):
        self.engine = engine
        self.tokenizer = tokenizer
        self.tree = PrefixTree()
        self.known = KnownDistributions(kept)
        self._turnstile = Turnstile(engine)
        try:
            self.chat: ChatTemplate | None = ChatTemplate.from_model(engine.info.model, tokenizer)
        except NotAvailable:
            self.chat = None

    @property
    def info(self) -> EngineInfo:
        """The model's description and the backend it runs on."""
        return self.engine.info

    @property
    def context_length(self) -> int:
        """Most tokens that the model can look at."""
        return self.engine.info.context_length

    @property
    def end_of_turn_ids(self) -> frozenset[int]:
        """Tokens with which the model ends its turn or its text."""
        special = self.engine.info.model.get("special") or {}
        ids = (special.get("end_of_turn"), special.get("eos"))
        return frozenset(token for token in ids if token is not None)

    def check_context(self, count: int) -> None:
        """Raise ContextFull when `count` tokens are more than the model can look at."""
        check_context(self.engine.info, count)

    def check_room(self, count: int, remedy: str) -> None:
        """Raise ContextFull, with this remedy, when nothing fits behind `count` tokens."""
        if count >= self.context_length:
            raise ContextFull(t("The document fills all that this model can look at."), remedy)

    def cached(self, ids: Sequence[int]) -> Distribution | None:
        """The distribution after `ids` if it is remembered; never asks the engine."""
        return self.known.find(tuple(ids))

    async def distribution(self, ids: Sequence[int]) -> Distribution:
        """The distribution over what follows `ids`.

        Raises BadArgument for an empty document, UnknownToken, ContextFull, or what the engine
        raises; a lost engine is asked once more when it is back.
        """
        ids = self._checked(ids)
        if not ids:
            raise BadArgument(
                t("There is no prediction before the first token."), t("Write at least one token.")
            )
        if (found := self.cached(ids)) is not None:
            return found
        async with self._turnstile:
            if (found := self.cached(ids)) is None:
                rows = await self._turnstile.ask("logits", ids, len(ids) - 1)
                found = self.known.keep(ids, rows[0])
            return found

    async def distributions(self, contexts: Sequence[Sequence[int]]) -> list[Distribution]:
        """The distribution after each of `contexts`, as `distribution` gives it.

        Those not remembered are computed in one batch behind what they all begin with.
        """
        keys = [self._checked(ids) for ids in contexts]
        if len(keys) < 2 or not all(keys):
            return [await self.distribution(ids) for ids in keys]
        async with self._turnstile:
            found = {ids: self.cached(ids) for ids in keys}
            missing = [ids for ids, known in found.items() if known is None]
            async for ids, row in self._turnstile.last_rows(missing):
                found[ids] = self.known.keep(ids, row)
        return [found[ids] for ids in keys]

    async def foresee(self, contexts: Sequence[Sequence[int]]) -> None:
        """Have the distributions after `contexts` ready, until others are foreseen.

        Those not remembered are computed in one batch. Raises as `distribution`.
        """
        keys = [self._checked(ids) for ids in contexts]
        async with self._turnstile:
            missing = [ids for ids in dict.fromkeys(keys) if self.cached(ids) is None]
            rows = self._turnstile.last_rows(missing)
            self.known.foreseen = {ids: own(row) async for ids, row in rows}

    async def foresee_along(self, ids: Sequence[int], draft: Sequence[int]) -> None:
        """Have the distributions after `ids` and after each token of `draft` behind it ready.

        They are computed in one call. Does nothing without a draft; raises as `distribution`.
        """
        if not ids or not draft:
            return
        whole = self._checked((*ids, *draft))
        async with self._turnstile:
            rows = await self._turnstile.ask("logits", whole, len(ids) - 1)
            along = range(len(ids), len(whole) + 1)
            self.known.foreseen = {whole[:stop]: own(row) for stop, row in zip(along, rows)}

    def forget_foreseen(self) -> None:
        """Drop what `foresee` has ready; what was asked for stays."""
        self.known.foreseen.clear()

    async def read(self, ids: Sequence[int], on_progress: Progress | None = None) -> None:
        """Let the engine read a long context piece by piece, so that others get their turn.

        What is asked about its end afterwards takes one short call, as long as the engine keeps
        what it read. `on_progress(done, total)` is called after each piece. Raises as
        `distribution`.
        """
        ids = self._checked(ids)
        for stop in range(READ_AT_ONCE, len(ids), READ_AT_ONCE):
            async with self._turnstile:
                await self._turnstile.ask("logits", ids[:stop], stop - 1)
            if on_progress is not None:
                on_progress(stop, len(ids))

    async def distributions_along(
        self, ids: Sequence[int], start: int, stop: int
    ) -> AsyncIterator[Distribution]:
        """The distributions that predict the tokens [start, stop) of `ids`, one after the other.

        They are computed in chunks and not remembered, so that memory stays bounded however long
        the stretch is. Raises BadArgument for a stretch that is not inside or begins with the
        first token, which has no prediction; else as `distribution`.
        """
        ids = self._checked(ids)
        if not 1 <= start <= stop <= len(ids):
            raise BadArgument(
                f"Tokens {start} to {stop} of {len(ids)} were asked for.",
                "The first token has no prediction, the last one is the end.",
            )
        for first in range(start, stop, ROWS_ALONG):
            last = min(first + ROWS_ALONG, stop)
            # As in `scores`, a click need not wait for the whole stretch.
            async with self._turnstile:
                rows = await self._turnstile.ask("logits", ids[: last - 1], first - 1)
            for row in rows:
                yield Distribution(row)

    async def similar(self, token: int) -> np.ndarray:
        """Cosine of every token's embedding with that of `token`, and its length: [2, vocab]."""
        self.tokenizer.vocabulary.check((token,))
        async with self._turnstile:
            return await self._turnstile.ask("similar", token)

    async def open_inside(self) -> None:
        """Have the extra graphs for `inside` and `lens` ready, as `Engine.open_inside`."""
        async with self._turnstile:
            await self._turnstile.ask("open_inside")

    async def inside(self, ids: Sequence[int]) -> Inside:
        """Residuals and attention of a short text, as `Engine.inside`."""
        ids = self._checked(ids)
        async with self._turnstile:
            return await self._turnstile.ask("inside", ids)

    async def lens(self, rows: np.ndarray, asked: np.ndarray) -> LensRows:
        """The logit lens on residuals, as `Engine.lens`."""
        async with self._turnstile:
            return await self._turnstile.ask("lens", rows, asked)

    def known_scores(self, ids: Sequence[int]) -> list[TokenScore | None]:
        """What is known about each token of `ids` without asking the engine, else None."""
        ids = tuple(ids)
        scores = self.tree.known(ids)
        for position in self.known.lengths:
            if position < len(ids) and scores[position] is None:
                before = self.known.peek(ids[:position])
                if before is not None:
                    score = scores[position] = before.score(ids[position])
                    self.tree.record(ids, position, score)
        return scores

    async def scores(
        self, ids: Sequence[int], on_progress: Progress | None = None
    ) -> list[TokenScore | None]:
        """The score of every token of `ids`; the first has no prediction and gets None.

        What is not known yet is computed in chunks of up to MAX_ROWS tokens, `on_progress(done,
        total)` is called after each. The last chunk brings the distribution after `ids` along.
        Raises as `distribution`.
        """
        ids = self._checked(ids)
        total = max(len(ids) - 1, 0)
        while (done := await self._score_chunk(ids)) is not None:
            if on_progress is not None:
                on_progress(min(done, total), total)
        return self.known_scores(ids)

    def forget(self) -> None:
        """Let all remembered distributions and scores go."""
        self.known.clear()
        self.tree.clear()

    def _next_chunk(self, ids: tuple[int, ...]) -> tuple[int, int] | None:
        """The first stretch [start, stop) of prefix lengths whose next token is not scored yet.

        Known tokens inside are computed again rather than splitting the stretch, since one call
        with more rows is cheaper than two calls.
        """
        scores = self.known_scores(ids)
        missing = [i for i in range(1, len(ids)) if scores[i] is None]
        if not missing:
            return None
        start = missing[0]
        within = [i for i in missing if i < start + MAX_ROWS]
        stop = within[-1] + 1
        # The distribution after the last token is wanted next; take it along if it fits.
        if stop == len(ids) and stop - start < MAX_ROWS:
            stop += 1
        return start, stop

    async def _score_chunk(self, ids: tuple[int, ...]) -> int | None:
        """Score the next stretch; how many tokens are scored up to its end, None if all were."""
        # The engine is let go between chunks, so that a click need not wait for a long text.
        async with self._turnstile:
            chunk = self._next_chunk(ids)
            if chunk is None:
                return None
            start, stop = chunk
            rows = await self._turnstile.ask("logits", ids[: stop - 1], start - 1)
            targets = ids[start:stop]
            self.tree.record_all(ids, start, score_rows(rows[: len(targets)], targets))
            if stop - 1 == len(ids):
                self.known.keep(ids, rows[-1])
            return stop - 1

    def _checked(self, ids: Sequence[int]) -> tuple[int, ...]:
        self.tokenizer.vocabulary.check(ids)
        self.check_context(len(ids))
        return tuple(ids)
