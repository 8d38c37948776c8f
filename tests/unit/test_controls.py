"""What the controls offer at every state of the conversation."""

from __future__ import annotations

import asyncio
import json

from lmpanel.engine.fake import fake_tokenizer
from lmpanel.model import LanguageModel
from lmpanel.session import Session
from lmpanel.views.controls import Controls
from support.asynchronous import asynchronous
from support.held_engine import HeldEngine


def shown(controls):
    return json.loads(controls.state)


@asynchronous
async def test_whose_turn_it_is(session):
    controls = Controls(session)
    assert shown(controls)["turn"] == "assistant" and shown(controls)["reply_tokens"] == 0
    session.changes.append_text("Once")
    assert shown(controls)["reply_tokens"] == 4
    session.changes.close_turn()
    assert shown(controls)["turn"] == "user"
    session.changes.new_conversation()
    assert shown(controls)["turn"] == "user"
    session.changes.set_mode("raw")
    assert shown(controls)["turn"] == "raw"


@asynchronous
async def test_rewinding_is_offered_inside_the_document_only(session):
    controls = Controls(session)
    assert shown(controls)["rewind"] is None
    session.explorer.select(4, 4)
    assert shown(controls)["rewind"] == "Cut the document after token 5"
    last = len(session.explorer.document) - 1
    session.explorer.select(last, last)
    assert shown(controls)["rewind"] is None


@asynchronous
async def test_while_the_model_writes_the_tokens_are_counted(errors):
    engine = HeldEngine()
    session = Session(LanguageModel(engine, fake_tokenizer()), errors.append)
    controls, said = Controls(session), []
    controls.param.watch(lambda event: said.append(json.loads(event.new)), "state")
    controls._handle_msg({"verb": "generate", "max_tokens": 3, "past_end": True})
    await engine.asked.wait()
    assert said[-1]["generating"] and said[-1]["max_tokens"] == 3 and said[-1]["past_end"]
    engine.gate.set()
    await asyncio.wait(controls._running)
    assert [state["written"] for state in said if state["generating"]][-1] == "3 tokens"
    assert not said[-1]["generating"] and said[-1]["written"] == "3 tokens, length reached"


@asynchronous
async def test_a_box_is_emptied_only_when_its_text_is_in_the_document(session, errors):
    controls, told = Controls(session), []
    controls._send_msg = lambda text: told.append(json.loads(text))
    await controls._run(controls.actions()["end_turn"], {"text": "x" * 9000})
    assert told == [] and [error.code for error in errors] == ["bad_argument"]
    await controls._run(controls.actions()["append_text"], {"text": "Once", "box": "reply"})
    await controls._run(controls.actions()["end_turn"], {"text": "Hi"})
    await controls._run(controls.actions()["raw_text"], {"text": "Hi"})
    assert told == [{"op": "written", "box": box} for box in ("reply", "message", "message")]


@asynchronous
async def test_unknown_verbs_do_nothing(session, errors, saving):
    controls, before = Controls(session), saving.state()
    controls._handle_msg({"verb": "format_disk"})
    controls._handle_msg({})
    assert saving.state() == before and errors == [] and not controls._running
