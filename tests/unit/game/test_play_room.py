"""The room of the game: challenges, result codes, and when it is drawn anew."""

from __future__ import annotations

import json

import pytest
from played_game import TEXT, begun, shown

from lmpanel.engine.fake import FakeEngine, fake_tokenizer
from lmpanel.errors import BadArgument
from lmpanel.explorer import TRANSFORMER
from lmpanel.game.setup import OWN
from lmpanel.model import LanguageModel
from lmpanel.session import Session
from lmpanel.views import play as view
from lmpanel.views.room import Room
from support.asynchronous import asynchronous


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
