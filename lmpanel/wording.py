"""What the interface says, in the reader's language.

The English text in the code is the key of the one table of all texts, `wording.json` beside this
file: a row for each text, a translation for each language. Texts stand in the code as literals, so
that a test finds them all. site/components/wording.js does the same for JavaScript.

    t("There is no step {number}.", number=7)
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from lmpanel.number_text import grouped

LANGUAGES = ("en", "es", "fr", "de", "pt")
ZERO_IS_ONE = frozenset({"fr", "pt"})
"""Languages that count nothing in the singular: "0 jeton" (Unicode CLDR, plural rules)."""

_PLACE = re.compile(r"\{(\w+)\}")
_language = "en"
_table: Mapping[str, str] = {}


def spoken() -> dict[str, object]:
    """What is spoken now, as `use` takes it and site/components/wording.js too."""
    return {"language": _language, "table": dict(_table)}


def use(language: str, table: Mapping[str, str]) -> None:
    """Speak this language from now on, with these translations; one for the whole process.

    >>> use("de", {"Undo": "Rückgängig"})
    >>> t("Undo"), t("Redo")
    ('Rückgängig', 'Redo')
    >>> use("en", {})
    """
    global _language, _table
    _language, _table = language, dict(table)


def read_table(language: str) -> dict[str, str]:
    """The translations of a language as they are installed, none for English.

    Raises KeyError for a language that is not one of LANGUAGES.
    """
    from importlib.resources import files

    if language == "en":
        return {}
    rows = json.loads(files("lmpanel").joinpath("wording.json").read_text(encoding="utf-8"))
    return {text: row[language] for text, row in rows.items()}


def t(text: str, /, **values: object) -> str:
    """A text in the reader's language, with `values` in its places.

    >>> t("Token {n} of {count}", n=5, count=40)
    'Token 5 of 40'
    """
    said = _table.get(text, text)
    if not values:
        return said
    return _PLACE.sub(lambda place: str(values.get(place[1], place[0])), said)


def many(n: int, one: str, other: str, /, **values: object) -> str:
    """A text with a number in it, in the form that the language has for this number.

    >>> many(1, "{n} token", "{n} tokens"), many(1234, "{n} token", "{n} tokens")
    ('1 token', '1\\u202f234 tokens')
    """
    single = n == 1 or (n == 0 and _language in ZERO_IS_ONE)
    return t(one if single else other, n=grouped(n), **values)


def later(text: str) -> str:
    """Marks a text that is translated later, where it is shown: `t(TITLES[name])`."""
    return text
