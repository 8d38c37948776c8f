"""The scripting interface: saved states come back whole, or not at all; events tell of changes."""

from __future__ import annotations

from typing import Any

from explorer_page import ExplorerPage
from playwright.sync_api import expect

SETTINGS = {"where": "next", "tab": "next", "measure": "rank", "unit": "nats", "length": 20,
            "max_tokens": 7, "past_end": True}


def get_state(explorer: ExplorerPage) -> dict[str, Any]:
    return explorer.call("() => lmpanel.getState()")


def set_state(explorer: ExplorerPage, state: dict[str, Any]) -> dict[str, Any]:
    return explorer.call("(state) => lmpanel.setState(state)", state)


def test_a_state_comes_back_with_document_position_and_settings(explorer: ExplorerPage) -> None:
    first = get_state(explorer)
    changed = {**first, "ids": first["ids"][:20], "raw": True, "cursor": 5, "selection": None,
               "settings": {**first["settings"], **SETTINGS}}
    assert set_state(explorer, changed) == {"warnings": []}
    found = get_state(explorer)
    for name in ("version", "model", "ids", "raw", "cursor", "settings"):
        assert found[name] == changed[name]
    expect(explorer.tokens).to_have_count(20)
    rows = explorer.page.locator("#slot-lens .live").get_by_label("Rows in the table")
    expect(rows).to_have_value("20")
    set_state(explorer, first)
    assert get_state(explorer) == first
    expect(explorer.tokens).to_have_count(len(first["ids"]))
    assert explorer.turns() == ["system", "you", "model"]


def test_a_selected_span_comes_back(explorer: ExplorerPage) -> None:
    explorer.token(25).click()
    explorer.token(28).click(modifiers=["Shift"])
    rows = explorer.page.locator("#slot-lens .live .sums [data-value]")
    expect(rows).to_have_count(4)
    marked = get_state(explorer)
    assert marked["selection"] == [25, 29]
    explorer.button("New").click()
    expect(explorer.turns_shown).to_have_count(1)
    set_state(explorer, marked)
    assert get_state(explorer) == marked
    expect(rows).to_have_count(4)


FOREIGN = {
    "no object": lambda state: [state],
    "another version": lambda state: {**state, "version": 2},
    "another model": lambda state: {**state, "model": "gpt-2"},
    "an unknown entry": lambda state: {**state, "extra": 1},
    "an id outside the vocabulary": lambda state: {**state, "ids": [*state["ids"], 49152]},
    "ids that are no numbers": lambda state: {**state, "ids": "1, 2"},
    "settings that are no object": lambda state: {**state, "settings": [1]},
    "more tokens than fit": lambda state: {**state, "ids": [1] * 8193},
}


def test_a_foreign_or_broken_state_is_refused_and_loses_nothing(explorer: ExplorerPage) -> None:
    explorer.pick(2)
    before = get_state(explorer)
    for change in FOREIGN.values():
        refused = explorer.refusal("lmpanel.setState(argument)", change(before))
        assert refused["code"] in ("bad_state", "bad_argument"), refused
        assert get_state(explorer) == before
    deep = "lmpanel.setState({version: 1, ids: JSON.parse('['.repeat(3000) + ']'.repeat(3000))})"
    assert explorer.refusal(deep)["code"] == "bad_argument"
    assert get_state(explorer) == before
    expect(explorer.notices).to_have_count(0)


def test_single_settings_that_are_impossible_are_left_out_with_a_warning(
        explorer: ExplorerPage) -> None:
    state = get_state(explorer)
    answer = set_state(explorer, {**state, "cursor": 999, "settings": {
        "length": 7, "measure": "rank", "colour": "red"}})
    assert len(answer["warnings"]) == 3
    assert get_state(explorer)["settings"]["measure"] == "rank"
    assert get_state(explorer)["settings"]["length"] == 10


def test_events_reach_subscribers_until_they_unsubscribe(steady: ExplorerPage) -> None:
    steady.call("""() => {
        globalThis.heard = {state: [], progress: [], error: []};
        globalThis.stops = Object.keys(heard).map(
            (name) => lmpanel.on(name, (detail) => heard[name].push(detail)));
    }""")
    steady.pick(1)
    heard = steady.call("() => heard")
    assert [state["ids"] for state in heard["state"]] == [steady.ids()]
    assert heard["progress"][-1]["phase"] == "ready"
    steady.message.fill("a " * 500_000)
    steady.button("End Turn").click()
    expect(steady.notices).to_have_count(1)
    [error] = steady.call("() => heard.error")
    assert error["code"] == "bad_argument" and "characters" in error["message"]
    steady.call("() => { for (const stop of stops) stop(); }")
    counts = "() => Object.values(heard).map((list) => list.length)"
    before = steady.call(counts)
    steady.pick(1)
    assert steady.call(counts) == before


def test_a_generated_response_is_told_once_it_is_complete(explorer: ExplorerPage) -> None:
    explorer.call("() => { globalThis.heard = []; lmpanel.on('state', (s) => heard.push(s.ids)); }")
    explorer.page.locator("#slot-controls .live summary").click()
    explorer.page.get_by_label("At most this many tokens").locator("visible=true").fill("3")
    explorer.button("Generate response").click()
    expect(explorer.written).to_contain_text("3 tokens, length reached")
    assert explorer.call("() => heard") == [explorer.ids()]


def test_two_scripts_at_once_do_not_mix_their_answers(explorer: ExplorerPage) -> None:
    answers = explorer.call("""() => Promise.all([
        lmpanel.generate({text: "One, two,"}, {max_tokens: 5}),
        lmpanel.next({text: "The cat"}, {top_k: 1}),
        lmpanel.generate({text: "One, two,"}, {max_tokens: 5}),
        lmpanel.next({text: "The cat"}, {top_k: 1})])""")
    assert answers[0] == answers[2] and answers[1] == answers[3]
    assert len(answers[0]["ids"]) == 5
