"""Branches: every document that was ever at rest, in one tree, to be gone back to, named, pinned
and compared.

Follows the explorer by itself. Knows nothing about how a tree is drawn, how the document is
changed, and who else works on the explorer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import param

from lmpanel import run_costs
from lmpanel.checks import list_of, one_of, or_none, record, text
from lmpanel.comparison import Comparison, compare
from lmpanel.document import Document
from lmpanel.errors import BadArgument, BadState, LMPanelError
from lmpanel.explorer import Explorer
from lmpanel.packed_ids import pack, unpack
from lmpanel.radix_tree import RadixTree, Run
from lmpanel.run_costs import Cost
from lmpanel.scoring import TokenScore

NAME_CHARACTERS = 60
ROWS = 200
"""Rows of the tree that are shown at first, and that are added when more are asked for."""
GONE = "This branch is no longer there."


SAVED = 5000
"""Most branches that a session file holds."""


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


_SAVED = record(
    documents=list_of(lambda pair: True, SAVED),
    stops=list_of(
        or_none(
            record(raw=one_of(True, False), name=text(NAME_CHARACTERS), pinned=one_of(True, False))
        ),
        SAVED,
    ),
)


class Branches(param.Parameterized):
    """The branches of one explorer. A place in the tree is a run's number and a length.

    >>> from lmpanel.engine.fake import FakeEngine, fake_tokenizer
    >>> from lmpanel.model import LanguageModel
    >>> explorer = Explorer(LanguageModel(FakeEngine(), fake_tokenizer()), print)
    >>> branches, start = Branches(explorer), explorer.document
    >>> explorer.show(start.append(7))
    >>> explorer.show(start.append(8))
    >>> [run.ids for run in branches.tree.runs()][1:]
    [(7,), (8,)]
    """

    changed = param.Integer(default=0, doc="Counts up when what is shown of the tree changes.")

    def __init__(self, explorer: Explorer):
        super().__init__()
        self._explorer = explorer
        self.tree = RadixTree()
        self.folded: set[int] = set()
        """Runs of which nothing below is shown."""
        self.limit = ROWS
        """How many rows are shown."""
        self.opened: int | None = None
        """The run whose tokens and tools are shown."""
        self.chosen: list[Document] = []
        """At most two documents, to be compared."""
        self.comparison: Comparison | None = None
        self._keep()
        explorer.param.watch(self._keep, ["document", "generating"])
        explorer.param.watch(self.forget_costs, ["predictor"])

    def _keep(self, *events: Any) -> None:
        if self._explorer.generating:
            return
        self.keep(self._explorer.document)
        # Whoever shows the tree watches the document anyway.
        if any(event.name == "generating" for event in events):
            self.changed += 1

    def keep(self, document: Document) -> None:
        """Keep a document that the student had."""
        run = self.tree.find(document.ids)
        stop = run and run.marks.get(len(document))
        if stop:
            stop.raw = document.raw
        else:
            self.tree.mark(document.ids, Stop(document.raw))

    def grow(self, ids: Sequence[int]) -> None:
        """Put a continuation that nobody chose into the tree."""
        self.tree.insert(ids)

    # Places

    def document(self, number: int, length: int) -> Document:
        """The document that ends at `length` inside a run. Raises BadArgument."""
        run = self.tree.run(number)
        if run is None or not run.start < length <= run.stop:
            raise BadArgument(GONE, "Choose another one.")
        return Document(self.tree.ids(run)[:length], self._raw(run, length))

    def stop_at(self, run: Run) -> Stop | None:
        """The stop at a run's end, None where no document ended."""
        return run.marks.get(run.stop)

    def name_of(self, document: Document) -> str:
        """The name that was given to a document, empty when it has none."""
        run = self.tree.find(document.ids)
        stop = run and run.marks.get(len(document))
        return stop.name if stop else ""

    def stops(self) -> Iterator[tuple[Run, int, Stop]]:
        """Every stop with the run it is in and its length, in the order of the tree."""
        for run in (self.tree.root, *self.tree.runs()):
            for length, stop in sorted(run.marks.items()):
                yield run, length, stop

    @property
    def here(self) -> list[Run]:
        """The runs of the current document; it may end inside the last one."""
        return self.tree.path(self._explorer.document.ids)

    @property
    def trunk(self) -> Run:
        """The run with whose end the tree first forks; the root when it does not fork later."""
        run = self.tree.root
        while len(run.children) == 1:
            (run,) = run.children.values()
        return run if run.children else self.tree.root

    def outline(self) -> Iterator[Run]:
        """The runs in the order in which they are shown; what is folded away is left out."""
        waiting = [*self.tree.root.children.values()][::-1]
        while waiting:
            run = waiting.pop()
            yield run
            if run.children and run.number not in self.folded:
                waiting.extend([*run.children.values()][::-1])

    def cost(self, run: Run) -> Cost | None:
        """What the tokens of a run cost; None while they are not all measured."""
        return run_costs.cost(run, self._explorer.model.tree)

    def total(self, run: Run) -> Cost | None:
        """What the document up to a run's end costs since the tree first forks."""
        return run_costs.total(run, self.trunk, self._explorer.model.tree)

    def scores(self, run: Run) -> list[TokenScore | None]:
        """What is known of each token of a run."""
        return run_costs.scores(run, self._explorer.model.tree)

    def forget_costs(self, *events: Any) -> None:
        """Other numbers than before are known: another model predicts, or has learnt anew."""
        for run in self.tree.runs():
            run.memo.clear()
        self.comparison = None
        self._choose(self.chosen[:1])

    async def measure(self) -> None:
        """Let the model that predicts measure every branch, one after the other."""
        model = self._explorer.model
        for run in list(self.tree.runs()):
            if not run.children and self._explorer.model is model:
                await model.scores(self.tree.ids(run))
                self.changed += 1

    # What may be done

    def rename(self, number: int, length: int, name: str) -> None:
        """Name a place, or take its name away with an empty text. Raises BadArgument."""
        name = " ".join(name.split())
        if len(name) > NAME_CHARACTERS:
            raise BadArgument(f"A name has at most {NAME_CHARACTERS} characters.", "Shorten it.")
        self._stop(number, length).name = name
        self._settle(number, length)

    def pin(self, number: int, length: int, on: bool) -> None:
        """Pin a place, so that it is listed first and outlives clearing; or take the pin out."""
        self._stop(number, length).pinned = on
        self._settle(number, length)

    def open(self, number: int) -> None:
        """Show the tokens of a run and what can be done with it; of an open one, no longer."""
        self.opened = None if self.opened == number else number
        self.changed += 1

    def fold(self, number: int, on: bool) -> None:
        """Leave out what is below a run, or show it again."""
        (self.folded.add if on else self.folded.discard)(number)
        self.changed += 1

    def show_more(self) -> None:
        """Show more rows."""
        self.limit += ROWS
        self.changed += 1

    async def choose(self, number: int, length: int) -> None:
        """Mark a place for comparing, or no longer; of three the oldest goes.

        With two, both are measured as far as they are not. Raises BadArgument and what the model
        raises; the second mark is gone then.
        """
        document = self.document(number, length)
        if document in self.chosen:
            return self._choose([kept for kept in self.chosen if kept != document])
        chosen = [*self.chosen[-1:], document]
        self._choose(chosen)
        if len(chosen) == 2:
            await self._compare(chosen)

    async def put_side_by_side(self, first: Document, second: Document) -> None:
        """Compare two documents, which are kept as branches. Raises what the model raises."""
        for document in (first, second):
            self.keep(document)
        self._choose([first, second])
        await self._compare([first, second])

    def end_comparison(self) -> None:
        """Mark nothing any more."""
        self._choose([])

    def clear(self, also: Iterable[Sequence[int]] = ()) -> None:
        """Forget every branch without pin and name but the current document, and their scores.

        `also` names documents whose scores are wanted elsewhere. Undo and redo still work.
        """
        kept = [
            (self.tree.ids(run)[:length], stop) for run, length, stop in self.stops() if stop.kept
        ]
        self.folded, self.opened, self.limit = set(), None, ROWS
        self.chosen, self.comparison = [], None
        self.tree.clear()
        for ids, stop in kept:
            self.tree.mark(ids, stop)
            self.tree.hold(ids)
        self._keep()
        wanted = [ids for ids, _ in kept]
        for model in self._explorer.models.values():
            model.tree.retain([*wanted, self._explorer.document.ids, *also])
        self._explorer.history.prune()
        self.changed += 1

    # Saved sessions

    def saved(self) -> dict[str, Any]:
        """Every place where a document was at rest, and what was grown, JSON-able."""
        places = [(self.tree.ids(run)[:length], stop) for run, length, stop in self.stops()]
        grown = [run for run in self.tree.runs() if not run.children and run.stop not in run.marks]
        places += [(self.tree.ids(run), None) for run in grown]
        places = sorted(places, key=lambda place: place[0])[:SAVED]
        return {
            "documents": pack(ids for ids, _ in places),
            "stops": [stop and asdict(stop) for _, stop in places],
        }

    def restore(self, value: Any) -> None:
        """Take saved branches over, beside those there are. Raises BadState; then none is."""
        if not _SAVED(value):
            raise BadState("The branches in this session are damaged.", "Nothing was changed.")
        info = self._explorer.model.info
        sizes = {"vocab_size": info.vocab_size, "context_length": info.context_length}
        documents = unpack(value["documents"], most=SAVED, **sizes)
        if len(documents) != len(value["stops"]):
            raise BadState("A branch in this session is without tokens.", "Nothing was changed.")
        for ids, stop in zip(documents, value["stops"], strict=True):
            if stop is None:
                self.tree.insert(ids)
            else:
                self.tree.mark(ids, Stop(**stop))
                self._hold(ids)
        self.changed += 1

    async def _compare(self, chosen: list[Document]) -> None:
        first, second = chosen
        model = self._explorer.model
        try:
            scores = [await model.scores(document.ids) for document in chosen]
        except LMPanelError:
            self._choose(chosen[:1])
            raise
        if self.chosen == chosen:
            self.comparison = compare(first.ids, scores[0], second.ids, scores[1])
            self.changed += 1

    def _choose(self, chosen: list[Document]) -> None:
        before, self.chosen, self.comparison = self.chosen, chosen, None
        for document in (*before, *chosen):
            self._hold(document.ids)
        self.changed += 1

    def _stop(self, number: int, length: int) -> Stop:
        document = self.document(number, length)
        run = self.tree.find(document.ids)
        if length not in run.marks:
            self.tree.mark(document.ids, Stop(document.raw))
        return run.marks[length]

    def _settle(self, number: int, length: int) -> None:
        self._hold(self.tree.ids(self.tree.run(number))[:length])
        self.changed += 1

    def _hold(self, ids: tuple[int, ...]) -> None:
        """A place that is named, pinned or chosen is a node of its own."""
        run = self.tree.find(ids)
        stop = run and run.marks.get(len(ids))
        if (stop and stop.kept) or any(document.ids == ids for document in self.chosen):
            self.tree.hold(ids)
        else:
            self.tree.release(ids)

    def _raw(self, run: Run, length: int) -> bool:
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
