"""Expand: the likeliest continuations of one place, a tree of them, level by level.

What was expanded goes to whoever keeps branches; the document is not changed, and changing it
meanwhile does no harm. Knows nothing about trees and drawing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import param

from lmpanel.errors import BadArgument
from lmpanel.explorer import Explorer
from lmpanel.number_text import grouped
from lmpanel.wording import later, many, t

LIMIT = 500
"""Most tokens of one expansion."""
SLICE = 16
"""Contexts that the model is asked about at once; between slices a stop is heard."""

_EXPANDED = later("expanded to {n} token"), later("expanded to {n} tokens")
_FULL = (
    later("expanded to {n} token; the context is full"),
    later("expanded to {n} tokens; the context is full"),
)
_STOPPED = (
    later("expanded to {n} token of {total}, then stopped"),
    later("expanded to {n} tokens of {total}, then stopped"),
)
_INTERRUPTED = (
    later("expanded to {n} token of {total}, then interrupted"),
    later("expanded to {n} tokens of {total}, then interrupted"),
)


def tokens_of(width: int, depth: int) -> int:
    """How many tokens `width` at every node make in `depth` levels.

    >>> tokens_of(3, 3), tokens_of(1, 6)
    (39, 6)
    """
    return sum(width**level for level in range(1, depth + 1))


class Expansion(param.Parameterized):
    """One expansion at a time, from where an explorer looks."""

    width = param.Integer(default=2, bounds=(1, 5), doc="Likeliest tokens taken at every node.")
    depth = param.Integer(default=3, bounds=(1, 6), doc="Levels of tokens.")
    running = param.Boolean(default=False, doc="An expansion is under way.")
    done = param.Integer(default=0, doc="Tokens found so far.")
    total = param.Integer(default=0, doc="Tokens there will be; fewer when turns end.")
    note = param.String(default="", doc="How the last expansion ended.")

    def __init__(self, explorer: Explorer, grow: Callable[[Sequence[int]], None]):
        """`grow` is handed every sequence that was found."""
        super().__init__()
        self._explorer = explorer
        self._grow = grow
        self._stopped = False

    @property
    def refusal(self) -> str:
        """Why the expansion cannot be begun, empty when it can."""
        size = tokens_of(self.width, self.depth)
        if size > LIMIT:
            return t(
                "{width} wide and {depth} deep would be {n} tokens",
                width=self.width,
                depth=self.depth,
                n=grouped(size),
            )
        return ""

    def resize(self, width: int, depth: int) -> None:
        """Choose how wide and deep; a value outside its bounds takes the nearest inside."""
        self.param.update(width=min(max(width, 1), 5), depth=min(max(depth, 1), 6), note="")

    def stop(self) -> None:
        """Stop after the current slice; what was found stays."""
        self._stopped = True

    async def run(self) -> None:
        """Expand from where the explorer looks now.

        Raises BadArgument for too many tokens and for the start of a document, ContextFull when
        nothing fits after it, and what the model raises. While one runs, no second one begins.
        """
        if self.running:
            return
        context = self._explorer.context
        levels = self._levels(context)
        self._stopped = False
        total = tokens_of(self.width, levels)
        self.param.update(running=True, done=0, total=total, note="")
        try:
            await self._expand(context, self.width, levels)
        finally:
            self.param.update(running=False, note=self._summary(levels))

    def _levels(self, context: Sequence[int]) -> int:
        """How many levels there is room for."""
        if self.refusal:
            raise BadArgument(
                t("{refusal}; at most {limit} are taken.", refusal=self.refusal, limit=LIMIT),
                t("Choose a smaller width or depth."),
            )
        if not context:
            raise BadArgument(
                t("There is no prediction before the first token."),
                t("Look at a later position, then expand."),
            )
        model = self._explorer.model
        model.check_room(len(context), t("Look at an earlier position, then expand."))
        return min(self.depth, model.context_length - len(context))

    async def _expand(self, context: tuple[int, ...], width: int, levels: int) -> None:
        frontier = [context]
        for left in range(levels - 1, -1, -1):
            found: list[tuple[int, ...]] = []
            for start in range(0, len(frontier), SLICE):
                if self._stopped:
                    return
                found += await self._slice(frontier[start : start + SLICE], width, left)
            frontier = found

    async def _slice(
        self, contexts: Sequence[tuple[int, ...]], width: int, left: int
    ) -> list[tuple[int, ...]]:
        """Grow each context by its likeliest tokens; those that can be grown on, with `left`
        levels to come."""
        model = self._explorer.model
        open_ended, ended = [], 0
        for context, found in zip(contexts, await model.distributions(contexts)):
            for token in found.ranked(width).tolist():
                ids = (*context, token)
                model.tree.record(ids, len(context), found.score(token))
                self._grow(ids)
                if token in model.end_of_turn_ids:
                    ended += 1
                else:
                    open_ended.append(ids)
        # The distribution looked at must not be the one that makes room for all these.
        _ = self._explorer.distribution
        grown = len(open_ended) + ended
        self.param.update(done=self.done + grown, total=self.total - ended * tokens_of(width, left))
        return open_ended

    def _summary(self, levels: int) -> str:
        if self.done < self.total:
            forms = _STOPPED if self._stopped else _INTERRUPTED
            return many(self.done, *forms, total=self.total)
        return many(self.done, *(_FULL if levels < self.depth else _EXPANDED))
