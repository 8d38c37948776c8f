"""Guess the next tokens from the text itself, for the model to check several in one call.

What was written once is often written again: names, list markers, the words of the question. A
wrong guess costs a little time and changes nothing, since every token is still chosen from the
model's own distribution after exactly the tokens before it. Knows nothing about models.

Source: prompt lookup decoding (Saxena 2023), a draft in the sense of speculative decoding
(Leviathan, Kalman and Matias 2023, https://arxiv.org/abs/2211.17192).
"""

from __future__ import annotations

from collections.abc import Iterable

MATCHED = (3, 2)
"""How many last tokens must have stood together before; the longer match is asked first."""
LONGEST = 4


class Drafter:
    """Drafts what follows a text that grows.

    The last tokens are looked up where they stood last before, and what followed there is the
    draft: one token at first, one more after each draft that came true, as many as came true
    after one that did not.

    >>> drafter = Drafter([7, 8, 9, 1, 7, 8])
    >>> drafter.draft()
    [9]
    >>> drafter.add(9)
    >>> drafter.draft()
    [1, 7]
    """

    def __init__(self, ids: Iterable[int]):
        self._ids: list[int] = []
        self._after: dict[tuple[int, ...], int] = {}
        self._length = 1
        self._open: list[int] = []
        self._right = 0
        for id in ids:
            self._append(id)

    def draft(self, most: int = LONGEST) -> list[int]:
        """At most `most` tokens that may come next, none where the text has nothing alike."""
        self._open, self._right = [], 0
        for count in MATCHED:
            start = self._after.get(tuple(self._ids[-count:]))
            if start is not None:
                self._open = self._ids[start : start + min(self._length, most)]
                break
        return list(self._open)

    def add(self, id: int) -> None:
        """The token that did come."""
        if self._open:
            self._judge(id)
        self._append(id)

    def _judge(self, id: int) -> None:
        if id != self._open[self._right]:
            self._length = max(1, self._right)
            self._open = []
            return
        self._right += 1
        if self._right == len(self._open):
            self._length = min(self._length + 1, LONGEST)
            self._open = []

    def _append(self, id: int) -> None:
        # A run of tokens is known from the moment that something follows it.
        for count in MATCHED:
            if len(self._ids) >= count:
                self._after[tuple(self._ids[-count:])] = len(self._ids)
        self._ids.append(id)
