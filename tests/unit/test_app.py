"""The app over the fake engine: what it tells the page, and the calls scripts make."""

from __future__ import annotations

import pytest

from lmpanel.app import App
from lmpanel.engine.fake import FakeEngine, fake_tokenizer
from lmpanel.errors import LMPanelError
from support.asynchronous import asynchronous


@pytest.fixture
def events():
    return []


@pytest.fixture
def app(events):
    return App(FakeEngine(), fake_tokenizer(), events.append)


def of_kind(events, kind):
    return [event for event in events if event["event"] == kind]


@asynchronous
async def test_states_are_set_and_got(app):
    state = (await app.call("get_state", []))["result"]
    assert state["version"] == 1 and state["model"] == "fake"
    other = {**state, "ids": state["ids"][:5], "raw": True, "cursor": 2}
    assert await app.call("set_state", [other]) == {"result": {"warnings": []}}
    assert (await app.call("get_state", []))["result"] == {**other, "selection": [2, 3]}
    assert await app.call("settle", []) == {"result": None}
    assert app.explorer.distribution is not None, "settled means that the numbers are there"


@pytest.mark.parametrize("state", [None, [], {}, {"version": 1}, {"version": 1, "ids": [-1]}])
@asynchronous
async def test_a_bad_state_is_refused(app, state):
    before = app.saving.state()
    answer = await app.call("set_state", [state])
    assert answer["error"]["code"] == "bad_state"
    assert answer["error"]["message"].endswith("Nothing was changed.")
    assert app.saving.state() == before


@pytest.mark.parametrize(
    ("method", "args"),
    [("set_state", []), ("set_state", [1, 2]), ("get_state", [1]), ("nonsense", []), ("next", [])],
)
@asynchronous
async def test_wrong_calls_are_answered(app, method, args):
    assert (await app.call(method, args))["error"]["code"] == "bad_argument"


@asynchronous
async def test_other_calls_reach_the_interface_and_leave_the_document(app):
    before = app.saving.state()
    answer = await app.call("next", [{"text": "a dragon"}, {"top_k": 3}])
    assert len(answer["result"]["candidates"]) == 3
    assert app.saving.state() == before


@asynchronous
async def test_the_page_hears_of_every_change_once(app, events):
    app.session.changes.pick(7)
    app.session.changes.undo()
    lengths = [len(event["state"]["ids"]) for event in of_kind(events, "state")]
    start = len(app.explorer.document)
    assert lengths == [start + 1, start]


@asynchronous
async def test_a_generated_response_is_told_when_it_is_written(app, events):
    await app.session.generation.run(max_tokens=3)
    states = of_kind(events, "state")
    assert [event["state"]["ids"] for event in states] == [list(app.explorer.document.ids)]


@asynchronous
async def test_measured_is_told_but_not_for_recorded_numbers(app, events):
    app.explorer.recorded = {"ids": [], "scores": []}
    app.explorer.param.trigger("measured")
    assert of_kind(events, "measured") == []
    app.session.measurement.look()
    await app.session.measurement.settle()
    assert of_kind(events, "measured")


def test_errors_go_out_in_parts(app, events):
    app.report(LMPanelError("Cause.", "Remedy.", "code"))
    assert events == [{"event": "error", "code": "code", "message": "Cause.", "remedy": "Remedy."}]


@asynchronous
async def test_the_lens_hears_of_a_change_before_the_strip(app):
    order = []
    strip, lens = app.roots["token_strip"], app.roots["lens"]
    lens.param.watch(lambda event: order.append("lens"), "state")
    strip._send_msg = lambda text: order.append("strip")
    app.session.changes.pick(7)
    assert order[:2] == ["lens", "strip"]
