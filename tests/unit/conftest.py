"""Fixtures of the unit tests: the real tokenizer, and a fake model in milliseconds."""

from __future__ import annotations

import json

import pytest

from lmpanel.engine.fake import FakeEngine, fake_tokenizer
from lmpanel.errors import LMPanelError
from lmpanel.model import LanguageModel
from lmpanel.saving import Saving
from lmpanel.session import Session
from lmpanel.tokenizer import Tokenizer


@pytest.fixture(scope="session")
def tokenizer(model_dir) -> Tokenizer:
    return Tokenizer.from_file(model_dir / "tokenizer.json")


@pytest.fixture(scope="session")
def reference(model_dir):
    """Hugging Face's own tokenizer for the same file."""
    from tokenizers import Tokenizer as Reference

    return Reference.from_file(str(model_dir / "tokenizer.json"))


@pytest.fixture(scope="session")
def model_json(model_dir) -> dict:
    return json.loads((model_dir / "model.json").read_text("utf-8"))


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def model(engine) -> LanguageModel:
    return LanguageModel(engine, fake_tokenizer())


@pytest.fixture
def errors() -> list[LMPanelError]:
    """What the session had to report."""
    return []


@pytest.fixture
def session(model, errors) -> Session:
    """A session with the first conversation; nothing is measured, or computed ahead."""
    session = Session(model, errors.append)
    session.explorer.ahead = False
    return session


@pytest.fixture
def saving(session) -> Saving:
    return Saving(session)


@pytest.fixture
def changes(session):
    return session.changes


@pytest.fixture
def explorer(session):
    return session.explorer
