"""What all tests share: where the build's results lie. `python3 build/test.py` sets it up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from http_server import SiteServer
from support.places import place

# How long an example takes says something about the machine, nothing about the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browsers last: they are slow, and Playwright's event loop stays in this thread."""
    items.sort(key=lambda item: ("engines" in item.path.parts, "browser" in item.path.parts))


@pytest.fixture(scope="session")
def model_dir() -> Path:
    """The complete model folder, as the native engine reads it."""
    return place("LMPANEL_MODEL_DIR")


@pytest.fixture(scope="session")
def gguf_path() -> Path:
    """The GGUF that the model folder was made from."""
    return place("LMPANEL_GGUF")


@pytest.fixture(scope="session")
def dist() -> Path:
    """The finished site."""
    return place("LMPANEL_DIST")


@pytest.fixture(scope="session")
def compressed() -> Path:
    """Gzip copies of the site's files, by SHA-256."""
    return place("LMPANEL_GZIP")


@pytest.fixture(scope="session")
def server(dist: Path, compressed: Path) -> Iterator[SiteServer]:
    """The site as `build/serve.py` serves it: isolated, compressed."""
    with SiteServer(dist, compressed=compressed).running() as server:
        yield server


@pytest.fixture(scope="session")
def plain_server(dist: Path) -> Iterator[SiteServer]:
    """The site as a host serves it that sets no headers of ours, in a subfolder."""
    with SiteServer(dist, isolated=False, base="/courses/lmpanel/").running() as server:
        yield server
