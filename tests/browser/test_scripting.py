"""The scripting interface: every call of `window.lmpanel` does what its contract says."""

from __future__ import annotations

from math import exp, log

import pytest
from explorer_page import READY_MS, ExplorerPage
from playwright.sync_api import Page, expect

DRAGON = {"messages": [{"role": "user", "content": "Write a one-paragraph story about a dragon."}]}
# As many other distributions as are remembered.
FORGET = """async () => {
    for (let id = 3; id < 67; id++) await lmpanel.next({ ids: [id] }, { top_k: 1 });
}"""
GREETING = {"messages": [{"role": "user", "content": "Say only: Hi"}]}


def test_ready_and_status_say_what_runs(steady: ExplorerPage) -> None:
    ready = steady.call("() => lmpanel.ready")
    assert set(ready) == {"version", "model", "backend", "threads", "verified"}
    assert (ready["backend"], ready["verified"]) == ("wasm", True)
    assert ready["version"] and ready["threads"] >= 1 and "SmolLM2" in ready["model"]
    steady.pick(1)
    steady.pick(1)
    status = steady.call("() => lmpanel.status()")
    assert (status["phase"], status["message"]) == ("ready", "")
    assert status["bytes_done"] == status["bytes_total"] > 90_000_000
    assert {"interface", "model", "first_distribution"} <= set(status["timings_ms"])
    assert status["tokens_per_second"] > 0
    assert status["engine_calls"] >= 2 and status["engine_tokens"] > 40
    assert (status["stored_bytes"], status["offline_ready"]) == (0, False)


def test_tokenize_gives_ids_text_bytes_and_special(explorer: ExplorerPage) -> None:
    tokens = explorer.call("() => lmpanel.tokenize('<|im_start|>Hi 42é')")
    assert [t["id"] for t in tokens[:2]] == [1, 26843]
    assert [t["special"] for t in tokens] == [True] + [False] * (len(tokens) - 1)
    text = b"".join(bytes(t["bytes"]) for t in tokens).decode()
    assert text == "<|im_start|>Hi 42é"
    assert all(set(t) == {"id", "text", "bytes", "special"} for t in tokens)
    assert explorer.call("() => lmpanel.tokenize('')") == []


def test_next_lists_candidates_whose_numbers_agree(explorer: ExplorerPage) -> None:
    answer = explorer.call("(c) => lmpanel.next(c)", DRAGON)
    candidates = answer["candidates"]
    assert [c["rank"] for c in candidates] == list(range(1, 11))
    for candidate in candidates:
        assert candidate["prob"] == pytest.approx(exp(candidate["logprob"]))
        assert candidate["bits"] == pytest.approx(-candidate["logprob"] / log(2))
    total = candidates[-1]["cumulative"]
    assert total == pytest.approx(sum(c["prob"] for c in candidates))
    assert answer["other_prob"] == pytest.approx(1 - total)
    gap = candidates[0]["logit"] - candidates[9]["logit"]
    assert gap == pytest.approx(candidates[0]["logprob"] - candidates[9]["logprob"])


def test_next_reshapes_the_distribution_only_when_asked(explorer: ExplorerPage) -> None:
    plain = explorer.call("(c) => lmpanel.next(c, {top_k: 5})", DRAGON)["candidates"]
    sharp = explorer.call("(c) => lmpanel.next(c, {top_k: 5, temperature: 0.5})", DRAGON)
    odds = [c["prob"] / plain[0]["prob"] for c in plain]
    for candidate, ratio in zip(sharp["candidates"], odds):
        assert candidate["prob"] / sharp["candidates"][0]["prob"] == pytest.approx(ratio ** 2)
    nucleus = explorer.call("(c) => lmpanel.next(c, {top_p: 0.5})", DRAGON)
    assert [c["text"] for c in nucleus["candidates"]] == ["In", "The"]
    assert sum(c["prob"] for c in nucleus["candidates"]) == pytest.approx(1)
    strict = explorer.call("(c) => lmpanel.next(c, {min_p: 0.9})", DRAGON)
    assert [c["prob"] for c in strict["candidates"]] == [1]
    assert explorer.call("(c) => lmpanel.next(c, {top_k: 5})", DRAGON)["candidates"] == plain


def test_score_adds_up_and_leaves_the_first_token_out(explorer: ExplorerPage) -> None:
    score = explorer.call("() => lmpanel.score({text: 'The cat sat on the mat.'})")
    first, *rest = score["tokens"]
    assert [first[name] for name in ("logprob", "bits", "entropy_bits")] == [None] * 3
    assert score["total_bits"] == pytest.approx(sum(t["bits"] for t in rest))
    assert score["bits_per_token"] == pytest.approx(score["total_bits"] / len(rest))
    assert score["perplexity"] == pytest.approx(2 ** score["bits_per_token"])
    ids = [t["id"] for t in score["tokens"]]
    last = explorer.call("(ids) => lmpanel.next({ids}, {top_k: 1000})", ids[:-1])
    named = next(c for c in last["candidates"] if c["id"] == ids[-1])
    assert named["rank"] == rest[-1]["rank"]
    assert named["bits"] == pytest.approx(rest[-1]["bits"], abs=1e-4)
    assert last["entropy_bits"] == pytest.approx(rest[-1]["entropy_bits"], abs=1e-4)
    single = explorer.call("() => lmpanel.score({text: 'The'})")
    assert (single["total_bits"], single["perplexity"]) == (0, None)


def test_the_three_kinds_of_context_agree(explorer: ExplorerPage) -> None:
    text = "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHello"
    ids = [t["id"] for t in explorer.call("(text) => lmpanel.tokenize(text)", text)]
    chat = {"messages": [{"role": "system", "content": "Be kind."},
                         {"role": "user", "content": "Hi"}], "reply": "Hello"}
    whole = "<|im_start|>system\nBe kind.<|im_end|>\n" + text
    by_text = explorer.call("(text) => lmpanel.next({text})", whole)
    assert explorer.call("(chat) => lmpanel.next(chat)", chat) == by_text
    assert explorer.call("(ids) => lmpanel.next({ids})", ids) == explorer.call(
        "(text) => lmpanel.next({text})", text)


def test_generate_ends_with_the_turn_or_at_the_length(explorer: ExplorerPage) -> None:
    ended = explorer.call("(c) => lmpanel.generate(c, {max_tokens: 60})", GREETING)
    assert ended["finish"] == "end_of_turn" and ended["ids"][-1] == 2
    assert "<|im_end|>" not in ended["text"]
    count = len(ended["ids"])
    gone_on = explorer.call(
        "([c, n]) => lmpanel.generate(c, {max_tokens: n, stop_at_end_of_turn: false})",
        [GREETING, count + 3])
    assert gone_on["finish"] == "length" and gone_on["ids"][:count] == ended["ids"]
    assert len(gone_on["ids"]) == count + 3
    nothing = explorer.call("(c) => lmpanel.generate(c, {max_tokens: 0})", GREETING)
    assert nothing == {"ids": [], "text": "", "total_logprob": 0, "finish": "length"}
    whole = [*_ids(explorer, GREETING), *ended["ids"]]
    score = explorer.call("(ids) => lmpanel.score({ids})", whole)
    written = [t["logprob"] for t in score["tokens"][-count:]]
    assert ended["total_logprob"] == pytest.approx(sum(written), abs=1e-4)


def test_drafts_save_calls_and_change_nothing(steady: ExplorerPage) -> None:
    counting = {"text": "1, 2, 3, 4, 1, 2, 3, 4, 1, 2,"}
    one_by_one, ids = [], _ids(steady, counting)
    while len(one_by_one) < 24:
        answer = steady.call("(ids) => lmpanel.next({ids})", [*ids, *one_by_one])
        one_by_one.append(answer["candidates"][0]["id"])
    steady.call(FORGET)
    before = steady.call("() => lmpanel.status()")["engine_calls"]
    fast = steady.call("(c) => lmpanel.generate(c, {max_tokens: 24})", counting)
    calls = steady.call("() => lmpanel.status()")["engine_calls"] - before
    assert fast["ids"] == one_by_one
    assert 4 < calls < 16


def test_a_drafted_story_on_two_threads_is_the_one_written_token_by_token(
        page: Page, server) -> None:
    explorer = ExplorerPage(page, server.url).open("backend=wasm&threads=2&ahead=off")
    assert explorer.call("() => lmpanel.ready")["threads"] == 2
    ids = explorer.ids()
    story = explorer.call("(ids) => lmpanel.generate({ids}, {max_tokens: 100})", ids)["ids"]
    explorer.call(FORGET)
    for count, token in enumerate(story):
        answer = explorer.call("(ids) => lmpanel.next({ids})", [*ids, *story[:count]])
        assert answer["candidates"][0]["id"] == token
    assert len(story) == 100 or story[-1] == 2


def _ids(explorer: ExplorerPage, context: dict) -> list[int]:
    score = explorer.call("(c) => lmpanel.score(c)", context)
    return [token["id"] for token in score["tokens"]]


def test_use_backend_starts_anew_and_keeps_the_document(explorer: ExplorerPage) -> None:
    explorer.pick(1)
    before = explorer.ids()
    expected = explorer.call("(ids) => lmpanel.next({ids})", before)
    assert explorer.call("() => lmpanel.backends()") == ["wasm"]
    info = explorer.call("() => lmpanel.useBackend('wasm')")
    assert set(info) == {"model", "backend", "threads", "verified"}
    assert (info["backend"], info["verified"]) == ("wasm", True)
    assert explorer.ids() == before
    assert explorer.call("(ids) => lmpanel.next({ids})", before) == expected
    explorer.pick(1)
    expect(explorer.notices).to_have_count(0)


def test_calls_made_before_the_model_is_there_wait_for_it(page: Page, server) -> None:
    page.goto(f"{server.url}index.html?backend=wasm")
    page.set_default_timeout(READY_MS)
    answers = page.evaluate("""async (chat) => {
        const early = (await lmpanel.status()).phase;
        const calls = [lmpanel.tokenize("Hi"), lmpanel.next(chat, {top_k: 1}),
            lmpanel.score({text: "The cat"}), lmpanel.generate(chat, {max_tokens: 1}),
            lmpanel.getState(), lmpanel.ready];
        return [early, ...await Promise.all(calls)];
    }""", DRAGON)
    early, tokens, following, score, written, state, ready = answers
    assert early != "ready" and ready["verified"] is True
    assert [t["text"] for t in tokens] == ["Hi"] and len(state["ids"]) == 40
    assert following["candidates"][0]["id"] == written["ids"][0]
    assert len(score["tokens"]) == 2


def test_url_parameters_choose_backend_and_threads(page: Page, server) -> None:
    explorer = ExplorerPage(page, server.url).open("backend=wasm&threads=2")
    ready = page.evaluate("() => lmpanel.ready")
    assert (ready["backend"], ready["threads"]) == ("wasm", 2)
    expect(explorer.notices).to_have_count(0)


def test_invalid_url_parameters_warn_and_the_page_works(page: Page, server) -> None:
    explorer = ExplorerPage(page, server.url).open("backend=cuda&threads=0&colour=<b>red")
    expect(explorer.notices).to_have_count(1)
    for part in ("backend=cuda", "threads=0", "“colour”"):
        expect(explorer.notices).to_contain_text(part)
    expect(explorer.candidates.first).to_have_text("In")
    explorer.pick(1)
