"""One tree of errors: codes are unique and survive a trip between threads."""

from __future__ import annotations

import pytest

from lmpanel import errors
from lmpanel.errors import LMPanelError, error_from

TREE = [value for value in vars(errors).values() if isinstance(value, type)]


def test_codes_are_unique_and_drawn_in_the_docstring():
    codes = [cls.code for cls in TREE]
    assert len(set(codes)) == len(codes)
    assert all(cls.__name__ in errors.__doc__ for cls in TREE)
    assert all(cls.code in errors.__doc__ for cls in TREE[1:])


@pytest.mark.parametrize("cls", TREE)
def test_round_trip(cls):
    error = cls("Cause.", "Remedy.")
    again = error_from(error.code, error.message, error.remedy)
    assert type(again) is cls and str(again) == "Cause. Remedy."


def test_all_of_ours_can_be_caught_as_one():
    assert all(issubclass(cls, LMPanelError) for cls in TREE)
