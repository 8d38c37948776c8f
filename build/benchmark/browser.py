"""A headless Chromium that is asked as little as possible, so that it is the page that is measured.

Tools made for tests switch on DevTools' recording: the page's process then keeps the bodies of its
responses, some 100 MB, and each request takes longer. Here the domains Network, Page, Runtime,
Log and Debugger stay off: commands like Runtime.evaluate work without.
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any

from benchmark.devtools import LONGEST_S, BrowserProblem, DevTools

ARGUMENTS = [
    "--headless=new", "--no-sandbox", "--no-first-run", "--no-default-browser-check",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--use-mock-keychain", "--window-size=1280,807", "--remote-debugging-port=0",
]
END_S = 30
BLANK = "about:blank"
LOOK_S = 0.05
# While one document gives way to the next one, DevTools has none to evaluate in.
BETWEEN = re.compile("Cannot find default execution context|Execution context was destroyed"
                     "|Cannot find context with specified id|Inspected target navigated or closed")
LOADED = """() => document.readyState === "complete" || new Promise((done) => {
    addEventListener("load", () => done(true), { once: true });
})"""


class Browser:
    """Chromium with an empty profile, which is thrown away at the end; a context manager."""

    def __init__(self, program: Path | str, *flags: str):
        self._folder = tempfile.TemporaryDirectory(prefix="lmpanel-bench-")
        self.profile = Path(self._folder.name)
        self._process = subprocess.Popen(
            [program, *ARGUMENTS, f"--user-data-dir={self.profile}", *flags, BLANK], text=True,
            errors="replace", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE)
        self._address: SimpleQueue[str | None] = SimpleQueue()
        self._said: deque[str] = deque(maxlen=10)
        self._listener = Thread(target=self._listen, name="Chromium's stderr", daemon=True)
        self._listener.start()
        try:
            self._devtools = self._connected()
        except BaseException:
            self._process.terminate()
            self._clear()
            raise

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def page(self) -> Page:
        """A new, empty page in front of the others."""
        target = self._devtools.send("Target.createTarget", url=BLANK)["targetId"]
        return Page(self._devtools, target)

    def close(self) -> None:
        """End it and remove its profile."""
        try:
            self._devtools.send("Browser.close", seconds=END_S)
        except (BrowserProblem, TimeoutError):
            self._process.terminate()
        self._devtools.close()
        self._clear()

    def _listen(self) -> None:
        """Read what it says as long as it lives, lest it waits for being read."""
        with self._process.stderr as lines:
            for line in lines:
                self._said.append(line)
                if found := re.match(r"DevTools listening on (ws://\S+)", line):
                    self._address.put(found[1])
        self._address.put(None)

    def _connected(self) -> DevTools:
        address = self._address.get()
        if address is None:
            raise BrowserProblem("the browser ended before it could be used: "
                                 + "".join(self._said))
        return DevTools(address)

    def _clear(self) -> None:
        """Remove the profile when the last process has ended that writes there.

        All of them hold the end of stderr that is written to: it ends with the last one.
        """
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._listener.join(END_S)
        self._folder.cleanup()


class Page:
    """One tab. Functions are given as text, as in `(a, b) => a + b`; plain data goes in and out."""

    def __init__(self, devtools: DevTools, target: str):
        self._devtools = devtools
        self._target = target
        attached = devtools.send("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]

    def send(self, method: str, *, seconds: float = LONGEST_S, **parameters: Any) -> dict[str, Any]:
        """A DevTools command to this page; raises as `DevTools.send` does."""
        return self._devtools.send(method, self._session, seconds=seconds, **parameters)

    def go(self, url: str) -> None:
        """From the empty page to another one, until that has loaded."""
        answer = self.send("Page.navigate", url=url)
        if "errorText" in answer:
            raise BrowserProblem(f"{url} did not open: {answer['errorText']}")
        end = time.monotonic() + LONGEST_S
        while not self._arrived():
            if time.monotonic() > end:
                raise TimeoutError(f"{url} did not open")
            time.sleep(LOOK_S)
        self.evaluate(LOADED)

    def _arrived(self) -> bool:
        try:
            return self.evaluate(f"() => location.href !== '{BLANK}'")
        except BrowserProblem as problem:
            if not BETWEEN.search(str(problem)):
                raise
            return False

    def evaluate(self, function: str, *arguments: Any, seconds: float = LONGEST_S) -> Any:
        """What the function returns, or the promise that it returns comes to.

        Raises `BrowserProblem` with the page's own error, `TimeoutError` after so many seconds.
        """
        given = ", ".join(map(json.dumps, arguments))
        answer = self.send("Runtime.evaluate", expression=f"({function})({given})",
                           awaitPromise=True, returnByValue=True, seconds=seconds)
        if failed := answer.get("exceptionDetails"):
            thrown = failed.get("exception", {})
            raise BrowserProblem(thrown.get("description") or thrown.get("value")
                                 or failed["text"])
        return answer["result"].get("value")

    def until(self, condition: str, seconds: float = LONGEST_S) -> None:
        """Wait for an expression to hold; the page looks by itself, nothing is sent meanwhile.

        Raises `TimeoutError` when it does not in so many seconds.
        """
        held = self.evaluate(f"""async (patience) => {{
            const end = performance.now() + patience;
            while (!({condition}) && performance.now() < end) {{
                await new Promise((done) => setTimeout(done, {1000 * LOOK_S}));
            }}
            return Boolean({condition});
        }}""", 1000 * seconds, seconds=seconds + END_S)
        if not held:
            raise TimeoutError(f"waited {seconds:g} s for {condition}")

    def close(self) -> None:
        """Close the tab and wait until it is gone."""
        self._devtools.send("Target.closeTarget", targetId=self._target)
        with suppress(BrowserProblem):  # that the page was closed
            self.evaluate("() => (globalThis.never = new Promise(() => {}))", seconds=END_S)
