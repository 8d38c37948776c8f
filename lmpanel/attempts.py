"""Attempts: every finished response, kept to be compared by what it cost.

An attempt holds the whole document that it ends, so that it can be gone back to. Its loss is that
of the model that predicted when it was kept (no filters), over the tokens of the response alone.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import param

from lmpanel.checks import list_of, one_of, record, text, whole
from lmpanel.document import Document
from lmpanel.errors import BadArgument, BadState, LMPanelError
from lmpanel.explorer import PREDICTORS, Explorer
from lmpanel.how_written import in_words
from lmpanel.packed_ids import pack, unpack
from lmpanel.scoring import Totals
from lmpanel.wording import later, t

LIMIT = 200
_UNCHANGED = later("Nothing was changed.")


@dataclass(frozen=True)
class Attempt:
    """A response: tokens [start, stop) of `document`, and in words how it came about.

    `label` is for lessons and files, English in every language (see `how_written`). `predictor`
    names the model in the explorer, `model` says it in full.
    """

    number: int
    label: str
    document: Document
    start: int
    stop: int
    predictor: str
    model: str

    @property
    def how(self) -> str:
        """How it came about, in the reader's language."""
        return in_words(self.label)


_NUMBER = whole(0, 10**6)
_RAW = one_of(True, False)
_KEPT = record(
    number=_NUMBER,
    label=text(200),
    raw=_RAW,
    start=_NUMBER,
    stop=_NUMBER,
    predictor=one_of(*PREDICTORS),
    model=text(200),
)
_SAVED = record(
    numbers=_NUMBER,
    documents=list_of(lambda pair: True, LIMIT),
    kept=list_of(_KEPT, LIMIT),
)


def _attempt(entry: dict[str, Any], ids: tuple[int, ...]) -> Attempt:
    start, stop = entry["start"], entry["stop"]
    if not start < stop <= len(ids):
        raise BadState(t("An attempt lies outside its document."), t(_UNCHANGED))
    document = Document(ids, entry["raw"])
    told = (entry["predictor"], entry["model"])
    return Attempt(entry["number"], entry["label"], document, start, stop, *told)


class Attempts(param.Parameterized):
    """The attempts of one explorer, oldest first; the same response is kept once.

    >>> from lmpanel.engine.fake import FakeEngine, fake_tokenizer
    >>> from lmpanel.model import LanguageModel
    >>> explorer = Explorer(LanguageModel(FakeEngine(), fake_tokenizer()), print)
    >>> attempts = Attempts(explorer)
    >>> attempts.keep("by hand")
    Traceback (most recent call last):
    lmpanel.errors.BadArgument: There is no response to keep. Let the model write something first.
    """

    kept = param.List(default=[], item_type=Attempt, doc="Oldest first.")

    def __init__(self, explorer: Explorer):
        super().__init__()
        self._explorer = explorer
        self._numbers = 0
        self._task: asyncio.Task | None = None
        explorer.param.watch(self._look, ["tab", "generating"])
        self.param.watch(self._look, ["kept"])
        self._totals: dict[int, Totals] = {}

    @property
    def _model(self) -> str:
        return str(self._explorer.model.info.model["name"])

    @property
    def current(self) -> Attempt | None:
        """The attempt that the document shows, if it is one."""
        document, model = self._explorer.document, self._model
        same = (kept for kept in self.kept if kept.document == document and kept.model == model)
        return next(same, None)

    @property
    def span(self) -> tuple[int, int]:
        """The tokens of the document that are the response: empty when there is none.

        Raw text has no turns: its response is what was written since it was last typed.
        """
        document, editor = self._explorer.document, self._explorer.editor
        response = editor.response(document)
        if response is None:
            return len(document), len(document)
        return response.content_start, response.content_stop + bool(response.closed)

    def keep(self, label: str, since: int | None = None) -> None:
        """Keep the response that the document ends with, or what was written `since` a position.

        Raises BadArgument when there is none, or when there are too many already.
        """
        start, stop = self.span
        document = self._explorer.document
        if since is not None and start == stop:
            start, stop = since, len(document)
        if start >= stop:
            raise BadArgument(
                t("There is no response to keep."), t("Let the model write something first.")
            )
        if self.current is not None or self._has(document, start, stop):
            return
        if len(self.kept) >= LIMIT:
            already = t("There are {n} attempts already.", n=LIMIT)
            raise BadArgument(already, t("Remove some of them."))
        self._numbers += 1
        by = (self._explorer.predictor, self._model)
        self.kept = [*self.kept, Attempt(self._numbers, label, document, start, stop, *by)]

    def _has(self, document: Document, start: int, stop: int) -> bool:
        """Whether this response is kept already, although the document goes on behind it."""
        response = (start, document.ids[:stop], self._model)
        return any(
            (kept.start, kept.document.ids[: kept.stop], kept.model) == response
            for kept in self.kept
        )

    def find(self, number: int) -> Attempt:
        """An attempt by its number. Raises BadArgument."""
        for attempt in self.kept:
            if attempt.number == number:
                return attempt
        raise BadArgument(t("There is no attempt {number}.", number=number))

    def remove(self, number: int) -> None:
        """Take an attempt off the list."""
        gone = self.find(number)
        self.kept = [attempt for attempt in self.kept if attempt is not gone]

    def leave(self) -> None:
        """Measure nothing more."""
        if self._task:
            self._task.cancel()

    def _look(self, *events: Any) -> None:
        """While the table is open, measure what is not: attempts of a session from a file."""
        self.leave()
        explorer = self._explorer
        missing = [attempt for attempt in self.kept if self.totals(attempt) is None]
        if missing and explorer.tab == "attempts" and not explorer.generating:
            self._task = asyncio.ensure_future(self._measure(missing))

    async def _measure(self, missing: list[Attempt]) -> None:
        try:
            for attempt in filter(self._measurable, missing):
                model = self._explorer.models[attempt.predictor]
                await model.scores(attempt.document.ids[: attempt.stop])
                self._explorer.measured += 1
        except (asyncio.CancelledError, LMPanelError):
            return  # the table is left; or shows them as not measured, and tries again later

    def _measurable(self, attempt: Attempt) -> bool:
        """Whether the model that wrote it is there, trained on the same text."""
        model = self._explorer.models[attempt.predictor]
        return str(model.info.model["name"]) == attempt.model

    def saved(self) -> dict[str, Any]:
        """All attempts, JSON-able."""
        return {
            "numbers": self._numbers,
            "documents": pack(attempt.document.ids for attempt in self.kept),
            "kept": [
                {
                    "number": attempt.number,
                    "label": attempt.label,
                    "raw": attempt.document.raw,
                    "start": attempt.start,
                    "stop": attempt.stop,
                    "predictor": attempt.predictor,
                    "model": attempt.model,
                }
                for attempt in self.kept
            ],
        }

    def restore(self, value: Any) -> None:
        """Take saved attempts over. Raises BadState; then nothing is changed."""
        if not _SAVED(value):
            raise BadState(t("The attempts in this session are damaged."), t(_UNCHANGED))
        info = self._explorer.model.info
        sizes = {"vocab_size": info.vocab_size, "context_length": info.context_length}
        documents = unpack(value["documents"], most=LIMIT, **sizes)
        if len(documents) != len(value["kept"]):
            raise BadState(t("An attempt in this session is without tokens."), t(_UNCHANGED))
        kept = [_attempt(entry, ids) for entry, ids in zip(value["kept"], documents, strict=True)]
        numbers = [attempt.number for attempt in kept]
        if sorted(set(numbers)) != numbers or max(numbers, default=0) > value["numbers"]:
            raise BadState(t("The attempts in this session are out of order."), t(_UNCHANGED))
        self._numbers = value["numbers"]
        self.kept = kept

    def totals(self, attempt: Attempt) -> Totals | None:
        """Totals of its tokens; None while they are not all measured.

        They stay what they were when the model is trained anew.
        """
        if attempt.number not in self._totals:
            ids = attempt.document.ids[: attempt.stop]
            model = self._explorer.models[attempt.predictor]
            scores = model.known_scores(ids)[attempt.start :]
            if not self._measurable(attempt) or None in scores[attempt.start == 0 :]:
                return None
            self._totals[attempt.number] = Totals.of(scores)
        return self._totals[attempt.number]
