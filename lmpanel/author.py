"""Where the author of a course page has readers begin: a text, a place in it, a part of the page.

What the page's address says (site/author_options.js) as far as it is about the session. Knows
nothing about addresses and frames.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lmpanel.checks import whole
from lmpanel.explorer import ROOMS, TABS
from lmpanel.session import Session
from lmpanel.wording import many, t

_MAX_POSITION = 100_000


@dataclass(frozen=True)
class Author:
    """What was asked for: a raw text, positions (first, last) from 1, the name of a tab or room."""

    text: str | None = None
    select: tuple[int, int] | None = None
    view: str | None = None

    @classmethod
    def read(cls, value: Any) -> Author:
        """From JSON values; what is none of them counts as not given.

        >>> Author.read({"text": "Hi", "select": [3, 5], "view": 7})
        Author(text='Hi', select=(3, 5), view=None)
        """
        value = value if isinstance(value, dict) else {}
        text, select, view = (value.get(name) for name in ("text", "select", "view"))
        return cls(
            text if isinstance(text, str) and text else None,
            tuple(select) if _is_span(select) else None,
            view if isinstance(view, str) else None,
        )

    def place(self, session: Session) -> list[str]:
        """Select and open what was asked for in a new session; warnings about what there is not."""
        return [*self._select(session), *self._open(session)]

    def _select(self, session: Session) -> list[str]:
        if self.select is None:
            return []
        first, last = self.select
        count = len(session.explorer.document)
        if last > count:
            return [_outside(f"select={first}-{last}", count)]
        session.explorer.select(first - 1, last - 1)
        return []

    def _open(self, session: Session) -> list[str]:
        if self.view is None:
            return []
        if self.view in TABS:
            session.explorer.open(self.view)
        elif self.view in ROOMS:
            session.explorer.room = self.view
        else:
            known = ", ".join([*TABS, *ROOMS])
            wish = f"view={self.view[:40]}"
            return [t("{wish} is no part of this page. Possible: {known}.", wish=wish, known=known)]
        return []


def _outside(wish: str, count: int) -> str:
    return many(
        count,
        "{wish} is outside the document of {n} token.",
        "{wish} is outside the document of {n} tokens.",
        wish=wish,
    )


def _is_span(value: Any) -> bool:
    if not isinstance(value, list) or len(value) != 2:
        return False
    return all(map(whole(1, _MAX_POSITION), value)) and value[0] <= value[1]
