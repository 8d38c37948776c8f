"""The key/value cache's bookkeeping: what is reused, kept and forgotten."""

from hypothesis import given
from hypothesis import strategies as st

from lmpanel.engine.kv_cache import KVCache, common_prefix

SEQUENCE = st.lists(st.integers(0, 2), min_size=1, max_size=6)


def filled(*sequences, **limits):
    cache = KVCache(**limits)
    for ids in sequences:
        cache.store(ids, f"kv of {ids}")
    return cache


def test_nothing_shared():
    assert filled([1, 2]).longest_prefix([3]) == (None, 0)


def test_extension_replaces_what_it_continues():
    assert filled([1], [1, 2], [1, 2, 3]).sequences == [(1, 2, 3)]


def test_prefix_of_a_sequence_keeps_the_longer_one():
    cache = filled([1, 2, 3])
    cached, length = cache.longest_prefix([1, 2])
    cache.store([1, 2], "shorter")
    assert (cached.ids, length) == ((1, 2, 3), 2)
    assert cache.sequences == [(1, 2, 3)]


def test_fork_keeps_both():
    cache = filled([1, 2, 3], [1, 2, 4])
    assert cache.longest_prefix([1, 2, 3, 5])[1] == 3
    assert cache.longest_prefix([1, 2, 4, 5])[1] == 3


def test_least_recently_used_goes_first():
    cache = filled([1], [2], max_sequences=2)
    cache.longest_prefix([1])
    cache.store([3], "kv")
    assert cache.sequences == [(1,), (3,)]


def test_token_budget_never_drops_the_newest():
    assert filled([1, 1], [2] * 9, token_budget=4).sequences == [(2,) * 9]


def test_clear():
    cache = filled([1])
    cache.clear()
    assert cache.sequences == []


@given(SEQUENCE, SEQUENCE)
def test_common_prefix_is_the_longest(one, other):
    length = common_prefix(one, other)
    assert one[:length] == other[:length]
    assert one[: length + 1] != other[: length + 1] or length == min(len(one), len(other))


@given(st.lists(SEQUENCE, max_size=12))
def test_invariants(requests):
    cache = KVCache(token_budget=12, max_sequences=3)
    for ids in requests:
        cached, length = cache.longest_prefix(ids)
        if cached:
            assert list(cached.ids[:length]) == ids[:length]
        cache.store(ids, "kv")
        kept = cache.sequences
        assert any(common_prefix(sequence, ids) == len(ids) for sequence in kept)
        assert len(kept) <= 3
        assert len(kept) == 1 or sum(map(len, kept)) <= 12
        for place, sequence in enumerate(kept):
            others = kept[:place] + kept[place + 1:]
            assert all(common_prefix(sequence, other) < len(sequence) for other in others)
