"""A history that loses nothing: undo, redo and jumps in a tree of states.

Doing something new after an undo begins a branch beside the old one. Knows nothing about what
the states are; they must be immutable.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from lmpanel.errors import BadArgument

S = TypeVar("S")


@dataclass(eq=False)
class Entry(Generic[S]):
    """A state, what was done to reach it, and from where."""

    number: int
    state: S
    label: str
    parent: Entry[S] | None = field(default=None, repr=False)
    children: list[Entry[S]] = field(default_factory=list, repr=False)
    latest: Entry[S] | None = field(default=None, repr=False)
    """The child visited most recently, to which redo goes."""


class History(Generic[S]):
    """States in a tree, with a current one.

    >>> history = History("a")
    >>> _ = history.push("ab", "picked b"); _ = history.undo(); _ = history.push("ac", "picked c")
    >>> history.undo().state, history.redo().state, history.jump(1).state
    ('a', 'ac', 'ab')
    """

    def __init__(self, state: S, label: str = "start"):
        self.current: Entry[S] = Entry(0, state, label)
        self.entries: list[Entry[S]] = [self.current]
        """All entries in the order in which they were made; the number is the index."""

    @property
    def state(self) -> S:
        """The current state."""
        return self.current.state

    @property
    def can_undo(self) -> bool:
        """Whether something was done before."""
        return self.current.parent is not None

    @property
    def can_redo(self) -> bool:
        """Whether something was undone here."""
        return self.current.latest is not None

    def push(self, state: S, label: str) -> Entry[S]:
        """Do something new; a state equal to the current one is no new entry."""
        if state == self.current.state:
            return self.current
        entry = Entry(len(self.entries), state, label, self.current)
        self.current.children.append(entry)
        self.entries.append(entry)
        return self._visit(entry)

    def undo(self) -> Entry[S]:
        """Go back one step; at the start nothing happens."""
        self.current = self.current.parent or self.current
        return self.current

    def redo(self) -> Entry[S]:
        """Go forward to the child visited most recently; without one nothing happens."""
        self.current = self.current.latest or self.current
        return self.current

    def jump(self, number: int) -> Entry[S]:
        """Go to any entry. Raises BadArgument."""
        if not 0 <= number < len(self.entries):
            raise BadArgument(f"There is no step {number} in the history.")
        return self._visit(self.entries[number])

    def prune(self) -> None:
        """Forget all that neither undo nor redo leads to; entries are numbered anew."""
        line = self.path()
        while line[-1].latest is not None:
            line.append(line[-1].latest)
        for number, entry in enumerate(line):
            entry.number = number
            entry.children = line[number + 1 : number + 2]
        self.entries = line

    def path(self) -> list[Entry[S]]:
        """The entries from the start to the current one."""
        entries = []
        entry: Entry[S] | None = self.current
        while entry is not None:
            entries.append(entry)
            entry = entry.parent
        return entries[::-1]

    def _visit(self, entry: Entry[S]) -> Entry[S]:
        self.current = entry
        while entry.parent is not None:
            entry.parent.latest = entry
            entry = entry.parent
        return self.current
