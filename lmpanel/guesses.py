"""Predict, commit, reveal: while the student guesses first, numbers wait for the guess.

A guess belongs to the ids before its position, wherever these stand: going back, undoing and
editing elsewhere lose none. Hiding is left to the views, which ask here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from math import fsum
from typing import Any

import param

from lmpanel.checks import list_of, number, or_none, record, whole
from lmpanel.distribution import Distribution
from lmpanel.errors import BadArgument, BadState, UnknownToken
from lmpanel.explorer import TRANSFORMER, Explorer
from lmpanel.packed_ids import pack, unpack
from lmpanel.scoring import TokenScore
from lmpanel.wording import t

SUGGESTIONS = 8
LONGEST = 200
SAVED = 5000
"""Most guesses that a session file holds."""


@dataclass(frozen=True)
class Result:
    """What a guess came to: its rank from 1, its bits, those of the likeliest token, entropy."""

    rank: int
    bits: float
    top_bits: float
    entropy_bits: float

    @classmethod
    def of(cls, id: int, distribution: Distribution) -> Result:
        """The result of guessing token `id`."""
        score = distribution.score(id)
        top_bits = distribution.bits(distribution.top_id)
        return cls(score.rank, score.bits, top_bits, score.entropy_bits)


@dataclass(frozen=True)
class Tally:
    """How the guesses went: counts, and means in bits (0 while there are none).

    >>> Tally.of([Result(1, 1.0, 1.0, 2.0), Result(30, 9.0, 2.0, 4.0)])
    Tally(count=2, first=1, top_ten=1, bits=5.0, top_bits=1.5, entropy_bits=3.0)
    """

    count: int
    first: int
    top_ten: int
    bits: float
    top_bits: float
    entropy_bits: float

    @classmethod
    def of(cls, results: Iterable[Result]) -> Tally:
        """Add up what is known."""
        known = list(results)
        return cls(
            count=len(known),
            first=sum(result.rank == 1 for result in known),
            top_ten=sum(result.rank <= 10 for result in known),
            bits=_mean([result.bits for result in known]),
            top_bits=_mean([result.top_bits for result in known]),
            entropy_bits=_mean([result.entropy_bits for result in known]),
        )


_BITS = number(0, 1e9)
_RESULT = record(rank=whole(1, 2**31), bits=_BITS, top_bits=_BITS, entropy_bits=_BITS)
_SAVED = record(
    contexts=list_of(lambda pair: True, SAVED),
    guesses=list_of(record(id=or_none(whole(0, 2**31)), result=or_none(_RESULT)), SAVED),
)


class Guesses(param.Parameterized):
    """The guesses of one explorer.

    >>> from lmpanel.engine.fake import FakeEngine, fake_tokenizer
    >>> from lmpanel.model import LanguageModel
    >>> explorer = Explorer(LanguageModel(FakeEngine(), fake_tokenizer()), print, guessing=True)
    >>> guesses = Guesses(explorer)
    >>> guesses.hidden, guesses.commit("dragon"), guesses.hidden
    (True, None, False)
    >>> explorer.model.tokenizer.decode([guesses.guess])
    ' dragon'
    """

    text = param.String(default="", doc="What is typed as a guess.")
    problem = param.String(default="", doc="Why that was no guess.")
    asked = param.Integer(default=0, doc="Counts up whenever another position is looked at.")
    changes = param.Integer(default=0, doc="Counts up with every guess, reveal and result.")

    def __init__(self, explorer: Explorer):
        super().__init__()
        self._explorer = explorer
        self._ids: dict[tuple[int, ...], int] = {}
        self._results: dict[tuple[str, tuple[int, ...]], Result] = {}
        self._shown: set[tuple[int, ...]] = set()
        self._context = explorer.context
        explorer.param.watch(self._look, ["document", "cursor", "where", "generating"])
        explorer.param.watch(self._read_off, ["measured"])
        explorer.param.watch(self._changed, ["predictor"])

    @property
    def hidden(self) -> bool:
        """Whether the numbers of the position looked at wait for a guess."""
        return self.hides(self._explorer.context)

    def hides(self, context: Sequence[int]) -> bool:
        """Whether the numbers after `context` wait for a guess."""
        key = tuple(context)
        known = key in self._ids or key in self._shown
        return self._explorer.guessing and bool(key) and not known

    def scores(self) -> list[TokenScore | None]:
        """What is known of each token of the document; None also where it waits for a guess."""
        scores = self._explorer.scores()
        return self._revealed(scores) if self._explorer.guessing else scores

    def withholds(self, start: int, stop: int) -> int:
        """How many of the tokens [start, stop) have numbers that wait for a guess."""
        if not self._explorer.guessing:
            return 0
        waiting = range(max(start, 1), stop)
        return len(waiting) - len(self._guessed().intersection(waiting))

    def _revealed(self, scores: list[TokenScore | None]) -> list[TokenScore | None]:
        guessed = self._guessed()
        return [score if at in guessed else None for at, score in enumerate(scores)]

    def _guessed(self) -> set[int]:
        """Positions of the document that were guessed or shown: few, however long it is."""
        ids = self._explorer.document.ids
        known = (*self._ids, *self._shown)
        return {len(context) for context in known if ids[: len(context)] == context}

    @property
    def guess(self) -> int | None:
        """The token that was guessed at the position looked at."""
        return self._ids.get(self._explorer.context)

    @property
    def tally(self) -> Tally:
        """How the guesses went, as far as the model that predicts has read their positions."""
        own = self._explorer.predictor
        return Tally.of(result for (name, _), result in self._results.items() if name == own)

    def suggestions(self) -> list[int]:
        """Tokens that fit what is typed; their order knows nothing of the model's."""
        return self._explorer.model.tokenizer.vocabulary.find(self.text, SUGGESTIONS)

    def type(self, text: str) -> None:
        """Take what is typed so far."""
        self.param.update(text=text[:LONGEST], problem="")

    def commit(self, text: str, id: int | None = None) -> None:
        """Guess token `id`, or the one that reads `text`, for the position looked at.

        What is wrong with the text is said in `problem`. Raises UnknownToken for a foreign id.
        """
        if not self.hidden or self._explorer.generating:
            return
        self.param.update(text=text[:LONGEST], problem="")
        if id is None:
            try:
                id = self._meant()
            except BadArgument as error:
                self.problem = str(error)
                return
        self._explorer.model.tokenizer.vocabulary.check((id,))
        self._ids[self._explorer.context] = id
        self._read_off()
        self._changed()

    def show_anyway(self) -> None:
        """Reveal the position looked at without a guess."""
        self._shown.add(self._explorer.context)
        self._changed()

    def reset(self) -> None:
        """Forget all guesses; what they revealed is hidden again."""
        self._ids.clear()
        self._results.clear()
        self._shown.clear()
        self._changed()

    def saved(self) -> dict[str, Any]:
        """All guesses and what they came to with the transformer, JSON-able."""
        contexts = sorted({*self._ids, *self._shown})[:SAVED]
        results = [self._results.get((TRANSFORMER, context)) for context in contexts]
        return {
            "contexts": pack(contexts),
            "guesses": [
                {"id": self._ids.get(context), "result": result and asdict(result)}
                for context, result in zip(contexts, results, strict=True)
            ],
        }

    def restore(self, value: Any) -> None:
        """Take saved guesses over. Raises BadState; then nothing is changed."""
        if not _SAVED(value):
            raise BadState(t("The guesses in this session are damaged."), t("Nothing was changed."))
        info = self._explorer.model.info
        sizes = {"vocab_size": info.vocab_size, "context_length": info.context_length}
        contexts = unpack(value["contexts"], most=SAVED, **sizes)
        guesses = value["guesses"]
        foreign = any((guess["id"] or 0) >= info.vocab_size for guess in guesses)
        if foreign or len(contexts) != len(guesses):
            raise BadState(t("A guess in this session is damaged."), t("Nothing was changed."))
        for context, guess in zip(contexts, guesses, strict=True):
            if guess["id"] is None:
                self._shown.add(context)
            else:
                self._ids[context] = guess["id"]
            if guess["result"] is not None:
                self._results[(TRANSFORMER, context)] = Result(**guess["result"])
        self._changed()

    def _meant(self) -> int:
        text, tokenizer = self.text, self._explorer.model.tokenizer
        if not text:
            raise BadArgument(t("Nothing is typed."), t("Type the beginning of a token."))
        fitting = tokenizer.vocabulary.reading(text)
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            first, second = (
                tokenizer.vocabulary.display(id, visible_space=True) for id in fitting
            )
            raise BadArgument(
                t("“{first}” and “{second}” are two tokens.", first=first, second=second),
                t("Choose one of them below."),
            )
        parts = tokenizer.parts(text)
        if parts:
            raise UnknownToken(
                t("Not one token: it is read as {parts}.", parts=parts),
                t("Guess the first of them."),
            )
        raise UnknownToken(t("No token has this text."), t("Type another one."))

    def _read_off(self, *events: object) -> None:
        """Note what the guess came to, once the model has read its position."""
        explorer, context = self._explorer, self._explorer.context
        key = (explorer.predictor, context)
        if context in self._ids and key not in self._results:
            distribution = explorer.distribution
            if distribution is not None:
                self._results[key] = Result.of(self._ids[context], distribution)
                self._changed()

    def _look(self, *events: object) -> None:
        context = self._explorer.context
        if context != self._context:
            self._context = context
            self.param.update(text="", problem="", asked=self.asked + 1)
            self._read_off()

    def _changed(self, *events: object) -> None:
        self.param.update(text="", problem="", changes=self.changes + 1)


def _mean(values: list[float]) -> float:
    return fsum(values) / len(values) if values else 0.0
