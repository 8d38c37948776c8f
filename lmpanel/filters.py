"""Reshape a distribution before sampling: biases, temperature, top-k, top-p, min-p.

Applied in this order, which is that of `transformers`' logits processors and warpers. Each is a
pure function on logits; what a filter removes gets -inf, and the rest is renormalised by the
softmax. Knows nothing about engines or sampling.

The results are those of the warpers, but for two things. Where top-p ends among equal logits, the
lowest ids stay here, so that what stays is always the top of the ranking; in `transformers` an
unstable sort decides. Temperature 0 is greedy here; `transformers` refuses it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from lmpanel.distribution import Distribution
from lmpanel.errors import BadArgument, NothingLeft, UnknownToken
from lmpanel.wording import t

MAX_BIAS = 100
"""Largest bias: e^100 times the odds leaves nothing to any other token."""

Biases = tuple[tuple[int, float | None], ...]

_COLDEST = 1e-6  # Colder than this only the likeliest token is left anyway.


def with_biases(logits: np.ndarray, biases: Biases) -> np.ndarray:
    """Logits with a bias added for some tokens; None forbids a token.

    Raises NothingLeft when every token is forbidden, UnknownToken for one that is not there.

    >>> with_biases(np.array([1.0, 2.0, 3.0]), ((0, 4.0), (2, None)))
    array([  5.,   2., -inf])
    """
    if not biases:
        return logits
    biased = np.array(logits, dtype=np.float64)
    for token, bias in biases:
        if not 0 <= token < len(biased):
            raise UnknownToken(
                t("There is no token with the id {id}.", id=token), t("Remove its bias.")
            )
        biased[token] = -np.inf if bias is None else biased[token] + bias
    if np.isneginf(biased).all():
        raise NothingLeft(t("Every token is forbidden."), t("Allow at least one of them."))
    return biased


def with_temperature(logits: np.ndarray, temperature: float) -> np.ndarray:
    """Logits divided by the temperature, float64; towards 0 only the likeliest token stays.

    >>> with_temperature(np.array([1.0, 2.0]), 0.5)
    array([2., 4.])
    """
    logits = np.asarray(logits, dtype=np.float64)
    if temperature >= _COLDEST:
        return logits / temperature
    only = np.full_like(logits, -np.inf)
    only[np.argmax(logits)] = logits.max()
    return only


def keep_top_k(logits: np.ndarray, count: int) -> np.ndarray:
    """Keep the `count` largest logits; ties with the last one stay, as in `transformers`.

    Source: Fan et al. 2018.

    >>> keep_top_k(np.array([1.0, 3.0, 2.0]), 2)
    array([-inf,   3.,   2.])
    """
    if count >= len(logits):
        return logits
    threshold = np.partition(logits, len(logits) - count)[len(logits) - count]
    return np.where(logits < threshold, -np.inf, logits)


def keep_top_p(logits: np.ndarray, mass: float) -> np.ndarray:
    """Keep the likeliest tokens until they hold `mass` of the probability; one always stays.

    A token stays when those likelier than it hold less than `mass`. Source: Holtzman et al. 2020.

    >>> keep_top_p(np.log([0.5, 0.3, 0.2]), 0.6).round(3)
    array([-0.693, -1.204,   -inf])
    """
    if mass >= 1:
        return logits
    distribution = Distribution(logits)
    # Nearly always a few hundred tokens hold the mass; sort all only when they do not.
    for count in (min(512, distribution.size), distribution.size):
        ids = distribution.ranked(count)
        before = np.cumsum(distribution.probs[ids]) - distribution.probs[ids]
        if before[-1] >= mass:
            break
    kept = np.full_like(logits, -np.inf)
    staying = ids[before < max(mass, np.finfo(float).tiny)]
    kept[staying] = logits[staying]
    return kept


def keep_min_p(logits: np.ndarray, share: float) -> np.ndarray:
    """Keep tokens at least `share` times as likely as the likeliest. Source: Nguyen et al. 2024.

    >>> keep_min_p(np.log([0.6, 0.3, 0.1]), 0.4).round(3)
    array([-0.511, -1.204,   -inf])
    """
    if share <= 0:
        return logits
    return np.where(logits < logits.max() + math.log(share), -np.inf, logits)


@dataclass(frozen=True)
class Filters:
    """Settings of all filters; the defaults change nothing.

    `temperature` 0 to 100 (0: only the likeliest token), `top_k` at least 1, `top_p` and `min_p`
    0 to 1; None leaves a filter out. `biases` are pairs of a token and what is added to its logit,
    None for a forbidden one. Raises BadArgument.

    >>> filtered = Filters(top_k=1).apply(Distribution(np.log([0.25, 0.75])))
    >>> filtered.prob(1), filtered.prob(0)
    (1.0, 0.0)
    """

    temperature: float = 1.0
    top_k: int | None = None
    top_p: float | None = None
    min_p: float | None = None
    biases: Biases = ()

    def __post_init__(self) -> None:
        _check("temperature", self.temperature, 0, 100)
        _check("top_k", self.top_k, 1, math.inf)
        _check("top_p", self.top_p, 0, 1)
        _check("min_p", self.min_p, 0, 1)

    @property
    def active(self) -> bool:
        """Whether anything is changed at all."""
        return self.temperature != 1 or self.top_k is not None or self._cuts or bool(self.biases)

    @property
    def _cuts(self) -> bool:
        return (self.top_p is not None and self.top_p < 1) or bool(self.min_p)

    def biased(self, distribution: Distribution) -> Distribution:
        """The distribution with the biases alone: what greedy decoding chooses from."""
        if not self.biases:
            return distribution
        return Distribution(with_biases(distribution.logits, self.biases))

    def apply(self, distribution: Distribution) -> Distribution:
        """The distribution after all filters, renormalised; unchanged when none is active."""
        if not self.active:
            return distribution
        logits = with_temperature(self.biased(distribution).logits, self.temperature)
        if self.top_k is not None:
            logits = keep_top_k(logits, self.top_k)
        if self.top_p is not None:
            logits = keep_top_p(logits, self.top_p)
        if self.min_p is not None:
            logits = keep_min_p(logits, self.min_p)
        return Distribution(logits)


def _check(name: str, value: float | None, low: float, high: float) -> None:
    if value is not None and not low <= value <= high:
        limit = f"at least {low}" if high == math.inf else f"between {low} and {high}"
        raise BadArgument(f"{name} is {value}.", f"It must be {limit}.")
