"""DevTools messages to one browser: `send` waits for the answer; knows nothing of pages.

The websocket lives in a thread of its own, so that callers need no event loop, and may have one.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from concurrent.futures import Future
from threading import Thread
from typing import Any

from tornado.websocket import WebSocketClientConnection, WebSocketClosedError, websocket_connect

LONGEST_S = 300
LARGEST = 1 << 28
"""Bytes of a message."""
GONE = {"Inspector.targetCrashed": "the page crashed",
        "Target.detachedFromTarget": "the page was closed"}


class BrowserProblem(Exception):
    """The browser or its page cannot go on, or did not do what it was asked for."""


class DevTools:
    """The connection to a browser that listens at a websocket's address."""

    def __init__(self, address: str):
        self._numbers = itertools.count(1)
        self._answers: dict[int, tuple[str | None, asyncio.Future]] = {}
        self._gone: dict[str, str] = {}
        connected: Future = Future()
        self._thread = Thread(target=lambda: asyncio.run(self._serve(address, connected)),
                              name="DevTools", daemon=True)
        self._thread.start()
        self._loop, self._socket, self._done = connected.result(LONGEST_S)

    def send(self, method: str, session: str | None = None, *, seconds: float = LONGEST_S,
             **parameters: Any) -> dict[str, Any]:
        """The result of a command, to the browser or to the page of a session.

        Raises `BrowserProblem` with DevTools' own words when it is refused, and when page or
        browser end meanwhile; `TimeoutError` after so many seconds.
        """
        message = {"id": next(self._numbers), "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        answer = asyncio.run_coroutine_threadsafe(self._answered(message, seconds), self._loop)
        return answer.result()

    def close(self) -> None:
        """End the thread; nothing may be sent any more."""
        self._loop.call_soon_threadsafe(self._done.set)
        self._thread.join()

    # In the thread

    async def _serve(self, address: str, connected: Future) -> None:
        try:
            socket = await websocket_connect(address, max_message_size=LARGEST)
        except Exception as error:
            connected.set_exception(error)
            return
        done = asyncio.Event()
        connected.set_result((asyncio.get_running_loop(), socket, done))
        reading = asyncio.create_task(self._read(socket))
        await done.wait()
        socket.close()
        await reading

    async def _read(self, socket: WebSocketClientConnection) -> None:
        while (text := await socket.read_message()) is not None:
            self._receive(json.loads(text))
        self._fail("the browser ended", self._answers.values())

    async def _answered(self, message: dict[str, Any], seconds: float) -> dict[str, Any]:
        session = message.get("sessionId")
        if session in self._gone:
            raise BrowserProblem(self._gone[session])
        answer = asyncio.get_running_loop().create_future()
        self._answers[message["id"]] = session, answer
        try:
            async with asyncio.timeout(seconds):
                await self._socket.write_message(json.dumps(message))
                return await answer
        except WebSocketClosedError:
            raise BrowserProblem("the browser ended") from None
        finally:
            del self._answers[message["id"]]

    def _receive(self, message: dict[str, Any]) -> None:
        if "id" in message:
            _, answer = self._answers.get(message["id"], (None, None))
            if answer is None or answer.done():
                return  # nobody waits any more
            if "error" in message:
                answer.set_exception(BrowserProblem(message["error"]["message"]))
            else:
                answer.set_result(message["result"])
        elif what := GONE.get(message["method"]):
            session = message.get("sessionId") or message["params"]["sessionId"]
            self._gone.setdefault(session, what)
            self._fail(what, [one for one in self._answers.values() if one[0] == session])

    @staticmethod
    def _fail(what: str, waiting: Any) -> None:
        for _, answer in waiting:
            if not answer.done():
                answer.set_exception(BrowserProblem(what))
