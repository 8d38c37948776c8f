"""What the lens and the strip show of a comparison, and when it is out of date."""

from __future__ import annotations

import json
import math

import pytest
from comparing import REPLY, compared

from lmpanel.changed_context import Change
from lmpanel.context_shift import Comparison, Shift
from lmpanel.document import Document
from lmpanel.scoring import TokenScore
from lmpanel.session import Session
from lmpanel.views.lens import Lens
from lmpanel.views.token_strip import TokenStrip
from support.asynchronous import asynchronous


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
