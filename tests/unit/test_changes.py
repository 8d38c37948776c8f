"""What can be done to the document, and that a refused change leaves everything as it was."""

from __future__ import annotations

import asyncio

import pytest

from lmpanel.engine.fake import FakeEngine
from lmpanel.errors import (
    BadArgument,
    ContextFull,
    UnknownToken,
)
from lmpanel.explorer import FIRST_MESSAGE
from lmpanel.model import LanguageModel
from lmpanel.session import Session
from support.asynchronous import asynchronous


def messages(session):
    return session.explorer.editor.conversation(session.explorer.document).messages


# Token by token


@asynchronous
async def test_a_picked_token_stands_at_the_end(session, explorer, changes):
    before = explorer.document
    changes.pick(7, at=len(before))
    assert explorer.document == before.append(7)
    assert explorer.cursor == explorer.anchor == len(before) + 1
    assert explorer.history.current.label.startswith("picked ")


@asynchronous
async def test_a_click_on_stale_numbers_does_nothing(session, explorer, changes):
    before, entries = explorer.document, len(explorer.history.entries)
    changes.pick(7, at=len(before) - 1)
    assert explorer.document == before and len(explorer.history.entries) == entries


@asynchronous
async def test_picking_inside_forks(session, explorer, changes):
    before = explorer.document
    explorer.select(10, 10)
    assert explorer.here == before.ids[10]
    changes.pick(7, at=10)
    assert explorer.document.ids == (*before.ids[:10], 7)
    changes.undo()
    assert explorer.document == before


@asynchronous
async def test_picking_what_stands_there_only_looks_behind_it(session, explorer, changes):
    before = explorer.document
    explorer.select(10, 10)
    changes.pick(before.ids[10], at=10)
    assert explorer.document == before and len(explorer.context) == 11
    assert explorer.where == "next" and explorer.cursor == 10


@asynchronous
async def test_an_unknown_token_is_refused(session, explorer, changes):
    before = explorer.document
    with pytest.raises(UnknownToken):
        changes.pick(10**6)
    assert explorer.document == before


@asynchronous
async def test_a_click_costs_one_call_of_one_token(session, engine, changes):
    session.measurement.look()
    await session.measurement.settle()
    for expected in (1, 2, 3):
        before = (engine.stats.calls, engine.stats.tokens)
        changes.pick(session.explorer.distribution.top(5)[expected].id)
        await session.measurement.settle()
        assert (engine.stats.calls, engine.stats.tokens) == (before[0] + 1, before[1] + 1)
        assert None not in session.explorer.scores()[1:]


@asynchronous
async def test_the_top_token_is_picked_at_the_end_wherever_one_looks(session, explorer, changes):
    explorer.select(3, 5)
    before = explorer.document
    await changes.pick_top()
    top = session.model.cached(before.ids).top_id
    assert explorer.document == before.append(top)


@asynchronous
async def test_rewinding_keeps_the_token_looked_at(session, explorer, changes):
    before = explorer.document
    changes.rewind()
    assert explorer.document == before, "there is nothing behind the caret"
    explorer.select(4, 4)
    changes.rewind()
    assert explorer.document.ids == before.ids[:5]
    assert explorer.history.current.label == "rewound to token 5"


# Turn by turn


@asynchronous
async def test_the_response_is_cleared_and_stays_open(session, explorer, changes):
    before = explorer.document
    changes.clear_response()
    assert explorer.document == before and not explorer.history.can_undo
    for token in (5, 6, 7):
        changes.pick(token)
    changes.clear_response()
    assert explorer.document == before
    assert explorer.history.current.label == "cleared the response"


# The history


@asynchronous
async def test_undo_and_redo_have_no_limit(session, explorer, changes):
    start = explorer.document
    for token in range(5, 45):
        changes.pick(token)
    written = explorer.document
    for _ in range(40):
        changes.undo()
    assert explorer.document == start
    changes.undo()
    assert explorer.document == start and explorer.cursor == len(start)
    for _ in range(41):
        changes.redo()
    assert explorer.document == written


@asynchronous
async def test_going_back_costs_no_engine_call(session, engine, changes):
    session.measurement.look()
    for token in (5, 6, 7):
        await session.measurement.settle()
        changes.pick(token)
    await session.measurement.settle()
    calls = engine.stats.calls
    for step in (changes.undo, changes.undo, changes.undo, changes.redo, changes.redo):
        step()
        await session.measurement.settle()
    assert engine.stats.calls == calls


# What is refused


@asynchronous
async def test_a_text_that_cannot_fit_is_refused_before_it_is_tokenised(session, engine, changes):
    before, too_long = session.explorer.document, "a" * (512 * 16 + 1)
    for refused in (changes.append_text, changes.end_turn, changes.raw_text,
                    changes.set_conversation, lambda text: changes.replace_turn(1, text)):
        with pytest.raises(BadArgument, match=r"8\u202f193 characters.*8\u202f192.*512 tokens"):
            refused(too_long)
    assert session.explorer.document == before and engine.stats.calls == 0


@asynchronous
async def test_a_document_that_is_too_long_never_reaches_the_engine(session, engine, changes):
    session.measurement.look()
    await session.measurement.settle()
    before, calls = session.explorer.document, engine.stats.calls
    for refused in (changes.append_text, changes.end_turn, changes.raw_text):
        with pytest.raises(ContextFull) as caught:
            refused("x" * 600)
        assert caught.value.code == "context_full"
    await session.measurement.settle()
    assert session.explorer.document == before and engine.stats.calls == calls
    assert not session.explorer.history.can_undo


@asynchronous
async def test_a_full_document_takes_no_token_more(session, changes):
    changes.raw_text("x" * 512)
    with pytest.raises(ContextFull):
        changes.pick(5)
    changes.rewind()
    session.explorer.select(510, 510)
    changes.rewind()
    changes.pick(5)
    assert len(session.explorer.document) == 512


@asynchronous
async def test_characters_without_a_token_are_named(tokenizer, errors):
    session = Session(LanguageModel(FakeEngine(len(tokenizer)), tokenizer), errors.append)
    session.changes.end_turn("a\x04b")
    assert [error.code for error in errors] == ["lost_characters"]
    assert "U+0004" in errors[0].message
    assert messages(session)[-1]["content"] == "ab"


@asynchronous
async def test_nothing_changes_while_the_model_writes(session, explorer, changes):
    changes.pick(5)
    before = explorer.document
    explorer.generating = True
    changes.pick(7)
    changes.undo()
    changes.redo()
    for refused in (changes.rewind, changes.new_conversation, lambda: changes.append_text("x")):
        with pytest.raises(BadArgument, match="Stop it first"):
            explorer.select(3, 3)
            refused()
    assert explorer.document == before


def test_the_first_document_asks_for_a_story(session):
    assert messages(session)[-1] == {"role": "user", "content": FIRST_MESSAGE}


@asynchronous
async def test_the_line_about_the_last_response_goes_with_the_next_change(session):
    session.explorer.past_end = True
    await session.generation.run(max_tokens=1)
    assert session.explorer.written.startswith("1 token, ")
    session.changes.undo()
    assert session.explorer.written == ""


@asynchronous
async def test_top_picks_asked_for_at_once_come_one_after_the_other(session):
    length = len(session.explorer.document)
    await asyncio.gather(*(session.changes.pick_top() for _ in range(5)))
    assert len(session.explorer.document) == length + 5
    await session.measurement.settle()


@asynchronous
async def test_special_tokens_in_typed_text_are_named(session, errors):
    session.changes.append_text("a<|im_end|>b")
    assert [error.code for error in errors] == ["special_text"]
    assert "<|im_end|>" in errors[0].message
    assert session.explorer.document.ids[-2] in session.model.end_of_turn_ids
