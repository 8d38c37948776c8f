"""The rows of the branches' tree, one for each run without a fork. Plain data.

Only rows in view are worked out, and what a run's text and cost are is worked out once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from lmpanel.document_tree import Stop
from lmpanel.radix_tree import Run
from lmpanel.run_costs import NOTHING, Cost
from lmpanel.scoring import PER_BIT
from lmpanel.session import Session
from lmpanel.views.tokens import token_row

CHARACTERS = 90
TRUNK_CHARACTERS = 60
NEAR = 10
"""How much of the current path is shown beyond the limit of rows."""


@dataclass(frozen=True)
class Marks:
    """What rows are set off by: runs of the trunk, of the current path, and chosen ones."""

    trunk: frozenset[int]
    path: frozenset[int]
    near: frozenset[int]
    """The last runs of the path."""
    chosen: frozenset[int]
    end: tuple[int, int]
    """The run in which the current document ends, and its length."""

    @classmethod
    def of(cls, session: Session) -> Marks:
        """The marks of a session's tree as it stands."""
        branches = session.branches
        tree, ids = branches.tree, session.explorer.document.ids
        path = branches.here
        whole = bool(path) and path[-1].ids[: len(ids) - path[-1].start] == ids[path[-1].start :]
        chosen = [(tree.find(document.ids), len(document)) for document in branches.chosen]
        return cls(
            trunk=frozenset(run.number for run in tree.path(tree.ids(branches.tree.trunk))),
            path=frozenset(run.number for run in path),
            near=frozenset(run.number for run in path[-NEAR:]),
            chosen=frozenset(run.number for run, length in chosen if run and run.stop == length),
            end=(path[-1].number, len(ids)) if whole else (0, 0),
        )


def tree(session: Session) -> dict[str, Any]:
    """The rows in view, how many there are beyond them, and what the whole tree holds."""
    branches, marks = session.branches, Marks.of(session)
    totals: dict[int, Cost | None] = {0: NOTHING}
    depths = {0: -1}
    rows, seen = [], 0
    for run in branches.outline():
        seen += 1
        # Where the student is stays in view, however far down it is.
        if seen > branches.limit and run.number not in marks.near:
            continue
        above = run.parent
        before = totals[above.number] if above.number in totals else branches.total(above)
        cost = branches.cost(run)
        totals[run.number] = before + cost if before is not None and cost is not None else None
        if run.number in marks.trunk:
            totals[run.number] = NOTHING
        while above.number not in depths:
            above = above.parent
        depths[run.number] = depths[above.number] + 1
        row = _row(session, run, depths[run.number], cost, totals[run.number], marks)
        rows.append({**row, "gap": above is not run.parent})
    leaves = [run for run in branches.tree.runs() if not run.children]
    return {
        "rows": rows,
        "more": seen - len(rows),
        "leaves": len(leaves),
        "unpinned": sum(
            not _is_kept(branches.tree.stop_at(run)) and (run.number, run.stop) != marks.end
            for run in leaves
        ),
    }


def _is_kept(stop: Stop | None) -> bool:
    return stop is not None and stop.kept


def _row(
    session: Session, run: Run, depth: int, cost: Cost | None, total: Cost | None, marks: Marks
) -> dict[str, Any]:
    stop = session.branches.tree.stop_at(run)
    trunk = run.number in marks.trunk
    number, length = marks.end
    wanted = not trunk and (not run.children or _is_kept(stop))
    return {
        "number": run.number,
        "length": run.stop,
        "depth": depth,
        **_words(session, run, trunk),
        "trunk": trunk,
        "tokens": len(run.ids),
        "prob": math.exp(cost.first) if cost and cost.first is not None else None,
        "logprob": cost.logprob if cost else None,
        "measured": cost is not None,
        "total": total_of(session, total) if wanted else None,
        "name": stop.name if stop else "",
        "pinned": bool(stop and stop.pinned),
        "explored": run.marked,
        "path": run.number in marks.path,
        "here": (run.number, run.stop) == marks.end,
        "inside": length - run.start if run.number == number and length < run.stop else None,
        "chosen": run.number in marks.chosen,
        "forks": len(run.children),
        "folded": run.number in session.branches.folded,
    }


def total_of(session: Session, total: Cost | None) -> dict[str, Any] | None:
    """A total in the explorer's unit, and per token."""
    if total is None:
        return None
    surprise = total.bits * PER_BIT[session.explorer.unit]
    per_token = surprise / total.count if total.count else None
    return {"logprob": total.logprob, "surprise": surprise, "per_token": per_token}


def _words(session: Session, run: Run, trunk: bool) -> dict[str, Any]:
    """The run as text: its first token, and as much of what follows as fits; a trunk's end."""
    key = "trunk" if trunk else "words"
    if key not in run.memo:
        run.memo[key] = _trunk_words(session, run) if trunk else _run_words(session, run)
    return run.memo[key]


def _trunk_words(session: Session, run: Run) -> dict[str, Any]:
    text = session.model.tokenizer.decode(run.ids[-TRUNK_CHARACTERS:])
    cut = len(text) > TRUNK_CHARACTERS or len(run.ids) > TRUNK_CHARACTERS
    return {"token": None, "text": ("…" if cut else "") + text[-TRUNK_CHARACTERS:], "cut": False}


def _run_words(session: Session, run: Run) -> dict[str, Any]:
    first, following = run.ids[0], run.ids[1 : CHARACTERS + 1]
    token = token_row(session.model.tokenizer.vocabulary, first)
    data = session.model.tokenizer.vocabulary.decode_bytes(following)
    if token["kind"] == "bytes":  # the rest of its character says nothing alone
        data = data.lstrip(bytes(range(0x80, 0xC0)))
    text = data.decode(errors="replace")
    cut = len(text) > CHARACTERS or len(run.ids) > len(following) + 1
    return {"token": token, "text": text[:CHARACTERS], "cut": cut}


def ending(session: Session, run: Run, length: int) -> str:
    """The last words of the document that ends at `length` in a run."""
    ids = run.ids[: length - run.start]
    while len(ids) < TRUNK_CHARACTERS // 2 and run.parent is not None:
        run = run.parent
        ids = run.ids + ids
    text = session.model.tokenizer.decode(ids[-TRUNK_CHARACTERS:])
    cut = len(text) > TRUNK_CHARACTERS
    return ("…" if cut else "") + text[-TRUNK_CHARACTERS:]
