"""What another context does to the same tokens: the change of what each costs, and how far the
prediction at its place moves.

Two contexts are followed side by side, so that only a few rows of logits are held at a time.
Knows nothing about how the other context came about, or how the change is shown.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import cached_property

from lmpanel.changed_context import Change
from lmpanel.distribution import kl_bits
from lmpanel.document import Document
from lmpanel.model import LanguageModel
from lmpanel.number_text import grouped
from lmpanel.scoring import TokenScore
from lmpanel.wording import t

TOLD_EVERY = 8
"""After so many tokens the progress is told, and others get their turn."""


@dataclass(frozen=True)
class Shift:
    """One token after both contexts; `kl_bits` is KL(before‖after) of the two predictions.

    >>> shift = Shift(TokenScore(math.log(0.5), 1, 1.0), TokenScore(math.log(0.125), 3, 1.0), 0.2)
    >>> shift.delta_bits
    2.0
    """

    before: TokenScore
    after: TokenScore
    kl_bits: float

    @property
    def delta_bits(self) -> float:
        """How much more the token costs in bits after the changed context."""
        return self.after.bits - self.before.bits


@dataclass(frozen=True)
class Comparison:
    """Tokens [start, stop) of `document` after what stands before them there, and after `change`.

    `source` says how they were chosen, `number` tells comparisons apart, `predictor` is the model's
    name in the explorer.
    """

    number: int
    document: Document
    start: int
    stop: int
    source: str
    change: Change
    shifts: tuple[Shift, ...]
    predictor: str = "transformer"

    @property
    def delta_bits(self) -> float:
        """The sum of the changes in bits."""
        return math.fsum(shift.delta_bits for shift in self.shifts)

    @property
    def mean_kl_bits(self) -> float:
        """KL divergence per position, averaged."""
        return math.fsum(shift.kl_bits for shift in self.shifts) / len(self.shifts)

    @property
    def largest(self) -> int:
        """Position of the token whose cost changed most, the first of equals."""
        sizes = [abs(shift.delta_bits) for shift in self.shifts]
        return self.start + sizes.index(max(sizes))

    @cached_property
    def deltas(self) -> list[float | None]:
        """The change of every token of the document, None outside the compared ones."""
        inside = [shift.delta_bits for shift in self.shifts]
        return [None] * self.start + inside + [None] * (len(self.document) - self.stop)


async def shifts_between(
    model: LanguageModel,
    before: Sequence[int],
    after: Sequence[int],
    tokens: Sequence[int],
    tell: Callable[[str], None],
) -> list[Shift]:
    """What becomes of `tokens` when `after` stands before them instead of `before`.

    `tell` hears in words how far it is. Raises what the model raises.
    """
    for context in (before, after):
        await model.read(context, lambda done, total: tell(_reading(done, total)))
    shifts: list[Shift] = []
    async with (
        aclosing(_along(model, before, tokens)) as old,
        aclosing(_along(model, after, tokens)) as new,
    ):
        for token in tokens:
            p, q = await anext(old), await anext(new)
            shifts.append(Shift(p.score(token), q.score(token), kl_bits(p, q)))
            if len(shifts) % TOLD_EVERY == 0:
                tell(_place(len(shifts), len(tokens)))
                await asyncio.sleep(0)
    return shifts


def _along(model: LanguageModel, context: Sequence[int], tokens: Sequence[int]):
    ids = (*context, *tokens)
    return model.distributions_along(ids, len(context), len(ids))


def _reading(done: int, total: int) -> str:
    return t("reading token {n} of {total}", n=grouped(done), total=grouped(total))


def _place(done: int, total: int) -> str:
    return t("token {n} of {total}", n=grouped(done), total=grouped(total))
