"""Read JSON that came from outside: bounded in size and depth, without NaN, as plain values.

Knows nothing about what the JSON means.
"""

from __future__ import annotations

import json
import re
from typing import Any

from lmpanel.number_text import grouped

MAX_CHARACTERS = 2_000_000
MAX_DEPTH = 16
_BRACKETS = re.compile(r"[][{}]")


def read_json(text: str, max_characters: int = MAX_CHARACTERS, max_depth: int = MAX_DEPTH) -> Any:
    """The value of a JSON text. Raises ValueError that says what is wrong with it.

    Depth is counted before parsing: in a browser, running out of stack cannot be caught.

    >>> read_json('{"a": [1, 2]}')
    {'a': [1, 2]}
    >>> read_json("[NaN]")
    Traceback (most recent call last):
    ValueError: NaN is not a number that JSON knows
    """
    if not isinstance(text, str):
        raise ValueError("a text was expected")
    if len(text) > max_characters:
        raise ValueError(f"longer than {grouped(max_characters)} characters")
    if _depth(text) > max_depth:
        raise ValueError(f"nested deeper than {max_depth} levels")
    return json.loads(text, parse_constant=_refuse, parse_int=_integer, parse_float=_finite)


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not a number that JSON knows")


def _integer(digits: str) -> int:
    if len(digits) > 20:
        raise ValueError("a number is too long")
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise ValueError("a number is too large")
    return number


def _depth(text: str) -> int:
    """Deepest nesting of brackets outside strings."""
    deepest = depth = 0
    for place, part in enumerate(text.replace("\\\\", "").replace('\\"', "").split('"')):
        if place % 2 == 0:
            for bracket in _BRACKETS.findall(part):
                depth += 1 if bracket in "[{" else -1
                deepest = max(deepest, depth)
    return deepest
