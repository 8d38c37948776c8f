"""The n-grams of the game are counted in the bundled text, whatever the lens counts in."""

from __future__ import annotations

import gzip

import pytest

from lmpanel.engine.fake import fake_tokenizer
from lmpanel.errors import NotAvailable
from lmpanel.game.setup import OWN
from lmpanel.ngrams.corpus import Text
from lmpanel.ngrams.game_rungs import RIVALS, GameRungs
from lmpanel.ngrams.ladder import Ladder
from lmpanel.session import Session
from support.asynchronous import asynchronous

STORY = "The dragon in the den. The dragon and the hero. " * 40
MINE = Text("mine", "xy and yx. " * 100)
ASKED = "The dragon"


class Corpus:
    """Delivers the bundled text and counts how often it was asked for."""

    def __init__(self):
        self.fetched = 0

    async def __call__(self) -> bytes:
        self.fetched += 1
        return gzip.compress(STORY.encode())


@pytest.fixture
def corpus() -> Corpus:
    return Corpus()


@pytest.fixture
def expected(model):
    """What models counted in the bundled text say, from a ladder of its own."""

    async def bits() -> dict[str, float]:
        return await _bits(Ladder(model, Corpus()).models)

    return bits


async def _bits(models) -> dict[str, float]:
    ids = fake_tokenizer().encode(ASKED)
    return {name: (await models[name].scores(ids))[-1].bits for name in RIVALS}


@asynchronous
async def test_the_counts_of_the_ladder_serve_while_it_has_the_bundled_text(
        model, corpus, expected):
    ladder = Ladder(model, corpus)
    game = GameRungs(model, ladder, corpus)
    assert await _bits(game.models) == await expected()
    assert corpus.fetched == 1 and ladder.trained.text.title == "Moby-Dick"
    # They stay when the lens goes on to a text of one's own, without another word.
    await ladder.train(MINE)
    for each in game.models.values():
        each.forget()
    assert await _bits(game.models) == await expected() and corpus.fetched == 1


@asynchronous
async def test_beside_a_text_of_ones_own_the_bundled_one_is_counted_apart(
        model, corpus, expected):
    ladder = Ladder(model, corpus)
    game = GameRungs(model, ladder, corpus)
    mine = await ladder.train(MINE)
    assert await _bits(game.models) == await expected() != await _bits(ladder.models)
    assert ladder.trained is mine and ladder.own == MINE and corpus.fetched == 1


@asynchronous
async def test_a_restored_text_of_ones_own_is_not_counted_for_the_game(model, corpus, expected):
    ladder, first = Ladder(model, corpus), Ladder(model, corpus)
    await first.train(MINE)
    ladder.restore(first.saved())
    assert await _bits(GameRungs(model, ladder, corpus).models) == await expected()
    assert ladder.trained is None and ladder.own == MINE


@asynchronous
async def test_without_the_bundled_text_they_say_why(model):
    async def none() -> bytes:
        raise NotAvailable("No network.", "Try again.")

    ladder = Ladder(model, none)
    await ladder.train(MINE)
    with pytest.raises(NotAvailable, match="No network"):
        await _bits(GameRungs(model, ladder, none).models)


@asynchronous
async def test_the_rivals_of_a_game_are_the_same_with_a_text_of_ones_own(model, errors, corpus):
    costs = []
    for own in (None, MINE):
        session = Session(model, errors.append, corpus)
        await session.ladder.train(own)
        session.explorer.ahead = False
        game = session.play.game
        game.choose(text=OWN, own="The dragon in the garden sees the hero and the den.")
        game.start()
        await game.settle()
        game.commit(game.turn, [])
        costs.append(game.last.rivals)
    assert costs[0] == costs[1] and list(costs[0])[:4] == list(RIVALS)
