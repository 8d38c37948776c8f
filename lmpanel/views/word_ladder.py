"""What the n-grams lens shows of words: the likeliest next ones by each n, with their counts.

Plain data. Knows nothing about Panel.
"""

from __future__ import annotations

from typing import Any

from lmpanel.ngrams.ladder import RUNGS
from lmpanel.ngrams.words import ORDER
from lmpanel.session import Session

LISTED = 5


def payload(session: Session) -> dict[str, Any] | None:
    """The state of site/components/ngram_words.js; None while tokens are shown."""
    words = session.words
    if words.over != "words":
        return None
    if words.model is None:
        return {"rows": None}
    context = words.context
    rows = [_row(session, context, order) for order in range(1, ORDER + 1)]
    size = len(words.model.words)
    return {"rows": rows, "context": context, "vocabulary": size, "uniform": 1 / size}


def actions(session: Session) -> dict[str, Any]:
    """What may be asked for here."""
    return {"count_over": lambda name: session.words.choose(str(name))}


def _row(session: Session, context: list[str], order: int) -> dict[str, Any]:
    model = session.words.model
    near = context[max(0, len(context) - order + 1) :]
    known = len(near) == order - 1
    likeliest = model.likeliest(context, order, LISTED)
    return {
        "name": RUNGS[order],
        "context": near,
        "seen": model.seen(near) if known else 0,
        "top": [{"word": word, "prob": prob, "count": count} for word, prob, count in likeliest],
    }
