"""The document: token ids, and nothing else, are the truth.

A document never changes; every operation gives a new one. What is there is never tokenised
again. Knows nothing about text, turns (see `editor`) or predictions.
"""

from __future__ import annotations

from dataclasses import dataclass

from lmpanel.errors import BadArgument
from lmpanel.wording import t


@dataclass(frozen=True)
class Document:
    """Token ids; `raw` marks a plain text without a chat template.

    >>> document = Document((5, 6, 7))
    >>> document.append(8).ids, document.rewind(1).ids, document.fork(2, 9).ids
    ((5, 6, 7, 8), (5,), (5, 6, 9))
    """

    ids: tuple[int, ...] = ()
    raw: bool = False

    def __len__(self) -> int:
        return len(self.ids)

    def __bool__(self) -> bool:
        return True

    def append(self, *ids: int) -> Document:
        """The document with `ids` after it."""
        return Document((*self.ids, *ids), self.raw)

    def rewind(self, length: int) -> Document:
        """The first `length` tokens. Raises BadArgument."""
        if not 0 <= length <= len(self.ids):
            raise BadArgument(
                t("Position {n} is outside the document.", n=length),
                t("Positions go from 0 to {last}.", last=len(self.ids)),
            )
        return Document(self.ids[:length], self.raw)

    def fork(self, position: int, token: int) -> Document:
        """The document up to `position`, with `token` there instead of what was."""
        return self.rewind(position).append(token)
