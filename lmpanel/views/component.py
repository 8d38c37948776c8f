"""The base of every component: JSON state out, actions in, and the ES module that draws it.

A component is a pair: `views/NAME.py` says what is shown, `site/components/NAME.js` draws it. The
module is loaded from the page's own address, so that components share code and the browser
caches it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import param
from panel.custom import JSComponent
from panel.theme import Design

from lmpanel.errors import LMPanelError
from lmpanel.session import Session
from lmpanel.wording import t

_FILL = ":host { display: flex; flex-direction: column; flex: 1 1 auto; min-height: 0; } "
_FILL += ":host > div { display: flex; flex-direction: column; flex: 1 1 auto; min-height: 0; }"

_ROOT = "./components/panel_root.js"


def drawn_by(name: str) -> dict[str, str]:
    """What says which module of site/components draws a component."""
    return {"component": name}


class _Bare(Design):
    """No look of Panel's own, which would be fetched as style sheets: components bring theirs."""

    modifiers: dict = {}
    _resources: dict = {}

    @classmethod
    def params(cls, viewable: Any, doc: Any = None) -> tuple[dict, dict]:
        return {}, {}


class SiteComponent(JSComponent):
    """A component drawn by a module of site/components, styled by that module alone."""

    state = param.String(default="{}", doc="What is shown, as JSON.")

    __abstract = True

    _esm = ""

    def __init__(self, **params: Any):
        params = {"stylesheets": [_FILL], "sizing_mode": "stretch_width", **params}
        super().__init__(design=_Bare, **params)

    def _get_properties(self, doc: Any) -> dict[str, Any]:
        # A module by its address: one made from a text would be a blob, which no policy allows.
        return {**super()._get_properties(doc), "bundle": "url", "esm": _ROOT}

    def _process_param_change(self, params: dict[str, Any]) -> dict[str, Any]:
        properties = super()._process_param_change(params)
        if "stylesheets" in properties:
            properties["stylesheets"] = list(self.stylesheets)
        return properties

    def tell(self, op: str, **fields: Any) -> None:
        """Send the component a message."""
        self._send_msg(json.dumps({"op": op, **fields}))


class Component(SiteComponent):
    """A view of a session. Subclasses give `payload()` and a table of `actions`.

    `watches` names the parameters of the explorer that the payload is made from.
    """

    __abstract = True

    watches: tuple[str, ...] = ()

    def __init__(self, session: Session, **params: Any):
        super().__init__(**params)
        self.session = session
        self.explorer = session.explorer
        self._running: set[asyncio.Future] = set()
        self.state = json.dumps(self.payload())
        self.explorer.param.watch(self._refresh, list(self.watches))

    def payload(self) -> dict[str, Any]:
        """What is shown, JSON-able."""
        raise NotImplementedError

    def actions(self) -> dict[str, Callable[..., Any]]:
        """What may be asked for: verb → function of the message's other fields."""
        raise NotImplementedError

    def _refresh(self, *events: param.parameterized.Event) -> None:
        self.state = json.dumps(self.payload())

    def _handle_msg(self, data: Any) -> None:
        arguments = {str(name): value for name, value in dict(data).items()}
        action = self.actions().get(arguments.pop("verb", ""))
        if action is not None:
            task = asyncio.ensure_future(self._run(action, arguments))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _run(self, action: Callable[..., Any], arguments: dict[str, Any]) -> None:
        # The outermost place for errors of an action: nobody awaits this task.
        try:
            result = action(**arguments)
            if asyncio.iscoroutine(result):
                await result
        except LMPanelError as error:
            self.failed(error)
        except Exception as error:
            message = t("That did not work: {error}.", error=error)
            self.failed(LMPanelError(message, t("Your document is kept.")))

    def leave(self) -> None:
        """Nobody looks at it any more: give up what is still being done for it."""
        for task in self._running:
            task.cancel()

    def failed(self, error: LMPanelError) -> None:
        """Show an error of an action."""
        self.explorer.report(error)
