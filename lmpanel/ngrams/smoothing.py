"""From counts to probabilities: interpolated absolute discounting.

    P_n(w | h) = max(c(h w) - d_n, 0) / c(h) + d_n T(h) / c(h) * P_(n-1)(w | h')

c(h w) counts the token w after the n-1 tokens h, c(h) everything after h, T(h) the different
tokens after h, h' is h without its first token; d_n is taken off every count, and what it frees is
shared out as the next shorter context would. A context that never occurred leaves all to the
shorter one. At the bottom P_0(w) = 1 / |V|: uniform. So each row sums to 1 and no token is
impossible.

d_n = n1 / (n1 + 2 n2), n1 and n2 being how many n-grams occurred once and twice, kept inside
[0.1, 0.9] so that tiny texts work too: with d = 0 nothing would be shared out, with d = 1 what
occurred once would count for nothing. Sources: Ney, Essen and Kneser 1994 (the estimate of d);
Chen and Goodman 1998, section 2.6 (the comparison). Knows nothing about text and models.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lmpanel.ngrams.counts import NOWHERE, Level, places

SMALLEST_DISCOUNT, LARGEST_DISCOUNT = 0.1, 0.9


@dataclass(frozen=True)
class Term:
    """One step of a probability: what a level adds to the one below it.

    `context` are the n-1 tokens before; `count` is c(h w), `total` c(h), `types` T(h); `weight`
    goes to `lower`, the probability by the next shorter context. A context that never occurred
    has total 0 and weight 1. `once` and `twice` are n1 and n2, from which the discount comes.
    """

    n: int
    context: tuple[int, ...]
    count: int
    total: int
    types: int
    discount: float
    weight: float
    lower: float
    prob: float
    once: int = 0
    twice: int = 0


def discount(level: Level) -> float:
    """What is taken off each count of a level.

    >>> from lmpanel.ngrams.counts import count_levels
    >>> [level] = count_levels(np.array([0, 1, 1, 2, 2, 3, 3, 3]), 5, 1)
    >>> discount(level)  # 1 / (1 + 2 * 2)
    0.2
    """
    return min(max(estimate(*_seldom(level)), SMALLEST_DISCOUNT), LARGEST_DISCOUNT)


def estimate(once: int, twice: int) -> float:
    """n1 / (n1 + 2 n2), the discount before it is kept within its bounds."""
    return once / (once + 2 * twice) if once else 0.0


def _seldom(level: Level) -> tuple[int, int]:
    """How many n-grams occurred once, and twice."""
    return level.times(1), level.times(2)


class Smoothed:
    """Probabilities by n-grams of up to `len(levels)` tokens over a vocabulary of `size`.

    `order` says how many tokens an n-gram has: 0 is uniform, 1 unigram, 2 bigram, 3 trigram.

    >>> from lmpanel.ngrams.counts import count_levels
    >>> model = Smoothed(3, list(count_levels(np.array([0, 1, 0, 1, 2]), 3, 2)))
    >>> float(model.row([0], 2).sum().round(12)), model.row([0], 2).round(3).tolist()
    (1.0, [0.1, 0.85, 0.05])
    """

    def __init__(self, size: int, levels: Sequence[Level]):
        self.size = size
        self.levels = list(levels)
        self.discounts = [discount(level) for level in self.levels]
        self._counted: dict[int, tuple[int, int]] = {}

    @property
    def order(self) -> int:
        """The longest n-gram that was counted."""
        return len(self.levels)

    def _seldom(self, n: int) -> tuple[int, int]:
        if n not in self._counted:
            self._counted[n] = _seldom(self.levels[n - 1])
        return self._counted[n]

    def row(self, context: Sequence[int], order: int) -> np.ndarray:
        """Float64 [size]: the probability of every token after `context`."""
        return self.rows(context, [len(context)], order)[0]

    def rows(self, ids: Sequence[int], stops: Sequence[int], order: int) -> np.ndarray:
        """Float64 [len(stops), size]: the probabilities after `ids[:stop]` for each stop."""
        levels = self.levels[:order]
        found = places(levels[:-1], np.asarray(ids, np.int64))
        rows = np.full((len(stops), self.size), 1.0 / self.size)
        for row, stop in zip(rows, stops, strict=True):
            for level, off in zip(levels, self.discounts, strict=False):
                context = _context(found, level.n, stop)
                if context == NOWHERE or not level.totals[context]:
                    break
                total = float(level.totals[context])
                tokens, counts = level.followers(context)
                row *= off * len(tokens) / total
                row[tokens] += (counts - off) / total
        return rows

    def log_rows(self, ids: Sequence[int], stops: Sequence[int], order: int) -> np.ndarray:
        """Float32 [len(stops), size]: the natural logarithms of `rows`, in a fraction of the time.

        Only tokens that followed the last one have a number of their own: all others share the
        unigram's, times one weight. What followed a longer context followed its last token too.
        """
        found = places(self.levels[: max(order - 1, 0)], np.asarray(ids, np.int64))
        base = self._log_base if order and self.levels else np.full(self.size, -np.log(self.size))
        rows = np.empty((len(stops), self.size), np.float32)
        for row, stop in zip(rows, stops, strict=True):
            weight, tokens, probs = self._own(found, stop, order)
            np.add(base, np.log(weight), out=row, casting="same_kind")
            row[tokens] = np.log(probs)
        return rows

    def _own(
        self, found: list[np.ndarray], stop: int, order: int
    ) -> tuple[float, np.ndarray, np.ndarray]:
        """What the unigram is weighted with, and the tokens that have another probability."""
        weight, tokens, probs = 1.0, np.empty(0, np.int64), np.empty(0)
        for level, off in zip(self.levels[1:order], self.discounts[1:order], strict=True):
            context = _context(found, level.n, stop)
            if context == NOWHERE or not level.totals[context]:
                break
            total = float(level.totals[context])
            followers, counts = level.followers(context)
            lower = off * len(followers) / total
            if level.n == 2:
                tokens, probs = followers, np.exp(self._log_base[followers])
            weight, probs = weight * lower, probs * lower
            probs[np.searchsorted(tokens, followers)] += (counts - off) / total
        return weight, tokens, probs

    @cached_property
    def _log_base(self) -> np.ndarray:
        return np.log(self.row([], 1))

    def probs(self, ids: Sequence[int], order: int) -> np.ndarray:
        """Float64 [len(ids)]: the probability of each token of `ids` after those before it."""
        ids = np.asarray(ids, np.int64)
        levels = self.levels[:order]
        found = places(levels, ids)
        probs = np.full(len(ids), 1.0 / self.size)
        before = np.zeros(len(ids), np.int64)
        for level, off, here in zip(levels, self.discounts, found, strict=False):
            totals = np.where(before >= 0, level.totals[before], 0)
            seen = totals > 0
            total = totals[seen].astype(np.float64)
            counts = np.where(here[seen] >= 0, level.counts[here[seen]], 0)
            weight = off * level.types(before[seen]) / total
            probs[seen] = np.maximum(counts - off, 0.0) / total + weight * probs[seen]
            before = np.concatenate(([NOWHERE], here[:-1]))[: len(ids)]
        return probs

    def followers(self, context: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """The tokens that followed exactly this context, and how often; none when none did."""
        nothing = np.empty(0, np.int64), np.empty(0, np.int64)
        if len(context) >= self.order:
            return nothing
        level = self.levels[len(context)]
        found = places(self.levels[: len(context)], np.asarray(context, np.int64))
        place = _context(found, level.n, len(context))
        return level.followers(place) if place != NOWHERE else nothing

    def explain(self, context: Sequence[int], token: int, order: int) -> list[Term]:
        """How a probability comes about: one term for each n from 1 to `order`, shortest first.

        Contexts longer than what stands before the token are left out.
        """
        levels = self.levels[: min(order, len(context) + 1)]
        found = places(levels[:-1], np.asarray(context, np.int64))
        prob, terms = 1.0 / self.size, []
        for level, off in zip(levels, self.discounts, strict=False):
            place = _context(found, level.n, len(context))
            total = int(level.totals[place]) if place != NOWHERE else 0
            types = int(level.types(place)) if total else 0
            tokens, counts = level.followers(place) if total else (np.empty(0), np.empty(0))
            count = int(counts[tokens == token].sum())
            weight = off * types / total if total else 1.0
            lower, share = prob, max(count - off, 0.0) / total if total else 0.0
            prob = share + weight * lower
            words = tuple(context[len(context) - level.n + 1 :])
            numbers = (count, total, types, off, weight, lower, prob)
            terms.append(Term(level.n, words, *numbers, *self._seldom(level.n)))
        return terms


def _context(found: list[np.ndarray], n: int, stop: int) -> int:
    """The place of the n-1 tokens before `stop` among the contexts of level n."""
    if n == 1:
        return 0
    return int(found[n - 2][stop - 1]) if stop >= n - 1 else NOWHERE
