"""Sampling with visible dice: from a number between 0 and 1 to a token, and back.

Candidates stand in descending order of probability on a line from 0 to 1, each as wide as its
probability; r falls on one of them. Numbers come from a typed value, a real die, or a generator
with a seed: PCG64 (O'Neill 2014) as `numpy.random.Generator` has it, one `random()` per token, so
the same seed gives the same tokens on every machine with the same logits. Knows nothing about
models or documents.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lmpanel.distribution import Distribution
from lmpanel.errors import BadArgument
from lmpanel.filters import Filters
from lmpanel.wording import t

MAX_SEED = 2**53
_FIRST_LOOK = 512


@dataclass(frozen=True)
class Draw:
    """The token that r falls on, and the stretch [low, high) that it holds on the 0-1 line."""

    id: int
    rank: int
    r: float
    low: float
    high: float


def draw(distribution: Distribution, r: float) -> Draw:
    """The first token whose cumulative probability exceeds `r`, likeliest first.

    When rounding leaves the whole line a hair shorter than `r`, the last possible token. Raises
    BadArgument when `r` is not in [0, 1).

    >>> three = Distribution(np.log([0.25, 0.5, 0.25]))
    >>> draw(three, 0.1).id, draw(three, 0.6)
    (1, Draw(id=0, rank=2, r=0.6, low=0.5, high=0.75))
    """
    if not 0 <= r < 1:
        raise BadArgument(f"The number drawn is {r}.", "It must be at least 0 and less than 1.")
    # Nearly always among the first few hundred; sort all only when it is not.
    for count in (min(_FIRST_LOOK, distribution.size), distribution.size):
        ids, ends = line(distribution, count)
        place = int(np.searchsorted(ends, r, side="right"))
        if place < len(ids):
            break
    place = min(place, len(ids) - 1)
    low = float(ends[place - 1]) if place else 0.0
    return Draw(int(ids[place]), place + 1, float(r), low, float(ends[place]))


def line(distribution: Distribution, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Ids of the `count` likeliest possible tokens, and where each one's stretch ends."""
    ids = distribution.ranked(count)
    ids = ids[np.isfinite(distribution.logits[ids])]
    return ids, np.cumsum(distribution.probs[ids])


def from_die(face: int, sides: int) -> float:
    """The number r that a face of a fair die stands for: the middle of its share of the line.

    Raises BadArgument for a face that the die does not have.

    >>> from_die(1, 6), from_die(20, 20)
    (0.08333333333333333, 0.975)
    """
    if sides < 2 or not 1 <= face <= sides:
        raise BadArgument(
            t("A die with {sides} sides has no face {face}.", sides=sides, face=face),
            t("Type a number from 1 to {most}.", most=sides),
        )
    return (face - 0.5) / sides


class Dice:
    """Random numbers from a seed, one for each token. Raises BadArgument for an odd seed.

    >>> dice = Dice(7)
    >>> round(dice.roll(), 6), round(dice.roll(), 6), round(Dice(7).roll(), 6)
    (0.625095, 0.897214, 0.625095)
    """

    def __init__(self, seed: int):
        if not 0 <= seed <= MAX_SEED:
            raise BadArgument(
                f"The seed is {seed}.", f"It must be a whole number from 0 to {MAX_SEED}."
            )
        self.seed = seed
        self._generator = np.random.Generator(np.random.PCG64(seed))

    def roll(self) -> float:
        """The next number, at least 0 and less than 1."""
        return float(self._generator.random())


def new_seed() -> int:
    """A seed that nobody chose, short enough to be written down."""
    return secrets.randbelow(1_000_000)


class Sampler:
    """Chooses tokens by dice from the filtered distribution; remembers every draw.

    >>> sampler = Sampler(Filters(top_k=1), Dice(7))
    >>> sampler(Distribution(np.log([0.25, 0.75]))), round(sampler.draws[0].r, 3)
    (1, 0.625)
    """

    def __init__(self, filters: Filters, dice: Dice):
        self.filters = filters
        self.dice = dice
        self.draws: list[Draw] = []

    def __call__(self, distribution: Distribution) -> int:
        self.draws.append(draw(self.filters.apply(distribution), self.dice.roll()))
        return self.draws[-1].id


@dataclass(frozen=True)
class Tally:
    """How often a token came up, beside what was to be expected of `draws` draws.

    The last one of a tally stands for all other tokens together: its `id` is None.
    """

    id: int | None
    prob: float
    count: int
    draws: int

    @property
    def expected(self) -> float:
        """Expected count, n·p."""
        return self.draws * self.prob

    @property
    def spread(self) -> float:
        """Standard deviation of the count: sqrt(n·p·(1 - p))."""
        return math.sqrt(self.expected * (1 - self.prob))

    @property
    def usual(self) -> tuple[int, int]:
        """Counts between which it lies at least 19 of 20 times."""
        return usual_counts(self.draws, self.prob)


def usual_counts(draws: int, prob: float, mass: float = 0.95) -> tuple[int, int]:
    """The central interval of the binomial distribution that holds at least `mass`.

    From the smallest count whose cumulative probability exceeds (1 - mass)/2 to the smallest one
    whose cumulative probability reaches (1 + mass)/2.

    >>> usual_counts(200, 0.5), usual_counts(200, 0.001)
    ((86, 114), (0, 1))
    """
    if not 0 < prob < 1:
        return (draws, draws) if prob >= 1 else (0, 0)
    counts = range(draws + 1)
    logs = [
        math.lgamma(draws + 1) - math.lgamma(k + 1) - math.lgamma(draws - k + 1)
        + k * math.log(prob) + (draws - k) * math.log1p(-prob)
        for k in counts
    ]
    cumulative = np.cumsum(np.exp(logs))
    tail = (1 - mass) / 2
    low = int(np.searchsorted(cumulative, tail, side="right"))
    high = int(np.searchsorted(cumulative, 1 - tail, side="left"))
    return low, min(high, draws)


def tally(distribution: Distribution, draws: int, seed: int, listed: int) -> Iterator[Tally]:
    """Draw independently many times: the `listed` likeliest tokens, whether they came up or not,
    and all others together.

    >>> [(t.id, t.count, t.expected, t.spread) for t in tally(Distribution(np.zeros(2)), 100, 1, 9)]
    [(0, 47, 50.0, 5.0), (1, 53, 50.0, 5.0)]
    """
    numbers = np.random.Generator(np.random.PCG64(seed)).random(draws)
    ids, ends = line(distribution, distribution.size)
    places = np.minimum(np.searchsorted(ends, numbers, side="right"), len(ids) - 1)
    counts = np.bincount(places, minlength=len(ids))
    for place, token in enumerate(ids[:listed].tolist()):
        yield Tally(token, distribution.prob(token), int(counts[place]), draws)
    if len(ids) > listed:
        rest = float(distribution.probs[ids[listed:]].sum())
        yield Tally(None, rest, int(counts[listed:].sum()), draws)
