"""Measure surprise: what each token cost, and totals over any span.

logprob is natural (nats); bits = -log2 p. Sums are taken in float64. Knows nothing about models,
documents or how logits were obtained.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from lmpanel.errors import BadInput
from lmpanel.number_text import grouped
from lmpanel.wording import later, t

LN2 = math.log(2.0)
PER_BIT = {"bits": 1.0, "nats": LN2}
"""What one bit is in each unit of surprise."""
_ROWS_AT_ONCE = 8  # 8 rows of 49152 float64 are 3 MB, which stays in the cache.
_WRITTEN_TERMS = 100
_NOTHING = -1e4  # exp() of it is exactly 0, and unlike -inf it can be multiplied by that 0.

REFERENCE_MARKS = (
    ("p = 0.95", -math.log2(0.95)),
    (later("a coin toss"), 1.0),
    (later("a die"), math.log2(6)),
    ("p = 0.01", -math.log2(0.01)),
)
"""Well-known surprises in bits (0.074, 1, 2.585, 6.644), to read other numbers by."""
_SUMS = {"bits": later("{n} bits"), "nats": later("{n} nats")}


@dataclass(frozen=True)
class TokenScore:
    """One token under the distribution that predicted it.

    `logprob` is natural, `rank` counts from 1, `entropy_bits` is the entropy of the predicting
    distribution.

    >>> TokenScore(logprob=math.log(0.25), rank=2, entropy_bits=2.0).bits
    2.0
    """

    logprob: float
    rank: int
    entropy_bits: float

    @property
    def bits(self) -> float:
        """Surprisal, -log2 p."""
        return -self.logprob / LN2 + 0.0

    @property
    def prob(self) -> float:
        """Probability, 0 to 1."""
        return math.exp(self.logprob)


def score_rows(logits: np.ndarray, ids: Sequence[int]) -> list[TokenScore]:
    """Scores of `ids[j]` under row j of `logits`, shape [n, vocab].

    Equal logits rank by id, lower first. Raises BadInput for NaN, +inf or a row of -inf only.

    >>> score_rows(np.zeros((1, 4), np.float32), [1])
    [TokenScore(logprob=-1.3862943611198906, rank=2, entropy_bits=2.0)]
    """
    logits = np.asarray(logits)
    targets = np.asarray(ids, dtype=np.int64)
    scores: list[TokenScore] = []
    for start in range(0, len(targets), _ROWS_AT_ONCE):
        stop = start + _ROWS_AT_ONCE
        scores += _score_block(logits[start:stop], targets[start:stop])
    return scores


def _score_block(rows: np.ndarray, targets: np.ndarray) -> list[TokenScore]:
    own = np.take_along_axis(rows, targets[:, None], axis=1)
    above = np.count_nonzero(rows > own, axis=1)
    equal = [
        np.count_nonzero(row[:target] == value)
        for row, target, value in zip(rows, targets, own[:, 0], strict=True)
    ]
    top, log_z, entropy = normalise(rows)
    logprobs = own[:, 0].astype(np.float64) - top - log_z
    return [
        TokenScore(float(min(logprob, 0.0)), int(more + same + 1), float(bits))
        for logprob, more, same, bits in zip(logprobs, above, equal, entropy, strict=True)
    ]


def normalise(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Largest logit, log of the sum of exp(logit - largest), and entropy in bits, row by row.

    Source: log p = logit - top - log Z, H = log Z - sum p (logit - top). Raises BadInput.
    """
    top = rows.max(axis=1).astype(np.float64)
    if not np.isfinite(top).all():
        raise BadInput(
            t("The logits hold NaN or no finite value at all."),
            t("The engine computed nonsense; choose another backend."),
        )
    shifted = rows - top[:, None]
    np.maximum(shifted, _NOTHING, out=shifted)
    weights = np.exp(shifted)
    total = weights.sum(axis=1)
    mean = np.einsum("ij,ij->i", weights, shifted) / total
    log_z = np.log(total)
    return top, log_z, np.maximum(log_z - mean, 0.0) / LN2


@dataclass(frozen=True)
class Totals:
    """Sums over the tokens of a span that have a prediction.

    >>> totals = Totals.of([None, TokenScore(math.log(0.5), 1, 1.0)] * 2)
    >>> totals.count, totals.bits, totals.perplexity
    (2, 2.0, 2.0)
    """

    count: int
    bits: float

    @classmethod
    def of(cls, scores: Iterable[TokenScore | None]) -> Totals:
        """Add up scores; None (no prediction, as for a document's first token) is not counted."""
        bits = [score.bits for score in scores if score is not None]
        return cls(len(bits), math.fsum(bits))

    @property
    def nats(self) -> float:
        """The same sum in nats: the negative log-likelihood."""
        return self.bits * LN2

    @property
    def bits_per_token(self) -> float | None:
        """Cross-entropy in bits; None when nothing was counted."""
        return self.bits / self.count if self.count else None

    @property
    def nats_per_token(self) -> float | None:
        """Cross-entropy in nats, the loss that training minimises; None when nothing counted."""
        return self.nats / self.count if self.count else None

    @property
    def perplexity(self) -> float | None:
        """2^(bits per token); infinite where that is too large a number, None without tokens."""
        bits = self.bits_per_token
        return None if bits is None else 2.0**bits if bits < 1024 else math.inf


def written_sum(values: Sequence[float], unit: str = "bits", decimals: int = 3) -> str:
    """The sum written out. Each number is rounded for itself, so the last digit may differ.

    >>> written_sum([1.0, 2.585])
    '1.000 + 2.585 = 3.585 bits'
    >>> written_sum([])
    '0.000 bits'
    """
    total = t(_SUMS[unit], n=f"{math.fsum(values):.{decimals}f}")
    if not values:
        return total
    terms = [f"{value:.{decimals}f}" for value in values]
    if len(terms) > _WRITTEN_TERMS:
        left_out = len(terms) - _WRITTEN_TERMS
        terms[_WRITTEN_TERMS - 1 : -1] = [t("… ({n} more) …", n=left_out)]
    return " + ".join(terms) + " = " + total


def written_perplexity(totals: Totals, unit: str = "bits") -> str:
    """Perplexity as its formula with these totals' numbers; empty when nothing was counted.

    >>> written_perplexity(Totals(56, 123.4)), written_perplexity(Totals(56, 123.4), "nats")
    ('2^(123.400 / 56) = 4.606', 'e^(85.534 / 56) = 4.606')
    """
    perplexity = totals.perplexity
    if perplexity is None:
        return ""
    base, total = ("2", totals.bits) if unit == "bits" else ("e", totals.nats)
    result = f"{perplexity:#.4g}".rstrip(".")
    if 9999.5 <= perplexity < 1e15:
        result = grouped(round(perplexity))
    return f"{base}^({total:.3f} / {grouped(totals.count)}) = {result}"
