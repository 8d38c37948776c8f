"""Two documents side by side: where they part, and what each continuation costs from there.

Knows nothing about where the scores come from, about text or drawing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from lmpanel.engine.kv_cache import common_prefix
from lmpanel.scoring import TokenScore, Totals

Scores = Sequence[TokenScore | None]


@dataclass(frozen=True)
class Comparison:
    """`first` and `second` are token ids that agree up to `parting`; the scores are from there on.

    >>> from lmpanel.scoring import LN2
    >>> sure, rare = TokenScore(-LN2, 1, 1.0), TokenScore(-3 * LN2, 4, 1.0)
    >>> comparison = compare((7, 8), [None, sure], (7, 9), [None, rare])
    >>> comparison.parting, comparison.difference_bits
    (1, 2.0)
    """

    parting: int
    first: tuple[int, ...]
    first_scores: tuple[TokenScore | None, ...]
    second: tuple[int, ...]
    second_scores: tuple[TokenScore | None, ...]

    @cached_property
    def totals(self) -> tuple[Totals, Totals]:
        """What each costs from the parting on; a document's first token is not counted."""
        return Totals.of(self.first_scores), Totals.of(self.second_scores)

    @property
    def difference_bits(self) -> float:
        """Bits that the second costs more than the first: positive when the first is likelier."""
        first, second = self.totals
        return second.bits - first.bits


def compare(
    first: tuple[int, ...], first_scores: Scores, second: tuple[int, ...], second_scores: Scores
) -> Comparison:
    """Compare two documents; the scores are those of all their tokens."""
    parting = common_prefix(first, second)
    return Comparison(
        parting, first, tuple(first_scores[parting:]), second, tuple(second_scores[parting:])
    )
