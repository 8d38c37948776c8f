"""Beam search by hand: a person keeps the beams, the automatic search and greedy go along beside.

Each step's distributions, those of the automatic search and of greedy included, are computed in one
batch. Nothing is lost by going back. Knows nothing about documents or the interface.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lmpanel.beam_search import Beam, best, extend, extensions
from lmpanel.distribution import Distribution
from lmpanel.errors import BadArgument
from lmpanel.model import LanguageModel
from lmpanel.wording import many, t

WIDTHS = (2, 3, 4)
OFFERED = 6
"""Likeliest next tokens that are offered for each beam."""


BeamSet = tuple[Beam, ...]
Found = Mapping[tuple[int, ...], Distribution]
"""The distributions of a step, by what their beams have written."""


@dataclass(frozen=True)
class Stage:
    """Where the search is: what was kept, what the other two have, and what comes next.

    `options` has the candidates of each beam of `kept`, likeliest first: an ended one has only
    itself. `next_automatic` and `next_greedy` are what the other two will have after this step.
    """

    kept: BeamSet
    automatic: BeamSet
    greedy: Beam
    options: tuple[BeamSet, ...] = field(repr=False)
    best: BeamSet = field(repr=False)
    """The best set that could be kept at this step."""
    next_automatic: BeamSet = field(repr=False)
    next_greedy: Beam = field(repr=False)


class HandSearch:
    """A search behind the tokens `ids`: `begin()`, then `keep(...)` step by step, `back()` at will.

    Raises BadArgument for a width other than 2 to 4.
    """

    def __init__(self, model: LanguageModel, ids: Sequence[int], width: int):
        if width not in WIDTHS:
            raise BadArgument(f"The number of beams is {width}.", "Choose 2, 3 or 4.")
        self._model = model
        self.prefix = tuple(ids)
        self.width = width
        self.stages: list[Stage] = []

    @property
    def stage(self) -> Stage:
        """The current one."""
        return self.stages[-1]

    @property
    def step(self) -> int:
        """The number of the step that is to be decided, from 1."""
        return len(self.stages)

    @property
    def over(self) -> bool:
        """Whether no kept beam can go on."""
        return all(self._is_closed(beam) for beam in self.stage.kept)

    async def begin(self) -> None:
        """Look at the first step. Raises what the model raises."""
        self.stages = [await self._look((Beam(),), (Beam(),), Beam())]

    async def keep(self, beams: Sequence[Beam]) -> None:
        """Keep these candidates, and look at the next step; they need not be the best ones.

        Raises BadArgument for no beams, too many, or any that are no candidates of this step.
        """
        offered = {beam for options in self.stage.options for beam in options}
        if not 1 <= len(beams) <= self.width or not offered.issuperset(beams):
            raise BadArgument(
                many(len(beams), "{n} beam was chosen.", "{n} beams were chosen."),
                t("Keep 1 to {most} of the candidates.", most=self.width),
            )
        stage = self.stage
        kept = tuple(best(beams, self.width))
        self.stages.append(await self._look(kept, stage.next_automatic, stage.next_greedy))

    def back(self) -> None:
        """Return to the step before; at the first one nothing happens."""
        if len(self.stages) > 1:
            self.stages.pop()

    def beats_greedy(self) -> list[Beam]:
        """Ended beams, kept by hand or automatically, whose total is larger than greedy's.

        Greedy's total only falls while it goes on, so they stay ahead of it.
        """
        beams = dict.fromkeys((*self.stage.kept, *self.stage.automatic))
        greedy = self.stage.greedy
        ahead = [b for b in beams if b.ended and b.total_logprob > greedy.total_logprob]
        return best([beam for beam in ahead if beam != greedy], len(ahead))

    def _is_closed(self, beam: Beam) -> bool:
        return beam.ended or len(self.prefix) + len(beam.ids) >= self._model.context_length

    async def _look(self, kept: BeamSet, automatic: BeamSet, greedy: Beam) -> Stage:
        going_on = dict.fromkeys(
            beam.ids for beam in (*kept, *automatic, greedy) if not self._is_closed(beam)
        )
        contexts = [(*self.prefix, *ids) for ids in going_on]
        found = dict(zip(going_on, await self._model.distributions(contexts), strict=True))
        options = tuple(self._options(beam, found) for beam in kept)
        return Stage(
            kept,
            automatic,
            greedy,
            options,
            tuple(best([beam for some in options for beam in some], self.width)),
            self._next(automatic, found, self.width),
            self._next((greedy,), found, 1)[0],
        )

    def _options(self, beam: Beam, found: Found) -> BeamSet:
        if beam.ids not in found or self._is_closed(beam):
            return (beam,)
        stop_ids = self._model.end_of_turn_ids
        return tuple(extensions(beam, found[beam.ids], OFFERED, stop_ids))

    def _next(self, beams: BeamSet, found: Found, width: int) -> BeamSet:
        closed = [beam for beam in beams if self._is_closed(beam)]
        going_on = [beam for beam in beams if not self._is_closed(beam)]
        distributions = [found[beam.ids] for beam in going_on]
        extended = extend(going_on, distributions, width, self._model.end_of_turn_ids)
        return tuple(best([*closed, *extended], width))
