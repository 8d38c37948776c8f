"""The lens: one tab per way of looking at the document. Only the open tab is computed."""

from __future__ import annotations

from typing import Any

import param

from lmpanel.session import Session
from lmpanel.views import attempts, next_token, sampling, surprise
from lmpanel.views.component import Component, module

LENSES = {"next": next_token, "sampling": sampling, "surprise": surprise, "attempts": attempts}


class Lens(Component):
    """The right half of the page. Drawn by site/components/lens.js."""

    _esm = module("lens")
    watches = (
        *("document", "anchor", "cursor", "where", "tab"),
        *("unit", "length", "query", "measured", "progress"),
        *("temperature", "top_k", "top_p", "min_p", "seed"),
    )

    def __init__(self, session: Session, **params: Any):
        super().__init__(session, **params)
        session.throws.param.watch(self._refresh, ["throw", "tally"])
        session.attempts.param.watch(self._refresh, ["kept"])

    def _refresh(self, *events: Any) -> None:
        # While the model writes, the caret moves with every token; the numbers come in steps.
        if not self.explorer.generating or any(event.name == "measured" for event in events):
            super()._refresh(*events)

    def payload(self) -> dict[str, Any]:
        explorer = self.explorer
        tabs = [{"name": name, "title": lens.TITLE} for name, lens in LENSES.items()]
        return {"tab": explorer.tab, "tabs": tabs, **LENSES[explorer.tab].payload(self.session)}

    def actions(self) -> dict[str, Any]:
        explorer, throws = self.explorer, self.session.throws
        return {
            "ready": lambda: None,
            "tab": lambda name: explorer.param.update(tab=name),
            "where": lambda name: explorer.param.update(where=name),
            "pick": lambda id, at: self.session.changes.pick(int(id), int(at)),
            "length": lambda n: explorer.param.update(length=n),
            "lookup": lambda query: explorer.param.update(query=str(query)[:200]),
            "unit": lambda name: explorer.param.update(unit=name),
            "filters": self.filter,
            "seed": lambda text: throws.set_seed(str(text)),
            "roll": throws.roll,
            "throw": lambda text, kind: throws.type(str(text), kind),
            "take": self.take,
            "draw_many": throws.draw_many,
            "keep": lambda: self.session.attempts.keep("by hand"),
            "show_attempt": self.show_attempt,
            "remove_attempt": lambda number: self.session.attempts.remove(int(number)),
        }

    def filter(self, **settings: float) -> None:
        """Set filters; a value outside its bounds takes the nearest one inside."""
        known = sampling.FILTERS & settings.keys()
        self.explorer.param.update({name: self._inside(name, settings[name]) for name in known})

    def _inside(self, name: str, value: float) -> float:
        parameter = self.explorer.param[name]
        low, high = parameter.bounds
        inside = min(max(float(value), low), high)
        return int(inside) if isinstance(parameter, param.Integer) else inside

    def take(self) -> None:
        """Append the token that the dice fell on."""
        drawn = self.session.throws.draw
        if drawn is not None:
            self.session.changes.pick(drawn.id)

    def show_attempt(self, number: int) -> None:
        """Make the document that of a kept attempt."""
        attempt = self.session.attempts.find(int(number))
        self.session.changes.change(attempt.document, f"went to attempt {attempt.number}")
