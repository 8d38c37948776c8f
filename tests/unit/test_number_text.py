"""Thousands are set apart in one way, wherever the interface shows a number."""

import re
from pathlib import Path

import pytest

import lmpanel
from lmpanel.number_text import grouped

FOLDER = Path(lmpanel.__file__).parent
FILES = [path for path in FOLDER.rglob("*.py") if path.name != "number_text.py"]


@pytest.mark.parametrize(("number", "text"), [
    (0, "0"), (-999, "-999"), (1000, "1\u202f000"), (134515008, "134\u202f515\u202f008"),
])
def test_thousands_are_set_apart_by_narrow_spaces(number, text):
    assert grouped(number) == text


def test_nobody_writes_them_in_another_way():
    other = re.compile(r":,[.\d]*[df]?\}")
    assert [path.name for path in FILES if other.search(path.read_text(encoding="utf-8"))] == []
