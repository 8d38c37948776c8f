"""Predict, commit, reveal: nothing of a position is told before its guess."""

from __future__ import annotations

import json
import math

import pytest

from lmpanel import generation
from lmpanel.errors import UnknownToken
from lmpanel.guesses import Result, Tally
from lmpanel.views.lens import Lens
from lmpanel.views.token_strip import TokenStrip
from support.asynchronous import asynchronous


async def looked_at(session) -> dict:
    session.measurement.look()
    await session.measurement.settle()
    return json.loads(Lens(session).state)


async def guessing(session) -> dict:
    session.explorer.guessing = True
    return await looked_at(session)


def numbers(value) -> list[tuple[str, float]]:
    """Every number of a JSON value with the name it stands under; true and false are none."""
    if isinstance(value, dict):
        return [(name if isinstance(inner, int | float) else under, number)
                for name, inner in value.items() for under, number in numbers(inner)]
    if isinstance(value, list):
        return [number for inner in value for number in numbers(inner)]
    return [("", value)] if type(value) in (int, float) else []


def looked_at_numbers(session) -> set[float]:
    """All numbers that would tell something of the position."""
    distribution = session.explorer.distribution
    told = {distribution.entropy_bits, distribution.effective_choices}
    for candidate in distribution.top(distribution.size):
        told |= {candidate.prob, candidate.logit, candidate.logprob, candidate.bits}
    return told


@pytest.mark.parametrize("tab", ["next", "sampling", "beams", "branches"])
@asynchronous
async def test_before_the_guess_no_number_is_sent(session, tab):
    session.explorer.query = "dragon"
    await looked_at(session)
    await session.beams.begin(3)
    await session.beams.run(2)
    session.throws.roll()
    session.throws.draw_many()
    session.explorer.tab = tab
    before = {number for _, number in numbers(await looked_at(session))}
    assert before & looked_at_numbers(session) or tab in ("beams", "branches")
    hidden = await guessing(session)
    allowed = {
        "next": {"at", "length", "turn"},
        "sampling": {"at", "temperature", "top_k", "top_p", "min_p", "seed"},
        "beams": {"document", "widths", "width", ""},
        "branches": set(),
    }
    assert {name for name, _ in numbers(hidden)} <= allowed[tab]
    assert not {number for _, number in numbers(hidden) if number % 1}
    for name in ("rows", "marked", "other", "lookup", "entropy", "working", "first", "guessed"):
        assert name not in hidden
    session.guesses.show_anyway()
    shown = {number for _, number in numbers(json.loads(Lens(session).state))}
    assert before <= shown


@asynchronous
async def test_typing_tells_tokens_but_no_numbers(session):
    await guessing(session)
    session.guesses.type("dragon")
    asks = json.loads(Lens(session).state)["asks"]
    assert asks["text"] == "dragon"
    assert [(row["text"], row["kind"]) for row in asks["suggestions"]] == [(" dragon", "text")]
    assert {name for name, _ in numbers(asks)} == {"turn", "id"}
    vocabulary = session.model.tokenizer.vocabulary
    session.guesses.type("d")
    assert session.guesses.suggestions() == vocabulary.find("d", 8)


@asynchronous
async def test_a_guess_reveals_its_own_numbers_and_the_first_choice(session):
    await guessing(session)
    session.guesses.commit("dragon")
    lens = json.loads(Lens(session).state)
    distribution = session.explorer.distribution
    guess = session.model.tokenizer.encode(" dragon")[0]
    assert lens["asks"] is None and lens["guessed"]["id"] == guess
    assert lens["guessed"]["rank"] == distribution.rank_of(guess) > len(lens["rows"])
    assert lens["guessed"]["prob"] == distribution.prob(guess)
    assert lens["first"]["id"] == distribution.top_id == lens["rows"][0]["id"]
    session.explorer.guessing = False
    assert json.loads(Lens(session).state)["guessed"] is None


@asynchronous
async def test_guesses_belong_to_their_context(session):
    await guessing(session)
    session.guesses.commit("dragon")
    end = len(session.explorer.document)
    session.changes.pick(7)
    assert session.guesses.hidden, "another position"
    session.explorer.select(end, end)
    assert not session.guesses.hidden and session.guesses.guess is not None
    session.explorer.select(9, 9)
    assert session.guesses.hidden
    session.changes.undo()
    assert not session.guesses.hidden, "the end of the document again"
    session.changes.new_conversation()
    assert session.guesses.hidden
    session.changes.undo()
    assert not session.guesses.hidden
    await session.measurement.settle()


@asynchronous
async def test_the_same_position_from_both_sides_is_one(session):
    await guessing(session)
    session.explorer.select(9, 9)
    session.guesses.type("drag")
    session.explorer.param.update(cursor=8, anchor=8, where="next")
    assert session.guesses.text == "drag", "what is typed stays, it is the same question"
    session.guesses.commit("dragon")
    session.explorer.param.update(cursor=9, anchor=9, where="here")
    assert not session.guesses.hidden
    await session.measurement.settle()


@asynchronous
async def test_what_is_typed_is_gone_elsewhere(session):
    await guessing(session)
    session.guesses.type("drag")
    asked = session.guesses.asked
    session.explorer.select(9, 9)
    assert session.guesses.text == "" and session.guesses.asked == asked + 1
    await session.measurement.settle()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "Nothing is typed. Type the beginning of a token."),
        ("xyz", "Not one token: it is read as x · y · z. Guess the first of them."),
        ("x" * 300, "Not one token: it is read as " + " · ".join("x" * 12)),
        ("d", "“d” and “␣d” are two tokens. Choose one of them below."),
    ],
)
@asynchronous
async def test_what_is_no_guess_is_said_and_kept(session, errors, text, problem):
    await guessing(session)
    session.guesses.commit(text)
    asks = json.loads(Lens(session).state)["asks"]
    assert asks["problem"].startswith(problem) and asks["text"] == text[:200]
    assert session.guesses.hidden and session.guesses.tally.count == 0 and errors == []
    session.guesses.type(text + "a")
    assert session.guesses.problem == ""


@pytest.mark.parametrize(
    ("text", "meant"), [(" d", " d"), ("␣dragon", " dragon"), ("\\n", "\n"),
                        ("<|im_end|>", "<|im_end|>"), ("gon", "gon")]
)
@asynchronous
async def test_what_reads_as_one_token_is_it(session, text, meant):
    await guessing(session)
    session.guesses.commit(text)
    assert session.model.tokenizer.decode([session.guesses.guess]) == meant


@asynchronous
async def test_a_foreign_id_is_refused(session):
    await guessing(session)
    with pytest.raises(UnknownToken):
        session.guesses.commit("", 10**6)
    assert session.guesses.hidden


@asynchronous
async def test_the_tally_is_the_models_numbers(session):
    await guessing(session)
    ranks, bits, tops, entropies = [], [], [], []
    for rank in (1, 4, 40):
        distribution = session.explorer.distribution
        guess = int(distribution.ranked(rank)[-1])
        session.guesses.commit("", guess)
        session.guesses.commit("", guess + 1)  # A second guess is none.
        ranks.append(rank)
        bits.append(-math.log2(distribution.probs[guess]))
        tops.append(-math.log2(distribution.probs.max()))
        entropies.append(distribution.entropy_bits)
        session.changes.pick(7)
        await session.measurement.settle()
    tally = session.guesses.tally
    assert (tally.count, tally.first, tally.top_ten) == (3, 1, 2)
    for mean, values in ((tally.bits, bits), (tally.top_bits, tops),
                         (tally.entropy_bits, entropies)):
        assert mean == pytest.approx(sum(values) / 3)
    session.guesses.show_anyway()
    assert session.guesses.tally == tally, "shown without guessing is no guess"
    session.guesses.reset()
    assert session.guesses.hidden and session.guesses.tally == Tally.of([])


@asynchronous
async def test_a_guess_before_the_model_has_read_counts_when_it_has(session):
    session.explorer.guessing = True
    session.guesses.commit("dragon")
    lens = json.loads(Lens(session).state)
    assert lens["waiting"] and lens["asks"] is None and lens["tally"] is None
    lens = await looked_at(session)
    guess, distribution = session.guesses.guess, session.explorer.distribution
    assert session.guesses.tally == Tally.of([Result.of(guess, distribution)])
    assert lens["tally"]["count"] == 1 and lens["guessed"]["id"] == guess


@asynchronous
async def test_nothing_is_told_while_the_model_writes(session, monkeypatch):
    monkeypatch.setattr(generation, "STREAM_SECONDS", -1)
    session.explorer.guessing = True
    lens = Lens(session)
    seen = []
    lens.param.watch(lambda event: seen.append(json.loads(event.new)), "state")
    await session.generation.run(max_tokens=4)
    writing = [state for state in seen if state["writing"]]
    assert writing and all("rows" not in state for state in writing)


@asynchronous
async def test_nothing_is_asked_before_the_first_token(session):
    session.explorer.guessing = True
    session.explorer.select(0, 0)
    state = await looked_at(session)
    assert state["asks"] is None and "no prediction" in state["message"]


@asynchronous
async def test_the_page_asks_through_actions(session):
    lens = Lens(session)
    actions = lens.actions()
    actions["guessing"](True)
    actions["type_guess"]("drag")
    assert session.explorer.guessing and session.guesses.text == "drag"
    at = len(session.explorer.document)
    actions["guess"]("dragon", None, at - 1)
    assert session.guesses.hidden, "that was typed for another position"
    actions["guess"]("dragon", None, at)
    assert not session.guesses.hidden
    actions["reset_guesses"]()
    assert session.guesses.hidden
    session.explorer.select(9, 9)
    actions["guess_at_end"]()
    assert session.explorer.cursor == at and session.explorer.tab == "next"
    actions["show_anyway"]()
    assert not session.guesses.hidden
    await session.measurement.settle()


@asynchronous
async def test_standing_tokens_keep_their_numbers_until_they_are_guessed(session):
    await looked_at(session)
    explorer, guesses = session.explorer, session.guesses
    strip = TokenStrip(session)
    known = strip.full()["rows"]
    assert all(row["bits"] is not None for row in known[1:])
    explorer.param.update(guessing=True, tab="surprise")
    rows = strip.full()["rows"]
    assert all(row[name] is None for row in rows for name in ("bits", "prob", "rank", "entropy"))
    lens = json.loads(Lens(session).state)
    assert "wait for your guess" in lens["hidden"] and numbers(lens) == []
    explorer.select(5, 5, tab="next")
    guesses.commit("", explorer.document.ids[5])
    rows = strip.full()["rows"]
    assert rows[5] == known[5] and all(rows[at]["bits"] is None for at in (4, 6))
    assert guesses.withholds(5, 6) == 0 and guesses.withholds(4, 7) == 2
    explorer.guessing = False
    assert strip.full()["rows"] == known


@asynchronous
async def test_the_surprise_of_a_span_is_told_once_all_of_it_was_guessed(session):
    await guessing(session)
    explorer, guesses = session.explorer, session.guesses
    for position in (4, 5):
        explorer.select(position, position, tab="next")
        guesses.show_anyway()
    explorer.select(4, 5, tab="surprise")
    lens = json.loads(Lens(session).state)
    assert lens["hidden"] == "" and lens["span"]["count"] == 2
    explorer.select(4, 6, tab="surprise")
    lens = json.loads(Lens(session).state)
    assert lens["hidden"].startswith("One of these tokens waits")
