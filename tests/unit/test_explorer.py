"""Where one looks: what the lens is about at every position."""

from __future__ import annotations

import pytest

from support.asynchronous import asynchronous


@pytest.fixture
def explorer(session):
    return session.explorer


def test_at_first_one_looks_behind_the_last_token(explorer):
    assert explorer.cursor == len(explorer.document)
    assert explorer.context == explorer.document.ids
    assert explorer.here is None and explorer.span == (len(explorer.document),) * 2


@asynchronous
async def test_looking_at_a_token_and_behind_it(explorer):
    ids = explorer.document.ids
    explorer.select(4, 4)
    assert explorer.context == ids[:4] and explorer.here == ids[4]
    explorer.where = "next"
    assert explorer.context == ids[:5] and explorer.here == ids[5]
    explorer.select(len(ids) - 1, len(ids) - 1)
    assert explorer.context == ids and explorer.here is None


@asynchronous
async def test_before_the_first_token_there_is_no_prediction(session, explorer):
    explorer.select(0, 0)
    assert explorer.context == () and explorer.distribution is None
    await session.measurement.settle()
    assert explorer.distribution is None


@asynchronous
async def test_a_span_holds_both_its_ends_in_either_direction(explorer):
    explorer.select(3, 7)
    assert explorer.span == (3, 8) and explorer.tab == "surprise"
    explorer.select(7, 3)
    assert explorer.span == (3, 8)
    explorer.select(5, 5)
    assert explorer.span == (5, 6) and explorer.tab == "next"


@pytest.mark.parametrize("tab", ["surprise", "what_if", "beams", "branches", "attempts"])
@asynchronous
async def test_most_lenses_stay_open_with_spans_and_without(explorer, tab):
    explorer.open(tab)
    explorer.select(3, 7)
    assert explorer.tab == tab
    explorer.select(5, 5)
    assert explorer.tab == tab


@asynchronous
async def test_a_lens_of_one_position_makes_way_for_a_span_and_comes_back(explorer):
    explorer.open("sampling")
    for cursor in (4, 7):
        explorer.select(3, cursor)
        assert explorer.tab == "surprise"
    explorer.select(5, 5)
    assert explorer.tab == "sampling"
    explorer.select(3, 7)
    explorer.open("branches")
    explorer.open("surprise")
    explorer.select(5, 5)
    assert explorer.tab == "surprise"


@asynchronous
async def test_a_span_up_to_the_caret_ends_with_the_document(explorer):
    end = len(explorer.document)
    explorer.select(end - 3, end)
    assert explorer.span == (end - 3, end)


@asynchronous
async def test_positions_outside_become_the_nearest_inside(explorer):
    end = len(explorer.document)
    explorer.select(-5, 10**6)
    assert (explorer.anchor, explorer.cursor) == (0, end)


@asynchronous
async def test_an_open_surprise_tab_stays_open_from_token_to_token(explorer):
    explorer.tab = "surprise"
    explorer.select(5, 5)
    explorer.select(6, 6)
    assert explorer.tab == "surprise"
