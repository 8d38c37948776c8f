"""What the directives of a lesson say, as plain data.

| directive   | what it does                                                                |
|-------------|-----------------------------------------------------------------------------|
| `setup`     | puts a document, a place in it and settings onto the tool                    |
| `ask`       | asks for a text, a number or a choice; checks the answer when one is given   |
| `check`     | a task that is ticked off when the tool is as it says                        |
| `capture`   | keeps numbers of the tool as evidence                                        |
| `highlight` | puts a ring round parts of the page                                          |
| `hide`      | takes parts of the page away, `lock` makes them inactive, until the step ends |
|             | or the question `until` is answered                                          |
| `notice`    | what is shown when the step's questions are answered: Markdown               |

How they are written down is for `blocks` and `setup_block` to know.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lmpanel.lessons.evidence_kinds import KINDS
from lmpanel.lessons.expectations import Expectation
from lmpanel.lessons.play_setup import PlaySetup
from lmpanel.wording import t


@dataclass(frozen=True)
class Setup:
    """How the tool is to be: `turns` or a `raw` text, or the document as it stands; `play`.

    With `goes_on` the document is only for those who have not done the step before.
    """

    turns: tuple[tuple[str, str], ...] = ()
    reply: str | None = None
    raw: str | None = None
    look: str = ""
    selection: str = ""
    room: str | None = None
    play: PlaySetup | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    goes_on: bool = False

    @property
    def whole(self) -> bool:
        """Whether it needs no set-up before it."""
        return self.raw is not None or bool(self.turns) or self.play is not None


@dataclass(frozen=True)
class Ask:
    """A question. What is right: the texts `right`, `number` (value, tolerance), or `measured`."""

    id: str
    question: str
    line: int
    type: str = "text"
    options: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    number: tuple[float, float] | None = None
    measured: str | None = None
    tolerance: float = 0.0
    unit: str = ""
    hint: str = ""
    lines: int = 1
    outcome: str = ""
    """What came of a prediction: shown beside it with the notice."""

    @property
    def checked(self) -> bool:
        """Whether there is a right answer."""
        return bool(self.right) or self.number is not None or self.measured is not None


@dataclass(frozen=True)
class Check:
    """A task, done when all its conditions hold at once."""

    id: str
    task: str
    line: int
    conditions: tuple[tuple[str, Expectation], ...]


@dataclass(frozen=True)
class Capture:
    """Numbers of the tool to be kept; `named` is what the lesson calls them, if it does."""

    id: str
    what: str
    named: str = ""

    @property
    def label(self) -> str:
        """What its button says."""
        return self.named or t(KINDS.get(self.what, ""))
