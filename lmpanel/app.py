"""Puts the parts together: one session, its components, the scripting interface.

Runs unchanged in the browser (lmpanel/browser.py) and on CPython (python -m lmpanel). Knows
nothing about where it runs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lmpanel.api import Api
from lmpanel.engine.base import Engine
from lmpanel.errors import BadArgument, LMPanelError
from lmpanel.model import LanguageModel
from lmpanel.ngrams.ladder import Fetch, no_corpus
from lmpanel.saving import Saving
from lmpanel.session import Session
from lmpanel.tokenizer import Tokenizer
from lmpanel.views.controls import Controls
from lmpanel.views.lens import Lens
from lmpanel.views.lesson import LessonCard
from lmpanel.views.room import Room
from lmpanel.views.token_strip import TokenStrip


class App:
    """The whole application over one engine.

    `notify` receives dicts with an "event" key: "state" (the document changed), "measured" (new
    numbers are shown) and "error". `fetch` delivers the text that n-grams are counted in, `text`
    is the raw document to begin with. Raises what a document of that text raises.
    """

    def __init__(
        self,
        engine: Engine,
        tokenizer: Tokenizer,
        notify: Callable[[dict[str, Any]], None],
        fetch: Fetch = no_corpus,
        text: str | None = None,
    ):
        self.notify = notify
        self.model = LanguageModel(engine, tokenizer)
        self.session = Session(self.model, self.report, fetch, text)
        self.saving = Saving(self.session)
        self.explorer = self.session.explorer
        self.api = Api(self.model)
        # The lens hears of a change first: when a new token stands in the strip, the candidates
        # before it are dimmed already, and a quick second click cannot land on them.
        lens = Lens(self.session)
        self.strip = TokenStrip(self.session)
        self.roots = {
            "token_strip": self.strip,
            "controls": Controls(self.session),
            "lens": lens,
            "room": Room(self.session),
            "lesson": LessonCard(self.session),
        }
        """The components by the name of their slot in site/index.html."""
        self._told = self.explorer.document
        self.explorer.param.watch(self._state_changed, ["document", "generating"])
        self.explorer.param.watch(self._measured, ["measured"])

    def report(self, error: LMPanelError) -> None:
        """Hand an error to whoever shows it."""
        self.notify(
            {
                "event": "error",
                "code": error.code,
                "message": error.message,
                "remedy": error.remedy,
            }
        )

    def leave(self) -> None:
        """Somebody begins anew: stop what is under way and say nothing more."""
        self.notify = lambda event: None
        self.session.leave()
        for root in self.roots.values():
            root.leave()

    def _state_changed(self, *events: Any) -> None:
        # A response is told of once, when it is written.
        if not self.explorer.generating and self.explorer.document != self._told:
            self._told = self.explorer.document
            self.notify({"event": "state", "state": self.saving.state()})

    def _measured(self, *events: Any) -> None:
        if self.explorer.recorded is None:
            self.notify({"event": "measured"})

    async def call(self, method: str, args: list[Any]) -> dict[str, Any]:
        """One call of the scripting interface: `{"result": …}` or `{"error": {code, message}}`."""
        own = {
            "get_state": (self.get_state, 0),
            "set_state": (self.set_state, 1),
            "settle": (self.settle, 0),
            "save_session": (self.save_session, 0),
            "at_stake": (self.at_stake, 1),
            "make_link": (self.make_link, 0),
            "follow_link": (self.follow_link, 1),
        }
        if method not in own:
            return await self.api.call(method, args)
        function, count = own[method]
        try:
            if len(args) != count:
                raise BadArgument(f"{method} takes {count} arguments, not {len(args)}.")
            return {"result": await function(*args)}
        except LMPanelError as error:
            return {"error": error.as_dict()}

    async def get_state(self) -> dict[str, Any]:
        """The document, position and settings."""
        return self.saving.state()

    async def set_state(self, state: Any) -> dict[str, Any]:
        """Restore a state; answers with warnings about what was left out."""
        return {"warnings": self.saving.restore(state)}

    async def save_session(self) -> str:
        """The text of a session file."""
        return self.saving.saved()

    async def at_stake(self, text: Any) -> bool:
        """Whether opening a session file would lose something; raises BadState when it is none."""
        return self.saving.at_stake(text)

    async def make_link(self) -> dict[str, Any]:
        """The fragment of a link to what is shown, and warnings about what is not in it."""
        fragment, warnings = self.saving.link()
        return {"fragment": fragment, "warnings": warnings}

    async def follow_link(self, fragment: Any) -> dict[str, Any]:
        """Take over what a link carries; answers with warnings about what was left out."""
        return {"warnings": self.saving.follow(fragment)}

    async def settle(self) -> None:
        """Wait until what is in view has been measured."""
        await self.session.measurement.settle()
