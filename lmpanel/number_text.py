"""Large numbers as text, as site/components/format.js writes them too."""

from __future__ import annotations


def grouped(number: int) -> str:
    """A whole number with narrow no-break spaces between its thousands.

    >>> grouped(49152) == "49\\u202f152", grouped(999)
    (True, '999')
    """
    return f"{number:,}".replace(",", "\u202f")
