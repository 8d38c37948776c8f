"""Read the options of a scripting call: known names, right types, inside their bounds.

Knows nothing about what the calls do.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from lmpanel.errors import BadArgument
from lmpanel.filters import Filters

D = TypeVar("D", int, float, None)


class Arguments:
    """The options of one call. Everything wrong raises BadArgument naming the option.

    >>> options = Arguments("next", {"top_k": 5}, ("top_k", "top_p"))
    >>> options.whole("top_k", 10, 1, 100), options.number("top_p", None, 0, 1)
    (5, None)
    >>> options.whole("top_k", 10, 1, 3)
    Traceback (most recent call last):
    lmpanel.errors.BadArgument: next: top_k is 5. It must be a whole number from 1 to 3.
    """

    def __init__(self, call: str, options: Any, names: Sequence[str]):
        if options is not None and not isinstance(options, Mapping):
            raise BadArgument(f"The options of {call} are not an object.")
        self._call = call
        # null in JSON, undefined in a script: as if it had not been given.
        self._options = {k: v for k, v in (options or {}).items() if v is not None}
        for name in self._options:
            if name not in names:
                raise BadArgument(
                    f"{call} has no option {str(name)[:40]!r}.", f"Known are {', '.join(names)}."
                )

    def whole(self, name: str, default: D, low: int, high: int) -> int | D:
        """A whole number from `low` to `high`."""
        value = self._options.get(name, default)
        if value is None:
            return default
        if not _is_number(value) or value != int(value) or not low <= value <= high:
            raise self._wrong(name, value, f"a whole number from {low} to {high}")
        return int(value)

    def number(self, name: str, default: D, low: float, high: float) -> float | D:
        """A finite number from `low` to `high`."""
        value = self._options.get(name, default)
        if value is not None and not (_is_number(value) and low <= value <= high):
            raise self._wrong(name, value, f"a number from {low} to {high}")
        return value

    def flag(self, name: str, default: bool) -> bool:
        """True or false."""
        value = self._options.get(name, default)
        if type(value) is not bool:
            raise self._wrong(name, value, "true or false")
        return value

    def choice(self, name: str, default: str, values: Sequence[str]) -> str:
        """One of some names."""
        value = self._options.get(name, default)
        if not isinstance(value, str) or value not in values:
            raise self._wrong(name, value, f"one of {', '.join(values)}")
        return value

    def filters(self, top_k: int | None = None) -> Filters:
        """The filters of `temperature` (0 to 100), `top_p` and `min_p` (0 to 1)."""
        return Filters(
            temperature=self.number("temperature", 1.0, 0, 100),
            top_k=top_k,
            top_p=self.number("top_p", None, 0, 1),
            min_p=self.number("min_p", None, 0, 1),
        )

    def _wrong(self, name: str, value: Any, wanted: str) -> BadArgument:
        shown = f"{value!r:.40}" if isinstance(value, str | int | float) else type(value).__name__
        return BadArgument(f"{self._call}: {name} is {shown}.", f"It must be {wanted}.")


def _is_number(value: Any) -> bool:
    return type(value) is int or (type(value) is float and math.isfinite(value))
