"""How a response came about: the label that an attempt has, and what it says in the reader's words.

A label is English in every language: lessons ask for it and session files keep it. It is a list of
facts with commas between them, such as "sampled, seed 7, T 0.8, after 2 given tokens", and each of
them is translated for itself. Knows nothing about how a response is written.
"""

from __future__ import annotations

import re

from lmpanel.filters import Filters
from lmpanel.wording import later, many, t

_NUMBER = re.compile(r"\d+")
_FACTS = (
    later("greedy"),
    later("sampled"),
    later("by hand"),
    later("beam search"),
    later("beam search by hand"),
    later("seed {n}"),
    later("width {n}"),
    later("{n} forbidden"),
    later("{n} with a bias"),
)
"""What a label may say; the names of the filters, as in "top-k 40", are the same everywhere."""
_GIVEN = "after {n} given tokens"


def label_of(seed: int | None, filters: Filters, given: int) -> str:
    """The label of a response that was sampled with a seed, or greedy without one.

    `given` counts the tokens of the reply that were there before.

    >>> label_of(7, Filters(temperature=0.8, top_k=40), 2)
    'sampled, seed 7, T 0.8, top-k 40, after 2 given tokens'
    >>> label_of(None, Filters(temperature=0.8, biases=((5, None), (9, 2.0))), 0)
    'greedy, 1 forbidden, 1 with a bias'
    """
    facts = ["greedy"] if seed is None else ["sampled", f"seed {seed}", *_settings(filters)]
    forbidden = sum(bias is None for _, bias in filters.biases)
    pushed = len(filters.biases) - forbidden
    facts += [f"{forbidden} forbidden"] * bool(forbidden)
    facts += [f"{pushed} with a bias"] * bool(pushed)
    return ", ".join(facts + [_GIVEN.format(n=given)] * bool(given))


def _settings(filters: Filters) -> list[str]:
    shown = {"T": filters.temperature, "top-k": filters.top_k, "top-p": filters.top_p}
    shown["min-p"] = filters.min_p
    neutral = {"T": 1, "top-p": 1, "min-p": 0}
    return [
        f"{name} {value:g}"
        for name, value in shown.items()
        if value not in (None, neutral.get(name))
    ]


def in_words(label: str) -> str:
    """A label in the reader's language; what is no known fact stays as it is.

    >>> in_words("sampled, seed 7, T 0.8, after 1 given tokens")
    'sampled, seed 7, T 0.8, after 1 given token'
    """
    return ", ".join(map(_fact, label.split(", ")))


def _fact(fact: str) -> str:
    number = _NUMBER.search(fact)
    if number is None:
        return t(fact)
    text = fact.replace(number[0], "{n}", 1)
    if text == _GIVEN:
        return many(int(number[0]), "after {n} given token", "after {n} given tokens")
    return t(text, n=number[0])
