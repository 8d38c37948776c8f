"""Firefox and WebKit, one after the other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from remote_browser import Firefox, RemoteBrowser, WebKit

from support.places import place


@pytest.fixture(params=["firefox", "webkit"])
def remote(request: pytest.FixtureRequest, tmp_path) -> Iterator[RemoteBrowser]:
    """A browser with a fresh profile."""
    if request.param == "firefox":
        browser = Firefox(place("LMPANEL_FIREFOX"), tmp_path)
    else:
        browser = WebKit(place("LMPANEL_WEBKIT"), place("LMPANEL_XVFB"))
    yield browser
    browser.close()
