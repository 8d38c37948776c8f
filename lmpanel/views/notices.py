"""Notices of the app when Panel serves the page: in the static site the shell shows them."""

from __future__ import annotations

import json
from typing import Any

import param
from panel.custom import JSComponent

from lmpanel.views.component import module


class Notices(JSComponent):
    """Draws nothing of its own; hands events to the shell. See site/components/notices.js."""

    _esm = module("notices")

    state = param.String(default="{}", doc="The last event, as JSON.")

    def show(self, event: dict[str, Any]) -> None:
        """Pass an event of the app on; only errors are shown."""
        if event["event"] == "error":
            self._send_msg(json.dumps(event))
