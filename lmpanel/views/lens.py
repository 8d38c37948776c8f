"""The lens: one tab per way of looking at the document. Only the open tab is computed."""

from __future__ import annotations

from typing import Any

from lmpanel.views import next_token, surprise
from lmpanel.views.component import Component, module

LENSES = {"next": next_token, "surprise": surprise}


class Lens(Component):
    """The right half of the page. Drawn by site/components/lens.js."""

    _esm = module("lens")
    watches = (
        *("document", "anchor", "cursor", "where", "tab"),
        *("unit", "length", "query", "measured", "progress"),
    )

    def _refresh(self, *events: Any) -> None:
        # While the model writes, the caret moves with every token; the numbers come in steps.
        if not self.explorer.generating or any(event.name == "measured" for event in events):
            super()._refresh(*events)

    def payload(self) -> dict[str, Any]:
        explorer = self.explorer
        tabs = [{"name": name, "title": lens.TITLE} for name, lens in LENSES.items()]
        return {"tab": explorer.tab, "tabs": tabs, **LENSES[explorer.tab].payload(explorer)}

    def actions(self) -> dict[str, Any]:
        explorer = self.explorer
        return {
            "ready": lambda: None,
            "tab": lambda name: explorer.param.update(tab=name),
            "where": lambda name: explorer.param.update(where=name),
            "pick": lambda id, at: self.session.changes.pick(int(id), int(at)),
            "length": lambda n: explorer.param.update(length=n),
            "lookup": lambda query: explorer.param.update(query=str(query)[:200]),
            "unit": lambda name: explorer.param.update(unit=name),
        }
