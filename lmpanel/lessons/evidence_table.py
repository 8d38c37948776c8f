"""The form of evidence: a title, columns, rows of texts, numbers and None, whole sentences.

Knows nothing about what is captured.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lmpanel.session import Session

Table = dict[str, Any]


def table(title: str, columns: Sequence[str], rows: list[list[Any]], *notes: str) -> Table:
    """A table; empty notes are left out.

    >>> table("Two", ("a",), [[1]], "", "Seen.")["notes"]
    ['Seen.']
    """
    return {
        "title": title,
        "columns": list(columns),
        "rows": rows,
        "notes": [note for note in notes if note],
    }


def rounded(value: float | None) -> float | None:
    """A number with six digits after the point."""
    return None if value is None else round(value, 6)


def shown(session: Session, id: int) -> str:
    """A token as text, white space as glyphs."""
    return session.model.tokenizer.vocabulary.display(id, visible_space=True)
