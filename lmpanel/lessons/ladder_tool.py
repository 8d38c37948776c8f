"""The n-grams as a lesson sees them: counted in the bundled text, the same for everybody.

A text of the student's own is set aside while a lesson is open. Knows the ladder, and neither
lesson files nor who plays them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lmpanel.wording import t

if TYPE_CHECKING:
    from lmpanel.ngrams.ladder import Ladder


class LadderTool:
    """A ladder, for lessons."""

    def __init__(self, ladder: Ladder):
        self._ladder = ladder

    def use_bundled(self) -> None:
        """Count in the bundled text when it is needed next."""
        self._ladder.set_own_aside()

    def look(self) -> None:
        """The lens is in view: then it is counted now, unless it was."""
        if self._ladder.trained is None and not self._ladder.under_way:
            self._ladder.begin()

    def give_back(self) -> None:
        """The lesson is closed: the student's own text is what is counted in again."""
        self._ladder.take_own_back()

    @property
    def aside(self) -> str:
        """What is to be said of the text that was set aside; empty when there is none."""
        text = self._ladder.aside
        if text is None:
            return ""
        return t(
            "Your text “{title}” is set aside: here everybody counts in the same one.",
            title=text.title,
        )
