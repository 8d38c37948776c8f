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
from lmpanel.number_text import grouped
from lmpanel.scoring import LN2, TokenScore, Totals, written_perplexity, written_sum

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
        taken["notes"].append(f"{left_out} more rows were left out.")
    return {"kind": what, **taken}


def _before(session: Session) -> str:
    return session.model.tokenizer.vocabulary.ending(session.explorer.context, 40)


def _distribution(session: Session) -> Table:
    distribution = session.explorer.distribution
    if distribution is None or session.guesses.hidden:
        raise BadArgument("There are no numbers yet.", "Wait until the table shows them.")
    rows = [
        [c.rank, shown(session, c.id), c.id, rounded(c.prob), rounded(c.bits)]
        for c in distribution.top(ROWS)
    ]
    rows.append([None, "(other)", None, rounded(distribution.other_prob(ROWS)), None])
    choices = f"like {distribution.effective_choices:.1f} equal choices"
    entropy = f"Entropy {distribution.entropy_bits:.3f} bits, {choices}."
    columns = ("rank", "token", "id", "p", "bits")
    return table(f"What comes after “{_before(session)}”", columns, rows, entropy)


def _sampling(session: Session) -> Table:
    distribution, filters = session.explorer.distribution, session.explorer.filters
    if distribution is None:
        raise BadArgument("There are no numbers yet.", "Wait until the table shows them.")
    after = filters.apply(distribution)
    rows = [
        [c.rank, shown(session, c.id), rounded(c.prob), rounded(after.prob(c.id))]
        for c in distribution.top(ROWS)
    ]
    settings = (
        f"Temperature {filters.temperature:g}, top-k {filters.top_k or 'off'}, "
        f"top-p {filters.top_p:g}, min-p {filters.min_p:g}."
    )
    entropy = (
        f"Entropy {distribution.entropy_bits:.3f} bits before, {after.entropy_bits:.3f} after."
    )
    columns = ("rank", "token", "p before", "p after")
    return table(f"What comes after “{_before(session)}”", columns, rows, settings, entropy)


def _sum(session: Session) -> Table:
    explorer = session.explorer
    start, stop = explorer.span
    if explorer.cursor >= len(explorer.document) or start >= stop:
        raise BadArgument("No tokens are selected.", "Select some in the document first.")
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
        raise BadArgument("The numbers are not all there yet.", "Wait a moment, then try again.")
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
    per = f"{totals.bits_per_token:.3f} bits per token" if totals.count else ""
    perplexity = written_perplexity(totals)
    return table(
        f"“{text[:CHARACTERS]}”",
        ("token no.", "token", "p", "bits"),
        rows,
        written_sum(bits),
        f"{per}; perplexity {perplexity}." if per else "",
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
        attempt.label,
        text[:CHARACTERS],
        attempt.stop - attempt.start,
        *map(rounded, numbers),
    ]


_ATTEMPT = ("no.", "how", "response", "tokens", "bits", "bits per token", "loss (nats)")


def _attempt(session: Session) -> Table:
    kept = session.attempts.kept
    attempt = session.attempts.current or (kept[-1] if kept else None)
    if attempt is None:
        raise BadArgument("There is no response yet.", "Let the model write one first.")
    return table(f"Attempt {attempt.number}", _ATTEMPT, [_cost(session, attempt)])


def _attempts(session: Session) -> Table:
    if not session.attempts.kept:
        raise BadArgument("There are no attempts yet.", "Let the model write a response first.")
    return table(
        "Attempts", _ATTEMPT, [_cost(session, attempt) for attempt in session.attempts.kept[-20:]]
    )


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
        "Surprisal and entropy along the document",
        ("token no.", "token", "surprisal", "entropy"),
        rows,
    )


def _document(session: Session) -> Table:
    ids = session.explorer.document.ids
    rows = [[i + 1, shown(session, id), id] for i, id in enumerate(ids)]
    return table(f"The document, {grouped(len(ids))} tokens", ("token no.", "token", "id"), rows)


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
