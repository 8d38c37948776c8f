"""The engine in the browser: a worker behind a message port (site/engine/client.js).

Imports `js` and `pyodide`, so only lmpanel/browser.py imports it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import js
import numpy as np
from pyodide.ffi import JsException, to_js

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
from lmpanel.errors import EngineLost, LMPanelError, error_from


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
        logits = _floats(reply.logits)
        _let_go(reply.logits.buffer)
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


def _let_go(buffer: Any) -> None:
    """Give a buffer's memory back now: 0.2 MB a row would wait for JavaScript's next collection."""
    if hasattr(buffer, "transfer"):  # Safari before 17.4 has none
        buffer.transfer(0)


def _floats(values: Any) -> np.ndarray:
    return np.asarray(values.to_py(), dtype=np.float32)


def _typed(error: JsException) -> LMPanelError:
    code = str(getattr(error, "code", None) or "engine_error")
    return error_from(code, str(error.message), str(getattr(error, "remedy", None) or ""))
