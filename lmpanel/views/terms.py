"""A word of the glossary, explained when it is asked for: the texts are in no component's state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lmpanel.errors import BadArgument
from lmpanel.wording import t


def actions(tell: Callable[..., None]) -> dict[str, Any]:
    """What components with terms in them may be asked for; `tell` sends them a message."""
    return {"explain_term": lambda name: tell("term", **explanation(str(name)))}


def explanation(name: str) -> dict[str, Any]:
    """A term's definition as nodes (see site/components/lesson_nodes.js) and its formula.

    Raises BadArgument for a word that is none of the glossary.
    """
    from lmpanel.lessons.glossary import TERMS
    from lmpanel.lessons.markdown import tree

    if name not in TERMS:
        raise BadArgument(t("{word} is not a word of the glossary.", word=repr(name[:40])))
    term = TERMS[name]
    nodes = tree(t(term.definition), terms=TERMS)
    return {"name": name, "definition": nodes, "formula": term.formula}
