"""Evidence: numbers of the tool as a small table, taken at the moment they are captured.

All kinds have one form: `{kind, title, columns, rows, notes}`. Probabilities and bits are the
model's own, rounded to six digits after the point. Reads a session, changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from lmpanel.errors import BadArgument
from lmpanel.lessons.evidence_kinds import KINDS
from lmpanel.lessons.evidence_table import Table, rounded, shown, table
from lmpanel.lessons.rival_evidence import game, ladder, tutorial
from lmpanel.scoring import LN2, TokenScore, Totals, written_perplexity, written_sum
from lmpanel.wording import later, many, t

if TYPE_CHECKING:
    from lmpanel.attempts import Attempt
    from lmpanel.session import Session

ROWS = 10
MAX_ROWS = 200
CHARACTERS = 300


def capture(session: Session, what: str) -> Table:
    """Evidence of one of the kinds. Raises BadArgument when there is nothing of that kind now.

    The rows hold texts, numbers and None; the notes are whole sentences.
    """
    taken = _CAPTURES[what](session)
    if len(taken["rows"]) > MAX_ROWS:
        left_out = len(taken["rows"]) - MAX_ROWS
        taken["rows"] = taken["rows"][:MAX_ROWS]
        taken["notes"].append(
            many(left_out, "{n} more row was left out.", "{n} more rows were left out.")
        )
    return {"kind": what, **taken}


def _after(session: Session) -> str:
    """The title of what is predicted at the position looked at."""
    text = session.model.tokenizer.vocabulary.ending(session.explorer.context, 40)
    return t("What comes after “{context}”", context=text)


def _no_numbers() -> BadArgument:
    return BadArgument(t("There are no numbers yet."), t("Wait until the table shows them."))


def _distribution(session: Session) -> Table:
    distribution = session.explorer.distribution
    if distribution is None or session.guesses.hidden:
        raise _no_numbers()
    rows = [
        [c.rank, shown(session, c.id), c.id, rounded(c.prob), rounded(c.bits)]
        for c in distribution.top(ROWS)
    ]
    rows.append([None, t("(other)"), None, rounded(distribution.other_prob(ROWS)), None])
    entropy = t(
        "Entropy {bits} bits, like {choices} equal choices.",
        bits=f"{distribution.entropy_bits:.3f}",
        choices=f"{distribution.effective_choices:.1f}",
    )
    columns = (t("rank"), t("token"), t("id"), "p", t("bits"))
    return table(_after(session), columns, rows, entropy)


def _sampling(session: Session) -> Table:
    distribution, filters = session.explorer.distribution, session.explorer.filters
    if distribution is None:
        raise _no_numbers()
    after = filters.apply(distribution)
    rows = [
        [c.rank, shown(session, c.id), rounded(c.prob), rounded(after.prob(c.id))]
        for c in distribution.top(ROWS)
    ]
    settings = t(
        "Temperature {temperature}, top-k {top_k}, top-p {top_p}, min-p {min_p}.",
        temperature=f"{filters.temperature:g}",
        top_k=filters.top_k or t("off"),
        top_p=f"{filters.top_p:g}",
        min_p=f"{filters.min_p:g}",
    )
    entropy = t(
        "Entropy {before} bits before, {after} after.",
        before=f"{distribution.entropy_bits:.3f}",
        after=f"{after.entropy_bits:.3f}",
    )
    columns = (t("rank"), t("token"), t("p before"), t("p after"))
    return table(_after(session), columns, rows, settings, entropy)


def _sum(session: Session) -> Table:
    explorer = session.explorer
    start, stop = explorer.span
    if explorer.cursor >= len(explorer.document) or start >= stop:
        raise BadArgument(t("No tokens are selected."), t("Select some in the document first."))
    scores = explorer.scores()[start:stop]
    return _scored(
        session,
        explorer.document.ids[start:stop],
        scores,
        start,
        session.model.tokenizer.decode(explorer.document.ids[start:stop]),
    )


def _scored(
    session: Session, ids: Sequence[int], scores: Sequence[TokenScore | None], start: int, text: str
) -> Table:
    if None in scores[1 if start == 0 else 0 :]:
        raise BadArgument(
            t("The numbers are not all there yet."), t("Wait a moment, then try again.")
        )
    rows = [
        [
            start + i + 1,
            shown(session, id),
            rounded(score and score.prob),
            rounded(score and score.bits),
        ]
        for i, (id, score) in enumerate(zip(ids, scores))
    ]
    totals = Totals.of(scores)
    bits = [score.bits for score in scores if score is not None]
    columns = (t("token no."), t("token"), "p", t("bits"))
    title = t("“{quoted}”", quoted=text[:CHARACTERS])
    return table(title, columns, rows, written_sum(bits), _mean(totals))


def _mean(totals: Totals) -> str:
    """Bits per token and perplexity in a sentence; empty when nothing was counted."""
    if not totals.count:
        return ""
    return t(
        "{bits} bits per token; perplexity {perplexity}.",
        bits=f"{totals.bits_per_token:.3f}",
        perplexity=written_perplexity(totals),
    )


def _cost(session: Session, attempt: Attempt) -> list[Any]:
    totals = session.attempts.totals(attempt)
    counted = totals is not None and totals.count > 0
    text = session.model.tokenizer.decode(attempt.document.ids[attempt.start : attempt.stop])
    numbers = (
        (totals.bits, totals.bits_per_token, totals.bits_per_token * LN2)
        if counted
        else (None,) * 3
    )
    return [
        attempt.number,
        attempt.how,
        text[:CHARACTERS],
        attempt.stop - attempt.start,
        *map(rounded, numbers),
    ]


_ATTEMPT = (
    later("no."),
    later("how"),
    later("response"),
    later("tokens"),
    later("bits"),
    later("bits per token"),
    later("loss (nats)"),
)


def _attempt_table(session: Session, title: str, attempts: Sequence[Attempt]) -> Table:
    return table(title, [t(one) for one in _ATTEMPT], [_cost(session, one) for one in attempts])


def _attempt(session: Session) -> Table:
    kept = session.attempts.kept
    attempt = session.attempts.current or (kept[-1] if kept else None)
    if attempt is None:
        raise BadArgument(t("There is no response yet."), t("Let the model write one first."))
    return _attempt_table(session, t("Attempt {number}", number=attempt.number), [attempt])


def _attempts(session: Session) -> Table:
    if not session.attempts.kept:
        raise BadArgument(
            t("There are no attempts yet."), t("Let the model write a response first.")
        )
    return _attempt_table(session, t("Attempts"), session.attempts.kept[-20:])


def _curve(session: Session) -> Table:
    explorer, scores = session.explorer, session.explorer.scores()
    rows = [
        [
            i + 1,
            shown(session, id),
            rounded(score and score.bits),
            rounded(score and score.entropy_bits),
        ]
        for i, (id, score) in enumerate(zip(explorer.document.ids, scores))
    ]
    return table(
        t("Surprisal and entropy along the document"),
        (t("token no."), t("token"), t("surprisal"), t("entropy")),
        rows,
    )


def _document(session: Session) -> Table:
    ids = session.explorer.document.ids
    rows = [[i + 1, shown(session, id), id] for i, id in enumerate(ids)]
    title = many(len(ids), "The document, {n} token", "The document, {n} tokens")
    return table(title, (t("token no."), t("token"), t("id")), rows)


_CAPTURES: dict[str, Callable[[Session], Table]] = {
    "distribution": _distribution,
    "sampling": _sampling,
    "sum": _sum,
    "attempt": _attempt,
    "attempts": _attempts,
    "curve": _curve,
    "document": _document,
    "tutorial": tutorial,
    "game": game,
    "ladder": ladder,
}
assert _CAPTURES.keys() == KINDS.keys()
