"""Write on: choose token after token from the model's distributions.

A `Decoding` is one run; how a token is chosen is a function of the distribution, so greedy and
sampling differ in that function alone. Where the text has said something alike before, its next
tokens are drafted and computed in one call (see `drafting`); what is written is the same. Knows
nothing about documents or the interface.
"""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from lmpanel.distribution import Distribution
from lmpanel.drafting import Drafter
from lmpanel.model import LanguageModel
from lmpanel.scoring import TokenScore

Finish = Literal["length", "end_of_turn", "stopped"]
Choose = Callable[[Distribution], int]


def greedy(distribution: Distribution) -> int:
    """The likeliest token; of equal ones the one with the lowest id."""
    return distribution.top_id


@dataclass(frozen=True)
class Step:
    """A token that was chosen, and its score under the model's own distribution."""

    id: int
    score: TokenScore


class Decoding:
    """One run: iterate over it to get its steps, stop it from anywhere.

    It ends after `max_tokens` or when the context is full ("length"), after one of the model's
    end-of-turn tokens ("end_of_turn"; that token is a step too) unless `stop_at_end_of_turn` is
    off, or after `stop()` ("stopped").

    `drafted` says whether several tokens may be computed at once; left out, it is where that was
    measured to be faster: everywhere but on a GPU.

        run = Decoding(model, ids, max_tokens=40)
        async for step in run: ...
        run.finish, run.tokens, run.total_logprob
    """

    def __init__(
        self,
        model: LanguageModel,
        ids: Sequence[int],
        choose: Choose = greedy,
        *,
        max_tokens: int = 256,
        stop_at_end_of_turn: bool = True,
        drafted: bool | None = None,
    ):
        self._model = model
        self._prefix = tuple(ids)
        self._choose = choose
        self._max_tokens = max_tokens
        self._stop_ids = model.end_of_turn_ids if stop_at_end_of_turn else frozenset()
        self._stopped = False
        if drafted is None:
            drafted = not model.info.backend.startswith("webgpu")
        self._drafter = Drafter(ids) if drafted else None
        self.tokens: list[int] = []
        self.scores: list[TokenScore] = []
        self.finish: Finish | None = None

    @property
    def total_logprob(self) -> float:
        """Natural log-probability of everything written so far."""
        return math.fsum(score.logprob for score in self.scores)

    def stop(self) -> None:
        """End the run before its next token; what was written stays."""
        self._stopped = True

    @property
    def stopped(self) -> bool:
        """Whether the run was told to end."""
        return self._stopped

    async def __aiter__(self) -> AsyncIterator[Step]:
        while (reason := self._reason_to_end()) is None:
            ids = (*self._prefix, *self.tokens)
            if self._drafter and self._model.cached(ids) is None:
                await self._model.foresee_along(ids, self._drafter.draft(self._room(ids)))
            distribution = await self._model.distribution(ids)
            if self._stopped:
                continue
            token = self._choose(distribution)
            step = Step(token, distribution.score(token))
            self.tokens.append(token)
            self.scores.append(step.score)
            if self._drafter:
                self._drafter.add(token)
            yield step
        self.finish = reason

    async def complete(self) -> Decoding:
        """Run to the end."""
        async for _ in self:
            pass
        return self

    def _room(self, ids: Sequence[int]) -> int:
        """How many tokens can come behind the next one."""
        left = self._max_tokens - len(self.tokens)
        return max(0, min(left, self._model.context_length - len(ids)) - 1)

    def _reason_to_end(self) -> Finish | None:
        if self.tokens and self.tokens[-1] in self._stop_ids:
            return "end_of_turn"
        if self._stopped:
            return "stopped"
        written = len(self.tokens)
        # A full document is not written on: nothing could be predicted after it.
        full = len(self._prefix) + written == self._model.context_length
        return "length" if written >= self._max_tokens or full else None
