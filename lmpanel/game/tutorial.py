"""The tutorial: four tokens, a short hidden sequence, and scores turned into surprise.

At each step the player gives every token a score; then the next token is revealed and its
surprise is the loss. Knows nothing about real models or how it is shown.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import param

from lmpanel.errors import BadArgument, BadState
from lmpanel.game.surprise import LARGEST, log_sum_exp, read_score, surprises
from lmpanel.wording import t

_MOST_CHARACTERS = 80
_EVEN = ["0", "0", "0", "0"]


@dataclass(frozen=True)
class Hidden:
    """Four tokens, and the places among them that the hidden sequence has one after the other."""

    tokens: tuple[str, str, str, str]
    sequence: tuple[int, ...]


SEQUENCES = (
    Hidden(("the", "cat", "saw", "dog"), (0, 1, 2, 0, 3)),
    Hidden(("row", "your", "boat", "."), (0, 0, 0, 1, 2, 3)),
    Hidden(("tick", "tock", "ding", "."), (0, 1, 0, 1, 0, 1, 2, 3)),
)


class Tutorial(param.Parameterized):
    """One run through a hidden sequence, and again with another.

    >>> tutorial = Tutorial()
    >>> tutorial.type(["3", "1", "6", "2"])
    >>> tutorial.reveal()
    >>> [round(loss, 3) for loss in tutorial.losses], tutorial.revealed
    ([3.072], True)
    """

    changes = param.Integer(default=0, doc="Counts up with everything that is shown.")

    def __init__(self) -> None:
        super().__init__()
        self.written = 0
        """Counts up whenever other texts than those typed are put into the fields."""
        self._begin(0)

    def _begin(self, number: int) -> None:
        self.number = number
        self.losses: list[float] = []
        self.revealed = False
        self._clear()

    def _clear(self) -> None:
        self.texts = list(_EVEN)
        self.scores = [0.0] * len(_EVEN)
        self.before: list[float] | None = None
        self.problems = [""] * len(_EVEN)
        self.written += 1

    @property
    def hidden(self) -> Hidden:
        """The tokens and the sequence that is played."""
        return SEQUENCES[self.number % len(SEQUENCES)]

    @property
    def step(self) -> int:
        """The place in the sequence that is guessed, or was guessed just now, from 0."""
        return len(self.losses) - self.revealed

    @property
    def over(self) -> bool:
        """Whether the whole sequence has been revealed."""
        return self.step >= len(self.hidden.sequence)

    @property
    def known(self) -> tuple[int, ...]:
        """The tokens that have been revealed, as places in the vocabulary."""
        return self.hidden.sequence[: len(self.losses)]

    @property
    def surprises(self) -> list[float]:
        """What each token costs if it is the next one, in nats."""
        return surprises(self.scores)

    @property
    def log_sum(self) -> float:
        """ln of the sum of e^score."""
        return log_sum_exp(self.scores)

    @property
    def total(self) -> float:
        """The loss so far, in nats."""
        return min(sum(self.losses), LARGEST)

    @property
    def mean(self) -> float | None:
        """The loss per token, in nats; None before the first."""
        return self.total / len(self.losses) if self.losses else None

    def type(self, texts: Sequence[str]) -> None:
        """Take the four scores as they stand in their fields.

        What cannot be read is told in `problems`; the numbers stay those of the last scores that
        could.
        """
        if self.revealed or self.over:
            return
        if len(texts) != len(_EVEN):
            raise BadArgument(t("There are four tokens."), t("Give each of them one score."))
        self.texts = [str(text)[:_MOST_CHARACTERS] for text in texts]
        self._read()
        self._changed()

    def add(self, amount: float, place: int | None = None) -> None:
        """Add to the score of the token at `place`, or to all of them."""
        if self.revealed or self.over or any(self.problems):
            return
        places = range(len(_EVEN)) if place is None else [place]
        sums = [s + amount * (i in places) for i, s in enumerate(self.scores)]
        self.written += 1
        self.type([_written(score) for score in sums])

    def reveal(self) -> None:
        """Uncover the next token: its surprise is the loss. Nothing while a score is missing."""
        if self.revealed or self.over or any(self.problems):
            return
        self.losses.append(self.surprises[self.hidden.sequence[self.step]])
        self.revealed = True
        self._changed()

    def go_on(self) -> None:
        """To the next place of the sequence, with even scores."""
        if self.revealed:
            self.revealed = False
            self._clear()
            self._changed()

    def again(self) -> None:
        """Play the next sequence from its beginning."""
        self.start(self.number + 1)

    def start(self, number: int = 0, scores: Sequence[str] = ()) -> None:
        """Play a sequence from its beginning, with these four scores in the fields."""
        self._begin(number)
        if scores:
            self.texts = list(scores)
            self._read()
            self.before = None
        self._changed()

    def _read(self) -> None:
        scores = list(self.scores)
        for place, text in enumerate(self.texts):
            try:
                scores[place] = read_score(text)
                self.problems[place] = ""
            except BadArgument as error:
                self.problems[place] = str(error)
        if not any(self.problems) and scores != self.scores:
            self.before, self.scores = self.scores, scores

    def _changed(self) -> None:
        self.changes += 1

    # Saved and restored

    def saved(self) -> dict[str, Any]:
        """Where the player is, JSON-able."""
        return {
            "number": self.number,
            "losses": list(self.losses),
            "revealed": self.revealed,
            "texts": list(self.texts),
        }

    def restore(self, value: Any) -> None:
        """Take over what `saved` gave. Raises BadState, and changes nothing then."""
        number, losses, revealed, texts = _checked(value)
        self._begin(number)
        self.losses, self.revealed, self.texts = losses, revealed, texts
        self._read()
        self.before = None
        self._changed()


def _checked(value: Any) -> tuple[int, list[float], bool, list[str]]:
    keys = ("number", "losses", "revealed", "texts")
    if not isinstance(value, dict) or set(value) != set(keys):
        raise _bad(t("it has other entries"))
    number, losses, revealed, texts = (value[key] for key in keys)
    if type(number) is not int or not 0 <= number <= 10_000:
        raise _bad(t("there is no such sequence"))
    most = len(SEQUENCES[number % len(SEQUENCES)].sequence)
    if not isinstance(losses, list) or len(losses) > most or not all(map(_is_loss, losses)):
        raise _bad(t("its losses are none"))
    if type(revealed) is not bool or (revealed and not losses):
        raise _bad(t("nothing can have been revealed"))
    fits = isinstance(texts, list) and len(texts) == len(_EVEN)
    if not fits or not all(isinstance(t, str) and len(t) <= _MOST_CHARACTERS for t in texts):
        raise _bad(t("its scores are none"))
    return number, [float(loss) for loss in losses], revealed, list(texts)


def _is_loss(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value < math.inf


def _bad(reason: str) -> BadState:
    message = t("This tutorial cannot be restored: {reason}.", reason=reason)
    return BadState(message, t("Nothing was changed."))


def _written(score: float) -> str:
    """A score as it would be typed: without a needless “.0”."""
    return str(int(score)) if score == int(score) and abs(score) < 1e15 else repr(score)
