"""Dice thrown by hand: a number from the seed's next roll, a typed value or a real die, and where
on the filtered distribution it falls; 200 draws at once to compare with what is expected.

A throw belongs to the position that it was made for, and is gone when the student looks elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import param

from lmpanel.errors import BadArgument, NothingLeft
from lmpanel.explorer import Explorer
from lmpanel.sampling import MAX_SEED, Dice, Draw, draw, from_die, new_seed, tally
from lmpanel.wording import t

MANY = 200
RUNS = 50
"""Responses whose dice are remembered."""
DICE = {"d6": 6, "d20": 20, "d100": 100}


@dataclass(frozen=True)
class Throw:
    """A number r, and in words where it came from."""

    r: float
    source: str


@dataclass(frozen=True)
class Run:
    """A response by dice: tokens `ids[since:]` came of `draws`, numbers of one seed."""

    ids: tuple[int, ...]
    since: int
    draws: tuple[Draw, ...]
    seed: int
    predictor: str


class Throws(param.Parameterized):
    """The dice of one explorer.

    >>> import asyncio
    >>> from lmpanel.engine.fake import FakeEngine, fake_tokenizer
    >>> from lmpanel.model import LanguageModel
    >>> explorer = Explorer(LanguageModel(FakeEngine(), fake_tokenizer()), print)
    >>> throws = Throws(explorer)
    >>> throws.type("5", "d20")
    >>> throws.throw
    Throw(r=0.225, source='5 on a d20: (5 − ½) / 20')
    """

    throw = param.ClassSelector(class_=Throw, allow_None=True, doc="The number last thrown.")
    tally = param.List(default=[], doc="Tokens that came up in many draws.")

    def __init__(self, explorer: Explorer):
        super().__init__()
        self._explorer = explorer
        self.rolled = 0
        """How many numbers of the seed have been used by hand."""
        self._dice = Dice(explorer.seed)
        self._runs: list[Run] = []
        explorer.param.watch(self._start_over, ["seed"])
        explorer.param.watch(self._clear, ["document", "cursor", "where", "predictor"])
        reshaping = ["temperature", "top_k", "top_p", "min_p", "biases"]
        explorer.param.watch(self._forget_tally, reshaping)

    @property
    def shown(self) -> Throw | None:
        """The number last thrown, or the one by which the token looked at was drawn."""
        return self.throw or self._recorded()

    def remember(self, ids: Sequence[int], since: int, draws: Sequence[Draw], seed: int) -> None:
        """Keep the numbers by which the tokens of `ids` from `since` on were drawn."""
        if draws:
            run = Run(tuple(ids), since, tuple(draws), seed, self._explorer.predictor)
            self._runs = [*self._runs[-RUNS + 1 :], run]

    def _recorded(self) -> Throw | None:
        context, here = self._explorer.context, self._explorer.here
        at = len(context)
        for run in reversed(self._runs):
            inside = run.since <= at < len(run.ids) and at - run.since < len(run.draws)
            inside = inside and run.predictor == self._explorer.predictor
            if inside and run.ids[at] == here and run.ids[:at] == context:
                number = at - run.since
                return Throw(run.draws[number].r, _rolled(number + 1, run.seed))
        return None

    @property
    def draw(self) -> Draw | None:
        """Where the number falls on the filtered distribution, once that is known."""
        distribution, shown = self._explorer.distribution, self.shown
        if shown is None or distribution is None:
            return None
        try:
            return draw(self._explorer.filters.apply(distribution), shown.r)
        except NothingLeft:
            return None

    def roll(self) -> None:
        """Take the seed's next number."""
        self.rolled += 1
        r = self._dice.roll()
        self.throw = Throw(r, _rolled(self.rolled, self._explorer.seed))

    def type(self, text: str, kind: str) -> None:
        """Take a number that was thrown elsewhere: `kind` is "01" or one of DICE.

        Raises BadArgument when the text is no such number.
        """
        try:
            value = float(text.strip().replace(",", ".")) if kind == "01" else int(text)
        except ValueError:
            raise BadArgument(
                t("{text} is not a number.", text=repr(text[:20])), t("Type what you threw.")
            ) from None
        if kind == "01":
            if not 0 <= value < 1:
                raise BadArgument(
                    t("{text} is not on the line.", text=text[:20]), t("Type at least 0, below 1.")
                )
            self.throw = Throw(value, t("typed"))
        else:
            sides = DICE[kind]
            rule = f"({value} − ½) / {sides}"
            source = t("{face} on a {die}: {rule}", face=value, die=kind, rule=rule)
            self.throw = Throw(from_die(value, sides), source)

    def draw_many(self) -> None:
        """Draw many times from the filtered distribution, with the seed."""
        explorer = self._explorer
        if explorer.distribution is not None:
            filtered = explorer.filters.apply(explorer.distribution)
            self.tally = list(tally(filtered, MANY, explorer.seed, explorer.length))

    def set_seed(self, text: str) -> None:
        """Use a seed, or a new one for an empty text, and start its numbers over."""
        text = text.strip()
        if text and not (text.isdecimal() and int(text) <= MAX_SEED):
            raise BadArgument(
                t("{text} is no seed.", text=repr(text[:20])), t("Type 0 to {most}.", most=MAX_SEED)
            )
        self._explorer.seed = int(text) if text else new_seed()
        self._start_over()

    def _start_over(self, *events: object) -> None:
        self._dice, self.rolled = Dice(self._explorer.seed), 0
        self._clear()

    def _clear(self, *events: object) -> None:
        self.param.update(throw=None, tally=[])

    def _forget_tally(self, *events: object) -> None:
        self.tally = []


def _rolled(number: int, seed: int) -> str:
    return t("roll {n} of seed {seed}", n=number, seed=seed)
