"""What the student sees: the document, where they look, and how it is shown.

The state that everything else shares: `changes`, `generation` and `measurement` write it, views
watch it. Knows the core, but nothing about who changes it, about Panel or the browser.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import param

from lmpanel.distribution import Distribution
from lmpanel.document import Document
from lmpanel.editor import Editor
from lmpanel.errors import BadArgument, LMPanelError
from lmpanel.filters import Filters
from lmpanel.history import History
from lmpanel.model import LanguageModel
from lmpanel.sampling import MAX_SEED
from lmpanel.scoring import TokenScore
from lmpanel.wording import t

FIRST_MESSAGE = "Write a one-paragraph story about a dragon."
MEASURES = ["surprisal", "probability", "entropy", "rank", "delta"]
LENGTHS = [5, 10, 20, 50, 100]
TABS = ["next", "sampling", "beams", "surprise", "what_if", "ngrams", "branches", "attempts"]
ROOMS = ["explore", "play", "inside", "lessons"]
TRANSFORMER = "transformer"
PREDICTORS = [TRANSFORMER, "uniform", "unigram", "bigram", "trigram", "4-gram", "5-gram"]
OF_ONE_POSITION = {"next", "sampling"}
"""Lenses that have nothing to say about a span: the surprise lens opens, and they come back."""


class Explorer(param.Parameterized):
    """What one student has on the screen of one model.

    Positions are token indices; `cursor == len(document)` is the caret at the end. The selected
    span runs from `anchor` to `cursor`, both included. `report` shows an error.
    """

    document = param.ClassSelector(class_=Document, doc="The token ids the model reads.")
    anchor = param.Integer(default=0, bounds=(0, None), doc="Where the selection began.")
    cursor = param.Integer(default=0, bounds=(0, None), doc="The token looked at, or the caret.")
    pointed = param.Integer(default=-1, doc="A token shown without looking at it; -1 for none.")
    where = param.Selector(
        default="here",
        objects=["here", "next"],
        doc="Look at what was predicted at the token, or at what comes after it.",
    )
    predictor = param.Selector(
        default=TRANSFORMER, objects=PREDICTORS, doc="The model whose numbers are shown."
    )
    room = param.Selector(default="explore", objects=ROOMS, doc="The open part of the page.")
    tab = param.Selector(default="next", objects=TABS, doc="The open lens.")
    measure = param.Selector(default="surprisal", objects=MEASURES, doc="What colours tokens.")
    unit = param.Selector(default="bits", objects=["bits", "nats"], doc="Unit of surprise.")
    curve = param.Boolean(default=False, doc="Show the curve of surprise below the strip.")
    length = param.Selector(default=10, objects=LENGTHS, doc="Rows of the candidate table.")
    max_tokens = param.Integer(default=200, bounds=(1, 2000), doc="Longest generated response.")
    past_end = param.Boolean(default=False, doc="Generate on after the end of the turn.")
    strategy = param.Selector(default="greedy", objects=["greedy", "sample"], doc="Who chooses.")
    temperature = param.Number(default=1.0, bounds=(0, 2), doc="Divides the logits.")
    top_k = param.Integer(default=0, bounds=(0, 1000), doc="Likeliest tokens kept; 0 keeps all.")
    top_p = param.Number(default=1.0, bounds=(0, 1), doc="Mass of the tokens kept; 1 keeps all.")
    min_p = param.Number(default=0.0, bounds=(0, 1), doc="Least share of the likeliest one's p.")
    biases = param.List(default=[], doc="Pairs of a token and what its logit gets; None forbids.")
    seed = param.Integer(default=1, bounds=(0, MAX_SEED), doc="Where the dice begin.")
    ahead = param.Boolean(default=True, doc="Compute likely next tokens in idle time.")
    guessing = param.Boolean(default=False, doc="Numbers are shown after a guess was made.")
    query = param.String(default="", doc="Token that is looked up, as text or id.")
    generating = param.Boolean(default=False, doc="A response is being written.")
    measured = param.Integer(default=0, doc="Counts up whenever new numbers are known.")
    progress = param.String(default="", doc="How far a long measurement is; empty when done.")
    written = param.String(default="", doc="What the last generation wrote, for the status line.")

    def __init__(
        self,
        model: LanguageModel,
        report: Callable[[LMPanelError], None],
        text: str | None = None,
        **params,
    ):
        self.models: Mapping[str, LanguageModel] = {TRANSFORMER: model}
        """The models that there are, by their names in PREDICTORS; all have the same tokens."""
        self.report = report
        self.editor = Editor(model.tokenizer, model.chat)
        first = params.pop("document", None) or self._first_document(model, text)
        super().__init__(document=first, anchor=len(first), cursor=len(first), **params)
        self.history: History[Document] = History(first, "start")
        self.recorded: dict[str, Any] | None = None
        """The example recorded at build time, until the model has measured it itself."""
        self.note = ""
        """What there is to say about the document as a whole."""
        self._left: str | None = None
        """The lens that a span has closed."""
        self.newest: int | None = None
        """While a response is written: the position of its newest token."""

    @property
    def model(self) -> LanguageModel:
        """The model that predicts."""
        return self.models[self.predictor]

    def predict_with(self, name: str) -> None:
        """Let another model predict. Raises BadArgument while one writes and for no model."""
        if name not in self.models:
            raise BadArgument(f"There is no model {str(name)[:40]!r}.")
        if self.generating:
            raise BadArgument(
                t("The model is writing."), t("Stop it first, then choose another one.")
            )
        self.predictor = name

    @property
    def example(self) -> dict[str, Any] | None:
        """The example recorded with the transformer, while that is what is shown."""
        return self.recorded if self.predictor == TRANSFORMER else None

    def _first_document(self, model: LanguageModel, text: str | None) -> Document:
        if text is not None:
            return self.editor.from_text(text)
        if model.chat is None:
            return self.editor.from_text("Once upon a time")
        return self.editor.from_messages([{"role": "user", "content": FIRST_MESSAGE}])

    @property
    def context(self) -> tuple[int, ...]:
        """The ids whose next token the lens is about.

        While a response is written: the ids before its newest token, which was chosen there.
        """
        ids = self.document.ids
        if self.newest is not None:
            return ids[: self.newest]
        if self.cursor >= len(ids):
            return ids
        return ids[: self.cursor + (self.where == "next")]

    @property
    def here(self) -> int | None:
        """The id that stands where the lens predicts, or None at the end of the document."""
        position = len(self.context)
        return self.document.ids[position] if position < len(self.document) else None

    @property
    def distribution(self) -> Distribution | None:
        """The distribution after `context`, if it is known already."""
        return self.model.cached(self.context) if self.context else None

    @property
    def filters(self) -> Filters:
        """What reshapes the distribution before a token is drawn."""
        biases = tuple((id, bias) for id, bias in self.biases)
        return Filters(self.temperature, self.top_k or None, self.top_p, self.min_p, biases)

    @property
    def span(self) -> tuple[int, int]:
        """The selected tokens [start, stop); empty at the caret."""
        start, stop = sorted((self.anchor, self.cursor))
        return start, min(stop + 1, len(self.document))

    def scores(self) -> list[TokenScore | None]:
        """What is known of each token: measured, or recorded while the model is not there."""
        ids = self.document.ids
        known = self.model.known_scores(ids)
        if self.example and list(ids) == self.example["ids"]:
            return [score or _score(old) for score, old in zip(known, self.example["scores"])]
        return known

    def select(
        self, anchor: int, cursor: int, reveal_next: bool = False, tab: str | None = None
    ) -> None:
        """Look at token `cursor`, with a span back to `anchor`.

        A span opens the surprise lens where the open one is about a single position, and a token
        after it brings that one back, unless `tab` says which.
        """
        end = len(self.document)
        cursor, anchor = min(max(cursor, 0), end), min(max(anchor, 0), end)
        where = "next" if reveal_next else self.where
        left, self._left = self._left, None
        if tab is None:
            is_span = anchor != cursor and cursor < end
            tab = self._tab_for(is_span, left)
        self.param.update(anchor=anchor, cursor=cursor, where=where, tab=tab, pointed=-1)

    def _tab_for(self, is_span: bool, left: str | None) -> str:
        if is_span and self.tab in OF_ONE_POSITION:
            self._left = self.tab
            return "surprise"
        if is_span:
            self._left = left
            return self.tab
        return left if left and self.tab == "surprise" else self.tab

    def open(self, name: str) -> None:
        """Open a lens because it was asked for: no other comes back by itself."""
        self._left = None
        self.tab = name

    def show(self, document: Document) -> None:
        """Show `document` with the caret at its end, without a new entry in the history."""
        end = len(document)
        self.param.update(document=document, anchor=end, cursor=end)


def _score(recorded: list[float] | None) -> TokenScore | None:
    return TokenScore(*recorded) if recorded else None
