"""Neighbours of tokens by cosine: ranks, ties, what is kept, what is shown."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmpanel.embedding import KEPT, Embedding, Neighbourhood
from lmpanel.errors import UnknownToken
from lmpanel.views import inside_embedding
from support.asynchronous import asynchronous


@given(st.lists(st.sampled_from([-0.5, 0.0, 0.25, 0.5, 1.0]), min_size=2, max_size=12))
def test_ranks_are_places_in_the_sorted_list(cosines):
    near = Neighbourhood(1, np.array(cosines), np.ones(len(cosines)))
    order = near.nearest(len(cosines))
    assert [other.rank for other in order] == list(range(1, len(cosines)))
    assert sorted(order, key=lambda other: (-other.cosine, other.id)) == order
    assert [near.of(other.id) for other in order] == order
    assert near.of(1).rank == 0 and sum(near.spread()) == len(cosines)


@asynchronous
async def test_neighbours_equal_numpys(session, engine):
    embedding = session.inside.embedding
    await embedding.look(40)
    matrix = np.random.default_rng(0).standard_normal((engine.info.vocab_size, 8))
    lengths = np.linalg.norm(matrix, axis=1)
    expected = matrix @ matrix[40] / lengths / lengths[40]
    state = json.loads(json.dumps(inside_embedding.payload(session)))
    order = [int(i) for i in np.argsort(-expected) if i != 40][:20]
    assert [row["id"] for row in state["rows"]] == order
    assert [row["cosine"] for row in state["rows"]] == pytest.approx(expected[order], abs=1e-6)
    assert state["own"]["length"] == pytest.approx(lengths[40])
    assert state["middle"] == pytest.approx(np.median(expected), abs=1e-6)
    embedding.compare(order[5])
    assert inside_embedding.payload(session)["compared"]["rank"] == 6
    embedding.compare(40)
    assert inside_embedding.payload(session)["compared"]["rank"] == 0


@asynchronous
async def test_what_was_asked_lately_is_not_asked_again(session, engine):
    embedding = session.inside.embedding
    for token in (1, 2, 1, *range(3, 3 + KEPT), 1):
        await embedding.look(token)
    asked = [tokens for verb, tokens, _ in engine.requests if verb == "similar"]
    assert asked == [1, 2, *range(3, 3 + KEPT), 1]


@asynchronous
async def test_a_token_that_is_not_there_changes_nothing(session):
    embedding = session.inside.embedding
    await embedding.look(3)
    for wrong in (-2, 10**6):
        with pytest.raises(UnknownToken):
            await embedding.look(wrong)
        with pytest.raises(UnknownToken):
            embedding.compare(wrong)
    assert (embedding.token, embedding.other) == (3, -1)


@asynchronous
async def test_an_engine_that_fails_is_told_and_can_be_asked_again(session, engine):
    embedding = session.inside.embedding
    engine.lose_next(2)
    await embedding.look(3)
    state = inside_embedding.payload(session)
    assert "lost" in state["error"] and not state["waiting"] and "rows" not in state
    await embedding.look(3)
    assert inside_embedding.payload(session)["error"] == "" and embedding.neighbourhood


@asynchronous
async def test_searching_gives_tokens_or_says_how_the_text_is_read(session):
    embedding = session.inside.embedding
    embedding.query, embedding.other_query = " dragon", "xyz"
    state = inside_embedding.payload(session)
    assert state["search"]["found"][0]["text"] == " dragon" and not state["search"]["message"]
    assert state["other_search"]["message"] == "Not one token: it is read as x · y · z"


@asynchronous
async def test_something_is_looked_at_first(model):
    embedding = Embedding(model)
    await embedding.look_at_first()
    assert model.tokenizer.vocabulary.text_of(embedding.token) == " dragon"
