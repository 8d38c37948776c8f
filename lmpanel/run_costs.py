"""What the runs of a radix tree cost, from the scores in a prefix tree.

Each run's sum is worked out once and kept with the run, so that a tree of many long documents
costs what is new in it. Knows nothing about who explores the trees.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from lmpanel.prefix_tree import Node, PrefixTree
from lmpanel.radix_tree import Run
from lmpanel.scoring import LN2, TokenScore


@dataclass(frozen=True)
class Cost:
    """Natural log-probabilities of `count` tokens: of the first one, and in all.

    `first` is None for the first token of a document, which has no prediction and is not counted.
    """

    first: float | None
    logprob: float
    count: int

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.first, self.logprob + other.logprob, self.count + other.count)

    @property
    def bits(self) -> float:
        """The surprise of all of them."""
        return -self.logprob / LN2 + 0.0


NOTHING = Cost(None, 0.0, 0)


def cost(run: Run, known: PrefixTree) -> Cost | None:
    """What a run costs; None while its tokens are not all measured."""
    if "cost" not in run.memo:
        found = scores(run, known)
        counted = found[1:] if run.start == 0 else found
        if None in counted:
            return None
        first = found[0].logprob if run.start else None
        run.memo["cost"] = Cost(first, math.fsum(s.logprob for s in counted), len(counted))
    return run.memo["cost"]


def total(run: Run, since: Run, known: PrefixTree) -> Cost | None:
    """What everything up to a run's end costs, after the end of the run `since` above it."""
    sum_ = NOTHING
    at: Run | None = run
    while at is not since and at is not None and at.parent is not None:
        one = cost(at, known)
        if one is None:
            return None
        sum_, at = sum_ + one, at.parent
    return sum_


def scores(run: Run, known: PrefixTree) -> list[TokenScore | None]:
    """The score of each token of a run, None where it was not measured."""
    node = _node(run.parent, known)
    found: list[TokenScore | None] = []
    for token in run.ids:
        node = node.children.get(token) if node is not None else None
        if node is None:
            return found + [None] * (len(run.ids) - len(found))
        found.append(node.score)
    return found


def _node(run: Run | None, known: PrefixTree) -> Node | None:
    """The node of a run's last token; remembered, for it never changes."""
    steps: list[Run] = []
    while run is not None and run.parent is not None and "node" not in run.memo:
        steps.append(run)
        run = run.parent
    at_root = run is None or run.parent is None
    node: Node | None = known.root if at_root else run.memo["node"]
    for step in reversed(steps):
        for token in step.ids:
            node = node.children.get(token)
            if node is None:
                return None
        step.memo["node"] = node
    return node
