"""Read JSON that came from outside: bounded in size and depth, without NaN, as plain values.

Knows nothing about what the JSON means.
"""

from __future__ import annotations

import json
import re
from typing import Any

from lmpanel.number_text import grouped
from lmpanel.wording import later, t

MAX_CHARACTERS = 2_000_000
MAX_DEPTH = 16
_BRACKETS = re.compile(r"[][{}]")
_BEGINNING = re.compile(r"\s*(?:[\[{\"\d-]|true|false|null|NaN|Infinity|\Z)")
_PROBLEMS = (
    later("Expecting value"),
    later("Expecting ',' delimiter"),
    later("Expecting ':' delimiter"),
    later("Expecting property name enclosed in double quotes"),
    later("Unterminated string starting at"),
    later("Invalid control character at"),
    later("Invalid \\escape"),
    later("Extra data"),
)
"""What Python's own reader of JSON finds, as it says it; rarer problems stay English."""


def read_json(text: str, max_characters: int = MAX_CHARACTERS, max_depth: int = MAX_DEPTH) -> Any:
    """The value of a JSON text. Raises ValueError; `reason_of` says what is wrong with it.

    Depth is counted before parsing: in a browser, running out of stack cannot be caught.

    >>> read_json('{"a": [1, 2]}')
    {'a': [1, 2]}
    >>> read_json("[NaN]")
    Traceback (most recent call last):
    ValueError: NaN is not a number that JSON knows
    """
    if not isinstance(text, str):
        raise ValueError(t("a text was expected"))
    if len(text) > max_characters:
        raise ValueError(t("longer than {n} characters", n=grouped(max_characters)))
    if not _BEGINNING.match(text):
        raise json.JSONDecodeError("Expecting value", text, 0)
    if _depth(text) > max_depth:
        raise ValueError(t("nested deeper than {n} levels", n=max_depth))
    return json.loads(text, parse_constant=_refuse, parse_int=_integer, parse_float=_finite)


def reason_of(error: ValueError) -> str:
    """What is wrong with a text that `read_json` refused, in the reader's language.

    >>> try:
    ...     read_json("[1 2]")
    ... except ValueError as error:
    ...     print(reason_of(error))
    Expecting ',' delimiter: line 1 column 4 (char 3)
    """
    if not isinstance(error, json.JSONDecodeError):
        return str(error)
    place = {"line": error.lineno, "column": error.colno, "char": error.pos}
    return t("{problem}: line {line} column {column} (char {char})", problem=t(error.msg), **place)


def _refuse(name: str) -> None:
    raise ValueError(t("{name} is not a number that JSON knows", name=name))


def _integer(digits: str) -> int:
    if len(digits) > 20:
        raise ValueError(t("a number is too long"))
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise ValueError(t("a number is too large"))
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
