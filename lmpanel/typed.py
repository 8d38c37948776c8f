"""Where the same text, typed, would be other tokens than the ones in the document.

Picked tokens stay the ids they are, so a document may hold " dra" + "gon" where typing gives
" dragon". Knows nothing about turns and predictions.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from lmpanel.document import Document
from lmpanel.tokenizer import Tokenizer

_KEPT = 256


@dataclass(frozen=True)
class Difference:
    """Tokens [start, stop) of the document, and the ids that typing their text would give."""

    start: int
    stop: int
    typed_ids: tuple[int, ...]


class TypedCheck:
    """Compares documents with their text typed anew; stretches seen before cost nothing.

    >>> from lmpanel.engine.fake import fake_tokenizer
    >>> tokenizer = fake_tokenizer()
    >>> ids = (*tokenizer.encode("a t"), *tokenizer.encode("he"))
    >>> TypedCheck(tokenizer).differences(Document(ids))
    [Difference(start=1, stop=3, typed_ids=(261,))]
    """

    def __init__(self, tokenizer: Tokenizer):
        self._tokenizer = tokenizer
        self._known: OrderedDict[tuple[int, ...], list[Difference]] = OrderedDict()

    def differences(self, document: Document) -> list[Difference]:
        """All differences in order; special tokens are never part of one."""
        return [
            Difference(start + found.start, start + found.stop, found.typed_ids)
            for start, stop in self._stretches(document.ids)
            for found in self._remembered(document.ids[start:stop])
        ]

    def _stretches(self, ids: Sequence[int]) -> Iterator[tuple[int, int]]:
        special = self._tokenizer.vocabulary.special_ids
        marks = [position for position, token in enumerate(ids) if token in special]
        for before, after in zip([-1, *marks], [*marks, len(ids)], strict=True):
            if after > before + 1:
                yield before + 1, after

    def _remembered(self, ids: tuple[int, ...]) -> list[Difference]:
        found = self._known.get(ids)
        if found is None:
            found = self._known[ids] = self._compare(ids)
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)
        self._known.move_to_end(ids)
        return found

    def _compare(self, ids: tuple[int, ...]) -> list[Difference]:
        vocabulary = self._tokenizer.vocabulary
        ids = self._typable(ids)
        typed = tuple(self._tokenizer.encode(vocabulary.decode(ids)))
        if typed == ids:
            return []
        ends = [self._ends(tokens) for tokens in (ids, typed)]
        common = sorted(set(ends[0]) & set(ends[1]))
        here = {end: place for place, end in enumerate(ends[0], 1)}
        there = {end: place for place, end in enumerate(ends[1], 1)}
        differences, start, typed_start = [], 0, 0
        for end in common:
            stop, typed_stop = here[end], there[end]
            if ids[start:stop] != typed[typed_start:typed_stop]:
                differences.append(Difference(start, stop, typed[typed_start:typed_stop]))
            start, typed_start = stop, typed_stop
        return _joined(differences)

    def _typable(self, ids: tuple[int, ...]) -> tuple[int, ...]:
        """The tokens before the first bytes that are no character: those cannot be typed."""
        try:
            self._tokenizer.vocabulary.decode_bytes(ids).decode()
            return ids
        except UnicodeDecodeError as error:
            ends = self._ends(ids)
            return ids[: sum(end <= error.start for end in ends)]

    def _ends(self, ids: Sequence[int]) -> list[int]:
        """The byte position where each token ends."""
        token = self._tokenizer.vocabulary.token
        return list(accumulate(len(token(i).bytes) for i in ids))


def _joined(differences: list[Difference]) -> list[Difference]:
    """Neighbouring differences as one."""
    joined: list[Difference] = []
    for new in differences:
        if joined and joined[-1].stop == new.start:
            last = joined.pop()
            new = Difference(last.start, new.stop, last.typed_ids + new.typed_ids)
        joined.append(new)
    return joined
