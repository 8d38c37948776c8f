"""What the what-if lens shows: which tokens after which other context, and what it changed.

Plain data. Knows nothing about Panel.
"""

from __future__ import annotations

import math
from typing import Any

from lmpanel.changed_context import Change
from lmpanel.context_shift import Comparison, Shift
from lmpanel.number_text import grouped
from lmpanel.scoring import PER_BIT
from lmpanel.session import Session
from lmpanel.views import guessing, next_token
from lmpanel.views.tokens import token_row
from lmpanel.wording import later, t

TITLE = later("What if")
CHARACTERS = 60
KINDS = {
    "system": later("another system prompt"),
    "user": later("another user message"),
    "token": later("one token exchanged"),
    "text": later("plain text, no template"),
}
CHANGED = {
    "system": (later("another system prompt: “{words}”"), later("another system prompt, empty")),
    "user": (later("another user message: “{words}”"), later("another user message, empty")),
    "text": (later("plain text before it: “{words}”"), later("plain text before it, empty")),
}
"""What was different, with a text and without."""
UNITS = {"bits": later("bits"), "nats": later("nats")}
REPLY = (
    later("With the new context the reply costs the same, within 0.05 {unit}."),
    later("With the new context the reply costs {amount} {unit} more: the model expected it less."),
    later("With the new context the reply costs {amount} {unit} less: the model expected it more."),
)
"""What is said of the total: the same, more, less."""
TOKENS = (
    later("With the new context the selected tokens cost the same, within 0.05 {unit}."),
    later(
        "With the new context the selected tokens cost {amount} {unit} more: "
        "the model expected them less."
    ),
    later(
        "With the new context the selected tokens cost {amount} {unit} less: "
        "the model expected them more."
    ),
)


def payload(session: Session) -> dict[str, Any]:
    """The state of site/components/lens_what_if.js."""
    what_if, explorer = session.what_if, session.explorer
    texts = what_if.texts
    hidden = guessing.withheld(session, *_compared(session))
    if hidden:
        return {"hidden": hidden}
    return {
        "hidden": "",
        "source": what_if.source,
        "chosen": _chosen(session),
        "kind": what_if.chosen_kind,
        "kinds": [_kind(session, name) for name in KINDS if name in texts],
        "texts": {name: text for name, text in texts.items() if name != "token"},
        "exchange": _exchange(session),
        "running": what_if.running,
        "progress": what_if.progress,
        "said": what_if.said,
        "unit": explorer.unit,
        "cursor": explorer.cursor,
        "result": _result(session),
    }


def actions(session: Session) -> dict[str, Any]:
    """What may be asked for here."""
    what_if = session.what_if

    def look(position: int) -> None:
        if not what_if.stale:
            session.explorer.select(int(position), int(position))

    def token(id: int) -> None:
        session.model.tokenizer.vocabulary.check((int(id),))
        what_if.param.update(token=int(id), said="")

    return {
        "what_if_source": lambda name: what_if.choose(name),
        "what_if_kind": lambda name: what_if.choose_kind(name),
        "what_if_position": lambda text: what_if.exchange_at(str(text)),
        "what_if_find": lambda query: what_if.find(str(query)),
        "what_if_token": token,
        "what_if_compare": lambda text: what_if.compare(str(text)),
        "what_if_again": what_if.again,
        "what_if_stop": what_if.stop,
        "what_if_look": look,
    }


def sources(session: Session) -> list[tuple[Any, list[str]]]:
    """What the payload is made from besides the document."""
    setup = ["source", "span", "kind", "position", "query", "found", "token"]
    shown = [*setup, "running", "progress", "said", "result"]
    return [(session.what_if, shown), *guessing.hiding(session)]


def _compared(session: Session) -> tuple[int, int]:
    what_if = session.what_if
    return (0, 0) if what_if.problem is not None else what_if.continuation


def _kind(session: Session, name: str) -> dict[str, str]:
    raw = session.explorer.document.raw
    title = t("another text") if raw and name == "text" else t(KINDS[name])
    return {"name": name, "title": title}


def _chosen(session: Session) -> dict[str, Any]:
    """The tokens that are compared, or why there are none."""
    if session.what_if.problem is not None:
        return {"message": str(session.what_if.problem)}
    start, stop = session.what_if.continuation
    ids = session.explorer.document.ids[start:stop]
    text = session.model.tokenizer.decode(ids[:CHARACTERS])
    shown = text if len(text) <= CHARACTERS and len(ids) <= CHARACTERS else text[:CHARACTERS] + "…"
    return {"message": "", "start": start, "count": stop - start, "text": shown}


def _exchange(session: Session) -> dict[str, Any] | None:
    """The token that stands at the chosen place, and what may be put there."""
    what_if, explorer = session.what_if, session.explorer
    if what_if.chosen_kind != "token":
        return None
    position, query, found = what_if.position, what_if.query, what_if.found
    inside = position is not None and 0 <= position < len(explorer.document)
    vocabulary = session.model.tokenizer.vocabulary
    return {
        "position": position,
        "old": token_row(vocabulary, explorer.document.ids[position]) if inside else None,
        "query": query,
        "token": what_if.token,
        "found": [token_row(vocabulary, id) for id in found],
        "message": next_token.not_found(explorer, query) if query and not found else "",
    }


def _result(session: Session) -> dict[str, Any] | None:
    result, unit = session.what_if.result, session.explorer.unit
    if result is None:
        return None
    factor = PER_BIT[unit]
    rows = [
        _row(session, result, position, shift, factor)
        for position, shift in enumerate(result.shifts, result.start)
    ]
    return {
        "number": result.number,
        "stale": session.what_if.stale,
        "changed": _in_words(session, result.change),
        "sentence": _sentence(result, factor, unit),
        "largest": rows[result.largest - result.start],
        "total": _finite(result.delta_bits * factor),
        "per_token": _finite(result.delta_bits * factor / len(rows)),
        "mean_kl": _finite(result.mean_kl_bits * factor),
        # While the next one is being made, these stand on the page already.
        "rows": None if session.what_if.running else rows,
    }


def _row(
    session: Session, result: Comparison, position: int, shift: Shift, factor: float
) -> dict[str, Any]:
    return {
        **token_row(session.model.tokenizer.vocabulary, result.document.ids[position]),
        "index": position,
        "p": [shift.before.prob, shift.after.prob],
        "cost": [_finite(shift.before.bits * factor), _finite(shift.after.bits * factor)],
        "delta": _finite(shift.delta_bits * factor),
        "kl": _finite(shift.kl_bits * factor),
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _in_words(session: Session, change: Change) -> str:
    """What was different, for the line above the numbers."""
    if change.kind == "token":
        new = session.model.tokenizer.vocabulary.display(change.token, visible_space=True)
        return t("token {n} exchanged for “{token}”", n=grouped(change.position + 1), token=new)
    text = change.text if len(change.text) <= CHARACTERS else change.text[:CHARACTERS] + "…"
    with_text, empty = CHANGED[change.kind]
    return t(with_text, words=text) if text else t(empty)


def _sentence(result: Comparison, factor: float, unit: str) -> str:
    """The total in plain words."""
    same, more, less = REPLY if result.source == "response" else TOKENS
    delta = result.delta_bits * factor
    amount = f"{abs(delta):.1f}"
    if amount == "0.0":
        return t(same, unit=t(UNITS[unit]))
    return t(more if delta > 0 else less, amount=amount, unit=t(UNITS[unit]))
