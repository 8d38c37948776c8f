"""Beam search by hand: candidates, verdicts, and the automatic search and greedy beside it."""

from __future__ import annotations

import asyncio
import itertools
import json

import pytest

from lmpanel.beam_search import BeamSearch, best
from lmpanel.document import Document
from lmpanel.engine.fake import FakeEngine, fake_tokenizer
from lmpanel.errors import BadArgument, ContextFull
from lmpanel.hand_search import OFFERED, HandSearch
from lmpanel.model import LanguageModel
from lmpanel.session import Session
from lmpanel.views.lens import Lens
from support.asynchronous import asynchronous

PREFIX = (5, 6, 7)


def search_on(engine, width=3):
    return HandSearch(LanguageModel(engine, fake_tokenizer()), PREFIX, width)


async def by_rule(search, steps):
    """Keep the best of each step, as the automatic search does."""
    await search.begin()
    for _ in range(steps):
        await search.keep(search.stage.best)


@pytest.mark.parametrize("width", [2, 3, 4])
@asynchronous
async def test_who_keeps_the_best_goes_with_the_automatic_search(width):
    search = search_on(FakeEngine(), width)
    await by_rule(search, 4)
    automatic = BeamSearch(search._model, PREFIX, width=width, max_tokens=4)
    await automatic.complete()
    assert list(search.stage.kept) == automatic.beams == list(search.stage.automatic)


@asynchronous
async def test_candidates_are_the_models_and_totals_are_sums():
    search = search_on(FakeEngine())
    await by_rule(search, 2)
    for beam, options in zip(search.stage.kept, search.stage.options):
        distribution = await search._model.distribution((*PREFIX, *beam.ids))
        if beam.ended:
            assert options == (beam,)
            continue
        assert [o.ids[-1] for o in options] == distribution.ranked(OFFERED).tolist()
        for option in options:
            own = distribution.logprob(option.ids[-1])
            assert option.total_logprob == pytest.approx(beam.total_logprob + own)


@asynchronous
async def test_the_best_set_is_the_best_of_all_sets():
    search = search_on(FakeEngine(seed=3), 2)
    await by_rule(search, 2)
    candidates = [option for options in search.stage.options for option in options]
    totals = [sum(beam.total_logprob for beam in pair)
              for pair in itertools.combinations(candidates, 2)]
    assert sum(beam.total_logprob for beam in search.stage.best) == pytest.approx(max(totals))


@asynchronous
async def test_a_kept_set_that_is_not_the_best_stands():
    search = search_on(FakeEngine(), 2)
    await search.begin()
    worst = search.stage.options[0][-2:]
    await search.keep(worst)
    assert set(search.stage.kept) == set(worst) and search.step == 2
    assert search.stage.automatic == tuple(best(search.stages[0].options[0], 2))
    search.back()
    assert search.step == 1 and search.stage.kept[0].ids == ()
    search.back()
    assert search.step == 1


@asynchronous
async def test_everything_of_a_step_is_one_batch():
    engine = FakeEngine()
    search = search_on(engine, 3)
    await search.begin()
    await search.keep(search.stage.options[0][-3:])
    assert [verb for verb, _, _ in engine.requests] == ["logits", "branch"]
    assert engine.requests[1][2] == 6  # three by hand, three of the automatic search


@asynchronous
async def test_what_cannot_be_kept_is_refused():
    search = search_on(FakeEngine(), 2)
    await search.begin()
    for beams in ([], search.stage.options[0][:3], [search.stage.kept[0]]):
        with pytest.raises(BadArgument):
            await search.keep(beams)
    assert search.step == 1
    with pytest.raises(BadArgument):
        search_on(FakeEngine(), 5)


@asynchronous
async def test_beams_end_with_the_turn_or_a_full_context():
    full = search_on(FakeEngine(context_length=5))
    await by_rule(full, 2)
    assert full.over and all(len(beam.ids) == 2 or beam.ended for beam in full.stage.kept)
    beyond = HandSearch(LanguageModel(FakeEngine(context_length=2), fake_tokenizer()), PREFIX, 2)
    await beyond.begin()
    assert beyond.over


class WorthTheDetour(FakeEngine):
    """Token 10 is a little likelier than 11; but 11 ends at once, and after 10 all is open."""

    def _row(self, ids):
        row = super()._row(ids) * 0 - 30
        if ids[-1] == 11:
            row[2] = 0
        elif ids[-1] == PREFIX[-1]:
            row[10:12] = 0.1, 0
        else:
            row[20:28] = 0
        return row


@asynchronous
async def test_a_finished_beam_that_beats_greedy_is_pointed_out():
    search = search_on(WorthTheDetour(), 2)
    await by_rule(search, 1)
    assert search.beats_greedy() == []
    await search.keep(search.stage.best)
    (ahead,) = search.beats_greedy()
    assert ahead.ids == (11, 2) and ahead.ended
    assert search.stage.greedy.ids[0] == 10
    assert search.stage.greedy.total_logprob < ahead.total_logprob


# On the screen


async def lens_of(session):
    session.explorer.tab = "beams"
    lens = Lens(session)
    return lens, lens.actions()


@asynchronous
async def test_a_search_by_hand_from_start_to_the_document(session):
    before = session.explorer.document
    lens, act = await lens_of(session)
    assert lens.payload()["hand"] is None
    await act["begin_beams"](2)
    for option in (0, 3):
        act["choose_beam"](0, option)
    state = lens.payload()["hand"]
    assert state["step"] == 1 and state["chosen"] == 2 and not state["verdict"]["best"]
    assert state["verdict"]["missed"]["total"] > state["verdict"]["instead"]["total"]
    act["choose_beam"](0, 3)
    assert lens.payload()["hand"]["verdict"] is None
    act["choose_beam"](0, 1)
    assert lens.payload()["hand"]["verdict"] == {"best": True}
    await act["keep_beams"]()
    state = lens.payload()["hand"]
    assert state["step"] == 2 and state["chosen"] == 0 and len(state["beams"]) == 2
    kept = session.beams.search.stage.kept[1]
    act["take_beam"](1)
    assert session.explorer.document == before.append(*kept.ids)
    assert session.attempts.kept[-1].label == "beam search by hand, width 2"
    assert not lens.payload()["hand"]["here"]
    act["beams_back"]()
    assert lens.payload()["hand"]["step"] == 1
    act["close_beams"]()
    assert lens.payload()["hand"] is None
    json.dumps(lens.payload())


@asynchronous
async def test_one_too_many_is_not_chosen(session):
    lens, act = await lens_of(session)
    await act["begin_beams"](2)
    for option in (0, 1, 2):
        act["choose_beam"](0, option)
    chosen = [option["chosen"] for option in lens.payload()["hand"]["beams"][0]["options"]]
    assert chosen == [True, True, False, False, False, False]


@asynchronous
async def test_the_automatic_search_can_be_stopped_and_taken(session):
    session.explorer.max_tokens = 4
    lens, act = await lens_of(session)
    await act["search_beams"](3)
    found = lens.payload()["automatic"]
    assert not found["searching"] and found["here"] and len(found["beams"]) == 3
    totals = [beam["total"] for beam in found["beams"]]
    assert totals == sorted(totals, reverse=True)
    running = asyncio.ensure_future(act["search_beams"](3))
    await asyncio.sleep(0)
    act["stop_beams"]()
    await running
    assert not session.beams.searching
    act["take_found"](0)
    assert session.attempts.kept[-1].label == "beam search, width 3"


@asynchronous
async def test_requests_that_fit_nothing_are_refused(session):
    _, act = await lens_of(session)
    for verb, args in (("choose_beam", (0, 0)), ("choose_best_beams", ()), ("take_found", (0,)),
                       ("take_beam", (0,)), ("beams_back", ())):
        with pytest.raises(BadArgument):
            act[verb](*args)
    await act["begin_beams"](2)
    for verb, args in (("choose_beam", (0, 99)), ("choose_beam", (4, 0)), ("take_beam", (7,))):
        with pytest.raises(BadArgument):
            act[verb](*args)
    with pytest.raises(BadArgument):
        await act["keep_beams"]()
    session.changes.set_mode("raw")
    session.changes.new_conversation()
    with pytest.raises(BadArgument):
        await act["begin_beams"](2)
    with pytest.raises(BadArgument):
        await act["search_beams"](2)


@asynchronous
async def test_the_automatic_search_has_greedy_beside_it(errors):
    session = Session(LanguageModel(WorthTheDetour(), fake_tokenizer()), errors.append)
    session.explorer.max_tokens = 3
    session.changes.change(Document(PREFIX, raw=True), "short")
    lens, act = await lens_of(session)
    await act["search_beams"](2)
    found = lens.payload()["automatic"]
    assert found["ahead"] == [0] and found["beams"][0]["ended"]
    assert found["beams"][0]["total"] > found["greedy"]["total"]
    assert session.beams.greedy.ids[0] == 10


@asynchronous
async def test_a_full_context_is_told(errors):
    engine = FakeEngine(context_length=3)
    session = Session(LanguageModel(engine, fake_tokenizer()), errors.append)
    session.explorer.document = Document(PREFIX, raw=True)
    for search in (session.beams.begin, session.beams.run):
        with pytest.raises(ContextFull, match="fills all"):
            await search(2)
