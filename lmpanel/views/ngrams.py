"""What the n-grams lens shows: the ladder beside the transformer, the counts, the plot.

Plain data. Knows nothing about Panel.
"""

from __future__ import annotations

from typing import Any

from lmpanel.document import Document
from lmpanel.errors import Cancelled, LMPanelError
from lmpanel.explorer import TRANSFORMER
from lmpanel.ngrams.corpus import MAX_TITLE, Text
from lmpanel.ngrams.ladder import RUNGS
from lmpanel.ngrams.smoothing import Term, estimate
from lmpanel.number_text import grouped
from lmpanel.session import Session
from lmpanel.views import guessing, next_token, word_ladder
from lmpanel.views.tokens import token_row
from lmpanel.wording import later, t

TITLE = later("N-grams")
LISTED = 3
"""Likeliest tokens of each model."""
READ = {"SmolLM2-135M": later("2 trillion")}
"""How many tokens a transformer was trained on, where that is known: by its makers' account."""
FOLLOWERS = 8
"""Tokens that followed a context, with their counts."""


def payload(session: Session) -> dict[str, Any]:
    """The state of site/components/lens_ngrams.js."""
    explorer = session.explorer
    inside = explorer.cursor < len(explorer.document)
    hidden = guessing.hidden(session, explorer.context)
    shared = {
        "hidden": hidden,
        "message": "",
        "where": explorer.where if inside else "next",
        "can_here": inside,
        "can_next": True,
        "title": {"text": next_token.before(explorer)},
        "trained": _trained(session),
        "problem": session.ladder.problem,
        "growth": _growth(session),
        "read": _read(session),
    }
    if hidden or session.ladder.trained is None:
        return shared
    if not explorer.context:
        return {**shared, "message": next_token.waiting(explorer)}
    words = word_ladder.payload(session)
    return {**shared, "words": words, **({} if words else _ladder(session))}


def _read(session: Session) -> str:
    name = _name(session)
    return next((t(read) for known, read in READ.items() if name.startswith(known)), "")


def actions(session: Session) -> dict[str, Any]:
    """What may be asked for here."""
    rungs, ladder = session.rungs, session.ladder

    async def train(title: str = "", text: str | None = None) -> None:
        """Count in the bundled text, or in the student's own; what is wrong stands in the lens."""
        try:
            name = str(title)[:MAX_TITLE] or t("your text")
            await ladder.train(None if text is None else Text(name, str(text)))
        except Cancelled:
            return
        except LMPanelError as error:
            ladder.problem = str(error)

    def read_passage() -> None:
        passage = Document(rungs.passage(), raw=True)
        session.changes.change(passage, t("read a held-out passage"))

    return {
        "train_ngrams": train,
        "stop_ngrams": ladder.stop,
        "ask_ngrams": lambda id: rungs.ask(int(id)),
        "open_ngrams": lambda name: rungs.open(str(name)),
        "draw_growth": rungs.draw,
        "stop_growth": rungs.stop,
        "read_passage": read_passage,
        **word_ladder.actions(session),
    }


def sources(session: Session) -> list[tuple[Any, list[str]]]:
    """What the payload is made from besides the document."""
    own = [(session.rungs, ["token", "opened", "points", "drawing", "changed"])]
    own.append((session.words, ["over", "model"]))
    return [*own, (session.ladder, ["trained", "problem"]), *guessing.hiding(session)]


def _trained(session: Session) -> dict[str, Any] | None:
    trained = session.ladder.trained
    if trained is None:
        return None
    return {
        "title": trained.text.title,
        "own": trained.text.own,
        "train": len(trained.train),
        "held_out": len(trained.held_out),
        "vocabulary": trained.smoothed.size,
        "runs": [len(level.keys) for level in trained.smoothed.levels],
    }


def _growth(session: Session) -> dict[str, Any]:
    rungs = session.rungs
    points = [{"n": p.n, "tokens": p.tokens, "bits": p.bits} for p in rungs.points]
    return {"points": points, "drawing": rungs.drawing}


def _ladder(session: Session) -> dict[str, Any]:
    rungs, explorer = session.rungs, session.explorer
    models = dict(zip(RUNGS, rungs.distributions(), strict=True))
    asked, costs = rungs.asked, rungs.costs()
    start, stop = rungs.span
    rows = []
    for name, distribution in {**models, TRANSFORMER: rungs.transformer}.items():
        rows.append(
            {
                "name": name,
                "title": _name(session) if name == TRANSFORMER else t(name),
                "predicts": explorer.predictor == name,
                "top": [] if name == RUNGS[0] else _top(session, distribution),
                "prob": distribution and asked is not None and distribution.prob(asked),
                "per_token": costs[name].per_token,
            }
        )
    token = None if asked is None else token_row(session.model.tokenizer.vocabulary, asked)
    return {
        "rows": rows,
        "asked": token and {**token, "here": asked == explorer.here},
        "measured": {"count": stop - start, "span": explorer.span[1] - explorer.span[0] > 1},
        "opened": rungs.opened,
        "working": _working(session),
    }


def _name(session: Session) -> str:
    return str(session.model.info.model["name"])


def _top(session: Session, distribution: Any) -> list[dict[str, Any]]:
    if distribution is None:
        return []
    vocabulary = session.model.tokenizer.vocabulary
    return [
        {**token_row(vocabulary, candidate.id), "prob": candidate.prob}
        for candidate in distribution.top(LISTED)
    ]


def _working(session: Session) -> list[dict[str, Any]]:
    vocabulary = session.model.tokenizer.vocabulary
    return [
        {
            "n": term.n,
            "context": [token_row(vocabulary, id) for id in term.context],
            "count": term.count,
            "total": term.total,
            "types": term.types,
            "formula": formula(term),
            "discount": discount_words(term) if term.total else "",
            "prob": term.prob,
            "followers": _followers(session, term),
        }
        for term in session.rungs.working()
    ]


def _followers(session: Session, term: Term) -> list[dict[str, Any]]:
    """What most often followed a context, likeliest first."""
    if not term.total:
        return []
    smoothed = session.ladder.trained.smoothed
    tokens, counts = smoothed.followers(term.context)
    order = (-counts).argsort(kind="stable")[:FOLLOWERS]
    vocabulary = session.model.tokenizer.vocabulary
    return [{**token_row(vocabulary, int(tokens[i])), "count": int(counts[i])} for i in order]


def discount_words(term: Term) -> str:
    """How the discount of a term comes about.

    >>> discount_words(Term(2, (7,), 1, 4, 3, 0.5, 0.375, 0.1, 0.1625, once=6, twice=3))
    'n₁ = 6, n₂ = 3: d = 6 / (6 + 2 × 3) = 0.5'
    >>> discount_words(Term(2, (7,), 1, 4, 3, 0.9, 0.375, 0.1, 0.1625, once=1, twice=0))
    'n₁ = 1, n₂ = 0: d = 1 / (1 + 2 × 0) = 1, kept at 0.9'
    """
    once, twice, found = grouped(term.once), grouped(term.twice), estimate(term.once, term.twice)
    quotient = f"{once} / ({once} + 2 × {twice}) = {found:.4g}" if term.once else "0"
    working = f"n₁ = {once}, n₂ = {twice}: d = {quotient}"
    if found == term.discount:
        return working
    return t("{working}, kept at {d}", working=working, d=f"{term.discount:g}")


def formula(term: Term) -> str:
    """A term with its numbers.

    >>> formula(Term(2, (7,), 1, 4, 3, 0.5, 0.375, 0.1, 0.1625))
    '(1 − 0.5) / 4 + 0.5 × 3 / 4 × 0.1 = 0.1625'
    """
    lower, prob = (f"{value:.4g}".replace("e-0", "e-") for value in (term.lower, term.prob))
    if not term.total:
        return t("{p}, as after the shorter context", p=lower)
    off, total = f"{term.discount:.4g}", grouped(term.total)
    share = f"({grouped(term.count)} − {off}) / {total}" if term.count else "0"
    return f"{share} + {off} × {grouped(term.types)} / {total} × {lower} = {prob}"
