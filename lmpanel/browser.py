"""The one door to the browser: the engine behind a message port, and Panel's document sync.

The only file that imports `js`, `pyodide` or `panel.io.pyodide`. Called by site/python_worker.js,
which passes in everything it needs; the rest of lmpanel cannot tell where it runs.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import js
import numpy as np
import panel.io.pyodide as panel_pyodide
from bokeh.document import Document
from panel.io import resources
from panel.io.model import add_to_doc
from panel.io.state import state
from pyodide.ffi import JsException, to_js

from lmpanel import wording
from lmpanel.app import App
from lmpanel.author import Author
from lmpanel.bounded_json import read_json
from lmpanel.engine.base import (
    LENS_OUTPUTS,
    EngineInfo,
    EngineStats,
    Inside,
    LensRows,
    check_branch,
    check_inside,
    check_lens,
    check_logits,
    check_token,
    lens_rows,
)
from lmpanel.errors import BadArgument, EngineLost, LMPanelError, NotAvailable, error_from
from lmpanel.explorer import Explorer
from lmpanel.ngrams.corpus import FILE as CORPUS
from lmpanel.tokenizer import Tokenizer

# panel.io.pyodide switches to a content network on import; everything comes from this site.
resources.RESOURCE_MODE = "server"

MAX_ARGUMENTS = 8_000_000
"""Most characters of a call's arguments as JSON: a long text may be escaped throughout."""


class BrowserEngine:
    """The Engine protocol over site/engine/client.js; waits while no engine is connected."""

    def __init__(self, model: dict[str, Any]):
        self.stats = EngineStats()
        self.spare = True
        self._info = EngineInfo(model, "starting")
        self._client: Any = None
        self._connected = asyncio.Event()

    @property
    def info(self) -> EngineInfo:
        return self._info

    def connect(self, client: Any, backend: str, threads: int, verified: bool) -> None:
        """Use a verified engine from now on."""
        self._client = client
        self._info = EngineInfo(self._info.model, backend, threads, verified)
        self._connected.set()

    def disconnect(self) -> None:
        """The engine is gone; calls wait for the next one."""
        client, self._client = self._client, None
        self._connected.clear()
        if client is not None:
            lost = {"code": "engine_lost", "message": "The engine stopped."}
            client.lost(to_js(lost, dict_converter=js.Object.fromEntries))

    @property
    def connected(self) -> bool:
        """Whether an engine is there."""
        return self._client is not None

    async def ready(self) -> None:
        """Wait until an engine is connected."""
        await self._connected.wait()

    async def logits(self, ids: Sequence[int], first: int) -> np.ndarray:
        check_logits(self._info, ids, first)
        return await self._ask("logits", ids, first)

    async def branch(self, ids: Sequence[int], tails: Sequence[Sequence[int]]) -> np.ndarray:
        check_branch(self._info, ids, tails)
        return await self._ask("branch", ids, to_js([_int32(tail) for tail in tails]))

    async def similar(self, token: int) -> np.ndarray:
        check_token(self._info, token)
        reply = await self._call("similar", token)
        return np.asarray(reply.similar.to_py(), dtype=np.float32).reshape(2, -1)

    async def open_inside(self) -> None:
        await self._call("openInside")

    async def inside(self, ids: Sequence[int]) -> Inside:
        check_inside(self._info, ids)
        reply, size, count = await self._call("inside", _int32(ids)), self._info.model, len(ids)
        return Inside(
            _floats(reply.residuals).reshape(-1, count, size["hidden"]),
            _floats(reply.attention).reshape(-1, size["heads"], count, count),
        )

    async def lens(self, rows: np.ndarray, asked: np.ndarray) -> LensRows:
        check_lens(self._info, rows, asked)
        values = to_js(np.ascontiguousarray(rows, dtype=np.float32).ravel())
        reply = await self._call("lens", values, _int32(asked.ravel()))
        return lens_rows(*(_floats(getattr(reply, name)) for name in LENS_OUTPUTS), count=len(rows))

    async def close_inside(self) -> None:
        if self._client is not None:
            await self._call("closeInside")

    async def _ask(self, verb: str, ids: Sequence[int], argument: Any) -> np.ndarray:
        reply = await self._call(verb, _int32(ids), argument)
        self.stats.count(int(reply.computed), int(reply.reused))
        logits = np.asarray(reply.logits.to_py(), dtype=np.float32)
        return logits.reshape(int(reply.rows), -1)

    async def _call(self, verb: str, *arguments: Any) -> Any:
        await self._connected.wait()
        if self._client is None:
            raise EngineLost("The engine stopped.", "It is being started again.")
        abort = js.AbortController.new()
        options = to_js({"signal": abort.signal}, dict_converter=js.Object.fromEntries)
        try:
            return await getattr(self._client, verb)(*arguments, options)
        except asyncio.CancelledError:
            abort.abort()
            raise
        except JsException as error:
            raise _typed(error) from None

    async def close(self) -> None:
        self.disconnect()


def _int32(ids: Sequence[int]) -> Any:
    return to_js(np.asarray(ids, dtype=np.int32))


def _floats(values: Any) -> np.ndarray:
    return np.asarray(values.to_py(), dtype=np.float32)


def _typed(error: JsException) -> LMPanelError:
    code = str(getattr(error, "code", None) or "engine_error")
    return error_from(code, str(error.message), str(getattr(error, "remedy", None) or ""))


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
