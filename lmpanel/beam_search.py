"""Beam search: keep the few continuations with the largest total log-probability.

At every step each kept continuation is extended by every token, and the best `width` of all stay;
one that ended the turn competes on with the total it has. No length penalty (Graves 2012; Meister
et al. 2020 on what that prefers). Totals are the model's own: full vocabulary, nothing filtered.
Knows nothing about documents or the interface.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from lmpanel.decoding import Finish
from lmpanel.distribution import Distribution
from lmpanel.errors import BadArgument
from lmpanel.model import LanguageModel

MAX_WIDTH = 16


@dataclass(frozen=True)
class Beam:
    """A continuation, the log-probability of each of its tokens, and whether it ended the turn."""

    ids: tuple[int, ...] = ()
    logprobs: tuple[float, ...] = ()
    ended: bool = False

    @property
    def total_logprob(self) -> float:
        """Natural log-probability of the whole continuation.

        >>> Beam((7, 8), (-1.0, -0.5)).total_logprob
        -1.5
        """
        return math.fsum(self.logprobs)

    def extended(self, token: int, logprob: float, ended: bool) -> Beam:
        """The continuation with one more token."""
        return Beam((*self.ids, token), (*self.logprobs, logprob), ended)


def best(beams: Sequence[Beam], width: int) -> list[Beam]:
    """The `width` likeliest; of equal ones those that come first.

    >>> [beam.ids for beam in best([Beam((1,), (-2.0,)), Beam((2,), (-1.0,))], 1)]
    [(2,)]
    """
    return sorted(beams, key=lambda beam: -beam.total_logprob)[:width]


def extend(
    beams: Sequence[Beam],
    distributions: Sequence[Distribution],
    width: int,
    stop_ids: Collection[int],
) -> list[Beam]:
    """Every candidate of a step: ended beams as they are, each open one with its `width` likeliest
    next tokens, of which no others can be among the `width` best.

    `distributions` are those after the open beams, in their order.

    >>> import numpy as np
    >>> coin = Distribution(np.zeros(2))
    >>> [beam.ids for beam in extend([Beam((7,), (-1.0,), ended=True), Beam((5,))], [coin], 2, {1})]
    [(7,), (5, 0), (5, 1)]
    """
    candidates = [beam for beam in beams if beam.ended]
    going_on = [beam for beam in beams if not beam.ended]
    for beam, distribution in zip(going_on, distributions, strict=True):
        candidates += extensions(beam, distribution, width, stop_ids)
    return candidates


def extensions(
    beam: Beam, distribution: Distribution, count: int, stop_ids: Collection[int]
) -> list[Beam]:
    """The beam with each of its `count` likeliest possible next tokens, likeliest first."""
    return [
        beam.extended(found.id, found.logprob, found.id in stop_ids)
        for found in distribution.top(count)
        if found.prob > 0
    ]


class BeamSearch:
    """One search: `step()` until `finish` is set, or `complete()`.

    Ends when no kept beam can go on ("end_of_turn"), after `max_tokens` or with a full context
    ("length"), or after `stop()` ("stopped"). `beams` are the kept ones, likeliest first. Raises
    BadArgument for a width outside 1 to MAX_WIDTH.

        search = BeamSearch(model, ids, width=3, max_tokens=20)
        await search.complete()
        search.beams[0].ids
    """

    def __init__(
        self,
        model: LanguageModel,
        ids: Sequence[int],
        *,
        width: int = 4,
        max_tokens: int = 256,
        stop_at_end_of_turn: bool = True,
    ):
        if not 1 <= width <= MAX_WIDTH:
            raise BadArgument(f"The number of beams is {width}.", f"It must be 1 to {MAX_WIDTH}.")
        self._model = model
        self._prefix = tuple(ids)
        self.width = width
        self._max_tokens = max_tokens
        self._stop_ids = model.end_of_turn_ids if stop_at_end_of_turn else frozenset()
        self._stopped = False
        self._steps = 0
        self.beams = [Beam()]

    @property
    def finish(self) -> Finish | None:
        """Why the search is over, None while it can go on."""
        if all(beam.ended for beam in self.beams):
            return "end_of_turn"
        if self._stopped:
            return "stopped"
        full = len(self._prefix) + self._steps >= self._model.context_length
        return "length" if self._steps >= self._max_tokens or full else None

    def stop(self) -> None:
        """End the search before its next step; the beams stay."""
        self._stopped = True

    async def step(self) -> None:
        """Extend every open beam by one token, all in one batch, and keep the best."""
        contexts = [(*self._prefix, *beam.ids) for beam in self.beams if not beam.ended]
        distributions = await self._model.distributions(contexts)
        self._steps += 1
        self.beams = best(extend(self.beams, distributions, self.width, self._stop_ids), self.width)

    async def complete(self) -> BeamSearch:
        """Search to the end."""
        while self.finish is None:
            await self.step()
        return self
