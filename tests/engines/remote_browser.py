"""Firefox and WebKit as Debian packages them, each driven by the protocol it speaks itself.

Firefox listens to Marionette (length-prefixed JSON), WebKit's driver to WebDriver over HTTP; both
know the same few commands, so that a test need not know which engine it runs in. A driver library
would want Mozilla's own bridge, which no package registry holds.

Source: W3C WebDriver (https://www.w3.org/TR/webdriver2/).
"""

from __future__ import annotations

import base64
import json
import os
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

START_S = 60
SCRIPT_MS = 120_000
TIMEOUTS = {"script": SCRIPT_MS, "pageLoad": 60_000}

# Nothing but this machine exists, and Firefox is as quiet as it can be.
PREFERENCES = {
    "marionette.port": 0,
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "app.update.disabledForTesting": True,
    "browser.shell.checkDefaultBrowser": False,
    "browser.sessionstore.resume_from_crash": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
}

SHIFT = "\ue008"


class RemoteError(Exception):
    """The browser's answer to a command that failed."""


class RemoteBrowser:
    """What both browsers can do; subclasses send commands."""

    def __init__(self, program: subprocess.Popen):
        self._program = program

    def go(self, url: str) -> None:
        """Navigate, and wait until the page is loaded."""
        raise NotImplementedError

    def run(self, body: str, *arguments: Any) -> Any:
        """What the body of an async function in the page returns; `a` holds the arguments."""
        answer = self._script(
            "const done = arguments[arguments.length - 1]; const a = arguments;"
            f"(async () => {{ {body} }})().then((value) => done({{ value }}),"
            " (error) => done({ error: `${error.code ?? error.name}: ${error.message}` }));",
            list(arguments))
        if "error" in answer:
            raise RemoteError(answer["error"])
        return answer.get("value")

    def press(self, key: str, shift: bool = False) -> None:
        """Press a key where the focus is; `key` as WebDriver names it."""
        around = [("keyDown", SHIFT)] if shift else []
        after = [("keyUp", SHIFT)] if shift else []
        steps = [*around, ("keyDown", key), ("keyUp", key), *after]
        actions = [{"type": kind, "value": value} for kind, value in steps]
        self._act([{"type": "key", "id": "keyboard", "actions": actions}])

    def click(self, x: float, y: float) -> None:
        """Click at a point of what can be seen, in CSS pixels."""
        move = {"type": "pointerMove", "x": round(x), "y": round(y), "duration": 0}
        press = [{"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp")]
        self._act([{"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"},
                    "actions": [move, *press]}])

    def picture(self) -> bytes:
        """A PNG of what can be seen."""
        return base64.b64decode(self._screenshot())

    def close(self) -> None:
        """End the browser."""
        self._program.terminate()
        self._program.wait(START_S)

    def _script(self, script: str, arguments: list[Any]) -> dict[str, Any]:
        raise NotImplementedError

    def _act(self, actions: list[dict[str, Any]]) -> None:
        raise NotImplementedError

    def _screenshot(self) -> str:
        raise NotImplementedError


class Firefox(RemoteBrowser):
    """Firefox without a window, by its own protocol."""

    def __init__(self, path: Path, profile: Path):
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});"
                 for name, value in PREFERENCES.items()]
        (profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
        super().__init__(_start([path, "--headless", "--marionette", "--no-remote", "--profile",
                                 profile, "about:blank"]))
        told = profile / "MarionetteActivePort"
        port = _first(lambda: told.is_file() and told.read_text().strip())
        self._socket = socket.create_connection(("127.0.0.1", int(port)))
        self._answers = self._socket.makefile("rb")
        self._count = 0
        self._read()
        self._command("WebDriver:NewSession")
        self._command("WebDriver:SetTimeouts", **TIMEOUTS)

    def go(self, url: str) -> None:
        self._command("WebDriver:Navigate", url=url)

    def close(self) -> None:
        self._command("Marionette:Quit", flags=["eForceQuit"])
        self._answers.close()
        self._socket.close()
        self._program.wait(START_S)

    def _script(self, script: str, arguments: list[Any]) -> dict[str, Any]:
        return self._command("WebDriver:ExecuteAsyncScript", script=script, args=arguments,
                             sandbox=None)["value"]

    def _act(self, actions: list[dict[str, Any]]) -> None:
        self._command("WebDriver:PerformActions", actions=actions)

    def _screenshot(self) -> str:
        return self._command("WebDriver:TakeScreenshot", full=False)["value"]

    def _command(self, name: str, **parameters: Any) -> Any:
        self._count += 1
        message = json.dumps([0, self._count, name, parameters]).encode()
        self._socket.sendall(str(len(message)).encode() + b":" + message)
        _, _, error, result = self._read()
        if error:
            raise RemoteError(f"{name}: {error['error']}: {error['message']}")
        return result

    def _read(self) -> Any:
        length = b""
        while (digit := self._answers.read(1)) != b":":
            if not digit:
                raise RemoteError("Firefox is gone")
            length += digit
        return json.loads(self._answers.read(int(length)))


class WebKit(RemoteBrowser):
    """WebKitGTK's test browser on a screen that nobody sees, by WebDriver."""

    def __init__(self, driver: Path, xvfb: Path):
        self._screen = _start([xvfb, "-displayfd", "1", "-screen", "0", "1280x900x24",
                               "-nolisten", "tcp"], stdout=subprocess.PIPE)
        display = self._screen.stdout.readline().decode().strip()
        environment = {**os.environ, "DISPLAY": f":{display}", "GDK_BACKEND": "x11",
                       "LIBGL_ALWAYS_SOFTWARE": "1", "WEBKIT_DISABLE_DMABUF_RENDERER": "1"}
        self._port = _free_port()
        super().__init__(_start([driver, f"--port={self._port}"], env=environment))
        _first(self._listens)
        wanted = {"capabilities": {"alwaysMatch": {"timeouts": TIMEOUTS}}}
        self._session = f"/session/{self._command('POST', '/session', wanted)['sessionId']}"

    def go(self, url: str) -> None:
        self._command("POST", f"{self._session}/url", {"url": url})

    def close(self) -> None:
        # While a page still computes, the driver would wait for it.
        self.go("about:blank")
        self._command("DELETE", self._session)
        super().close()
        self._screen.terminate()
        self._screen.wait(START_S)
        self._screen.stdout.close()

    def _script(self, script: str, arguments: list[Any]) -> dict[str, Any]:
        return self._command("POST", f"{self._session}/execute/async",
                             {"script": script, "args": arguments})

    def _act(self, actions: list[dict[str, Any]]) -> None:
        self._command("POST", f"{self._session}/actions", {"actions": actions})

    def _screenshot(self) -> str:
        return self._command("GET", f"{self._session}/screenshot")

    def _listens(self) -> bool:
        try:
            return bool(self._command("GET", "/status")["ready"])
        except URLError:
            return False

    def _command(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"http://127.0.0.1:{self._port}{path}", data, method=method)
        try:
            with urlopen(request, timeout=SCRIPT_MS / 1000) as answer:
                return json.load(answer)["value"]
        except HTTPError as refused:
            with refused:
                told = json.load(refused)["value"]
            raise RemoteError(f"{path}: {told['error']}: {told['message']}") from None


def _start(command: list[Any], **options: Any) -> subprocess.Popen:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **options}
    return subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, **quiet)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _first(state: Callable[[], Any]) -> Any:
    """What `state` says, as soon as it says something."""
    end = time.monotonic() + START_S
    while not (found := state()):
        if time.monotonic() > end:
            raise RemoteError("The browser did not start.")
        time.sleep(0.05)
    return found
