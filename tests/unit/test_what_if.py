"""What if: the numbers are those of asking anew, bad input is told, long work can be stopped."""

from __future__ import annotations

import asyncio
import json
import math

import numpy as np
import param
import pytest
from scipy.special import rel_entr

from lmpanel.changed_context import Change
from lmpanel.context_shift import Comparison, Shift
from lmpanel.document import Document
from lmpanel.engine.fake import FakeEngine, fake_tokenizer
from lmpanel.model import ROWS_ALONG, LanguageModel
from lmpanel.scoring import TokenScore
from lmpanel.session import Session
from lmpanel.views.lens import Lens
from lmpanel.views.token_strip import TokenStrip
from lmpanel.what_if import LONGEST
from support.asynchronous import asynchronous
from support.held_engine import HeldEngine

PIRATE = "You are a pirate."
REPLY = [260, 261, 13, 50, 264]


@pytest.fixture
def engine() -> FakeEngine:
    # Looks back far enough to notice what has changed.
    return FakeEngine(context_length=1200, order=1000)


@pytest.fixture
def answered(session) -> Session:
    """A session whose document ends with a response of five tokens; the lens is open."""
    # No event loop runs yet, in which the new document could be measured.
    with param.discard_events(session.explorer):
        session.explorer.show(session.explorer.document.append(*REPLY))
        session.explorer.tab = "what_if"
    return session


async def compared(session: Session, text: str = PIRATE) -> Comparison:
    session.what_if.compare(text)
    await session.what_if.settle()
    return session.what_if.result


def context(session: Session, system: str) -> list[int]:
    """The conversation up to the response, with another system prompt."""
    user = {"role": "user", "content": "Write a one-paragraph story about a dragon."}
    return session.model.chat.encode([{"role": "system", "content": system}, user], "")


@asynchronous
async def test_the_change_of_each_token_is_the_difference_of_its_scores(answered):
    result = await compared(answered)
    start = len(answered.explorer.document) - len(REPLY)
    assert (result.start, result.stop) == (start, start + 5)
    new = context(answered, PIRATE)
    fresh = LanguageModel(FakeEngine(context_length=1200, order=1000), fake_tokenizer())
    before = (await fresh.scores(answered.explorer.document.ids))[start:]
    after = (await fresh.scores([*new, *REPLY]))[len(new):]
    for shift, old, now in zip(result.shifts, before, after, strict=True):
        assert shift.before.logprob == pytest.approx(old.logprob, abs=1e-12)
        assert shift.after.logprob == pytest.approx(now.logprob, abs=1e-12)
        assert shift.delta_bits == pytest.approx(now.bits - old.bits)
    total = math.fsum(s.bits for s in after) - math.fsum(s.bits for s in before)
    assert result.delta_bits == pytest.approx(total)
    sizes = [abs(shift.delta_bits) for shift in result.shifts]
    assert result.largest == start + int(np.argmax(sizes))


@asynchronous
async def test_the_divergence_at_each_place_is_scipys(answered):
    result = await compared(answered)
    fresh, new = answered.model, context(answered, PIRATE)
    old = answered.explorer.document.ids[: result.start]
    found = []
    for i, shift in enumerate(result.shifts):
        p = await fresh.distribution((*old, *REPLY[:i]))
        q = await fresh.distribution((*new, *REPLY[:i]))
        expected = rel_entr(p.probs, q.probs).sum() / math.log(2)
        assert shift.kl_bits == pytest.approx(expected, abs=1e-9)
        found.append(expected)
    assert result.mean_kl_bits == pytest.approx(np.mean(found)) and min(found) > 0.01


@asynchronous
async def test_tokens_that_typing_would_not_give_are_compared_as_they_are(answered):
    h, e = answered.model.tokenizer.vocabulary.find("h")[0], 0
    e = answered.model.tokenizer.vocabulary.find("e")[0]
    answered.explorer.show(answered.explorer.document.append(h, e))
    assert answered.model.tokenizer.encode("he") != [h, e]
    result = await compared(answered)
    assert result.document.ids[result.start : result.stop] == (*REPLY, h, e)
    assert len(result.shifts) == len(REPLY) + 2


@asynchronous
async def test_the_end_of_the_turn_is_part_of_the_response(answered):
    answered.changes.close_turn()
    result = await compared(answered)
    assert result.document.ids[result.stop - 1] == answered.model.chat.end_id
    assert result.stop == len(result.document) - 1


@asynchronous
async def test_one_token_exchanged_after_a_click_and_a_look_up(answered):
    lens = Lens(answered)
    actions = lens.actions()
    actions["what_if_kind"]("token")
    answered.explorer.select(20, 20)
    assert lens.payload()["exchange"]["position"] == 20
    actions["what_if_find"](" dragon")
    dragon = answered.what_if.token
    assert answered.model.tokenizer.vocabulary.text_of(dragon) == " dragon"
    assert lens.payload()["exchange"]["found"][0]["id"] == dragon
    result = await compared(answered, "")
    assert result.change == Change("token", position=20, token=dragon)
    actions["what_if_position"]("11")
    actions["what_if_token"](7)
    assert (await compared(answered, "")).change == Change("token", position=10, token=7)
    assert "token 11 exchanged" in lens.payload()["result"]["changed"]


@pytest.mark.parametrize("place", ["", "x", "0", "-3", "9999", "1e3"])
@asynchronous
async def test_a_place_that_is_none_is_told(answered, place):
    actions = Lens(answered).actions()
    actions["what_if_kind"]("token")
    actions["what_if_token"](7)
    actions["what_if_position"](place)
    assert await compared(answered, "") is None
    assert "not one before these tokens" in answered.what_if.said


@asynchronous
async def test_a_selected_span_follows_the_hand_and_stays_when_a_token_is_clicked(answered):
    explorer, what_if = answered.explorer, answered.what_if
    explorer.select(30, 34)
    assert explorer.tab == "what_if" and what_if.continuation == (30, 35)
    result = await compared(answered)
    assert (result.start, result.stop, result.source) == (30, 35, "selection")
    Lens(answered).actions()["what_if_look"](32)
    assert explorer.cursor == 32 and explorer.tab == "what_if"
    assert what_if.continuation == (30, 35), "one token looked at is not another choice"
    what_if.choose("response")
    assert what_if.continuation[1] == len(explorer.document)
    explorer.select(33, 33)
    what_if.choose("selection")
    assert what_if.continuation == (33, 34)


@asynchronous
async def test_a_raw_text_has_a_selection_only(answered):
    answered.changes.raw_text("once upon a time")
    lens = Lens(answered)
    assert "no response" in lens.payload()["chosen"]["message"]
    answered.explorer.select(6, 9)
    shown = lens.payload()
    assert [kind["name"] for kind in shown["kinds"]] == ["token", "text"]
    assert shown["kind"] == "token" and shown["texts"] == {"text": "once up"}
    answered.what_if.choose_kind("text")
    result = await compared(answered, "never up")
    assert result.change == Change("text", "never up") and len(result.shifts) == 4


@asynchronous
async def test_bad_wishes_are_told_and_change_nothing(answered):
    explorer, what_if = answered.explorer, answered.what_if
    document = explorer.document

    async def said(text: str = PIRATE) -> str:
        assert await compared(answered, text) is None and not what_if.running
        return what_if.said

    assert "same as the present" in await said("You are a fake.")
    assert "1,200" in await said("x " * 600)
    assert "characters" in await said("x" * 100_000)
    what_if.choose_kind("text")
    assert "empty" in await said("")
    explorer.select(0, 4)
    assert "Nothing stands before" in await said()
    what_if.choose("response")
    explorer.show(document.append(*[7] * LONGEST))
    assert f"at most {LONGEST}" in await said()
    answered.changes.clear_response()
    assert "no response yet" in await said()
    explorer.select(len(explorer.document), len(explorer.document))
    what_if.choose("selection")
    assert "No tokens are selected" in await said()
    explorer.show(document)
    what_if.choose("response")
    explorer.generating = True
    assert "is writing" in await said()
    explorer.generating = False


@asynchronous
async def test_a_selection_that_is_no_longer_there_is_told(answered):
    answered.explorer.select(40, 44)
    answered.changes.new_conversation()
    assert "No tokens are selected" in Lens(answered).payload()["chosen"]["message"]


@asynchronous
async def test_a_special_token_in_the_text_is_reported(answered, errors):
    assert await compared(answered, "be<|im_end|>") is not None
    assert [error.code for error in errors] == ["special_text"]


@asynchronous
async def test_a_changed_document_keeps_the_result_and_says_so(answered):
    lens, what_if = Lens(answered), answered.what_if
    first = await compared(answered)
    assert not lens.payload()["result"]["stale"]
    answered.changes.pick(7)
    assert lens.payload()["result"]["stale"] and what_if.deltas is None
    lens.actions()["what_if_look"](first.start)
    assert answered.explorer.cursor == len(answered.explorer.document), "other tokens stand there"
    lens.actions()["what_if_again"]()
    await what_if.settle()
    assert what_if.result.change == first.change and not what_if.stale
    assert what_if.result.stop == first.stop + 1
    answered.changes.undo()
    assert what_if.stale
    answered.changes.redo()
    assert not what_if.stale, "the compared document is shown again"


@asynchronous
async def test_the_same_selection_is_compared_again(answered):
    answered.explorer.select(30, 34)
    await compared(answered)
    answered.changes.change(answered.explorer.document.append(9), "more")
    answered.what_if.choose("response")
    answered.what_if.again()
    await answered.what_if.settle()
    result = answered.what_if.result
    assert (result.start, result.stop, result.source) == (30, 35, "selection")
    assert not answered.what_if.stale


@asynchronous
async def test_the_strip_has_the_changes_of_this_document_only(answered):
    answered.explorer.measure = "entropy"
    strip = TokenStrip(answered)
    answered.explorer.measure = "rank"
    strip.full()
    sent = []
    strip.tell = lambda op, **fields: sent.append(fields)
    assert not strip.payload()["compared"]
    result = await compared(answered)
    assert (strip.payload()["measure"], strip.payload()["compared"]) == ("delta", True)
    (splice,) = sent
    assert (splice["start"], splice["remove"]) == (result.start, 5)
    assert [row["delta"] for row in splice["rows"]] == [s.delta_bits for s in result.shifts]
    rows = strip.full()["rows"]
    assert [row["delta"] for row in rows[: result.start]] == [None] * result.start
    answered.changes.pick(7)
    assert (strip.payload()["measure"], strip.payload()["compared"]) == ("rank", False)
    assert all(row["delta"] is None for row in strip.full()["rows"])
    answered.changes.undo()
    answered.explorer.show(result.document)
    assert strip.payload()["measure"] == "delta"


@asynchronous
async def test_rows_come_in_small_chunks_and_nothing_is_remembered(answered, engine):
    answered.explorer.show(answered.explorer.document.append(*[7] * 300))
    await answered.measurement.settle()
    engine.requests.clear()
    told = []
    answered.what_if.param.watch(lambda event: told.append(event.new), ["progress"])
    result = await compared(answered)
    assert len(result.shifts) == 305
    rows = [rows for _, _, rows in engine.requests]
    assert max(rows) <= ROWS_ALONG and sum(rows) == 2 * 305
    assert answered.model.cached(answered.explorer.document.ids[: result.start]) is None
    assert "token 8 of 305" in told and told[-1] == ""


@asynchronous
async def test_a_long_context_is_read_in_pieces(answered, engine):
    told = []
    answered.what_if.param.watch(lambda event: told.append(event.new), ["progress"])
    engine.requests.clear()
    assert await compared(answered, "word " * 100) is not None
    assert [(tokens, rows) for _, tokens, rows in engine.requests][:2] == [(256, 1), (512, 1)]
    assert told[1].startswith("reading token 512 of")


def held_session() -> tuple[Session, HeldEngine, list]:
    errors: list = []
    engine = HeldEngine(order=1000)
    session = Session(LanguageModel(engine, fake_tokenizer()), errors.append)
    session.explorer.show(session.explorer.document.append(*REPLY))
    session.measurement._task.cancel()
    return session, engine, errors


@asynchronous
async def test_stopped_while_the_model_reads(errors):
    session, engine, errors = held_session()
    what_if = session.what_if
    what_if.stop()
    assert what_if.said == "", "nothing was under way"
    what_if.compare(PIRATE)
    await engine.asked.wait()
    assert what_if.running
    what_if.stop()
    assert (what_if.running, what_if.said) == (False, "Stopped.")
    engine.gate.set()
    await what_if.settle()
    await asyncio.sleep(0)
    assert what_if.result is None and errors == []


@asynchronous
async def test_asked_anew_the_older_comparison_makes_way():
    session, engine, errors = held_session()
    what_if = session.what_if
    what_if.compare(PIRATE)
    await engine.asked.wait()
    what_if.compare("You are a cat.")
    engine.gate.set()
    await what_if.settle()
    result = what_if.result
    assert (result.number, result.change.text) == (1, "You are a cat.")
    assert not what_if.running and errors == []


@asynchronous
async def test_a_wrong_wish_leaves_the_running_comparison_alone():
    session, engine, _ = held_session()
    session.what_if.compare(PIRATE)
    await engine.asked.wait()
    session.what_if.compare("You are a fake.")
    assert session.what_if.running and "same" in session.what_if.said
    engine.gate.set()
    await session.what_if.settle()
    assert session.what_if.result.change.text == PIRATE


@asynchronous
async def test_a_lost_engine_is_reported_and_the_result_before_is_kept(answered, engine, errors):
    first = await compared(answered)
    engine.lose_next(2)
    await compared(answered, "You are a cat.")
    assert answered.what_if.result is first and not answered.what_if.running
    assert [error.code for error in errors] == ["engine_lost"]
    assert answered.what_if.said == "This could not be compared."


@pytest.mark.parametrize(("unit", "factor"), [("bits", 1.0), ("nats", math.log(2))])
@asynchronous
async def test_the_lens_shows_the_numbers_in_the_unit(answered, unit, factor):
    answered.explorer.unit = unit
    result = await compared(answered)
    lens = Lens(answered)
    shown = json.loads(lens.state)["result"]
    assert shown["total"] == pytest.approx(result.delta_bits * factor)
    assert shown["per_token"] == pytest.approx(result.delta_bits * factor / 5)
    assert shown["mean_kl"] == pytest.approx(result.mean_kl_bits * factor)
    assert shown["largest"]["index"] == result.largest
    for position, (row, shift) in enumerate(zip(shown["rows"], result.shifts, strict=True)):
        assert (row["index"], row["id"]) == (result.start + position, REPLY[position])
        assert row["p"] == [shift.before.prob, shift.after.prob]
        assert row["cost"][1] - row["cost"][0] == pytest.approx(row["delta"])
        assert row["delta"] == pytest.approx(shift.delta_bits * factor)
        assert row["kl"] == pytest.approx(shift.kl_bits * factor)


def by_hand(session: Session, deltas: list[float], source: str = "response") -> Comparison:
    score = TokenScore(math.log(0.5), 1, 1.0)
    shifts = [Shift(score, TokenScore(score.logprob - math.log(2) * delta, 1, 1.0), 0.1)
              for delta in deltas]
    count = len(session.explorer.document)
    place = (session.explorer.document, count - len(deltas), count)
    return Comparison(1, *place, source, Change("text", ""), tuple(shifts))


@pytest.mark.parametrize(
    ("deltas", "source", "sentence"),
    [
        ([2.0, 10.3], "response", "the reply costs 12.3 bits more: the model expected it less."),
        ([-0.5], "response", "the reply costs 0.5 bits less: the model expected it more."),
        ([0.7], "selection",
         "the selected tokens cost 0.7 bits more: the model expected them less."),
        ([3.0, -3.01], "response", "the reply costs the same, within 0.05 bits."),
    ],
)
@asynchronous
async def test_the_total_in_plain_words(answered, deltas, source, sentence):
    answered.what_if.result = by_hand(answered, deltas, source)
    shown = Lens(answered).payload()["result"]
    assert shown["sentence"] == f"With the new context {sentence}"
    assert shown["changed"] == "plain text before it, empty"


@asynchronous
async def test_rows_that_stand_on_the_page_are_not_sent_again_while_the_next_are_made(answered):
    answered.what_if.result = by_hand(answered, [1.0])
    lens = Lens(answered)
    assert len(lens.payload()["result"]["rows"]) == 1
    answered.what_if.running = True
    assert lens.payload()["result"]["rows"] is None


@asynchronous
async def test_what_became_impossible_is_no_number(answered):
    answered.what_if.result = by_hand(answered, [math.inf])
    shown = Lens(answered).payload()["result"]
    assert shown["rows"][0]["delta"] is None and shown["total"] is None
    json.loads(json.dumps(shown, allow_nan=False))


@asynchronous
async def test_a_result_belongs_to_the_document_read_the_same_way(answered):
    result = by_hand(answered, [1.0])
    answered.what_if.result = result
    assert answered.what_if.deltas == result.deltas
    assert result.deltas[:-1] == [None] * (len(result.document) - 1) and result.deltas[-1] == 1
    answered.explorer.show(Document(result.document.ids, raw=True))
    assert answered.what_if.stale and answered.what_if.deltas is None
