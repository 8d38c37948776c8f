"""A session that measures nothing by itself, and a lesson opened in it."""

from __future__ import annotations

import pytest
from small_lesson import LESSON

from lmpanel.measurement import Measurement
from lmpanel.session import Session


@pytest.fixture
def unmeasured(monkeypatch) -> None:
    """Sessions measure nothing by themselves, so that no event loop is needed."""
    monkeypatch.setattr(Measurement, "look", lambda self, *events: None)


@pytest.fixture
def session(unmeasured, session) -> Session:
    return session


@pytest.fixture
def player(session):
    return session.lessons


@pytest.fixture
def opened(player):
    player.open("lessons/t.md", LESSON)
    return player
