"""The tool made ready for the steps of one lesson, however a step is reached.

A step that was left is found as it was left. Whoever comes from the step before goes on with what
stands there; whoever comes from elsewhere finds what the set-ups up to the step make of the tool.
Knows neither answers nor how steps are drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lmpanel.wording import t

if TYPE_CHECKING:
    from lmpanel.lessons.directives import Setup
    from lmpanel.lessons.parse import Lesson
    from lmpanel.lessons.tool import Place, Tool


class Stage:
    """The tool, for the steps of one lesson."""

    def __init__(self, lesson: Lesson, tool: Tool):
        self._steps = lesson.steps
        self._tool = tool
        self._left: dict[int, Place] = {}

    def leave(self, step: int) -> None:
        """Remember how a step is left."""
        self._left[step] = self._tool.place()

    def can_set_up(self, step: int) -> bool:
        """Whether the lesson says how the tool is to be in a step."""
        return bool(self._setups(step))

    def room(self, step: int) -> str:
        """The room that a step is about."""
        rooms = [setup.room for setup in self._setups(step) if setup.room]
        return rooms[-1] if rooms else "explore"

    def enter(self, step: int, follows: bool, did: bool) -> None:
        """Make the tool ready for a step.

        `follows`: one comes from the step before; `did`: and has done its tasks. Raises what
        changing the document raises.
        """
        setup, left = self._steps[step].setup, self._left.get(step)
        if left is not None:
            self.reopen(step)
            self._tool.use({"room": self.room(step)})
            self._tool.put_back(left, self._label(step))
        elif not follows:
            self._replay(step, anew=False)
        elif setup is not None:
            self._tool.set_up(setup, self._label(step), carry_on=setup.goes_on and did)
        elif self._tool.room == "lessons":
            self._tool.use({"room": self.room(step)})

    def again(self, step: int) -> None:
        """Put document and settings back to what the lesson says. Raises as `enter`."""
        self._left.pop(step, None)
        self._replay(step, anew=True)

    def reopen(self, step: int) -> None:
        """Open the part of the page that a step is about, and its game; the document stays."""
        for setup in self._setups(step):
            self._tool.reopen(setup)

    def _replay(self, step: int, anew: bool) -> None:
        for at, setup in enumerate(self._setups(step)):
            self._tool.set_up(setup, self._label(step), anew=anew, fresh=at == 0)

    def _setups(self, step: int) -> list[Setup]:
        """What makes the tool what a step needs: from the last set-up that needs none before it."""
        found: list[Setup] = []
        for at in range(step, -1, -1):
            setup = self._steps[at].setup
            if setup is not None:
                found.insert(0, setup)
                if setup.whole:
                    break
        return found

    def _label(self, step: int) -> str:
        return t("lesson: {title}", title=self._steps[step].title)[:80]
