"""Which model Python runs: the named one, else the one that was built last."""

from __future__ import annotations

import json

import pytest

import step_cache
from lmpanel.errors import NotAvailable
from lmpanel.model_folder import NOTE, ModelFolder, cache_folder, find_model


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache of the build."""
    monkeypatch.delenv("LMPANEL_MODEL_DIR", raising=False)
    monkeypatch.setenv("LMPANEL_CACHE", str(tmp_path))
    return tmp_path


def model(folder):
    folder.mkdir()
    (folder / "model.json").write_text("{}")
    return folder


def note(cache, **places):
    (cache / NOTE).write_text(json.dumps({name: str(path) for name, path in places.items()}))


def test_the_cache_is_that_of_the_build(cache, monkeypatch):
    assert cache_folder() == step_cache.default_root() == cache
    monkeypatch.delenv("LMPANEL_CACHE")
    assert cache_folder() == step_cache.default_root()


def test_the_one_built_last_with_its_text(cache):
    built, text = model(cache / "built"), cache / "text.gz"
    note(cache, model=built, corpus=text)
    assert find_model() == ModelFolder(built, None)
    text.write_bytes(b"")
    assert find_model() == ModelFolder(built, text)


def test_a_named_one_goes_first(cache, monkeypatch):
    built, other, third = (model(cache / name) for name in ("built", "other", "third"))
    note(cache, model=built, corpus=cache / "none")
    assert find_model(other) == find_model(str(other)) == ModelFolder(other)
    monkeypatch.setenv("LMPANEL_MODEL_DIR", str(third))
    assert find_model() == ModelFolder(third) and find_model(other) == ModelFolder(other)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"model": 3, "corpus": null}', '"x"'])
def test_a_broken_note_is_no_note(cache, text):
    (cache / NOTE).write_text(text)
    with pytest.raises(NotAvailable, match=r"no model yet.*build/serve\.py"):
        find_model()


def test_what_is_gone_or_no_model_is_said(cache):
    note(cache, model=cache / "gone", corpus=cache / "none")
    with pytest.raises(NotAvailable, match="no model yet"):
        find_model()
    with pytest.raises(NotAvailable, match="is not a model folder"):
        find_model(cache)
