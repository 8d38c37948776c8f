"""The state that links, files and scripts carry, written and read back safely.

Reading trusts nothing: a damaged, foreign or oversized state is refused as a whole, a single
setting that is unknown or out of range falls back to its default with a warning. Knows nothing
about where states are kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lmpanel.bounded_json import read_json, reason_of
from lmpanel.checks import Check, number, one_of, or_none, pairs, whole
from lmpanel.errors import BadState
from lmpanel.filters import MAX_BIAS
from lmpanel.number_text import grouped
from lmpanel.sampling import MAX_SEED
from lmpanel.wording import later, t

VERSION = 1
_KEYS = {"version", "model", "ids", "raw", "cursor", "selection", "settings"}
_MAX_SETTINGS = 100
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")

SETTINGS: dict[str, Check] = {
    "where": one_of("here", "next"),
    "tab": one_of(
        *("next", "sampling", "beams", "surprise", "what_if", "ngrams", "branches", "attempts"),
    ),
    "predictor": one_of(
        *("transformer", "uniform", "unigram", "bigram", "trigram", "4-gram", "5-gram"),
    ),
    "measure": one_of("surprisal", "probability", "entropy", "rank", "delta"),
    "unit": one_of("bits", "nats"),
    "curve": one_of(True, False),
    "length": one_of(5, 10, 20, 50, 100),
    "max_tokens": whole(1, 2000),
    "past_end": one_of(True, False),
    "strategy": one_of("greedy", "sample"),
    "temperature": number(0, 2),
    "top_k": whole(0, 1000),
    "top_p": number(0, 1),
    "min_p": number(0, 1),
    "seed": whole(0, MAX_SEED),
    "ahead": one_of(True, False),
    "biases": pairs(whole(0, 2**31), or_none(number(-MAX_BIAS, MAX_BIAS)), 50),
    "guessing": one_of(True, False),
}
"""The settings a state may carry, and what each accepts."""


@dataclass(frozen=True)
class State:
    """What is restored: the tokens, where the reader is, and settings.

    `cursor` is a token index or None for the end; `selection` is half-open.
    """

    ids: tuple[int, ...]
    raw: bool = False
    cursor: int | None = None
    selection: tuple[int, int] | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    model: str = ""


def encode_state(state: State) -> dict[str, Any]:
    """The state as JSON-able values.

    >>> encode_state(State((1, 2), cursor=1))["ids"]
    [1, 2]
    """
    return {
        "version": VERSION,
        "model": state.model,
        "ids": list(state.ids),
        "raw": state.raw,
        "cursor": state.cursor,
        "selection": list(state.selection) if state.selection is not None else None,
        "settings": {name: value for name, value in state.settings.items() if name in SETTINGS},
    }


def parse_state(
    text: str, *, vocab_size: int, context_length: int, model: str
) -> tuple[State, list[str]]:
    """Read a state from JSON text. Raises BadState; see `decode_state`."""
    try:
        value = read_json(text, max_depth=4)
    except ValueError as error:
        problem = t("The state is not usable JSON: {reason}.", reason=reason_of(error))
        raise BadState(problem, t(_UNCHANGED)) from error
    return decode_state(value, vocab_size=vocab_size, context_length=context_length, model=model)


def decode_state(
    value: Any, *, vocab_size: int, context_length: int, model: str
) -> tuple[State, list[str]]:
    """Read a state; with it come warnings about what was left out.

    Raises BadState when the value is no state of this version and model.

    >>> decode_state({"version": 1, "ids": [3]}, vocab_size=4, context_length=8, model="m")[0].ids
    (3,)
    """
    _check_frame(value, model)
    ids = _ids(value.get("ids"), vocab_size, context_length)
    raw = value.get("raw", False)
    if type(raw) is not bool:
        raise _bad(t("'raw' is neither true nor false"))
    warnings: list[str] = []
    cursor, selection = value.get("cursor"), value.get("selection")
    if cursor is not None and not whole(0, len(ids))(cursor):
        warnings.append(t("The position was outside the document and was left out."))
        cursor = None
    if selection is not None and not _is_span(selection, len(ids)):
        warnings.append(t("The selection was outside the document and was left out."))
        selection = None
    settings = _settings(value.get("settings", {}), warnings)
    span = tuple(selection) if selection is not None else None
    return State(ids, raw, cursor, span, settings, value.get("model", "")), warnings


def _check_frame(value: Any, model: str) -> None:
    if not isinstance(value, dict):
        raise _bad(t("it is not an object"))
    if type(value.get("version")) is not int or value["version"] != VERSION:
        raise _bad(t("its version is not {version}", version=VERSION))
    unknown = [key for key in value if key not in _KEYS]
    if unknown:
        raise _bad(t("it has the unknown entry {name}", name=repr(str(unknown[0])[:40])))
    name = value.get("model", "")
    if not isinstance(name, str):
        raise _bad(t("its model is no name"))
    if name and model and name != model:
        raise _bad(
            t(
                "it was made with the model {model}, and this is {here}",
                model=repr(name[:80]),
                here=repr(model),
            )
        )


def _ids(value: Any, vocab_size: int, context_length: int) -> tuple[int, ...]:
    if not isinstance(value, list):
        raise _bad(t("its ids are not a list"))
    if len(value) > context_length:
        raise _bad(
            t(
                "it has {n} tokens and the model can look at {most}",
                n=grouped(len(value)),
                most=grouped(context_length),
            )
        )
    if not all(map(whole(0, vocab_size - 1), value)):
        raise _bad(t("an id is not one of the vocabulary"))
    return tuple(value)


def _is_span(value: Any, length: int) -> bool:
    if not isinstance(value, list) or len(value) != 2:
        return False
    return all(map(whole(0, length), value)) and value[0] <= value[1]


def _settings(value: Any, warnings: list[str]) -> dict[str, Any]:
    if not isinstance(value, dict) or len(value) > _MAX_SETTINGS:
        raise _bad(t("its settings are not a small object"))
    settings: dict[str, Any] = {}
    for name, setting in value.items():
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise _bad(t("a setting has an impossible name"))
        if name not in SETTINGS:
            warnings.append(t("The setting {name} is unknown and was left out.", name=repr(name)))
        elif not SETTINGS[name](setting):
            warnings.append(
                t("The setting {name} had an impossible value and was left out.", name=repr(name))
            )
        else:
            settings[name] = setting
    return settings


_UNCHANGED = later("Nothing was changed.")


def _bad(reason: str) -> BadState:
    return BadState(t("This state cannot be restored: {reason}.", reason=reason), t(_UNCHANGED))
