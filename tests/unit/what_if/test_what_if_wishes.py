"""What is compared with what: chosen by hand, and what cannot be is told."""

from __future__ import annotations

import pytest
from comparing import PIRATE, compared

from lmpanel.changed_context import Change
from lmpanel.views.lens import Lens
from lmpanel.what_if import LONGEST
from support.asynchronous import asynchronous


@asynchronous
async def test_one_token_exchanged_after_a_click_and_a_look_up(answered):
    lens = Lens(answered)
    actions = lens.actions()
    actions["what_if_kind"]("token")
    answered.explorer.select(20, 20)
    assert lens.payload()["exchange"]["position"] == 20
    actions["what_if_find"](" dragon")
    dragon = answered.what_if.token
    assert answered.model.tokenizer.vocabulary.text_of(dragon) == " dragon"
    assert lens.payload()["exchange"]["found"][0]["id"] == dragon
    result = await compared(answered, "")
    assert result.change == Change("token", position=20, token=dragon)
    actions["what_if_position"]("11")
    actions["what_if_token"](7)
    assert (await compared(answered, "")).change == Change("token", position=10, token=7)
    assert "token 11 exchanged" in lens.payload()["result"]["changed"]


@pytest.mark.parametrize("place", ["", "x", "0", "-3", "9999", "1e3"])
@asynchronous
async def test_a_place_that_is_none_is_told(answered, place):
    actions = Lens(answered).actions()
    actions["what_if_kind"]("token")
    actions["what_if_token"](7)
    actions["what_if_position"](place)
    assert answered.what_if.said.startswith("Type a number from 1 to ") or not place
    assert await compared(answered, "") is None
    assert "not one before these tokens" in answered.what_if.said


@asynchronous
async def test_a_selected_span_follows_the_hand_and_stays_when_a_token_is_clicked(answered):
    explorer, what_if = answered.explorer, answered.what_if
    explorer.select(30, 34)
    assert explorer.tab == "what_if" and what_if.continuation == (30, 35)
    result = await compared(answered)
    assert (result.start, result.stop, result.source) == (30, 35, "selection")
    Lens(answered).actions()["what_if_look"](32)
    assert explorer.cursor == 32 and explorer.tab == "what_if"
    assert what_if.continuation == (30, 35), "one token looked at is not another choice"
    what_if.choose("response")
    assert what_if.continuation[1] == len(explorer.document)
    explorer.select(33, 33)
    what_if.choose("selection")
    assert what_if.continuation == (33, 34)


@asynchronous
async def test_a_raw_text_has_a_selection_only(answered):
    answered.changes.raw_text("once upon a time")
    lens = Lens(answered)
    assert "no response" in lens.payload()["chosen"]["message"]
    answered.explorer.select(6, 9)
    shown = lens.payload()
    assert [kind["name"] for kind in shown["kinds"]] == ["token", "text"]
    assert shown["kind"] == "token" and shown["texts"] == {"text": "once up"}
    answered.what_if.choose_kind("text")
    result = await compared(answered, "never up")
    assert result.change == Change("text", "never up") and len(result.shifts) == 4


@asynchronous
async def test_bad_wishes_are_told_and_change_nothing(answered):
    explorer, what_if = answered.explorer, answered.what_if
    document = explorer.document

    async def said(text: str = PIRATE) -> str:
        assert await compared(answered, text) is None and not what_if.running
        return what_if.said

    assert "same as the present" in await said("You are a fake.")
    assert "1\u202f200" in await said("x " * 600)
    assert "characters" in await said("x" * 100_000)
    what_if.choose_kind("text")
    assert "empty" in await said("")
    explorer.select(0, 4)
    assert "Nothing stands before" in await said()
    what_if.choose("response")
    explorer.show(document.append(*[7] * LONGEST))
    assert f"at most {LONGEST}" in await said()
    answered.changes.clear_response()
    assert "no response yet" in await said()
    explorer.select(len(explorer.document), len(explorer.document))
    what_if.choose("selection")
    assert "No tokens are selected" in await said()
    explorer.show(document)
    what_if.choose("response")
    explorer.generating = True
    assert "is writing" in await said()
    explorer.generating = False


@asynchronous
async def test_a_selection_that_is_no_longer_there_is_told(answered):
    answered.explorer.select(40, 44)
    answered.changes.new_conversation()
    assert "No tokens are selected" in Lens(answered).payload()["chosen"]["message"]


@asynchronous
async def test_a_special_token_in_the_text_is_reported(answered, errors):
    assert await compared(answered, "be<|im_end|>") is not None
    assert [error.code for error in errors] == ["special_text"]
