"""The distribution over the next token, from the model's logits.

Everything is computed in float64 over the full vocabulary, when it is first asked for. Equal
logits rank by id, lower first, everywhere. Knows nothing about engines, text or documents.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lmpanel.errors import BadInput, UnknownToken
from lmpanel.scoring import LN2, TokenScore, normalise
from lmpanel.wording import t


@dataclass(frozen=True)
class Candidate:
    """One token of a ranked distribution.

    `rank` counts from 1, `logprob` is natural, `bits` is -log2 p, `cumulative` is the
    probability of this and all better ranked tokens.
    """

    rank: int
    id: int
    logit: float
    prob: float
    logprob: float
    bits: float
    cumulative: float


class Distribution:
    """Probabilities of every token to come next.

    `logits` has shape [vocab]; it is kept, not copied, and must not change. -inf means
    impossible. Raises BadInput for NaN, for +inf and when nothing is possible.

    >>> distribution = Distribution(np.log([0.5, 0.125, 0.25, 0.125]))
    >>> [(c.rank, c.id, round(c.cumulative, 3)) for c in distribution.top(3)]
    [(1, 0, 0.5), (2, 2, 0.75), (3, 1, 0.875)]
    >>> round(distribution.entropy_bits, 3), distribution.rank_of(3)
    (1.75, 4)
    """

    def __init__(self, logits: np.ndarray):
        logits = np.asarray(logits)
        if logits.ndim != 1 or not logits.size:
            raise BadInput(f"Logits of shape {logits.shape} are no distribution.")
        self.logits = logits.view()
        self.logits.flags.writeable = False
        top, log_z, entropy = normalise(self.logits[None])
        # Apart: their sum would round away what matters when logits are large.
        self._top, self._log_z = float(top[0]), float(log_z[0])
        self.entropy_bits = float(entropy[0])
        """Expected surprise, in bits."""
        self._ranked = np.empty(0, dtype=np.int64)

    @property
    def size(self) -> int:
        """Number of tokens in the vocabulary."""
        return len(self.logits)

    @property
    def effective_choices(self) -> float:
        """2^entropy: as uncertain as a fair choice among this many tokens."""
        return 2.0**self.entropy_bits

    @cached_property
    def logprobs(self) -> np.ndarray:
        """Natural log-probabilities, float64 [vocab]."""
        return self._logprobs(self.logits)

    @cached_property
    def probs(self) -> np.ndarray:
        """Probabilities, float64 [vocab]."""
        return np.exp(self.logprobs)

    @property
    def top_id(self) -> int:
        """The likeliest token."""
        return int(np.argmax(self.logits))

    def logprob(self, token: int) -> float:
        """Natural log-probability of a token. Raises UnknownToken."""
        return min(float(self._logprobs(self._logit(token))), 0.0)

    def prob(self, token: int) -> float:
        """Probability of a token."""
        return float(np.exp(self.logprob(token)))

    def bits(self, token: int) -> float:
        """Surprisal of a token, -log2 p; infinite when it is impossible."""
        return -self.logprob(token) / LN2 + 0.0

    def rank_of(self, token: int) -> int:
        """The token's place, 1 for the likeliest."""
        logit = self._logit(token)
        above = np.count_nonzero(self.logits > logit)
        return int(above + np.count_nonzero(self.logits[:token] == logit)) + 1

    def score(self, token: int) -> TokenScore:
        """The token's score under this distribution."""
        return TokenScore(self.logprob(token), self.rank_of(token), self.entropy_bits)

    def candidate(self, token: int) -> Candidate:
        """One token with its rank and cumulative probability, however unlikely."""
        logit = self._logit(token)
        before = self.logits > logit
        before[:token] |= self.logits[:token] == logit
        cumulative = float(np.exp(self._logprobs(self.logits[before])).sum()) + self.prob(token)
        return self._candidate(int(np.count_nonzero(before)) + 1, token, cumulative)

    def top(self, count: int) -> tuple[Candidate, ...]:
        """The `count` likeliest tokens in order; fewer when the vocabulary is smaller."""
        ids = self.ranked(count)
        cumulative = np.cumsum(np.exp(self._logprobs(self.logits[ids])))
        pairs = zip(ids.tolist(), cumulative.tolist(), strict=True)
        return tuple(
            self._candidate(rank, token, min(total, 1.0))
            for rank, (token, total) in enumerate(pairs, 1)
        )

    def other_prob(self, count: int) -> float:
        """Probability of everything outside the `count` likeliest tokens."""
        if count >= self.size:
            return 0.0
        # Summed over the others themselves: 1 - cumulative would lose a small rest.
        others = np.ones(self.size, dtype=bool)
        others[self.ranked(count)] = False
        return float(np.exp(self._logprobs(self.logits[others])).sum())

    def ranked(self, count: int) -> np.ndarray:
        """Ids of the `count` likeliest tokens, in order, int64."""
        count = max(0, min(count, self.size))
        if count >= self.size // 4:
            return self._likeliest(count)
        if len(self._ranked) < count:
            self._ranked = self._likeliest(count)
        return self._ranked[:count].copy()

    def _likeliest(self, count: int) -> np.ndarray:
        if count < self.size // 4:
            # Partition instead of sorting all; every token equal to the last one stays in.
            threshold = np.partition(self.logits, self.size - count)[self.size - count]
            ids = np.flatnonzero(self.logits >= threshold)
        else:
            ids = np.arange(self.size)
        order = np.argsort(-self.logits[ids], kind="stable")
        return ids[order[:count]]

    def _logprobs(self, logits: np.ndarray | np.floating) -> np.ndarray:
        return (logits.astype(np.float64) - self._top) - self._log_z

    def _candidate(self, rank: int, token: int, cumulative: float) -> Candidate:
        return Candidate(
            rank=rank,
            id=token,
            logit=float(self.logits[token]),
            prob=self.prob(token),
            logprob=self.logprob(token),
            bits=self.bits(token),
            cumulative=cumulative,
        )

    def _logit(self, token: int) -> np.floating:
        if not 0 <= token < self.size:
            raise UnknownToken(
                t("There is no token with the id {id}.", id=token),
                t("Ids go from 0 to {last}.", last=self.size - 1),
            )
        return self.logits[token]


def kl_bits(p: Distribution, q: Distribution) -> float:
    """KL(p‖q): bits that a token drawn from `p` costs more under `q`, on average; never negative.

    Sum of p (log2 p - log2 q) over the whole vocabulary, with 0 log 0 = 0; infinite where `q` makes
    impossible what `p` does not. Source: Kullback and Leibler, On Information and Sufficiency,
    1951. Raises BadInput for vocabularies of different sizes.

    >>> fair, loaded = Distribution(np.log([0.5, 0.5])), Distribution(np.log([0.25, 0.75]))
    >>> round(kl_bits(fair, loaded), 6), kl_bits(fair, fair)
    (0.207519, 0.0)
    """
    if p.size != q.size:
        raise BadInput(f"Distributions over {p.size} and {q.size} tokens cannot be compared.")
    possible = p.probs > 0
    gained = p.logprobs[possible] - q.logprobs[possible]
    return max(float(p.probs[possible] @ gained), 0.0) / LN2
