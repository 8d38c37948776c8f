"""The ladder beside the transformer: what each model says of the position looked at, and the plot.

Ties the explorer to the n-gram models. Knows nothing about how it is shown.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import param

from lmpanel.distribution import Distribution
from lmpanel.errors import BadArgument, Cancelled, LMPanelError
from lmpanel.explorer import TRANSFORMER, Explorer
from lmpanel.ngrams.growth import Point, growth
from lmpanel.ngrams.ladder import RUNGS, Ladder
from lmpanel.ngrams.smoothing import Term
from lmpanel.ngrams.training import Trained
from lmpanel.scoring import Totals
from lmpanel.wording import t

PASSAGE = 120
"""Tokens of a held-out passage."""


@dataclass(frozen=True)
class Cost:
    """Bits of the tokens [start, stop) of the document under one model; None while not known."""

    count: int
    bits: float | None

    @property
    def per_token(self) -> float | None:
        """Bits per token; None when nothing is counted."""
        return self.bits / self.count if self.bits is not None and self.count else None


class Rungs(param.Parameterized):
    """What is looked at on the ladder of one explorer.

    While its lens is open the transformer is measured too, whichever model predicts.
    """

    token = param.Integer(default=None, allow_None=True, doc="The token that was asked about.")
    opened = param.Selector(default="", objects=["", *RUNGS], doc="The rung whose counts show.")
    points = param.List(default=[], item_type=Point, doc="Points of the plot, so far.")
    drawing = param.Boolean(default=False, doc="The plot is being computed.")
    changed = param.Integer(default=0, doc="Counts up when the transformer has new numbers.")

    def __init__(self, explorer: Explorer, ladder: Ladder):
        super().__init__()
        self._explorer, self._ladder = explorer, ladder
        self._measuring: asyncio.Task | None = None
        self._plot: asyncio.Task | None = None
        self._rows: tuple[Any, list[Distribution]] = (None, [])
        self._bits: tuple[Any, list[np.ndarray]] = (None, [])
        self._passages: dict[Sequence[int], int] = {}
        look = ["document", "cursor", "where", "tab", "predictor", "generating"]
        explorer.param.watch(self._look, look)
        explorer.param.watch(self._elsewhere, ["document", "cursor", "where"])
        ladder.param.watch(self._learnt, ["trained"])

    # What is shown

    @property
    def transformer(self) -> Distribution | None:
        """The transformer's distribution at the position looked at, if it is known."""
        context = self._explorer.context
        return self._explorer.models[TRANSFORMER].cached(context) if context else None

    @property
    def asked(self) -> int | None:
        """The token whose probability is compared: asked about, standing here, or the likeliest."""
        if self.token is not None:
            return self.token
        if self._explorer.here is not None:
            return self._explorer.here
        likeliest = self.transformer or next(reversed(self.distributions()), None)
        return likeliest.top_id if likeliest else None

    def distributions(self) -> list[Distribution]:
        """The distribution of every rung at the position looked at; none before the training."""
        trained, context = self._ladder.trained, self._explorer.context
        if trained is None or not context:
            return []
        if self._rows[0] != (context, id(trained)):
            # As the engine gives them, so that the same numbers stand everywhere.
            near = context[-len(RUNGS) :]
            rows = (
                trained.smoothed.log_rows(near, [len(near)], order)[0]
                for order in range(len(RUNGS))
            )
            made = [Distribution(row) for row in rows]
            self._rows = ((context, id(trained)), made)
        return self._rows[1]

    def costs(self) -> dict[str, Cost]:
        """What the selected tokens cost under each model, or the document's while none are."""
        start, stop = self.span
        trained, ids = self._ladder.trained, self._explorer.document.ids
        found: dict[str, Cost] = {}
        if trained is not None and ids:
            for name, bits in zip(RUNGS, self._token_bits(trained, ids), strict=True):
                found[name] = Cost(stop - start, math.fsum(bits[start:stop]))
        scores = self._explorer.models[TRANSFORMER].known_scores(ids)[start:stop]
        known = None if None in scores else Totals.of(scores).bits
        return {**found, TRANSFORMER: Cost(stop - start, known)}

    @property
    def span(self) -> tuple[int, int]:
        """The tokens whose bits are compared: the first of a document has no prediction."""
        start, stop = self._explorer.span
        if stop - start < 2:
            start, stop = 0, len(self._explorer.document)
        return min(max(start, 1), stop), stop

    def _token_bits(self, trained: Trained, ids: Sequence[int]) -> list[np.ndarray]:
        if self._bits[0] != (ids, id(trained)):
            bits = [-np.log2(trained.smoothed.probs(ids, order)) for order in range(len(RUNGS))]
            self._bits = ((ids, id(trained)), bits)
        return self._bits[1]

    def working(self) -> list[Term]:
        """How the probability of the token asked about comes about on the opened rung."""
        trained, asked = self._ladder.trained, self.asked
        if trained is None or asked is None or not self.opened or not self._explorer.context:
            return []
        return trained.smoothed.explain(self._explorer.context, asked, RUNGS.index(self.opened))

    # What may be done

    def ask(self, id: int) -> None:
        """Compare the probabilities of another token. Raises UnknownToken."""
        self._explorer.model.tokenizer.vocabulary.check((id,))
        self.token = id

    def open(self, name: str) -> None:
        """Show the counts behind a rung; of an open one, no longer."""
        self.opened = "" if self.opened == name else name

    def passage(self) -> tuple[int, ...]:
        """Tokens that were held out, beginning with a sentence. Raises BadArgument.

        The first passage, or after one the next: who begins anew reads the same again.
        """
        if self._ladder.trained is None:
            raise BadArgument(t("Nothing was held out yet."), t("Train the n-grams first."))
        if not len(self._ladder.trained.held_out):
            raise BadArgument(
                t("Of this text nothing was held out."), t("Count in a longer one.")
            )
        held_out = self._ladder.trained.held_out
        number = self.passage_number or 0
        start = number * PASSAGE % max(1, len(held_out) - PASSAGE)
        tokenizer = self._explorer.model.tokenizer
        ends = [at for at in range(start, min(start + PASSAGE, len(held_out)))
                if tokenizer.decode([int(held_out[at])]).strip() in (".", "!", "?")]
        begin = ends[0] + 1 if ends else start
        passage = tuple(int(token) for token in held_out[begin : begin + PASSAGE])
        self._passages[passage] = number + 1
        return passage

    @property
    def passage_number(self) -> int | None:
        """Which of the passages the document is, from 1; None while it is none."""
        return self._passages.get(self._explorer.document.ids)

    async def draw(self) -> None:
        """Compute the plot in steps; while one is computed a second one is not begun."""
        if self.drawing:
            return
        trained = await self._ladder.ready()
        if not len(trained.held_out):
            raise BadArgument(t("There is no text to test on."), t("Count in a longer one."))
        self._plot = asyncio.ensure_future(self._draw(trained))
        await asyncio.wait([self._plot])

    def stop(self) -> None:
        """Stop computing the plot; the points found so far stay."""
        if self._plot is not None:
            self._plot.cancel()

    async def _draw(self, trained: Trained) -> None:
        self.param.update(drawing=True, points=[])
        try:
            size = trained.smoothed.size
            for point in growth(trained.train, trained.held_out, size, len(RUNGS) - 1):
                self.points = [*self.points, point]
                await asyncio.sleep(0)
        finally:
            self.drawing = False

    # Following the explorer

    def _look(self, *events: param.parameterized.Event) -> None:
        explorer = self._explorer
        if self._measuring is not None:
            self._measuring.cancel()
            self._measuring = None
        if explorer.tab != "ngrams" or explorer.generating:
            return
        # Who has stopped the training does not set it going by looking elsewhere.
        opened = any(event.name == "tab" for event in events)
        self._measuring = asyncio.ensure_future(self._measure(opened))

    async def _measure(self, opened: bool) -> None:
        explorer = self._explorer
        try:
            if opened and self._ladder.trained is None and not self._ladder.working:
                await self._ladder.ready()
            if explorer.predictor == TRANSFORMER:
                return  # measured anyway
            if explorer.context:
                await explorer.models[TRANSFORMER].distribution(explorer.context)
                self.changed += 1
            await explorer.models[TRANSFORMER].scores(explorer.document.ids)
            self.changed += 1
        except (asyncio.CancelledError, Cancelled):
            return  # looked elsewhere, or stopped
        except LMPanelError as error:
            if not self._ladder.problem:
                explorer.report(error)

    def _elsewhere(self, *events: object) -> None:
        self.token = None

    def _learnt(self, *events: object) -> None:
        self.stop()
        self._passages.clear()
        self.param.update(points=[], changed=self.changed + 1)
