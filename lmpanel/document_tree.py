"""A radix tree of documents: where one was at rest is a mark, with its name and its pin.

Knows nothing about what is shown of it, nor about costs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lmpanel.document import Document
from lmpanel.errors import BadArgument
from lmpanel.radix_tree import RadixTree, Run
from lmpanel.wording import later, t

NAME_CHARACTERS = 60
GONE = later("This branch is no longer there.")


@dataclass
class Stop:
    """Where a document was at rest; `raw` says how it was read last."""

    raw: bool
    name: str = ""
    pinned: bool = False

    @property
    def kept(self) -> bool:
        """Whether it stays visible and outlives clearing."""
        return self.pinned or bool(self.name)


class DocumentTree(RadixTree):
    """Sequences of token ids, with a Stop where a document ended.

    A place is a run's number and a length.

    >>> tree = DocumentTree()
    >>> for ids in [(5, 6, 7), (5, 6, 8)]:
    ...     tree.keep(Document(ids, raw=True))
    >>> tree.trunk.ids, [length for _, length, _ in tree.stops()]
    ((5, 6), [3, 3])
    >>> tree.document(tree.trunk.number, 1)
    Document(ids=(5,), raw=True)
    """

    def keep(self, document: Document) -> None:
        """Keep a document that was at rest."""
        stop = self._stop_of(document.ids)
        if stop:
            stop.raw = document.raw
        else:
            self.mark(document.ids, Stop(document.raw))

    def document(self, number: int, length: int) -> Document:
        """The document that ends at `length` inside a run. Raises BadArgument."""
        run = self.run(number)
        if run is None or not run.start < length <= run.stop:
            raise BadArgument(t(GONE), t("Choose another one."))
        return Document(self.ids(run)[:length], _raw(run, length))

    def stop(self, number: int, length: int) -> Stop:
        """The stop at a place, made where no document ended yet. Raises BadArgument."""
        document = self.document(number, length)
        run = self.find(document.ids)
        if length not in run.marks:
            self.mark(document.ids, Stop(document.raw))
        return run.marks[length]

    def stop_at(self, run: Run) -> Stop | None:
        """The stop at a run's end, None where no document ended."""
        return run.marks.get(run.stop)

    def name_of(self, document: Document) -> str:
        """The name that was given to a document, empty when it has none."""
        stop = self._stop_of(document.ids)
        return stop.name if stop else ""

    def is_kept(self, ids: tuple[int, ...]) -> bool:
        """Whether a document has a name or a pin."""
        stop = self._stop_of(ids)
        return stop is not None and stop.kept

    def stops(self) -> Iterator[tuple[Run, int, Stop]]:
        """Every stop with the run it is in and its length, in the order of the tree."""
        for run in (self.root, *self.runs()):
            for length, stop in sorted(run.marks.items()):
                yield run, length, stop

    @property
    def trunk(self) -> Run:
        """The run with whose end the tree first forks; the root when it does not fork later."""
        run = self.root
        while len(run.children) == 1:
            (run,) = run.children.values()
        return run if run.children else self.root

    def _stop_of(self, ids: tuple[int, ...]) -> Stop | None:
        run = self.find(ids)
        return run.marks.get(len(ids)) if run else None


def _raw(run: Run, length: int) -> bool:
    """How a place is read: as the nearest document that goes through it, or that it goes on."""
    at: Run | None = run
    while at is not None:
        below: Run | None = at
        while below is not None:
            for stop_length, stop in sorted(below.marks.items()):
                if stop_length >= length:
                    return stop.raw
            below = next((c for c in below.children.values() if c.marked), None)
        if at.marks:
            return at.marks[max(at.marks)].raw
        at = at.parent
        length = 0
    return False
