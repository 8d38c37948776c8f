"""The radix tree against a plain set of tuples."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lmpanel.prefix_tree import PrefixTree
from lmpanel.radix_tree import RadixTree
from lmpanel.run_costs import NOTHING, cost, total
from lmpanel.scoring import TokenScore

SEQUENCE = st.lists(st.integers(0, 2), max_size=7).map(tuple)
SEQUENCES = st.lists(SEQUENCE, max_size=20)


def check(tree: RadixTree, plain: set, held: set) -> None:
    """The tree is sound, holds exactly the beginnings of `plain`, and its runs are maximal."""
    beginnings = {(), *(ids[:length] for ids in plain for length in range(len(ids) + 1))}
    found = {()}
    runs = list(tree.runs())
    assert len(tree) == len(runs) == len({run.number for run in runs})
    for run in runs:
        ids = tree.ids(run)
        assert run.ids and len(ids) == run.stop and tree.run(run.number) is run
        assert run.parent.children[run.ids[0]] is run and run.start == run.parent.stop
        assert all(run.start < at <= run.stop for at in run.marks)
        assert run.marked == (bool(run.marks) or any(c.marked for c in run.children.values()))
        found |= {ids[:length] for length in range(run.start + 1, run.stop + 1)}
        assert len(run.children) != 1 or ids in held, "a run without a fork is one run"
    assert found == beginnings
    for ids in beginnings:
        run = tree.find(ids)
        assert tree.ids(run)[: len(ids)] == ids
        assert run is tree.root or run.start < len(ids) <= run.stop
        assert tree.path(ids)[-1:] == ([run] if ids else [])


@given(SEQUENCES, st.lists(SEQUENCE, max_size=5))
def test_it_holds_what_a_set_holds(sequences, others):
    tree, plain = RadixTree(), set()
    for ids in sequences:
        tree.insert(ids)
        plain.add(ids)
        check(tree, plain, set())
    for ids in others:
        there = any(one[: len(ids)] == ids for one in plain | {()})
        assert (tree.find(ids) is not None) == there


@given(st.lists(st.tuples(SEQUENCE, st.sampled_from(["mark", "hold", "release"])), max_size=20))
def test_marks_stay_where_they_were_put_and_held_nodes_stay_nodes(steps):
    tree, plain, held, marks = RadixTree(), set(), set(), {}
    for number, (ids, verb) in enumerate(steps):
        if verb == "mark":
            tree.mark(ids, number)
            marks[ids] = number
        elif verb == "hold":
            run = tree.hold(ids)
            assert run.stop == len(ids)
            held.add(ids)
        else:
            tree.release(ids)
            held.discard(ids)
        plain |= {ids} if verb != "release" else set()
        check(tree, plain, held)
        runs = [tree.root, *tree.runs()]
        assert {tree.ids(r)[:at]: mark for r in runs for at, mark in r.marks.items()} == marks


@given(SEQUENCES, st.data())
def test_totals_are_sums_however_the_tree_came_about(sequences, data):
    """A token's made-up score depends on all before it; every run's cost is known or not."""
    known = PrefixTree()

    def score(ids):
        return TokenScore(-((hash(ids) % 1000) / 100), 1, 1.0)

    tree, measured = RadixTree(), set()
    for ids in sequences:
        tree.insert(ids)
        if data.draw(st.booleans()):
            known.record_all(ids, 1, [score(ids[: at + 1]) for at in range(1, len(ids))])
            measured |= {ids[: at + 1] for at in range(1, len(ids))}
        for run in tree.runs():
            whole = tree.ids(run)
            own = [whole[: at + 1] for at in range(max(run.start, 1), run.stop)]
            found = cost(run, known)
            assert (found is None) == (not measured.issuperset(own))
            if found is not None:
                assert abs(found.logprob - sum(score(one).logprob for one in own)) < 1e-9
                assert found.count == len(own)
                assert found.first == (score(own[0]).logprob if run.start else None)
            tokens = [whole[: at + 1] for at in range(1, run.stop)]
            sum_ = total(run, tree.root, known)
            if measured.issuperset(tokens):
                assert abs(sum_.logprob - sum(score(one).logprob for one in tokens)) < 1e-9
            else:
                assert sum_ is None
            assert total(run, run, known) == NOTHING


def test_numbers_name_ends_and_are_not_used_twice():
    tree = RadixTree()
    run = tree.insert((1, 2, 3, 4))
    number = run.number
    tree.insert((1, 2, 5))
    assert tree.run(number) is run and tree.ids(run) == (1, 2, 3, 4)
    used = {run.number for run in tree.runs()}
    tree.clear()
    assert len(tree) == 0 and tree.run(number) is None and tree.find((1,)) is None
    assert tree.insert((1, 2)).number not in used


def test_what_was_worked_out_is_forgotten_only_where_tokens_changed():
    tree = RadixTree()
    for ids in [(1, 2, 3, 4), (1, 9)]:
        tree.insert(ids)
    for run in tree.runs():
        run.memo["worked"] = "out"
    tree.insert((1, 2, 7))
    kept = {run.ids: run.memo for run in tree.runs()}
    assert kept == {(1,): {"worked": "out"}, (9,): {"worked": "out"}, (2,): {}, (3, 4): {},
                    (7,): {}}
