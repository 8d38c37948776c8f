"""Dice thrown by hand: where numbers come from, what they fall on, and when they are gone."""

from __future__ import annotations

import numpy as np
import pytest

from lmpanel.errors import BadArgument
from lmpanel.sampling import Dice, draw
from support.asynchronous import asynchronous


@asynchronous
async def test_rolls_are_the_seeds_numbers_in_order(session):
    session.measurement.look()
    await session.measurement.settle()
    dice, throws = Dice(1), session.throws
    for count in (1, 2, 3):
        throws.roll()
        assert throws.throw.r == dice.roll()
        assert throws.throw.source == f"roll {count} of seed 1"


@asynchronous
async def test_a_seed_starts_over(session):
    throws = session.throws
    throws.roll()
    first = throws.throw.r
    throws.roll()
    throws.set_seed("1")
    assert throws.throw is None
    throws.roll()
    assert throws.throw.r == first
    throws.set_seed("")
    assert 0 <= session.explorer.seed < 1_000_000


@pytest.mark.parametrize("text", ["-1", "1.5", "seven", "9" * 30, "１e3"])
@asynchronous
async def test_what_is_no_seed_is_refused(session, text):
    with pytest.raises(BadArgument):
        session.throws.set_seed(text)
    assert session.explorer.seed == 1


@pytest.mark.parametrize(
    ("text", "kind", "r"),
    [("0.25", "01", 0.25), (" 0,5 ", "01", 0.5), ("0", "01", 0.0), ("3", "d6", 2.5 / 6)],
)
@asynchronous
async def test_typed_numbers(session, text, kind, r):
    session.throws.type(text, kind)
    assert session.throws.throw.r == pytest.approx(r)


@pytest.mark.parametrize(
    ("text", "kind"),
    [("1", "01"), ("-0.1", "01"), ("nan", "01"), ("x", "01"), ("7", "d6"), ("0", "d20"),
     ("2.5", "d6"), ("", "d6")],
)
@asynchronous
async def test_what_cannot_be_thrown_is_refused(session, text, kind):
    with pytest.raises(BadArgument):
        session.throws.type(text, kind)
    assert session.throws.throw is None


@asynchronous
async def test_a_number_falls_on_the_filtered_distribution(session):
    session.measurement.look()
    await session.measurement.settle()
    explorer, throws = session.explorer, session.throws
    throws.type("0.9", "01")
    assert throws.draw == draw(explorer.distribution, 0.9)
    explorer.top_k = 2
    assert throws.draw == draw(explorer.filters.apply(explorer.distribution), 0.9)
    assert throws.draw.rank <= 2


@asynchronous
async def test_a_throw_is_gone_elsewhere_and_a_tally_with_its_filters(session):
    session.measurement.look()
    await session.measurement.settle()
    explorer, throws = session.explorer, session.throws
    throws.roll()
    throws.draw_many()
    assert sum(entry.count for entry in throws.tally) == 200
    explorer.temperature = 0.5
    assert throws.throw is not None and throws.tally == []
    explorer.select(5, 5)
    assert throws.throw is None and throws.draw is None


@asynchronous
async def test_without_numbers_nothing_is_drawn(session):
    session.throws.draw_many()
    session.throws.roll()
    assert session.throws.tally == [] and session.throws.draw is None


@asynchronous
async def test_the_r_of_each_written_token_reproduces_the_choice_by_hand(session):
    """The rule by hand: likeliest first, the first whose cumulative probability exceeds r."""
    explorer = session.explorer
    explorer.param.update(strategy="sample", seed=7, temperature=0.8, top_k=20)
    start = len(explorer.document)
    await session.generation.run(12)
    written = explorer.document.ids[start:]
    rs = []
    for position, token in enumerate(written, start):
        explorer.select(position, position)
        await session.measurement.settle()
        shown = session.throws.shown
        rs.append(shown.r)
        assert shown.source == f"roll {position - start + 1} of seed 7"
        assert session.throws.draw.id == token
        probs = explorer.filters.apply(explorer.distribution).probs
        order = np.argsort(-probs, kind="stable")
        assert order[np.argmax(np.cumsum(probs[order]) > shown.r)] == token
    assert rs == np.random.Generator(np.random.PCG64(7)).random(len(rs)).tolist()
    session.changes.pick(int(explorer.distribution.ranked(30)[-1]), len(explorer.context))
    explorer.select(start, start)
    assert session.throws.shown is not None
    explorer.select(len(explorer.document), len(explorer.document))
    assert session.throws.shown is None
