"""Words of the glossary in the interface: each is explained, on demand and in no state."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from lmpanel.errors import BadArgument
from lmpanel.explorer import ROOMS, TABS
from lmpanel.inside import PARTS
from lmpanel.lessons.glossary import TERMS
from lmpanel.views.lens import Lens
from lmpanel.views.room import Room
from lmpanel.views.terms import explanation
from support.asynchronous import asynchronous

COMPONENTS = Path(__file__).parents[2] / "site/components"


def linked() -> set[str]:
    """The names of terms in the components."""
    table = re.search(r"const NAMES = {(.*?)};", (COMPONENTS / "terms.js").read_text("utf-8"), re.S)
    names = set(re.findall(r'"\)?\]?: "([^"]+)"', table[1]))
    for path in COMPONENTS.glob("*.js"):
        text = path.read_text("utf-8")
        names |= set(re.findall(r'(?<![\w.])term\("([^"]+)"', text))
        for table in re.findall(r"const (?:FACTS|STEPS) = {(.*?)};", text):
            names |= set(re.findall(r'"\)?\]?: "([^"]+)"', table))
    return names


def test_every_word_that_can_be_pressed_is_in_the_glossary():
    assert linked() <= TERMS.keys()
    assert {"entropy", "kl divergence", "logit lens", "attention", "kv cache", "embedding",
            "perplexity", "logit", "temperature", "top-k", "top-p", "min-p", "beam",
            "log-probability", "n-gram", "discounting", "byte-pair encoding"} <= linked()


def test_words_lead_to_words():
    for name, term in TERMS.items():
        named = re.findall(r"\[\[([^]|]+)", term.definition)
        assert {word.lower() for word in named} | set(term.see) <= TERMS.keys() - {name}
    assert list(TERMS) == sorted(TERMS)


@pytest.mark.parametrize("name", TERMS)
def test_every_word_is_explained(name):
    told = explanation(name)
    assert told["name"] == name and told["definition"]
    assert json.loads(json.dumps(told)) == {**told}


def test_other_words_are_refused():
    with pytest.raises(BadArgument, match="not a word"):
        explanation("<img src=x>")


@asynchronous
async def test_a_component_tells_it_and_its_state_never_holds_it(session, monkeypatch):
    lens, room = Lens(session), Room(session)
    for component in (lens, room):
        told = []
        monkeypatch.setattr(component, "tell", lambda op, told=told, **fields: told.append(fields))
        component.actions()["explain_term"]("entropy")
        assert told == [explanation("entropy")]
    definition = TERMS["entropy"].definition[:20]
    for tab in TABS:
        session.explorer.tab = tab
        assert definition not in lens.state
    for name in ROOMS:
        session.explorer.room = name
        assert definition not in room.state
    session.explorer.room = "inside"
    for part in PARTS:
        session.inside.part = part
        assert definition not in room.state
