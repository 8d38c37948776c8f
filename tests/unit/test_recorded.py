"""The recorded example is what the live views say, in the shape that site/recorded.js takes."""

from __future__ import annotations

import json

import pytest

from lmpanel.app import App
from lmpanel.engine.fake import FakeEngine, fake_tokenizer
from lmpanel.recorded import record
from support.asynchronous import asynchronous


@asynchronous
async def test_the_example_has_all_that_the_page_draws():
    recorded = json.loads(json.dumps(await record(FakeEngine(), fake_tokenizer())))
    assert set(recorded) == {"parts", "ids", "scores", "token_strip", "controls", "lens"}
    count = len(recorded["ids"])
    assert recorded["scores"][0] is None and len(recorded["scores"]) == count
    assert all(len(score) == 3 for score in recorded["scores"][1:])
    (message,) = recorded["token_strip"]["messages"]
    assert (message["op"], message["start"], message["remove"]) == ("splice", 0, 0)
    assert len(message["rows"]) == count and message["rows"][-1]["bits"] is not None
    assert len(recorded["lens"]["state"]["rows"]) == 10
    assert not recorded["lens"]["state"].get("waiting")


@asynchronous
async def test_the_live_app_shows_the_same_before_and_after_it_measured():
    recorded = json.loads(json.dumps(await record(FakeEngine(), fake_tokenizer())))
    app = App(FakeEngine(), fake_tokenizer(), lambda event: None)
    strip, controls, lens = (app.roots[name] for name in ("token_strip", "controls", "lens"))
    app.explorer.recorded = recorded
    app.explorer.param.trigger("measured")
    for _ in ("recorded", "measured"):
        assert json.loads(json.dumps(strip.full()["rows"])) == (
            recorded["token_strip"]["messages"][0]["rows"]
        )
        assert json.loads(lens.state) == recorded["lens"]["state"]
        assert json.loads(controls.state) == recorded["controls"]["state"]
        app.session.measurement.look()
        await app.session.measurement.settle()


@asynchronous
async def test_a_failure_is_not_recorded():
    engine = FakeEngine()
    engine.lose_next(2)
    with pytest.raises(RuntimeError, match="could not be recorded: The engine was lost"):
        await record(engine, fake_tokenizer())
