"""Branches: every document that was ever at rest, in one tree, to be gone back to, named, pinned
and compared.

Follows the explorer by itself; the documents are kept in a `document_tree`. Knows nothing about
how a tree is drawn, how the document is changed, and who else works on the explorer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import param

from lmpanel import run_costs
from lmpanel.comparison import Comparison, compare
from lmpanel.document import Document
from lmpanel.document_tree import NAME_CHARACTERS, DocumentTree
from lmpanel.errors import BadArgument, LMPanelError
from lmpanel.explorer import Explorer
from lmpanel.radix_tree import Run
from lmpanel.run_costs import Cost
from lmpanel.saved_branches import read_saved_branches, saved_branches
from lmpanel.scoring import TokenScore
from lmpanel.wording import t

ROWS = 200
"""Rows of the tree that are shown at first, and that are added when more are asked for."""


class Branches(param.Parameterized):
    """The branches of one explorer; a place in their `tree` is a run's number and a length.

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
        self.tree = DocumentTree()
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
        self.tree.keep(self._explorer.document)
        # Whoever shows the tree watches the document anyway.
        if any(event.name == "generating" for event in events):
            self.changed += 1

    def grow(self, ids: Sequence[int]) -> None:
        """Put a continuation that nobody chose into the tree."""
        self.tree.insert(ids)

    # What is to be known

    @property
    def here(self) -> list[Run]:
        """The runs of the current document; it may end inside the last one."""
        return self.tree.path(self._explorer.document.ids)

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
        return run_costs.total(run, self.tree.trunk, self._explorer.model.tree)

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
            limit = t("A name has at most {n} characters.", n=NAME_CHARACTERS)
            raise BadArgument(limit, t("Shorten it."))
        self.tree.stop(number, length).name = name
        self._settle(number, length)

    def pin(self, number: int, length: int, on: bool) -> None:
        """Pin a place, so that it is listed first and outlives clearing; or take the pin out."""
        self.tree.stop(number, length).pinned = on
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
        document = self.tree.document(number, length)
        if document in self.chosen:
            return self._choose([kept for kept in self.chosen if kept != document])
        chosen = [*self.chosen[-1:], document]
        self._choose(chosen)
        if len(chosen) == 2:
            await self._compare(chosen)

    async def put_side_by_side(self, first: Document, second: Document) -> None:
        """Compare two documents, which are kept as branches. Raises what the model raises."""
        for document in (first, second):
            self.tree.keep(document)
        self._choose([first, second])
        await self._compare([first, second])

    def end_comparison(self) -> None:
        """Mark nothing any more."""
        self._choose([])

    def clear(self, also: Iterable[Sequence[int]] = ()) -> None:
        """Forget every branch without pin and name but the current document, and their scores.

        `also` names documents whose scores are wanted elsewhere. Undo and redo still work.
        """
        tree = self.tree
        kept = [(tree.ids(run)[:length], stop) for run, length, stop in tree.stops() if stop.kept]
        self.folded, self.opened, self.limit = set(), None, ROWS
        self.chosen, self.comparison = [], None
        tree.clear()
        for ids, stop in kept:
            tree.mark(ids, stop)
            tree.hold(ids)
        self._keep()
        wanted = [ids for ids, _ in kept]
        for model in self._explorer.models.values():
            model.tree.retain([*wanted, self._explorer.document.ids, *also])
        self._explorer.history.prune()
        self.changed += 1

    # Saved sessions

    def saved(self) -> dict[str, Any]:
        """Every place where a document was at rest, and what was grown, JSON-able."""
        return saved_branches(self.tree)

    def restore(self, value: Any) -> None:
        """Take saved branches over, beside those there are. Raises BadState; then none is."""
        info = self._explorer.model.info
        for ids, stop in read_saved_branches(value, info.vocab_size, info.context_length):
            if stop is None:
                self.tree.insert(ids)
            else:
                self.tree.mark(ids, stop)
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

    def _settle(self, number: int, length: int) -> None:
        self._hold(self.tree.ids(self.tree.run(number))[:length])
        self.changed += 1

    def _hold(self, ids: tuple[int, ...]) -> None:
        """A place that is named, pinned or chosen is a node of its own."""
        chosen = any(document.ids == ids for document in self.chosen)
        if chosen or self.tree.is_kept(ids):
            self.tree.hold(ids)
        else:
            self.tree.release(ids)
