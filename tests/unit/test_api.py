"""The scripting interface: the shapes of the contract, and refusal of everything else."""

from __future__ import annotations

import asyncio
import json
import math

import pytest

from lmpanel.api import Api


@pytest.fixture
def api(model):
    return Api(model)


def call(api, name, *args):
    answer = asyncio.run(api.call(name, list(args)))
    json.dumps(answer, allow_nan=False)
    return answer


def result(api, name, *args):
    answer = call(api, name, *args)
    assert "result" in answer, answer
    return answer["result"]


USER = {"messages": [{"role": "user", "content": "Hi"}]}


def test_tokenize(api):
    tokens = result(api, "tokenize", "<|im_start|>é the")
    assert (tokens[0]["id"], tokens[0]["special"]) == (1, True)
    assert [t["bytes"] for t in tokens[1:3]] == [[0xC3], [0xA9]]
    assert tokens[-1] == {"id": 261, "text": " the", "bytes": [32, 116, 104, 101], "special": False}


def test_next(api, model):
    answer = result(api, "next", USER)
    assert set(answer) == {"candidates", "other_prob", "entropy_bits"}
    assert len(answer["candidates"]) == 10
    first = answer["candidates"][0]
    assert set(first) == {"rank", "id", "text", "logit", "prob", "logprob", "bits", "cumulative"}
    assert first["rank"] == 1 and first["bits"] == pytest.approx(-math.log2(first["prob"]))
    total = answer["candidates"][-1]["cumulative"] + answer["other_prob"]
    assert total == pytest.approx(1)


def test_all_contexts_mean_the_same(api, model):
    ids = model.chat.encode(USER["messages"], "He")
    text = model.tokenizer.decode(ids)
    contexts = [{**USER, "reply": "He"}, {"ids": ids}, {"text": text}]
    answers = [result(api, "next", context) for context in contexts]
    assert answers[0] == answers[1] == answers[2]


def test_next_lists_top_k_and_filters_by_the_rest(api):
    plain = result(api, "next", {"text": "a"}, {"top_k": 3})
    assert len(plain["candidates"]) == 3 and plain["other_prob"] > 0.1
    cold = result(api, "next", {"text": "a"}, {"temperature": 0})
    assert len(cold["candidates"]) == 1 and cold["candidates"][0]["prob"] == 1
    assert cold["other_prob"] == 0 and cold["entropy_bits"] == 0
    assert cold["candidates"][0]["logit"] == plain["candidates"][0]["logit"]
    nucleus = result(api, "next", {"text": "a"}, {"top_p": 0.5, "top_k": 1000, "min_p": None})
    assert nucleus["candidates"][-1]["cumulative"] == pytest.approx(1)


def test_score(api):
    answer = result(api, "score", {"text": "dragon flew"})
    keys = {"id", "text", "special", "logprob", "bits", "rank", "entropy_bits"}
    assert all(set(token) == keys for token in answer["tokens"])
    first, *others = answer["tokens"]
    assert [first[key] for key in ("logprob", "bits", "rank", "entropy_bits")] == [None] * 4
    assert answer["total_bits"] == pytest.approx(sum(token["bits"] for token in others))
    assert answer["bits_per_token"] == pytest.approx(answer["total_bits"] / len(others))
    assert answer["perplexity"] == pytest.approx(2 ** answer["bits_per_token"])


@pytest.mark.parametrize("text", ["", "a"])
def test_score_without_predictions(api, text):
    answer = result(api, "score", {"text": text})
    assert (answer["total_bits"], answer["bits_per_token"], answer["perplexity"]) == (0, None, None)


def test_generate(api, model):
    answer = result(api, "generate", USER, {"max_tokens": 5, "strategy": "greedy"})
    assert set(answer) == {"ids", "text", "total_logprob", "finish"}
    assert answer["finish"] in ("length", "end_of_turn") and 1 <= len(answer["ids"]) <= 5
    context = model.chat.encode(USER["messages"])
    scores = result(api, "score", {"ids": [*context, *answer["ids"]]})["tokens"][len(context) :]
    assert answer["total_logprob"] == pytest.approx(sum(score["logprob"] for score in scores))


def test_generate_reports_steps_and_can_be_stopped(api):
    runs, steps = [], []

    def step(new):
        steps.append(new.id)
        if len(steps) == 2:
            runs[0].stop()

    going = api.generate({"text": "a"}, {"stop_at_end_of_turn": False}, step, runs.append)
    answer = asyncio.run(going)
    assert answer["ids"] == steps and answer["finish"] == "stopped"


@pytest.mark.parametrize(
    ("name", "args", "code"),
    [
        ("eval", ["1"], "bad_argument"),
        ("next", [], "bad_argument"),
        ("next", [{"text": "a"}, {}, {}], "bad_argument"),
        ("next", ["a"], "bad_argument"),
        ("next", [None], "bad_argument"),
        ("next", [{}], "bad_argument"),
        ("next", [{"text": "a", "ids": []}], "bad_argument"),
        ("next", [{"text": 5}], "bad_argument"),
        ("next", [{"text": ""}], "bad_argument"),
        ("next", [{"text": "a"}, []], "bad_argument"),
        ("next", [{"text": "a"}, {"topk": 5}], "bad_argument"),
        ("next", [{"text": "a"}, {"top_k": 0}], "bad_argument"),
        ("next", [{"text": "a"}, {"top_k": "5"}], "bad_argument"),
        ("next", [{"text": "a"}, {"top_k": True}], "bad_argument"),
        ("next", [{"text": "a"}, {"top_k": 10**400}], "bad_argument"),
        ("next", [{"text": "a"}, {"temperature": math.nan}], "bad_argument"),
        ("next", [{"text": "a"}, {"top_p": 2}], "bad_argument"),
        ("next", [{"ids": [1.5]}], "bad_argument"),
        ("next", [{"ids": [True]}], "bad_argument"),
        ("next", [{"ids": "12"}], "bad_argument"),
        ("next", [{"ids": [-1]}], "unknown_token"),
        ("next", [{"ids": [1] * 513}], "context_full"),
        ("next", [{"messages": "Hi"}], "bad_conversation"),
        ("next", [{"messages": [], "reply": 1}], "bad_conversation"),
        ("score", [{"text": "a" * 600}], "context_full"),
        ("score", [{"text": "a" * 1_000_001}], "bad_argument"),
        ("tokenize", [5], "bad_argument"),
        ("generate", [{"text": ""}], "bad_argument"),
        ("generate", [{"text": "a"}, {"max_tokens": 1.5}], "bad_argument"),
        ("generate", [{"text": "a"}, {"strategy": "luck"}], "bad_argument"),
        ("generate", [{"text": "a"}, {"strategy": "beam", "beams": 17}], "bad_argument"),
        ("generate", [{"text": "a"}, {"strategy": "beam", "beams": 1.5}], "bad_argument"),
        ("generate", [{"text": "a"}, {"stop_at_end_of_turn": 1}], "bad_argument"),
    ],
)
def test_faults_have_codes(api, engine, name, args, code):
    error = call(api, name, *args)["error"]
    assert error["code"] == code and len(error["message"]) > 10
    assert engine.stats.calls == 0


def test_whole_numbers_may_come_as_floats(api):
    assert len(result(api, "next", {"text": "a"}, {"top_k": 4.0})["candidates"]) == 4


def test_faults_of_ours_are_answered_too(api, engine):
    engine.logits = None
    assert call(api, "next", {"text": "a"})["error"]["code"] == "internal_error"


def test_sampling_is_reproducible_and_each_draw_can_be_checked(api):
    options = {"strategy": "sample", "seed": 11, "temperature": 1.5, "top_k": 5, "max_tokens": 8}
    options["stop_at_end_of_turn"] = False
    answer = result(api, "generate", {"text": "a"}, options)
    assert answer == result(api, "generate", {"text": "a"}, options)
    assert answer["seed"] == 11 and len(answer["draws"]) == len(answer["ids"]) == 8
    prefix = [token["id"] for token in result(api, "tokenize", "a")]
    for token, drawn in zip(answer["ids"], answer["draws"], strict=True):
        filters = {"temperature": 1.5, "top_k": 5}
        shown = result(api, "next", {"ids": prefix}, filters)["candidates"]
        assert drawn["low"] <= drawn["r"] < drawn["high"]
        assert token in [candidate["id"] for candidate in shown]
        prefix.append(token)


def test_without_a_seed_a_new_one_is_told(api):
    answer = result(api, "generate", {"text": "a"}, {"strategy": "sample", "max_tokens": 2})
    replay = {"strategy": "sample", "max_tokens": 2, "seed": answer["seed"]}
    assert result(api, "generate", {"text": "a"}, replay) == answer
