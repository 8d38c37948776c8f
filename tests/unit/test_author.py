"""Where a course page has readers begin: text, place, part of the page; and what is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmpanel.author import Author
from lmpanel.engine.fake import FakeEngine, fake_tokenizer
from lmpanel.model import LanguageModel
from lmpanel.session import Session
from support.asynchronous import asynchronous

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=8,
)


def session(text: str | None = None) -> Session:
    return Session(LanguageModel(FakeEngine(), fake_tokenizer()), lambda error: None, text=text)


@asynchronous
async def test_a_text_is_where_one_begins_and_undo_leads_nowhere_else():
    begun = session("the cat")
    assert begun.explorer.document.raw
    assert begun.explorer.editor.text(begun.explorer.document) == "the cat"
    assert len(begun.explorer.history.entries) == 1


@pytest.mark.parametrize(("select", "span"), [([3, 5], (2, 5)), ([2, 2], (1, 2)), ([1, 1], (0, 1))])
@asynchronous
async def test_positions_count_from_one_and_the_last_is_included(select, span):
    begun = session()
    assert Author.read({"select": select}).place(begun) == []
    assert begun.explorer.span == span


@asynchronous
async def test_a_part_that_was_asked_for_wins_over_what_a_span_opens():
    begun = session()
    assert Author.read({"select": [2, 4], "view": "sampling"}).place(begun) == []
    assert begun.explorer.tab == "sampling"
    Author.read({"view": "play"}).place(begun)
    assert begun.explorer.room == "play"


@asynchronous
async def test_what_there_is_not_is_said_and_changes_nothing():
    begun = session()
    before = begun.explorer.span, begun.explorer.tab, begun.explorer.room
    outside, unknown = Author.read({"select": [3, 5000], "view": "kitchen"}).place(begun)
    assert "outside the document" in outside and "view=kitchen" in unknown and "sampling" in unknown
    assert before == (begun.explorer.span, begun.explorer.tab, begun.explorer.room)


@given(JSON | st.fixed_dictionaries({"text": JSON, "select": JSON, "view": JSON}))
def test_any_json_is_read(value):
    author = Author.read(json.loads(json.dumps(value)))
    assert author.text is None or isinstance(author.text, str)
    assert author.select is None or 1 <= author.select[0] <= author.select[1]
