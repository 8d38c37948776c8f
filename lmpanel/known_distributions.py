"""The distributions that a model remembers: the last few asked for, and those made ready ahead.

Knows nothing about engines.
"""

from __future__ import annotations

from collections import OrderedDict

import numpy as np

from lmpanel.distribution import Distribution

Ids = tuple[int, ...]


class KnownDistributions:
    """`kept` distributions by their context; the one not asked for the longest goes first.

    >>> known = KnownDistributions(kept=1)
    >>> for ids in [(1,), (2,)]:
    ...     _ = known.keep(ids, np.zeros(4))
    >>> known.find((1,)), len(known)
    (None, 1)
    """

    def __init__(self, kept: int):
        self._kept = kept
        self._asked: OrderedDict[Ids, Distribution] = OrderedDict()
        self.looked_at: Ids = ()
        """Whose distribution stays, whatever else is asked: somebody has it before his eyes."""
        self.foreseen: dict[Ids, Distribution] = {}
        """Those made ready ahead; one that is found is kept from then on."""

    def __len__(self) -> int:
        """How many are kept, without the foreseen ones."""
        return len(self._asked)

    def find(self, ids: Ids) -> Distribution | None:
        """The distribution after `ids`, None when it is not known."""
        found = self._asked.get(ids)
        if found is not None:
            self._asked.move_to_end(ids)
        elif (found := self.foreseen.pop(ids, None)) is not None:
            self._keep(ids, found)
        return found

    def keep(self, ids: Ids, row: np.ndarray) -> Distribution:
        """Remember the distribution of a row of logits."""
        return self._keep(ids, own(row))

    def _keep(self, ids: Ids, distribution: Distribution) -> Distribution:
        self._asked[ids] = distribution
        while len(self._asked) > self._kept:
            del self._asked[next(key for key in self._asked if key != self.looked_at)]
        return distribution

    @property
    def lengths(self) -> set[int]:
        """How long the contexts are that were asked for."""
        return {len(ids) for ids in self._asked}

    def peek(self, ids: Ids) -> Distribution | None:
        """What was asked for after `ids`, without counting this as asking."""
        return self._asked.get(ids)

    def clear(self) -> None:
        """Forget all of them."""
        self._asked.clear()
        self.foreseen.clear()


def own(row: np.ndarray) -> Distribution:
    """The distribution of a copy of a row: a view would keep the whole chunk of rows alive."""
    return Distribution(np.array(row, dtype=np.float32))
