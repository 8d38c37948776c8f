"""What a value must be: "3", ">= 3", "2 to 5", 'begins "Hey"', 'contains "cat"', "sample", "on".

Knows nothing about where values come from.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_NUMBER = r"([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)"
_COMPARED = re.compile(rf"(>=|<=|>|<|=|≥|≤)?\s*{_NUMBER}", re.IGNORECASE)
_BETWEEN = re.compile(rf"{_NUMBER}\s*(?:to|–)\s*{_NUMBER}", re.IGNORECASE)
_TEXT = re.compile(r"(begins|contains|is)\s+(.+)", re.DOTALL)
_SWITCH = {"on": True, "yes": True, "true": True, "off": False, "no": False, "false": False}
_NEAR = 1e-9

_TESTS: dict[str, Callable[[float, float], bool]] = {
    ">=": lambda value, bound: value >= bound - _NEAR,
    "<=": lambda value, bound: value <= bound + _NEAR,
    ">": lambda value, bound: value > bound,
    "<": lambda value, bound: value < bound,
    "=": lambda value, bound: abs(value - bound) <= _NEAR,
}


@dataclass(frozen=True)
class Expectation:
    """A value that is waited for; `kind` is "number", "text" or "switch"."""

    kind: str
    how: str
    low: Any
    high: Any = None

    def met(self, value: Any) -> bool:
        """Whether the value is what is expected; an unknown one (None) is not.

        Of several texts (a list) one is enough. Spaces around a text do not matter.

        >>> expect("number", ">= 3").met(3), expect("text", 'begins "Hey"').met(" Hey you")
        (True, True)
        """
        if value is None:
            return False
        if self.kind == "number":
            return self._number(float(value))
        if self.kind == "switch":
            return bool(value) is self.low
        texts = value if isinstance(value, list | tuple) else [value]
        return any(self._text(str(text).strip()) for text in texts)

    def _number(self, value: float) -> bool:
        if self.how == "to":
            return self.low - _NEAR <= value <= self.high + _NEAR
        return _TESTS[self.how](value, self.low)

    def _text(self, text: str) -> bool:
        if self.how == "begins":
            return text.startswith(self.low)
        return self.low in text if self.how == "contains" else text == self.low


def expect(kind: str, text: str) -> Expectation:
    """Read what a lesson expects of a number, a text or a switch. Raises ValueError.

    >>> expect("number", "2 to 5").met(4.5), expect("switch", "off").met(False)
    (True, True)
    >>> expect("number", "many")
    Traceback (most recent call last):
    ValueError: "many" is not a number, nor like ">= 3" or "2 to 5"
    """
    text = text.strip()
    if kind == "switch":
        if text.lower() not in _SWITCH:
            raise ValueError(f'"{text[:40]}" is neither on nor off')
        return Expectation("switch", "is", _SWITCH[text.lower()])
    return _expect_number(text) if kind == "number" else _expect_text(text)


def _expect_number(text: str) -> Expectation:
    if match := _BETWEEN.fullmatch(text):
        return Expectation("number", "to", float(match[1]), float(match[2]))
    match = _COMPARED.fullmatch(text)
    if not match:
        raise ValueError(f'"{text[:40]}" is not a number, nor like ">= 3" or "2 to 5"')
    how = {"≥": ">=", "≤": "<=", None: "="}.get(match[1], match[1])
    return Expectation("number", how, float(match[2]))


def _expect_text(text: str) -> Expectation:
    match = _TEXT.fullmatch(text)
    how, wanted = (match[1], match[2].strip()) if match else ("is", text)
    if wanted.startswith('"') and wanted.endswith('"') and len(wanted) > 1:
        wanted = str(json.loads(wanted))
    if not wanted.strip():
        raise ValueError("there is no text to wait for")
    return Expectation("text", how, wanted.strip())


_GROUPS = re.compile(r"\d{1,3}(?:[\s\u00a0\u2009\u202f'’]\d{3})+(?!\d)")
_COMMAS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?![\d,])")


def readings(text: str) -> tuple[float, ...]:
    """What a person may mean by a number: thousands may be set apart, also by commas.

    >>> readings("3 021"), readings("3,021"), readings("3,5"), readings("1,234,567.5")
    ((3021.0,), (3.021, 3021.0), (3.5,), (1234567.5,))
    """
    text = _GROUPS.sub(lambda group: re.sub(r"\D", "", group[0]), text.strip().rstrip("."))
    found = [read_number(text), read_number(_COMMAS.sub(lambda m: m[0].replace(",", ""), text))]
    return tuple(dict.fromkeys(number for number in found if number is not None))


def read_number(text: str) -> float | None:
    """A number as a person types it, with comma or point and perhaps a unit; None if it is none.

    >>> read_number("3,52 bits"), read_number("−1"), read_number("45 %"), read_number("a")
    (3.52, -1.0, 45.0, None)
    """
    text = text.strip().replace("−", "-").replace("\u202f", "")
    if re.search(r"\d,\d", text) and "." not in text and text.count(",") == 1:
        text = text.replace(",", ".")
    match = re.match(rf"[≈~=]?\s*{_NUMBER}\s*(?:bits?|nats?|tokens?|%)?\.?$", text, re.IGNORECASE)
    return float(match[1]) if match else None
