"""A saved session, or a part of it, as the fragment of a link: short, versioned, safe to parse.

The JSON text is packed (packed_text.py) behind `s=1.`, the version. Knows nothing about addresses
and what is saved.
"""

from __future__ import annotations

import json
from typing import Any

from lmpanel.bounded_json import read_json
from lmpanel.errors import BadArgument, BadState
from lmpanel.number_text import grouped
from lmpanel.packed_text import pack_text, unpack_text
from lmpanel.wording import later, t

PREFIX = "s=1."
MAX_LINK = 30_000
"""Most characters of a fragment: chat programs and course platforms cut longer addresses off."""
MAX_TEXT = 500_000
"""Most bytes of JSON that a fragment may unfold to."""
_DAMAGED = later("Copy the whole link once more.")


def encode_link(value: Any) -> str:
    """The fragment for a JSON-able value. Raises BadArgument when it is too long.

    >>> decode_link(encode_link({"ids": [1, 2]}))
    {'ids': [1, 2]}
    """
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    fragment = PREFIX + pack_text(text)
    if len(fragment) > MAX_LINK:
        raise BadArgument(
            t(
                "The link would have {n} characters; at most {most} get through.",
                n=grouped(len(fragment)),
                most=grouped(MAX_LINK),
            ),
            t("Save the session to a file instead."),
        )
    return fragment


def decode_link(fragment: str) -> Any:
    """The value of a fragment. Raises BadState that says what is wrong with it.

    >>> decode_link("s=2.AAAA")
    Traceback (most recent call last):
    lmpanel.errors.BadState: This link was made by another version. Nothing was changed.
    """
    if not isinstance(fragment, str) or not fragment.startswith("s="):
        raise BadState(t("This is no link with a saved state."), t(_DAMAGED))
    if not fragment.startswith(PREFIX):
        raise BadState(t("This link was made by another version."), t("Nothing was changed."))
    if len(fragment) > MAX_LINK:
        most = grouped(MAX_LINK)
        raise BadState(t("This link is longer than {n} characters.", n=most), t(_DAMAGED))
    try:
        text = unpack_text(fragment[len(PREFIX) :], MAX_TEXT)
        return read_json(text, max_characters=MAX_TEXT)
    except ValueError as error:
        raise BadState(t("This link is damaged."), t(_DAMAGED)) from error

