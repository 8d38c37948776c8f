"""What the branches lens shows: the tree of everything explored, two branches side by side, and
how far an expansion is. Plain data; only what is in view is worked out.
"""

from __future__ import annotations

from typing import Any

from lmpanel.comparison import Comparison
from lmpanel.document_tree import NAME_CHARACTERS, Stop
from lmpanel.errors import BadArgument
from lmpanel.expansion import LIMIT, tokens_of
from lmpanel.radix_tree import Run
from lmpanel.scoring import PER_BIT, TokenScore, Totals
from lmpanel.session import Session
from lmpanel.views import branch_rows, guessing, next_token
from lmpanel.views.tokens import token_row
from lmpanel.wording import later, t

TITLE = later("Branches")
TOKENS = 300
"""Tokens of one run, or of one side of a comparison, that are shown."""


def payload(session: Session) -> dict[str, Any]:
    """The state of site/components/lens_branches.js; nothing of it while a guess is waited for."""
    branches = session.branches
    hidden = guessing.hidden(session, session.explorer.context)
    if hidden:
        return {"unit": session.explorer.unit, "hidden": hidden}
    return {
        "hidden": "",
        "unit": session.explorer.unit,
        "name_characters": NAME_CHARACTERS,
        "writing": session.explorer.generating,
        "fork": {"at": branches.tree.trunk.stop},
        "first": [_first(session, *place) for place in branches.tree.stops() if place[2].kept],
        "here": _here(session),
        **branch_rows.tree(session),
        "open": _open(session),
        "chosen": len(branches.chosen),
        "comparison": _comparison(session),
        "expansion": _expansion(session),
    }


def actions(session: Session) -> dict[str, Any]:
    """What may be asked for here."""
    branches, expansion = session.branches, session.expansion

    def go(number: int, length: int) -> None:
        document = branches.tree.document(int(number), int(length))
        session.changes.change(document, t("went to a branch"))

    def clear() -> None:
        if session.explorer.generating:
            raise BadArgument(
                t("The model is writing."), t("Stop it first, then clear the branches.")
            )
        expansion.stop()
        expansion.note = ""
        branches.clear([attempt.document.ids for attempt in session.attempts.kept])

    return {
        "branch_go": go,
        "branch_open": lambda number: branches.open(int(number)),
        "branch_fold": lambda number, on: branches.fold(int(number), bool(on)),
        "branch_more": branches.show_more,
        "branch_name": lambda number, length, name: branches.rename(
            int(number), int(length), str(name)
        ),
        "branch_pin": lambda number, length, on: branches.pin(int(number), int(length), bool(on)),
        "branch_choose": lambda number, length: branches.choose(int(number), int(length)),
        "branch_end_comparison": branches.end_comparison,
        "branch_clear": clear,
        "expand_size": lambda width, depth: expansion.resize(int(width), int(depth)),
        "expand": expansion.run,
        "expand_stop": expansion.stop,
    }


def sources(session: Session) -> list[tuple[Any, list[str]]]:
    """What the payload is made from besides the document."""
    expansion = ["width", "depth", "running", "done", "total", "note"]
    shown = [(session.branches, ["changed"]), (session.expansion, expansion)]
    return shown + guessing.hiding(session)


def _first(session: Session, run: Run, length: int, stop: Stop) -> dict[str, Any]:
    """A branch of the short list: one with a name or a pin."""
    total = session.branches.total(run) if length == run.stop else None
    return {
        "number": run.number,
        "length": length,
        "name": stop.name,
        "pinned": stop.pinned,
        "text": branch_rows.ending(session, run, length),
        "total": branch_rows.total_of(session, total),
        "here": length == len(session.explorer.document) and run in session.branches.here,
    }


def _here(session: Session) -> dict[str, Any] | None:
    """Where the current document ends; None while it is not in the tree."""
    number, length = branch_rows.Marks.of(session).end
    run = session.branches.tree.run(number)
    if run is None:
        return None
    stop = run.marks.get(length)
    return {
        "number": number,
        "length": length,
        "text": branch_rows.ending(session, run, length),
        "pinned": bool(stop and stop.pinned),
    }


def _open(session: Session) -> dict[str, Any] | None:
    """The last tokens of the open run, one by one; `stop` marks where a document was at rest."""
    branches = session.branches
    run = branches.tree.run(branches.opened)
    if run is None:
        return None
    scores = branches.scores(run)
    first = max(len(run.ids) - TOKENS, 0)
    rows = [
        {
            **_cell(session, id, score),
            "length": run.start + at + 1,
            "stop": run.start + at + 1 in run.marks,
        }
        for at, (id, score) in enumerate(zip(run.ids, scores))
    ]
    return {"number": run.number, "hidden": first, "tokens": rows[first:]}


def _cell(session: Session, id: int, score: TokenScore | None) -> dict[str, Any]:
    return {
        **token_row(session.model.tokenizer.vocabulary, id),
        "prob": score and score.prob,
        "value": score and score.bits * PER_BIT[session.explorer.unit],
    }


def _comparison(session: Session) -> dict[str, Any] | None:
    """Two branches side by side; without `sides` while they are still being measured."""
    branches = session.branches
    compared = branches.comparison
    if len(branches.chosen) < 2:
        return None
    if compared is None:
        return {"sides": []}
    before = session.model.tokenizer.decode(compared.first[: compared.parting][-40:])
    return {
        "parting": compared.parting,
        "text": before[-branch_rows.TRUNK_CHARACTERS :],
        "difference": compared.difference_bits * PER_BIT[session.explorer.unit],
        "difference_bits": compared.difference_bits,
        "sides": [_side(session, compared, which) for which in (0, 1)],
    }


def _side(session: Session, compared: Comparison, which: int) -> dict[str, Any]:
    ids = (compared.first, compared.second)[which][compared.parting :]
    scores = (compared.first_scores, compared.second_scores)[which]
    totals: Totals = compared.totals[which]
    factor = PER_BIT[session.explorer.unit]
    per_token = totals.bits_per_token
    return {
        "name": session.branches.tree.name_of(session.branches.chosen[which]),
        "tokens": [_cell(session, *pair) for pair in zip(ids[:TOKENS], scores)],
        "count": len(ids),
        "logprob": -totals.nats + 0.0,
        "surprise": totals.bits * factor,
        "per_token": None if per_token is None else per_token * factor,
    }


def _expansion(session: Session) -> dict[str, Any]:
    expansion = session.expansion
    return {
        "width": expansion.width,
        "depth": expansion.depth,
        "size": tokens_of(expansion.width, expansion.depth),
        "limit": LIMIT,
        "refusal": expansion.refusal,
        "text": next_token.before(session.explorer),
        "running": expansion.running,
        "done": expansion.done,
        "total": expansion.total,
        "note": expansion.note,
    }
