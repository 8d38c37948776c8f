"""How bytes of a token are shown and spoken: nothing invisible, nothing ambiguous.

Knows nothing about vocabularies and nothing about markup: what comes out is plain text.
"""

from __future__ import annotations

import unicodedata
from functools import reduce
from itertools import groupby

from lmpanel.wording import later, t

_GLYPHS = {"\n": "↵", "\t": "⇥", "\r": "␍", "\x7f": "␡"}
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"}
_NAMES = {
    "\n": later("newline"),
    "\t": later("tab"),
    "\r": later("carriage return"),
    " ": later("space"),
    "!": later("exclamation mark"),
    '"': later("quotation mark"),
    "#": later("number sign"),
    "$": later("dollar sign"),
    "%": later("percent sign"),
    "&": later("ampersand"),
    "'": later("apostrophe"),
    "(": later("left parenthesis"),
    ")": later("right parenthesis"),
    "*": later("asterisk"),
    "+": later("plus sign"),
    ",": later("comma"),
    "-": later("hyphen-minus"),
    ".": later("full stop"),
    "/": later("solidus"),
    ":": later("colon"),
    ";": later("semicolon"),
    "<": later("less-than sign"),
    "=": later("equals sign"),
    ">": later("greater-than sign"),
    "?": later("question mark"),
    "@": later("commercial at"),
    "[": later("left square bracket"),
    "\\": later("reverse solidus"),
    "]": later("right square bracket"),
    "^": later("circumflex accent"),
    "_": later("low line"),
    "`": later("grave accent"),
    "{": later("left curly bracket"),
    "|": later("vertical line"),
    "}": later("right curly bracket"),
    "~": later("tilde"),
    "‘": later("left single quotation mark"),
    "’": later("right single quotation mark"),
    "“": later("left double quotation mark"),
    "”": later("right double quotation mark"),
    "–": later("en dash"),
    "—": later("em dash"),
    "…": later("horizontal ellipsis"),
}
"""The characters of everyday text; others have their Unicode names, which are English."""


def split_utf8(data: bytes) -> list[tuple[str, bytes]]:
    """Whole characters and stray bytes in turn: (text, b"") or ("", bytes).

    >>> split_utf8(b"a\\xe2\\x80")
    [('a', b''), ('', b'\\xe2\\x80')]
    """
    parts: list[tuple[str, bytes]] = []
    while data:
        try:
            return [*parts, (data.decode(), b"")]
        except UnicodeDecodeError as error:
            if error.start:
                parts.append((data[: error.start].decode(), b""))
            stop = _end_of_strays(data, error.end)
            parts.append(("", data[error.start : stop]))
            data = data[stop:]
    return parts


def _end_of_strays(data: bytes, start: int) -> int:
    """Where the first decodable character after `start` begins."""
    while start < len(data):
        try:
            data[start:].decode()
            return start
        except UnicodeDecodeError as error:
            if error.start:
                return start
            start += error.end
    return start


def visible(data: bytes, space: str = " ") -> str:
    """What a token looks like, with `space` for each space of its text.

    >>> visible(b" dragon\\n"), visible(b"\\xe2\\x80"), visible("\\u0301\\u200b".encode())
    (' dragon↵', '⟨E2 80⟩', '◌́⟨U+200B⟩')
    >>> visible(b" \\xf0\\x9f", space="␣")
    '␣⟨F0 9F⟩'
    """
    parts = split_utf8(data)
    return "".join(
        _visible_text(text).replace(" ", space) if text else f"⟨{stray.hex(' ').upper()}⟩"
        for text, stray in parts
    )


def _visible_text(text: str) -> str:
    shown = "".join(map(_visible_character, text))
    # A combining mark with nothing before it would land on the neighbouring token.
    return "◌" + shown if unicodedata.combining(text[0]) else shown


def _visible_character(character: str) -> str:
    if character == " " or (character.isprintable() and not _is_selector(character)):
        return character
    if character in _GLYPHS:
        return _GLYPHS[character]
    if character < " ":
        return chr(0x2400 + ord(character))
    if _is_selector(character) or unicodedata.category(character) in _INVISIBLE:
        return f"⟨U+{ord(character):04X}⟩"
    return character


def _is_selector(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def spoken(data: bytes) -> str:
    """What a screen reader should say: words as they are, everything else by its name.

    >>> spoken(b" dragon"), spoken(b"\\n\\n"), spoken(b"..."), spoken(b"\\xe2\\x80")
    ('space then dragon', '2 newlines', '3 full stops', 'bytes E2 80')
    """
    names = [
        name
        for text, stray in split_utf8(data)
        for name in (_spoken_text(text) if text else [_spoken_bytes(stray)])
    ]
    return reduce(_then, names) if names else ""


def _then(first: str, second: str) -> str:
    return t("{first} then {second}", first=first, second=second)


def _spoken_bytes(stray: bytes) -> str:
    return t("bytes {bytes}", bytes=stray.hex(" ").upper())


def _spoken_text(text: str) -> list[str]:
    names = []
    for is_word, run in groupby(text, _is_part_of_word):
        if is_word:
            names.append("".join(run))
            continue
        for character, same in groupby(run):
            count = len(list(same))
            name = _name(character)
            names.append(name if count == 1 else t("{n} {name}s", n=count, name=name))
    return names


def _is_part_of_word(character: str) -> bool:
    mark = unicodedata.category(character) == "Mn" and not _is_selector(character)
    return character.isalnum() or mark


def _name(character: str) -> str:
    known = _NAMES.get(character) or unicodedata.name(character, "").lower()
    return t(known) if known else t("character {code}", code=f"U+{ord(character):04X}")
