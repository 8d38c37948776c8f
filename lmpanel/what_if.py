"""What if the same tokens stood after another context: what each would cost, and how far the
prediction at its place would move.

The tokens keep their ids; only the context before them differs. Nothing of it becomes part of the
document. Knows nothing about how it is shown.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import param

from lmpanel.changed_context import KINDS, Change, changed, present_texts
from lmpanel.context_shift import Comparison, shifts_between
from lmpanel.document import Document
from lmpanel.errors import BadArgument, Cancelled, ContextFull, LMPanelError
from lmpanel.explorer import Explorer
from lmpanel.number_text import grouped
from lmpanel.wording import t

LONGEST = 400
FOUND = 8


@dataclass(frozen=True)
class _Place:
    """The chosen tokens and the present texts before them, or why there are none."""

    start: int = 0
    stop: int = 0
    texts: dict[str, str] = field(default_factory=dict)
    problem: BadArgument | None = None


@dataclass(frozen=True)
class _Job:
    """What is to be compared: two contexts, and the tokens that follow both."""

    document: Document
    start: int
    stop: int
    source: str
    change: Change
    context: tuple[int, ...]
    predictor: str

    @property
    def tokens(self) -> tuple[int, ...]:
        return self.document.ids[self.start : self.stop]


class WhatIf(param.Parameterized):
    """The comparison of one explorer, and what is being set up for the next; needs an event loop.

    While its lens is open, what is selected in the document is meant: a span becomes the tokens
    to compare, a single earlier token the one to exchange.
    """

    source = param.Selector(
        default="response", objects=["response", "selection"], doc="Which tokens are compared."
    )
    span = param.NumericTuple(default=(0, 0), length=2, doc="The selected tokens, half-open.")
    kind = param.Selector(default="system", objects=KINDS, doc="What is different before them.")
    position = param.Integer(default=None, allow_None=True, doc="Where a token is exchanged.")
    query = param.String(default="", doc="The token to put there, as text or id.")
    found = param.List(default=[], item_type=int, doc="Ids that fit the query, best first.")
    token = param.Integer(default=None, allow_None=True, doc="Its id, once one is chosen.")
    running = param.Boolean(default=False, doc="A comparison is being made.")
    progress = param.String(default="", doc="How far it is.")
    said = param.String(default="", doc="Why there is no comparison.")
    result = param.ClassSelector(class_=Comparison, allow_None=True, doc="The last one made.")

    def __init__(self, explorer: Explorer, check_text: Callable[[str], None]):
        """`check_text` refuses a typed text that is too long, and reports what is odd about it."""
        super().__init__()
        self._explorer = explorer
        self._check_text = check_text
        self._task: asyncio.Task | None = None
        self._numbers = 0
        self._known: tuple[Document, tuple, _Place] | None = None
        explorer.param.watch(self._follow, ["anchor", "cursor"])

    # What is compared

    @property
    def continuation(self) -> tuple[int, int]:
        """The tokens [start, stop) that are compared. Raises BadArgument when there are none."""
        place = self._place
        if place.problem is not None:
            raise place.problem
        return place.start, place.stop

    @property
    def problem(self) -> BadArgument | None:
        """Why there is nothing to compare."""
        return self._place.problem

    @property
    def texts(self) -> dict[str, str]:
        """The present text for every kind of change that there is a place for."""
        return self._place.texts

    @property
    def chosen_kind(self) -> str:
        """The kind of change, or another one where there is no place for it."""
        return self.kind if self.kind in self.texts or not self.texts else "token"

    @property
    def _place(self) -> _Place:
        # Asked for at every click while the lens is open: reading a long document takes a while.
        document, choice = self._explorer.document, (self.source, self.span)
        if self._known is None or self._known[0] is not document or self._known[1] != choice:
            self._known = (document, choice, self._find_place(document))
        return self._known[2]

    def _find_place(self, document: Document) -> _Place:
        try:
            start, stop = self._chosen_span(document)
            _check_span(start, stop)
        except BadArgument as problem:
            return _Place(problem=problem)
        context = Document(document.ids[:start], document.raw)
        return _Place(start, stop, present_texts(self._explorer.editor, context))

    def _chosen_span(self, document: Document) -> tuple[int, int]:
        if self.source == "selection":
            start, stop = self.span
            if start >= stop or stop > len(document):
                raise BadArgument(t("No tokens are selected."), t("Select some in the document."))
            return start, stop
        response = self._explorer.editor.response(document)
        if response is None or (response.is_empty and not response.closed):
            raise BadArgument(
                t("There is no response yet."),
                t("Let the model write one, or select tokens in the document."),
            )
        return response.content_start, response.content_stop + bool(response.closed)

    def choose(self, source: str) -> None:
        """Compare the "response", or what is selected now."""
        span = self._explorer.span if source == "selection" else self.span
        self.param.update(source=source, span=span, said="")

    def choose_kind(self, kind: str) -> None:
        """What is to be different; a token looked at is the one to exchange."""
        self.param.update(kind=kind, said="")
        self._follow()

    def exchange_at(self, number: str) -> None:
        """Exchange the token of this number, counted from 1; a wrong one is answered at once."""
        number = number.strip()
        position = int(number) - 1 if number.isdecimal() and len(number) < 9 else None
        most = self._place.start
        inside = position is not None and 0 <= position < most
        said = "" if inside or not number else t("Type a number from 1 to {most}.", most=most)
        self.param.update(position=position, said=said)

    def find(self, query: str) -> None:
        """Look the new token up; the best match is chosen at once."""
        query = query[:200]
        found = self._explorer.model.tokenizer.vocabulary.find(query, FOUND)
        token = found[0] if found else None
        self.param.update(query=query, found=found, token=token, said="")

    def _follow(self, *events: object) -> None:
        explorer = self._explorer
        if explorer.tab != "what_if" or explorer.generating:
            return
        start, stop = explorer.span
        if stop - start > 1:
            self.param.update(source="selection", span=(start, stop), said="")
        elif stop > start and self.chosen_kind == "token" and start < self._place.start:
            self.param.update(position=start, said="")

    # The comparison

    @property
    def stale(self) -> bool:
        """Whether the document or the model is no longer the one that was compared."""
        if self.result is None:
            return False
        shown = (self._explorer.document, self._explorer.predictor)
        return (self.result.document, self.result.predictor) != shown

    @property
    def deltas(self) -> list[float | None] | None:
        """Δ bits of every token of the document; None without a comparison of this document."""
        return None if self.result is None or self.stale else self.result.deltas

    def compare(self, text: str = "") -> None:
        """Begin to compare with the change that is set up; `text` is what was typed for it.

        A comparison that is still being made makes way. What is wrong is told by `said`.
        """
        self._begin(Change(self.chosen_kind, text, self.position, self.token))

    def again(self) -> None:
        """Make the last comparison again, on the document as it is now."""
        result = self.result
        if result is not None:
            span = (result.start, result.stop) if result.source == "selection" else self.span
            self.param.update(source=result.source, span=span)
            self._begin(result.change)

    def stop(self) -> None:
        """Stop comparing; the result before stays."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
            self.param.update(running=False, progress="", said=t("Stopped."))

    async def settle(self) -> None:
        """Wait until nothing is being compared."""
        while self._task is not None:
            await asyncio.wait([self._task])

    def _begin(self, change: Change) -> None:
        try:
            job = self._job(change)
        except LMPanelError as error:
            self.said = str(error)
            return
        if self._task is not None:
            self._task.cancel()
        self.param.update(running=True, progress="", said="")
        self._task = asyncio.ensure_future(self._work(job))

    def _job(self, change: Change) -> _Job:
        explorer = self._explorer
        if explorer.generating:
            raise BadArgument(t("The model is writing."), t("Stop it first, then compare."))
        document, (start, stop) = explorer.document, self.continuation
        self._check_text(change.text)
        before = Document(document.ids[:start], document.raw)
        context = changed(explorer.editor, before, change)
        total, most = len(context) + stop - start, explorer.model.context_length
        if total > most:
            raise ContextFull(
                t(
                    "With the new context there are {n} tokens; the model can look at {most}.",
                    n=grouped(total),
                    most=grouped(most),
                ),
                t("Shorten the new context, or select fewer tokens."),
            )
        by = explorer.predictor
        return _Job(document, start, stop, self.source, change, context, by)

    async def _work(self, job: _Job) -> None:
        outcome: dict[str, object] = {"said": t("This could not be compared.")}
        before = job.document.ids[: job.start]
        try:
            shifts = await shifts_between(
                self._explorer.models[job.predictor], before, job.context, job.tokens, self._tell
            )
            self._numbers += 1
            place = (job.document, job.start, job.stop)
            made = Comparison(
                *(self._numbers, *place, job.source, job.change, tuple(shifts)), job.predictor
            )
            outcome = {"result": made}
        except (asyncio.CancelledError, Cancelled):
            return  # whoever cancelled it has said so
        except LMPanelError as error:
            self._explorer.report(error)
        finally:
            self._end(outcome)

    def _end(self, outcome: dict[str, object]) -> None:
        if self._task is not asyncio.current_task():
            return  # another one has taken over
        self._task = None
        self.param.update(running=False, progress="", **outcome)
        if "result" in outcome:
            self._explorer.measure = "delta"

    def _tell(self, progress: str) -> None:
        self.progress = progress


def _check_span(start: int, stop: int) -> None:
    """Refuse tokens that cannot be compared. Raises BadArgument."""
    if start == 0:
        raise BadArgument(
            t("Nothing stands before the selected tokens, so there is no context to change."),
            t("Select later ones."),
        )
    if stop - start > LONGEST:
        raise BadArgument(
            t(
                "These are {n} tokens; at most {most} are compared.",
                n=grouped(stop - start),
                most=LONGEST,
            ),
            t("Select a part of them in the document."),
        )
