"""The lens: one tab per way of looking at the document. Only the open tab is computed.

Surprise and entropy are sent in bits, with the unit that is shown beside them; format.js converts.
What Python writes out in words (a sum, a formula, the limits of a histogram) is in that unit, and
so are the numbers of what-if and branches, which stand beside such words.
"""

from __future__ import annotations

from typing import Any

from lmpanel.explorer import TRANSFORMER
from lmpanel.ngrams.ladder import in_full
from lmpanel.session import Session
from lmpanel.views import (
    attempts,
    beams,
    branches,
    next_token,
    ngrams,
    sampling,
    surprise,
    terms,
    what_if,
)
from lmpanel.views.component import Component, drawn_by

LENSES = {
    "next": next_token,
    "sampling": sampling,
    "beams": beams,
    "surprise": surprise,
    "what_if": what_if,
    "ngrams": ngrams,
    "branches": branches,
    "attempts": attempts,
}
"""A lens is a module with TITLE, `payload(session)`, `actions(session)` and `sources(session)`:
what else than the explorer's common parameters its payload is made from."""


class Lens(Component):
    """The right half of the page. Drawn by site/components/lens.js."""

    _constants = drawn_by("lens")
    watches = (
        *("document", "anchor", "cursor", "where", "tab"),
        *("unit", "length", "measured", "progress", "predictor"),
    )

    def __init__(self, session: Session, **params: Any):
        super().__init__(session, **params)
        session.ladder.param.watch(self._refresh, ["working", "step", "done"])
        for name, lens in LENSES.items():
            for source, parameters in lens.sources(session):
                source.param.watch(self._refresh_if(name), parameters)

    def _refresh_if(self, tab: str) -> Any:
        def refresh(*events: Any) -> None:
            if self.explorer.tab == tab:
                self._refresh(*events)

        return refresh

    def _refresh(self, *events: Any) -> None:
        # While the model writes, the caret moves with every token; the numbers come in steps.
        if not self.explorer.generating or any(event.name == "measured" for event in events):
            super()._refresh(*events)

    def payload(self) -> dict[str, Any]:
        explorer = self.explorer
        tabs = [{"name": name, "title": lens.TITLE} for name, lens in LENSES.items()]
        shared = {"tab": explorer.tab, "tabs": tabs, "unit": explorer.unit, **self._model()}
        return {**LENSES[explorer.tab].payload(self.session), **shared}

    def _model(self) -> dict[str, Any]:
        """Which model's numbers these are, and how far its training is."""
        explorer, ladder = self.explorer, self.session.ladder
        transformer = str(self.session.model.info.model["name"])
        training = {"step": ladder.step, "done": ladder.done} if ladder.working else None
        by = None
        if explorer.predictor != TRANSFORMER:
            by = in_full(explorer.predictor, str(explorer.model.info.model["name"]))
        return {"by": by, "transformer": transformer, "training": training}

    def actions(self) -> dict[str, Any]:
        explorer = self.explorer
        actions = {
            "ready": lambda: None,
            "tab": explorer.open,
            "predict_with": explorer.predict_with,
            **terms.actions(self.tell),
        }
        for lens in LENSES.values():
            actions |= lens.actions(self.session)
        return actions
