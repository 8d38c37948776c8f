"""The one door to the browser: Panel's document sync, and calls of the scripting interface.

With engine/browser.py the only file that imports `js` or `pyodide`. Called by
site/python_worker.js, which passes in everything it needs; the rest of lmpanel cannot tell
where it runs.
"""

from __future__ import annotations

import json
import site
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import js
import panel.io.pyodide as panel_pyodide
from bokeh.document import Document
from panel.io import resources
from panel.io.model import add_to_doc
from panel.io.state import state
from pyodide.ffi import JsException, to_js

from lmpanel import loaded_files, wording
from lmpanel.app import App
from lmpanel.author import Author
from lmpanel.bounded_json import read_json
from lmpanel.engine.browser import BrowserEngine
from lmpanel.errors import BadArgument, LMPanelError, NotAvailable
from lmpanel.explorer import Explorer
from lmpanel.ngrams.corpus import FILE as CORPUS
from lmpanel.tokenizer import Tokenizer

# panel.io.pyodide switches to a content network on import; everything comes from this site.
resources.RESOURCE_MODE = "server"

MAX_ARGUMENTS = 8_000_000
"""Most characters of a call's arguments as JSON: a long text may be escaped throughout."""


async def fetch_corpus() -> bytes:
    """The bundled text from beside the page. Raises NotAvailable."""
    try:
        response = await js.fetch(js.URL.new(CORPUS, js.location.href).href)
        if response.ok:
            return (await response.arrayBuffer()).to_bytes()
        reason = f"status {response.status}"
    except JsException as error:
        reason = str(error.message)
    raise NotAvailable(
        f"The bundled text could not be loaded ({reason}).",
        "Check the network and try again, or use a text of your own.",
    )


class Host:
    """What the worker holds: builds the app, keeps the documents in step, answers calls."""

    def __init__(
        self,
        model: str,
        tokenizer: str,
        recorded: str,
        notify: Callable[[str], None],
        send_patch: Callable[..., None],
    ):
        self.engine = BrowserEngine(json.loads(model))
        self.tokenizer = Tokenizer.from_json(tokenizer)
        self.recorded = json.loads(recorded)
        self.send = notify
        self.send_patch = send_patch
        self.app: App | None = None

    def notify(self, event: dict[str, Any]) -> None:
        """Tell the page something."""
        self.send(json.dumps(event))

    async def begin(self, begin: str) -> Any:
        """Build the app: [True, what Bokeh needs to draw its roots, and their names].

        `begin` is JSON: {} or {"state": a state} or {"file": text of a saved session}, or both, the
        state being newer, or {"link": fragment}; {"author": …}, see `author`, where one begins; and
        {"wording": …}, see `wording.use`, how to speak from now on.
        A second time it begins anew, and what was there before is let go; unless what it was to
        begin with is refused: [False, the error as JSON]. A bad link is only reported, and what the
        tab has kept, {"kept": {"state", "file"}}, is begun with.
        """
        wish = json.loads(begin)
        if "wording" in wish:
            wording.use(**wish.pop("wording"))
        try:
            app, warnings, refused = self._new_app(wish)
        except LMPanelError as error:
            return to_js([False, json.dumps(error.as_dict())])
        former = state.curdoc if self.app else None
        panel_pyodide.init_doc()
        if former is not None:
            self._leave(former)
        self.app = app
        app.notify = self.notify
        if refused:
            app.report(refused)
        if warnings:
            app.report(LMPanelError(" ".join(warnings), code="left_out"))
        self._show_recorded(app.explorer)
        for root in app.roots.values():
            add_to_doc(root.get_root(state.curdoc), state.curdoc)
        app.session.measurement.look()
        return to_js([True, *await panel_pyodide.write_doc(), json.dumps(list(app.roots))])

    def _new_app(self, wish: dict[str, Any]) -> tuple[App, list[str], LMPanelError | None]:
        """The app, warnings, and why a link was refused: then what the tab has kept stands there.

        A state stands alone where the file that was kept with it is refused.
        """
        kept = wish.pop("kept", {})
        try:
            return *self._opened(wish), None
        except LMPanelError as error:
            if "link" in wish:
                rest = {name: value for name, value in wish.items() if name != "link"}
                return *self._new_app(rest | kept)[:2], error
            if not {"file", "state"} <= wish.keys():
                raise
            return *self._opened({"state": wish["state"]}), None

    def _opened(self, wish: dict[str, Any]) -> tuple[App, list[str]]:
        warnings: list[str] = []
        author = Author.read(wish.get("author"))
        app = self._app_for(author, warnings)
        try:
            if "file" in wish:
                warnings += app.saving.open(wish["file"])
            if "state" in wish:
                warnings += app.saving.restore(wish["state"])
            if "link" in wish:
                warnings += app.saving.follow(wish["link"])
            if not {"file", "state", "link"} & wish.keys():
                warnings += author.place(app.session)
        except LMPanelError:
            app.leave()
            raise
        return app, warnings

    def _app_for(self, author: Author, warnings: list[str]) -> App:
        """With the author's text as its first document, unless that is too much for the model."""
        make = partial(App, self.engine, self.tokenizer, lambda event: None, fetch_corpus)
        try:
            return make(author.text)
        except LMPanelError as error:
            warnings.append(f"{error.message} The first example is shown.")
            return make()

    def _show_recorded(self, explorer: Explorer) -> None:
        """Until there is a model: the recorded numbers of the example."""
        if not self.engine.connected and list(explorer.document.ids) == self.recorded["ids"]:
            explorer.recorded = self.recorded
            explorer.param.trigger("measured")

    def _leave(self, document: Document) -> None:
        self.app.leave()
        for root, model in zip(self.app.roots.values(), document.roots, strict=True):
            root._cleanup(model)
        document.clear()

    async def link(self) -> None:
        """The roots are in the page: send what changes from now on; say when all is drawn."""
        dispatch = partial(self._dispatch, state.curdoc)
        panel_pyodide._link_docs_worker(state.curdoc, dispatch, setter="js")
        await self.app.strip.drawn.wait()
        self.notify({"event": "settled"})
        loaded_files.let_go(sys.modules.values(), site.getsitepackages()[0])

    def _dispatch(
        self, document: Document, patch: Any, buffers: Any, message_id: Any = None
    ) -> None:
        # Late changes of a former document are nobody's business.
        if document is state.curdoc:
            self.send_patch(patch, buffers)

    def patch(self, patch: Any) -> None:
        """Apply a change that came from the page."""
        try:
            state.curdoc.apply_json_patch(panel_pyodide._convert_json_patch(patch), setter="js")
        except Exception as error:
            self.app.report(LMPanelError(f"The page sent something unexpected: {error}"))

    def connect(self, client: Any, info: str) -> None:
        """A verified engine is there."""
        details = json.loads(info)
        self.engine.spare = details["spare"]
        self.engine.connect(client, details["backend"], details["threads"], details["verified"])

    def disconnect(self, message: str) -> None:
        """The engine is gone."""
        self.engine.disconnect()

    async def call(self, method: str, args: str) -> Any:
        """One call of the scripting interface: [ok, JSON text]."""
        try:
            arguments = read_json(args, max_characters=MAX_ARGUMENTS)
        except ValueError as error:
            answer = {"error": BadArgument(f"The arguments are not usable: {error}.").as_dict()}
        else:
            answer = await self.app.call(method, arguments)
        ok = "error" not in answer
        return to_js([ok, json.dumps(answer["result" if ok else "error"])])
