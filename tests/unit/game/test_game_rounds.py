"""Rounds on a text: what is asked, what is hidden, what everyone pays."""

from __future__ import annotations

import math

import pytest
from played_game import TEXT, begun, shown

from lmpanel.engine.fake import FakeEngine
from lmpanel.errors import EngineLost
from lmpanel.explorer import TRANSFORMER
from lmpanel.game.points import bits
from lmpanel.game.setup import OWN, Setup
from lmpanel.model import LanguageModel
from support.asynchronous import asynchronous


def numbers(value) -> set[float]:
    if isinstance(value, dict):
        return set().union(*map(numbers, value.values()), set())
    if isinstance(value, list):
        return set().union(*map(numbers, value), set())
    return {value} if type(value) is float else set()


@asynchronous
async def test_before_the_commitment_nothing_is_told(session):
    game = await begun(session)
    state = shown(session)
    hidden, distribution = game.ids[game.positions[0]], game.forecasts.known[TRANSFORMER]
    assert state["last"] is None and not numbers(state), "no probability, no bits"
    assert [token["id"] for token in state["context"]] == list(game.ids[: game.positions[0]])
    texts = [token["text"] for token in state["tokens"]]
    assert [t.strip().casefold() for t in texts] == sorted(t.strip().casefold() for t in texts)
    assert len(texts) == 16 and distribution.top_id in game.forecasts.suggestions
    assert game.forecasts.suggestions != [c.id for c in distribution.top(16)]
    game.commit(game.turn, [])
    assert shown(session)["last"]["token"]["id"] == hidden


@asynchronous
async def test_everyone_pays_for_the_same_token_in_the_same_context(session):
    game = await begun(session)
    own = []
    for number, position in enumerate(game.positions):
        token, context = game.ids[position], game.ids[:position]
        assert game.context == context and game.place == number
        other = next(t for t in game.forecasts.suggestions if t != token)
        spread = [[token, 40], [other, 20]] if number % 2 else [[other, 30]]
        game.commit(game.turn, spread)
        q = 0.4 if number % 2 else 0.7 / (game.vocab_size - 1)
        own.append(bits(q))
        state = shown(session)
        assert state["last"]["q"] == q and state["last"]["bits"] == own[-1]
        costs = {cost["name"]: cost["bits"] for cost in state["last"]["costs"]}
        model = await session.model.distribution(context)
        assert costs == {"you": own[-1], TRANSFORMER: model.bits(token),
                         "uniform": pytest.approx(math.log2(game.vocab_size))}
        top = state["last"]["top"]
        assert [row["id"] for row in top] == [c.id for c in model.top(6)]
        mean = state["progress"]["standings"][0]["mean"]
        assert mean == pytest.approx(math.fsum(own) / len(own))
        game.go_on()
        await game.settle()
    assert game.stage == "over" and shown(session)["code"].startswith("LMR1.")
    progress = shown(session)["progress"]
    assert progress["claims"] == 6
    groups = {round(g["claimed"], 2): (g["came"], g["count"]) for g in progress["groups"]}
    assert groups == {0.25: (0, 4), 0.4: (2, 2)}
    assert [row["points"] for row in progress["history"]] == [0, 40, 0, 40]


@asynchronous
async def test_late_messages_and_impossible_points_change_nothing(session):
    game = await begun(session)
    turn, rounds = game.turn, game.rounds
    game.commit(turn, [[game.forecasts.suggestions[0], 100]])
    assert "cannot be placed" in game.problem and not rounds
    game.commit(turn, [[10**6, 5]])
    assert "no token with the id" in game.problem and not rounds
    game.commit(turn - 1, [])
    game.add_token(turn - 1, 5)
    game.spread(turn - 1, [[5, 5]])
    assert not rounds and not game.draft.listed and not game.draft.points
    game.commit(turn, [])
    game.commit(turn, [])
    game.skip()
    assert len(rounds) == 1 and game.stage == "reveal"


@asynchronous
async def test_any_token_is_found_by_typing_and_can_get_points(session):
    game = await begun(session)
    game.find("dragon")
    found = shown(session)["search"]["found"]
    assert [token["text"] for token in found][:1] == [" dragon"]
    game.find("xyz")
    assert shown(session)["search"]["message"].startswith("Not one token: it is read as x")
    special = session.model.tokenizer.special_id("<|endoftext|>")
    game.add_token(game.turn, special)
    game.add_token(game.turn, special)
    assert game.draft.listed == [special]
    assert [t["id"] for t in shown(session)["tokens"]] == [*game.forecasts.suggestions, special]
    game.commit(game.turn, [[special, 99]])
    assert game.last.claims == [(0.99, False)]


@asynchronous
async def test_skipping_counts_nothing_and_ending_keeps_what_was_played(session):
    game = await begun(session)
    game.skip()
    await game.settle()
    game.finish()
    assert game.stage == "setup", "nothing was played"
    game = await begun(session)
    game.skip()
    await game.settle()
    game.commit(game.turn, [])
    game.finish()
    assert game.stage == "over" and len(game.rounds) == 1
    game.again()
    await game.settle()
    assert game.stage == "round" and game.playing.seed == 2 and not game.rounds
    game.leave()
    assert game.stage == "setup" and game.setup.own == TEXT


@asynchronous
async def test_markers_of_templates_are_characters_in_a_text(session):
    game = session.play.game
    game.choose(text=OWN, own="<|im_end|> the dragon in the garden")
    game.start()
    await game.settle()
    assert not session.model.tokenizer.vocabulary.special_ids & set(game.ids)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"text": OWN, "own": ""}, "no tokens to guess"),
        ({"text": OWN, "own": "x"}, "no tokens to guess"),
        ({"text": OWN, "own": "x" * 20_001}, "20\u202f001 characters"),
        ({"text": OWN, "own": "x " * 600}, "tokens; 512 can be played"),
        ({"text": "nowhere"}, "no such text"),
        ({"rounds": 0}, "0 rounds"),
        ({"rounds": 2.5}, "2.5 rounds"),
        ({"seed": -1}, "The seed"),
        ({"order": "random"}, "by seed or in order"),
    ],
)
@asynchronous
async def test_what_cannot_be_played_is_told_and_changes_nothing(session, changes, message):
    game = await begun(session)
    before = game.stage, game.playing, game.positions
    game.choose(**changes)
    if not game.problem:
        game.start()
    assert message in game.problem
    assert (game.stage, game.playing, game.positions) == before


@asynchronous
async def test_a_refused_value_is_told_until_it_is_right_and_nothing_begins(session):
    game = session.play.game
    game.choose(text=OWN, own=TEXT)
    game.choose(rounds=500, seed=1.5)
    for _ in range(2):
        game.start()
        assert "500 rounds" in game.problem and "The seed" in game.problem
        assert game.playing is None
        game.choose(own=TEXT + " The end.")
    game.choose(rounds=2)
    assert "rounds" not in game.problem and "The seed" in game.problem
    game.choose(order="order")  # without a seed, nothing is wrong with it
    assert game.problem == ""
    game.choose(own="x" * 20_001, rounds=None)
    game.choose(text="alice")
    assert game.problem == "So many rounds cannot be played. Choose 1 to 100."
    game.choose(rounds=3)
    game.start()
    assert game.playing is None or game.playing.rounds == 3
    game.choose(seed=-4, order="seed")
    game.begin(Setup(OWN, TEXT, rounds=2))
    await game.settle()
    assert game.playing.seed == 1 and game.problem == ""


@asynchronous
async def test_a_lost_engine_is_told_and_asked_again(session, engine, errors):
    game = session.play.game
    game.choose(text=OWN, own=TEXT)
    engine.lose_next(5)
    game.start()
    await game.settle()
    assert game.forecasts.failed and [type(error) for error in errors] == [EngineLost]
    assert shown(session)["failed"] and not shown(session)["waiting"]
    engine.lose_next(0)
    game.retry()
    await game.settle()
    assert not game.forecasts.failed and game.forecasts.suggestions


@asynchronous
async def test_more_predictors_join_in(session):
    other = LanguageModel(FakeEngine(seed=5), session.model.tokenizer)
    beside = session.play.game.forecasts.rivals
    session.play.game.forecasts.rivals = lambda: {**beside(), "bigram": other}
    game = await begun(session)
    token, context = game.ids[game.positions[0]], game.context
    expected = await other.distribution(context)
    assert set(expected.ranked(4).tolist()) <= set(game.forecasts.suggestions) | {0, 1, 2}
    game.commit(game.turn, [])
    assert game.last.rivals["bigram"] == expected.bits(token)
    assert [each.name for each in game.standings] == ["you", "uniform", "bigram", TRANSFORMER]
    session.play.game.forecasts.rivals = beside
    game.go_on()
    await game.settle()
    game.commit(game.turn, [])
    rows = {row["title"]: row["count"] for row in shown(session)["progress"]["standings"]}
    assert rows == {"You": 2, "Bigram": 1, "Uniform": 2, "Transformer": 2}
