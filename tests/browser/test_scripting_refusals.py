"""The scripting interface: a bad argument is answered with {code, message}, and nothing breaks."""

from __future__ import annotations

from explorer_page import ExplorerPage
from playwright.sync_api import expect

TEXT = "{text: 'Hi'}"
BAD_ARGUMENTS = {
    "bad_argument": [
        "lmpanel.tokenize()", "lmpanel.tokenize(5)", "lmpanel.tokenize(null)",
        "lmpanel.tokenize('a', 'b')", "lmpanel.tokenize('a'.repeat(1_000_001))",
        "lmpanel.tokenize(1n)", "lmpanel.tokenize(window)",
        "lmpanel.next()", "lmpanel.next(5)", "lmpanel.next({})", "lmpanel.next({text: 5})",
        "lmpanel.next({text: ''})", "lmpanel.next({text: 'Hi', ids: [1]})",
        "lmpanel.next({ids: []})", "lmpanel.next({ids: [1.5]})", "lmpanel.next({ids: ['1']})",
        "lmpanel.next({ids: [NaN]})", "lmpanel.next({text: 1n})",
        f"lmpanel.next({TEXT}, 5)", f"lmpanel.next({TEXT}, {{}}, {{}})",
        f"lmpanel.next({TEXT}, {{top_k: 0}})", f"lmpanel.next({TEXT}, {{top_k: 1001}})",
        f"lmpanel.next({TEXT}, {{top_k: '5'}})", f"lmpanel.next({TEXT}, {{top_k: 2.5}})",
        f"lmpanel.next({TEXT}, {{temperature: -1}})", f"lmpanel.next({TEXT}, {{top_p: 2}})",
        f"lmpanel.next({TEXT}, {{min_p: NaN}})", f"lmpanel.next({TEXT}, {{topk: 5}})",
        "lmpanel.score()", "lmpanel.score('Hi')", f"lmpanel.score({TEXT}, {{}})",
        "lmpanel.generate()", "lmpanel.generate({ids: []})",
        f"lmpanel.generate({TEXT}, {{max_tokens: -1}})",
        f"lmpanel.generate({TEXT}, {{max_tokens: Infinity}})",
        f"lmpanel.generate({TEXT}, {{strategy: 'best'}})",
        f"lmpanel.generate({TEXT}, {{stop_at_end_of_turn: 1}})",
        f"lmpanel.generate({TEXT}, {{seed: -1}})", f"lmpanel.generate({TEXT}, {{beams: 0}})",
        "lmpanel.useBackend()", "lmpanel.useBackend('cuda')", "lmpanel.useBackend(window)",
        "lmpanel.on()", "lmpanel.on('weather', () => {})", "lmpanel.on('state')",
        "lmpanel.on('state', 5)", "lmpanel.setState(window)",
    ],
    "unknown_token": ["lmpanel.next({ids: [49152]})", "lmpanel.score({ids: [-1]})"],
    "context_full": ["lmpanel.next({ids: Array(8193).fill(1)})"],
    "bad_state": ["lmpanel.setState()", "lmpanel.setState(null)", "lmpanel.setState({})"],
    "bad_conversation": [
        "lmpanel.next({messages: 'Hi'})", "lmpanel.next({messages: [{role: 'user'}]})",
        "lmpanel.next({messages: [{role: 'dragon', content: 'Hi'}]})",
        "lmpanel.next({messages: [{role: 'user', content: 'Hi'}], reply: 5})",
    ],
}


def test_every_bad_argument_is_refused_with_code_and_message(explorer: ExplorerPage) -> None:
    wrong = []
    for code, calls in BAD_ARGUMENTS.items():
        for call in calls:
            answer = explorer.refusal(call)
            if not answer or answer.get("code") != code or not answer.get("message"):
                wrong.append((call, answer))
    assert not wrong
    assert explorer.refusal(f"lmpanel.next({TEXT})") is None
    expect(explorer.notices).to_have_count(0)
    explorer.pick(1)
