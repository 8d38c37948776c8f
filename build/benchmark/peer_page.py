"""Measures a peer by its page in `peers/`, which offers `peer.load`, `peer.write`, `peer.read`."""

from __future__ import annotations

from typing import Any

from benchmark.browser import Page
from benchmark.tasks import PROMPT, STORY, TEXT, WARM_UP


class PeerPage:
    """One tab with a peer."""

    def __init__(self, page: Page, base: str, name: str, threads: int):
        self.page = page
        self.threads = threads
        page.go(f"{base}{name}.html")

    def load(self) -> float:
        """Seconds until the model is loaded."""
        return self._call("load", {"threads": self.threads})["ms"] / 1000

    def speeds(self) -> dict[str, Any]:
        """Tokens a second when writing, milliseconds of reading a text, the text written."""
        self._call("write", {"prompt": WARM_UP, "tokens": 16})
        story = self._call("write", {"prompt": PROMPT, "tokens": STORY})
        return {
            "story": _rate(story),
            "score_ms": self._call("read", {"text": TEXT})["ms"],
            "text": story["text"],
        }

    def _call(self, name: str, argument: dict) -> dict[str, Any]:
        # Modules have run when the page has loaded, so `peer` is there.
        return self.page.evaluate("(name, argument) => peer[name](argument)", name, argument)


def _rate(written: dict[str, Any]) -> float:
    """Tokens a second, without the first, which stands for reading the prompt."""
    return 1000 * (written["count"] - 1) / written["rest_ms"]
