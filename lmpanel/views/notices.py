"""Notices of the app when Panel serves the page: in the static site the shell shows them."""

from __future__ import annotations

from typing import Any

from lmpanel.views.component import SiteComponent, drawn_by


class Notices(SiteComponent):
    """Draws nothing of its own; hands events to the shell. See site/components/notices.js."""

    _constants = drawn_by("notices")

    def show(self, event: dict[str, Any]) -> None:
        """Pass an event of the app on; only errors are shown."""
        if event["event"] == "error":
            self.tell("notice", **event)
