"""Rounds on a text: what is asked, what is hidden, what everyone pays, and how it is kept."""

from __future__ import annotations

import copy
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmpanel.engine.fake import FakeEngine, fake_tokenizer
from lmpanel.errors import BadArgument, BadState, EngineLost
from lmpanel.explorer import TRANSFORMER
from lmpanel.game.points import bits
from lmpanel.game.setup import OWN
from lmpanel.model import LanguageModel
from lmpanel.session import Session
from lmpanel.views import play as view
from lmpanel.views.room import Room
from support.asynchronous import asynchronous

TEXT = "the dragon in the red garden and the other dragon on the roof there"


def shown(session) -> dict:
    session.play.part = "game"
    return json.loads(json.dumps(view.payload(session), allow_nan=False))["game"]


async def begun(session, **changes):
    game = session.play.game
    game.choose(text=OWN, own=TEXT, rounds=4, **changes)
    game.start()
    await game.settle()
    return game


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
        ({"text": OWN, "own": "x" * 20_001}, "20,001 characters"),
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


@asynchronous
async def test_a_challenge_is_offered_and_gives_the_same_rounds(session):
    game = await begun(session)
    code, positions = game.challenge_code(), game.positions
    other = Session(LanguageModel(FakeEngine(), fake_tokenizer()), print)
    other.play.open_challenge(code)
    assert other.explorer.room == "play" and other.play.part == "game"
    assert shown(other)["stage"] == "offered" and shown(other)["offered"]["tokens"] == len(game.ids)
    other.play.game.accept()
    await other.play.game.settle()
    assert other.play.game.ids == game.ids and other.play.game.positions == positions
    assert other.play.game.forecasts.suggestions == game.forecasts.suggestions

    game.commit(game.turn, [])
    session.play.open_challenge(code)
    assert shown(session)["on"]
    game.decline()
    assert game.stage == "reveal" and len(game.rounds) == 1, "a game that is on is kept"


@asynchronous
async def test_a_challenge_of_another_tokenizer_is_refused(session, tokenizer):
    game = await begun(session)
    code, engine = game.challenge_code(), FakeEngine(len(tokenizer))
    other = Session(LanguageModel(engine, tokenizer), print)
    with pytest.raises(BadArgument, match="made with another model"):
        other.play.open_challenge(code)
    assert other.explorer.room == "explore" and other.play.game.offered is None


@asynchronous
async def test_a_result_code_says_what_was_played(session):
    game = await begun(session)
    session.play.call_player("  Ada \ud800")
    token = game.ids[game.positions[0]]
    game.commit(game.turn, [[token, 25]])
    play = session.play
    play.read_codes(f"here: {play.result_code()}")
    result = play.readings[0].result
    assert result.player == "Ada \ufffd" and result.costs == [2.0] and result.planned == 4
    assert result.fingerprint == game.playing.fingerprint
    assert result.rivals[TRANSFORMER] == pytest.approx(game.last.rivals[TRANSFORMER], abs=1e-4)
    play.part = "codes"
    row = json.loads(json.dumps(view.payload(session)))["codes"]["readings"][0]
    assert row["mean"] == 2.0 and row["title"] == "a pasted text"
    play.read_codes("nothing")
    assert not play.readings and "no result code" in play.refusal


@given(st.data())
@asynchronous
async def test_it_is_saved_and_restored(data):
    session = Session(LanguageModel(FakeEngine(), fake_tokenizer()), print)
    game = await begun(session, order=data.draw(st.sampled_from(["seed", "order"])))
    steps = st.sampled_from(["commit", "skip", "next", "list"])
    for step in data.draw(st.lists(steps, max_size=8)):
        if step == "commit":
            game.commit(game.turn, [[7, 30]])
        elif step == "list":
            game.add_token(game.turn, 9)
            game.spread(game.turn, [[9, 12]])
        else:
            game.skip() if step == "skip" else game.go_on()
        await game.settle()
    saved = json.loads(json.dumps(session.play.saved(), allow_nan=False))
    other = Session(LanguageModel(FakeEngine(), fake_tokenizer()), print)
    other.play.restore(saved)
    await other.play.game.settle()
    assert other.play.saved() == saved
    told, expected = shown(other), shown(session)
    assert told | {"turn": 0} == expected | {"turn": 0, "problem": ""}


def broken(saved: dict) -> list:
    """Every way to spoil one entry of a saved game."""
    found = [None, [], {}, {**saved, "version": 2}, {**saved, "part": "x"}, {**saved, "more": 1},
             {**saved, "player": "x" * 100}, {**saved, "tutorial": None}]
    wrong = {"setup": [None, {}, {**saved["game"]["setup"], "rounds": 1e9}], "playing": [None, 1],
             "stage": ["over!", "setup", 3], "place": [-1, 99, "0", True], "rounds": [None, [1]],
             "draft": [[[1, 100]], [[10**9, 3]], 5], "listed": [[-1], [10**9], "x", [0] * 500]}
    for name, values in wrong.items():
        found += [{**saved, "game": {**saved["game"], name: value}} for value in values]
    for name, values in {"position": [0, 1, 10**6], "token": [-1, 5], "spread": [[[1, 100]]],
                         "rivals": [{"": 1}, {"x": -1}, {"x": "1"}, []], "other": [1]}.items():
        for value in values:
            spoiled = copy.deepcopy(saved)
            spoiled["game"]["rounds"][0][name] = value
            found.append(spoiled)
    return found


@asynchronous
async def test_a_spoiled_game_is_refused_and_changes_nothing(session):
    game = await begun(session)
    game.commit(game.turn, [[7, 30]])
    session.play.tutorial.type(["3", "1", "6", "2"])
    saved = json.loads(json.dumps(session.play.saved()))
    for value in broken(saved):
        with pytest.raises(BadState):
            session.play.restore(value)
        assert json.loads(json.dumps(session.play.saved())) == saved, value
    session.play.restore(saved)


@asynchronous
async def test_the_room_is_drawn_anew_when_something_changes(session):
    room = Room(session)
    session.explorer.room = "play"
    first = json.loads(room.state)
    assert first["room"] == "play" and first["part"] == "tutorial"
    room.actions()["play_scores"](texts=["3", "1", "6", "2"])
    assert [round(row["nats"], 3) for row in json.loads(room.state)["tutorial"]["rows"]] == [
        3.072, 5.072, 0.072, 4.072]
    room.actions()["play_part"](name="game")
    room.actions()["play_choose"](text="alice", rounds=3)
    assert json.loads(room.state)["game"]["setup"]["text"] == "alice"
    room.actions()["play_share"]()
    assert "512 can be played" in json.loads(room.state)["game"]["link"]["problem"]
    room.actions()["play_choose"](text=OWN, own=TEXT)
    room.actions()["play_share"]()
    assert json.loads(room.state)["game"]["link"]["code"].startswith("P1.")
    room.actions()["play_choose"](rounds=5)
    assert json.loads(room.state)["game"]["link"]["code"] == "", "a link of another game is gone"
