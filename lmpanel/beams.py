"""Beam search on the screen: one search by hand, what is chosen in it, and the automatic one.

A search belongs to the document that it was begun with, whatever the student does meanwhile.
"""

from __future__ import annotations

from typing import Any

import param

from lmpanel.beam_search import Beam, BeamSearch
from lmpanel.decoding import Decoding
from lmpanel.document import Document
from lmpanel.errors import BadArgument
from lmpanel.explorer import Explorer
from lmpanel.hand_search import WIDTHS, HandSearch
from lmpanel.model import LanguageModel
from lmpanel.wording import t


class Beams(param.Parameterized):
    """The beam searches of one explorer.

    `chosen` are candidates of the current step that are to be kept. `found` are the beams of the
    automatic search, while it runs and when it is over.
    """

    width = param.Selector(default=3, objects=list(WIDTHS), doc="How many beams are kept.")
    chosen = param.List(default=[], item_type=Beam, doc="What is to be kept of this step.")
    found = param.List(default=[], item_type=Beam, doc="Beams of the automatic search.")
    greedy = param.ClassSelector(class_=Beam, allow_None=True, doc="What greedy writes there.")
    steps = param.Integer(default=0, doc="Counts up with every step by hand, forth or back.")
    busy = param.Boolean(default=False, doc="The model computes a step by hand.")
    searching = param.Boolean(default=False, doc="The automatic search runs.")

    def __init__(self, explorer: Explorer, **params: Any):
        super().__init__(**params)
        self._explorer = explorer
        self.search: HandSearch | None = None
        self.document: Document | None = None
        """Where the search by hand began."""
        self.searched: Document | None = None
        """Where the automatic search began."""
        self.by: LanguageModel | None = None
        """The model that the search by hand began with."""
        self.searched_by: LanguageModel | None = None
        """The model of the automatic search."""
        self._running: BeamSearch | None = None

    # By hand

    async def begin(self, width: int) -> None:
        """Begin a search at the end of the document. Raises BadArgument when it is empty."""
        document = self._beginning()
        model = self._explorer.model
        search = HandSearch(model, document.ids, int(width))
        self.width = int(width)
        if not self.busy:
            await self._computed(search.begin())
            self.search, self.document, self.by = search, document, model
            self._moved()

    def choose(self, beam: int, option: int) -> None:
        """Choose a candidate, or no longer; one more than may be kept is not taken.

        Raises BadArgument for a candidate that is not there.
        """
        search = self._search()
        try:
            candidate = search.stage.options[beam][option]
        except IndexError:
            raise BadArgument(t("There is no such candidate at this step.")) from None
        if candidate in self.chosen:
            self.chosen = [other for other in self.chosen if other != candidate]
        elif len(self.chosen) < search.width:
            self.chosen = [*self.chosen, candidate]

    def choose_best(self) -> None:
        """Choose what the automatic rule would keep of these candidates."""
        self.chosen = list(self._search().stage.best)

    async def keep(self) -> None:
        """Keep what is chosen, and go to the next step."""
        search = self._search()
        if not self.busy:
            await self._computed(search.keep(self.chosen))
            self._moved()

    def back(self) -> None:
        """Return to the step before."""
        if not self.busy:
            self._search().back()
            self._moved()

    def close(self) -> None:
        """Let the search by hand go."""
        self.search = self.document = None
        self._moved()

    def taken(self, beam: int) -> Document:
        """The document with a kept beam behind its beginning. Raises BadArgument."""
        search = self._search()
        if not 0 <= beam < len(search.stage.kept):
            raise BadArgument(t("There is no such beam."))
        return self.document.append(*search.stage.kept[beam].ids)

    # Automatically

    async def run(self, width: int) -> None:
        """Search automatically to the end; while one search runs a second one is not begun."""
        if self.searching:
            return
        explorer, document = self._explorer, self._beginning()
        run = self._running = BeamSearch(
            explorer.model,
            document.ids,
            width=int(width),
            max_tokens=explorer.max_tokens,
            stop_at_end_of_turn=not explorer.past_end,
        )
        self.searched, self.searched_by = document, explorer.model
        self.param.update(width=int(width), searching=True, found=[], greedy=None)
        try:
            while run.finish is None:
                await run.step()
                self.found = list(run.beams)
            if run.finish != "stopped":
                self.greedy = await self._greedily(document)
        finally:
            self._running = None
            self.searching = False

    @property
    def here(self) -> bool:
        """Whether the search by hand is about the document and the model that are shown."""
        return (self.document, self.by) == (self._explorer.document, self._explorer.model)

    @property
    def searched_here(self) -> bool:
        """Whether the automatic search is about the document and the model that are shown."""
        shown = (self._explorer.document, self._explorer.model)
        return (self.searched, self.searched_by) == shown

    async def _greedily(self, document: Document) -> Beam:
        """The response that picks the likeliest token every time, as a beam."""
        explorer = self._explorer
        run = await Decoding(
            self.searched_by,
            document.ids,
            max_tokens=explorer.max_tokens,
            stop_at_end_of_turn=not explorer.past_end,
        ).complete()
        logprobs = tuple(score.logprob for score in run.scores)
        return Beam(tuple(run.tokens), logprobs, run.finish == "end_of_turn")

    def stop(self) -> None:
        """End the automatic search after its current step; its beams stay."""
        if self._running:
            self._running.stop()

    def found_document(self, beam: int) -> Document:
        """The document with a beam of the automatic search. Raises BadArgument."""
        if not 0 <= beam < len(self.found):
            raise BadArgument(t("There is no such beam."))
        return self.searched.append(*self.found[beam].ids)

    def _beginning(self) -> Document:
        document = self._explorer.document
        if not len(document):
            raise BadArgument(t("There is nothing to go on from."), t("Write something first."))
        remedy = t("Rewind to an earlier token, then search.")
        self._explorer.model.check_room(len(document), remedy)
        return document

    def _search(self) -> HandSearch:
        if self.search is None:
            raise BadArgument(t("No search was begun."), t("Begin one first."))
        return self.search

    async def _computed(self, work: Any) -> None:
        self.busy = True
        try:
            await work
        finally:
            self.busy = False

    def _moved(self) -> None:
        self.param.update(chosen=[], steps=self.steps + 1)
