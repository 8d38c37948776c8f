"""The rooms beside the explorer: parts of the page that are not about the document in the strip.

Only the open room is computed. The explorer itself is the room "explore", drawn by the strip, the
controls and the lens.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from lmpanel.session import Session
from lmpanel.views import inside, lessons, play, terms
from lmpanel.views.component import Component, drawn_by

ROOMS: dict[str, ModuleType] = {"play": play, "inside": inside, "lessons": lessons}
"""A room is a module with `payload(session)`, `actions(session)` and `sources(session)`, as a
lens is; its title stands in the navigation of site/index.html."""


class Room(Component):
    """The open room in place of document and lens. Drawn by site/components/room.js."""

    _constants = drawn_by("room")
    watches = ("room", "unit")

    def __init__(self, session: Session, **params: Any):
        super().__init__(session, **params)
        for name, room in ROOMS.items():
            for source, parameters in room.sources(session):
                source.param.watch(self._refresh_if(name), parameters)

    def _refresh_if(self, name: str) -> Any:
        def refresh(*events: Any) -> None:
            if self.explorer.room == name:
                self._refresh(*events)

        return refresh

    def payload(self) -> dict[str, Any]:
        name = self.explorer.room
        shown = ROOMS[name].payload(self.session) if name in ROOMS else {}
        return {**shown, "room": name, "unit": self.explorer.unit}

    def actions(self) -> dict[str, Any]:
        explorer = self.explorer
        actions: dict[str, Any] = {
            "room": lambda name: setattr(explorer, "room", name),
            **terms.actions(self.tell),
        }
        for room in ROOMS.values():
            actions |= room.actions(self.session)
        return actions
