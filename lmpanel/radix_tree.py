"""A compact (radix) tree of token sequences: what begins alike is stored once, and a stretch
without a fork is one run.

A node exists where sequences part, where one ends and nothing goes on, and where it is held by
hand. A sequence that is merely the beginning of another one is a mark on the run it ends in.
Inserting costs O(length), with slices of tuples instead of loops over tokens. Source: D. R.
Morrison, PATRICIA, J. ACM 15 (1968). Knows nothing about models, text or drawing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any


class Run:
    """The tokens [start, stop) of every sequence that passes through here.

    `number` names the run, and keeps naming its end when it is split. `marks` holds what ends at
    which length; `marked` says that there is a mark here or below. `memo` is for whoever works
    something out about exactly these tokens: it is emptied when they change.
    """

    __slots__ = ("children", "held", "ids", "marked", "marks", "memo", "number", "parent", "start")

    def __init__(self, number: int, ids: tuple[int, ...], parent: Run | None):
        self.number = number
        self.ids = ids
        self.parent = parent
        self.start: int = 0 if parent is None else parent.stop
        self.children: dict[int, Run] = {}
        self.marks: dict[int, Any] = {}
        self.marked = False
        self.held = False
        self.memo: dict[str, Any] = {}

    @property
    def stop(self) -> int:
        """Length of the sequence that ends with this run."""
        return self.start + len(self.ids)


class RadixTree:
    """Sequences of token ids; the root is the empty one.

    >>> tree = RadixTree()
    >>> for ids in [(1, 2, 3, 4), (1, 2, 5), (1, 2, 3)]:
    ...     _ = tree.insert(ids)
    >>> [run.ids for run in tree.runs()]
    [(1, 2), (3, 4), (5,)]
    >>> tree.hold((1, 2, 3)).ids, len(tree)
    ((3,), 4)
    >>> tree.release((1, 2, 3)); len(tree)
    3
    """

    def __init__(self) -> None:
        self._numbers = 0
        self._runs: dict[int, Run] = {}
        self.root = Run(0, (), None)

    def __len__(self) -> int:
        """Number of runs."""
        return len(self._runs)

    def run(self, number: int) -> Run | None:
        """The run of this number, None when it is not there (any more)."""
        return self._runs.get(number)

    def insert(self, ids: Sequence[int]) -> Run:
        """Make sure that `ids` is in the tree; the run it ends in, at its end or inside."""
        ids = tuple(ids)
        run, length = self._descend(ids)
        if length == len(ids):
            return run
        if length < run.stop:
            run = self._split(run, length)
        elif run is not self.root and not run.children and not run.held:
            run.ids += ids[length:]
            run.memo = {}
            return run
        return self._attach(ids[length:], run)

    def find(self, ids: Sequence[int]) -> Run | None:
        """The run that `ids` ends in, None when it is not in the tree."""
        ids = tuple(ids)
        run, length = self._descend(ids)
        return run if length == len(ids) else None

    def mark(self, ids: Sequence[int], value: Any) -> Run:
        """Insert `ids` and keep `value` where it ends."""
        run = self.insert(ids)
        run.marks[len(ids)] = value
        above: Run | None = run
        while above is not None and not above.marked:
            above.marked = True
            above = above.parent
        return run

    def hold(self, ids: Sequence[int]) -> Run:
        """Insert `ids` and have a node at its end, fork or not; the run that ends there."""
        run = self.insert(ids)
        if len(ids) < run.stop:
            run = self._split(run, len(ids))
        run.held = True
        return run

    def release(self, ids: Sequence[int]) -> None:
        """Hold the node no longer: without a fork, what is before and after it is one run."""
        run = self.find(ids)
        if run is not None and run.held and run.stop == len(ids):
            run.held = False
            if len(run.children) == 1 and run is not self.root:
                self._join(run)

    def ids(self, run: Run) -> tuple[int, ...]:
        """The whole sequence that ends with this run."""
        pieces = [run.ids]
        while run.parent is not None:
            run = run.parent
            pieces.append(run.ids)
        return tuple(token for piece in reversed(pieces) for token in piece)

    def path(self, ids: Sequence[int]) -> list[Run]:
        """The runs that `ids` passes through, as far as it is in the tree; the last may go on."""
        run: Run | None = self._descend(tuple(ids))[0]
        runs = []
        while run is not None and run is not self.root:
            runs.append(run)
            run = run.parent
        return runs[::-1]

    def runs(self) -> Iterator[Run]:
        """Every run, parents first, children in the order in which they came."""
        waiting = [*self.root.children.values()][::-1]
        while waiting:
            run = waiting.pop()
            yield run
            waiting.extend([*run.children.values()][::-1])

    def clear(self) -> None:
        """Forget everything; numbers are not used again."""
        self._runs.clear()
        self.root = Run(0, (), None)

    def _descend(self, ids: tuple[int, ...]) -> tuple[Run, int]:
        """The deepest run that `ids` reaches, and how much of `ids` is in the tree."""
        run, length = self.root, 0
        while length < len(ids) and (child := run.children.get(ids[length])) is not None:
            run = child
            length += _common(child.ids, ids, length)
            if length < child.stop:
                break
        return run, length

    def _attach(self, ids: tuple[int, ...], parent: Run) -> Run:
        self._numbers += 1
        run = self._runs[self._numbers] = Run(self._numbers, ids, parent)
        parent.children[ids[0]] = run
        return run

    def _split(self, run: Run, length: int) -> Run:
        """Make a node at `length` inside the run; the new run that ends there."""
        offset = length - run.start
        upper = self._attach(run.ids[:offset], run.parent)
        upper.marked = run.marked
        upper.marks = {at: mark for at, mark in run.marks.items() if at <= length}
        run.marks = {at: mark for at, mark in run.marks.items() if at > length}
        run.ids, run.start, run.parent, run.memo = run.ids[offset:], length, upper, {}
        run.marked = bool(run.marks) or any(child.marked for child in run.children.values())
        upper.children[run.ids[0]] = run
        return upper

    def _join(self, run: Run) -> None:
        """Let the only child take the run's tokens over."""
        (child,) = run.children.values()
        child.ids, child.start, child.parent = run.ids + child.ids, run.start, run.parent
        child.memo = {}
        child.marks = run.marks | child.marks
        child.marked = child.marked or run.marked
        run.parent.children[run.ids[0]] = child
        del self._runs[run.number]


def _common(run: tuple[int, ...], ids: tuple[int, ...], start: int) -> int:
    """How many tokens of `run` stand in `ids` from `start` on, found by halving."""
    low, high = 0, min(len(run), len(ids) - start)
    if run[:high] == ids[start : start + high]:
        return high
    while low < high:
        middle = (low + high + 1) // 2
        if run[low:middle] == ids[start + low : start + middle]:
            low = middle
        else:
            high = middle - 1
    return low
