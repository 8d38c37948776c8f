"""What a notebook's cell refuses before anything is served."""

from __future__ import annotations

import pytest

from lmpanel.errors import BadArgument, NotAvailable
from lmpanel.notebook import Cell, show


@pytest.mark.parametrize("options", [
    {"height": 20}, {"proxy": "/proxy/5006/"}, {"height": 0, "proxy": "{port}"}])
def test_bad_arguments_are_refused_before_the_model_is_loaded(options):
    with pytest.raises(BadArgument):
        show(**options)


def test_without_a_model_the_cell_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("LMPANEL_CACHE", str(tmp_path))
    monkeypatch.delenv("LMPANEL_MODEL_DIR", raising=False)
    with pytest.raises(NotAvailable, match="no model yet"):
        show()


def test_an_address_cannot_leave_its_attribute():
    assert 'src="/&quot;&gt;&lt;b&gt;"' in Cell('/"><b>')._repr_html_()
