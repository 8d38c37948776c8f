"""Checks of values that came from outside: functions that say whether a value is acceptable.

Exact about types, since JSON has true, 1 and 1.0. Knows nothing about what the values mean.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Check = Callable[[Any], bool]


def one_of(*values: Any) -> Check:
    """Accepts these values, of exactly these types.

    >>> one_of(5, 10)(5), one_of(5, 10)(5.0), one_of(1)(True)
    (True, False, False)
    """
    return lambda value: any(type(value) is type(v) and value == v for v in values)


def whole(low: int, high: int) -> Check:
    """Accepts whole numbers from `low` to `high`."""
    return lambda value: type(value) is int and low <= value <= high


def number(low: float, high: float) -> Check:
    """Accepts numbers from `low` to `high`; NaN is none."""
    return lambda value: type(value) in (int, float) and low <= value <= high


def pairs(first: Check, second: Check, most: int) -> Check:
    """Accepts lists of at most `most` pairs, no two of them with the same first value.

    >>> check = pairs(whole(0, 9), number(0, 1), 2)
    >>> check([[3, 0.5], [4, 1]]), check([[3, 0.5], [3, 1]]), check([[3]])
    (True, False, False)
    """

    def check(value: Any) -> bool:
        if not isinstance(value, list | tuple) or len(value) > most:
            return False
        if not all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in value):
            return False
        fits = all(first(one) and second(other) for one, other in value)
        return fits and len({one for one, _ in value}) == len(value)

    return check


def or_none(check: Check) -> Check:
    """Accepts None besides."""
    return lambda value: value is None or check(value)


def text(most: int) -> Check:
    """Accepts texts of at most `most` characters that UTF-8 can write.

    >>> text(3)("abc"), text(3)("abcd"), text(3)("\\ud800")
    (True, False, False)
    """

    def check(value: Any) -> bool:
        if not isinstance(value, str) or len(value) > most:
            return False
        return not any("\ud800" <= character <= "\udfff" for character in value)

    return check


def list_of(check: Check, most: int) -> Check:
    """Accepts lists of at most `most` values that all pass `check`."""
    return lambda value: isinstance(value, list) and len(value) <= most and all(map(check, value))


def record(**fields: Check) -> Check:
    """Accepts objects with exactly these entries.

    >>> record(id=whole(0, 9))({"id": 3}), record(id=whole(0, 9))({"id": 3, "more": 1})
    (True, False)
    """

    def check(value: Any) -> bool:
        if not isinstance(value, dict) or value.keys() != fields.keys():
            return False
        return all(fits(value[name]) for name, fits in fields.items())

    return check
