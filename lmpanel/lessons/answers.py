"""Judge an answer: right, wrong, or only kept. Knows nothing about who asked."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import Any

from lmpanel.lessons.directives import Ask
from lmpanel.lessons.expectations import readings
from lmpanel.wording import later, t

_NO_NUMBER = later(
    "The tool shows no such number now. Do what the step says, or set the step up again, below."
)


@dataclass(frozen=True)
class Verdict:
    """What an answer came to; one that does not count is neither kept nor a try."""

    right: bool | None
    said: str
    counts: bool = True


def judge(ask: Ask, value: str, quantity: Callable[[str], Any]) -> Verdict:
    """Judge what was typed or chosen; `quantity` gives what is measured now.

    >>> judge(Ask("a", "1+1?", 1, type="number", number=(2.0, 0.1)), "2,05", {}.get).right
    True
    """
    if ask.type == "choice" and value not in ask.options:
        return Verdict(False, t("Choose one of the answers."), counts=False)
    if ask.type == "number":
        return _judge_number(ask, value, quantity)
    if not ask.checked:
        return Verdict(None, t("Kept."))
    wanted = ask.right
    if ask.measured is not None:
        measured = quantity(ask.measured)
        if measured is None:
            return _not_known()
        wanted = (str(measured),)
    if ask.type == "choice":
        return _said(ask, value in wanted)
    return _said(ask, _plain(value) in {_plain(text) for text in wanted})


def _judge_number(ask: Ask, value: str, quantity: Callable[[str], Any]) -> Verdict:
    numbers = readings(value)
    if not numbers:
        return Verdict(False, t("This is not a number. Write one like 3.52."), counts=False)
    if not ask.checked:
        return Verdict(None, t("Kept."))
    wanted, tolerance = ask.number or (quantity(ask.measured), ask.tolerance)
    if wanted is None:
        return _not_known()
    if value.rstrip(" .").endswith("%") and ask.unit != "%":
        # Of what has no unit: a share of one, like a probability.
        numbers = tuple(number / 100 for number in numbers)
    return _said(ask, any(abs(number - wanted) <= tolerance + 1e-9 for number in numbers))


def _said(ask: Ask, right: bool) -> Verdict:
    return Verdict(right, t("Right.") if right else f"{t('Not yet.')} {ask.hint}".strip())


def _not_known() -> Verdict:
    return Verdict(False, t(_NO_NUMBER), counts=False)


def _plain(text: str) -> str:
    """A text as it is compared: case, quotes and spaces do not matter.

    >>> _plain(" “The␣Cat” ")
    'the cat'
    """
    text = re.sub(r"[␣\s]+", " ", text)
    return text.strip(" \"'“”‘’`.").casefold()


def solution(ask: Ask, quantity: Callable[[str], Any]) -> str:
    """The right answer in words."""
    if ask.measured is not None:
        value = quantity(ask.measured)
        value = f"{value:.4g}" if isinstance(value, float) else str(value)
    elif ask.number is not None:
        value = f"{ask.number[0]:g}"
    else:
        quoted = (t("“{quoted}”", quoted=text) for text in ask.right)
        value = reduce(lambda one, other: t("{one} or {other}", one=one, other=other), quoted)
    return f"{value} {ask.unit}".strip()
