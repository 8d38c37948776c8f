"""A session whose response is compared."""

from __future__ import annotations

import param
import pytest
from comparing import REPLY

from lmpanel.engine.fake import FakeEngine
from lmpanel.session import Session


@pytest.fixture
def engine() -> FakeEngine:
    # Looks back far enough to notice what has changed.
    return FakeEngine(context_length=1200, order=1000)


@pytest.fixture
def answered(session) -> Session:
    """A session whose document ends with a response of five tokens; the lens is open."""
    # No event loop runs yet, in which the new document could be measured.
    with param.discard_events(session.explorer):
        session.explorer.show(session.explorer.document.append(*REPLY))
        session.explorer.tab = "what_if"
    return session
