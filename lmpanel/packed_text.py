"""A text in few harmless characters, and back: deflated (RFC 1951), in URL-safe base64 (RFC 4648).

Unpacking trusts nothing: it stops at a given length. Knows nothing about what the text says.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib

_ALPHABET = re.compile(r"[A-Za-z0-9_-]*")


def pack_text(text: str, level: int = 9) -> str:
    """The text as letters, digits, `-` and `_`; half a surrogate pair is kept as it is.

    >>> unpack_text(pack_text("to be or not to be"), most=100)
    'to be or not to be'
    """
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    packed = packer.compress(text.encode("utf-8", "surrogatepass")) + packer.flush()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def unpack_text(code: str, most: int) -> str:
    """What was packed. Raises ValueError when it was not, or has more than `most` bytes.

    >>> unpack_text("<b>", most=100)
    Traceback (most recent call last):
    ValueError: a character that is none of the code
    """
    if not _ALPHABET.fullmatch(code):
        raise ValueError("a character that is none of the code")
    try:
        packed = base64.urlsafe_b64decode(code + "=" * (-len(code) % 4))
        reader = zlib.decompressobj(-15)
        text = reader.decompress(packed, most + 1)
    except (zlib.error, binascii.Error) as error:
        raise ValueError("damaged") from error
    if len(text) > most or not reader.eof or reader.unused_data:
        raise ValueError("too long or cut off")
    return text.decode("utf-8", "surrogatepass")
