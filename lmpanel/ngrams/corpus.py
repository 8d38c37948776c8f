"""The text that n-gram models are trained on: where it may be cut, and which part is held out.

Knows nothing about counting and nothing about where a text comes from.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lmpanel.errors import BadArgument, NotAvailable
from lmpanel.number_text import grouped
from lmpanel.packed_text import pack_text
from lmpanel.wording import many, t

BUNDLED = "Moby-Dick"
FILE = "corpus/moby-dick.txt.gz"
"""Where the bundled text lies in the site."""
PIECE = 16_384
"""Characters that are read into tokens at once: a few hundredths of a second in the browser."""
MAX_BYTES = 1_000_000
MAX_TITLE = 60
MIN_TOKENS = 2
HELD_OUT = 10
"""One part in so many is held out."""
MIN_HELD_OUT = 5
"""Texts of which less than so many tokens would be held out are counted whole."""
_CUT = re.compile(r"(?<=\S)(?=\s)")


@dataclass(frozen=True)
class Text:
    """A text to train on and what it is called; `own` says that it is the student's.

    Raises BadArgument for an empty one, and for an own one that is too long.
    """

    title: str
    text: str
    own: bool = True

    def __post_init__(self) -> None:
        size = len(self.text.encode("utf-8", "replace"))
        if self.own and size > MAX_BYTES:
            n, most, over = grouped(size), grouped(MAX_BYTES), grouped(size - MAX_BYTES)
            raise BadArgument(
                t("This text has {n} bytes; at most {most} are counted.", n=n, most=most),
                t("Leave out {n} of them or more. Nothing was changed.", n=over),
            )
        if not self.text.strip():
            raise BadArgument(t("There is no text to train on."), t("Paste one, or open a file."))

    @cached_property
    def packed(self) -> str:
        """The text as a session file holds it."""
        return pack_text(self.text, level=6)


def bundled(data: bytes) -> Text:
    """The corpus of the site from the bytes of its file. Raises NotAvailable for a damaged one."""
    try:
        # A server may have unpacked it on the way.
        packed = data[:2] == b"\x1f\x8b"
        return Text(BUNDLED, (gzip.decompress(data) if packed else data).decode(), own=False)
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as problem:
        raise NotAvailable(
            t("The bundled text arrived damaged ({problem}).", problem=problem),
            t("Try again, or use a text of your own."),
        ) from problem


def pieces(text: str, length: int = PIECE) -> Iterator[str]:
    """The text in pieces of about `length` characters.

    Cut before white space, where no token of byte-level BPE reaches across: the tokens of the
    pieces are the tokens of the text.

    >>> list(pieces("one two  three", 4))
    ['one two', '  three']
    """
    start = 0
    while start < len(text):
        cut = _CUT.search(text, start + length)
        stop = cut.start() if cut else len(text)
        yield text[start:stop]
        start = stop


def split(ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What is trained on, and the last tenth, which is held out; of a small text nothing is.

    Raises BadArgument for less than MIN_TOKENS.

    >>> [len(part) for part in split(np.zeros(100))], [len(part) for part in split(np.zeros(49))]
    ([90, 10], [49, 0])
    """
    if len(ids) < MIN_TOKENS:
        raise BadArgument(
            many(
                len(ids),
                "This text has {n} token; none follows another there.",
                "This text has {n} tokens; none follows another there.",
            ),
            t("Use one of at least {n} tokens. Nothing was changed.", n=MIN_TOKENS),
        )
    held_out = len(ids) // HELD_OUT
    cut = len(ids) - (held_out if held_out >= MIN_HELD_OUT else 0)
    return ids[:cut], ids[cut:]
