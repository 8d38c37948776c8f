"""The model's tokens: id ↔ bytes ↔ text ↔ what is shown and spoken.

A token is a string of bytes. Many are no whole text: a character outside ASCII is often spread
over several tokens. Knows nothing about merging and nothing about documents.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lmpanel.bpe import from_alphabet, mend, to_alphabet
from lmpanel.display import spoken, visible
from lmpanel.errors import UnknownToken
from lmpanel.wording import t

_TYPED = {"␣": " ", "↵": "\n", "⇥": "\t", "\\n": "\n", "\\t": "\t"}


@dataclass(frozen=True)
class Token:
    """One entry of the vocabulary.

    `text` has U+FFFD where the bytes are no whole character (`partial`); `display` makes
    everything visible but the space.
    """

    id: int
    bytes: bytes
    text: str
    display: str
    special: bool
    partial: bool

    @property
    def spoken(self) -> str:
        """What a screen reader should say, in the language of the moment."""
        if self.special:
            return t("special {name}", name=self.text.strip("<|>"))
        return spoken(self.bytes) or t("nothing")


@dataclass(frozen=True)
class Segment:
    """Tokens [start, stop) that make whole characters only together, and their text."""

    start: int
    stop: int
    text: str

    @property
    def display(self) -> str:
        """The text with everything visible but the space."""
        return visible(self.text.encode())


class Vocabulary:
    """All tokens of a model.

    `pieces` maps each token, written in the byte alphabet, to its id; `special` maps ids of
    special tokens to their text.

    >>> vocabulary = Vocabulary({"<|end|>": 0, "Ġdragon": 1, "ðŁ": 2, "Ĳī": 3}, {0: "<|end|>"})
    >>> vocabulary.token(1).text, vocabulary.display(1, visible_space=True), vocabulary.spoken(0)
    (' dragon', '␣dragon', 'special end')
    >>> [segment.text for segment in vocabulary.segments([1, 2, 3])]
    [' dragon', '🐉']
    """

    def __init__(self, pieces: Mapping[str, int], special: Mapping[int, str]):
        self._pieces = pieces
        self._special = dict(special)
        size = max([*pieces.values(), *special], default=-1) + 1
        self._names: list[str | None] = [None] * size
        for piece, token in pieces.items():
            self._names[token] = piece
        self._tokens: dict[int, Token] = {}
        self.special_ids = frozenset(special)

    def __len__(self) -> int:
        return len(self._names)

    def check(self, ids: Iterable[int]) -> None:
        """Raise UnknownToken unless every id belongs to the vocabulary."""
        size = len(self._names)
        for token in ids:
            if not 0 <= token < size:
                raise UnknownToken(
                    t("There is no token with the id {id}.", id=token),
                    t("Ids go from 0 to {last}.", last=size - 1),
                )

    def bytes_of(self, token: int) -> bytes:
        """The bytes of a token; those of its text if it is special."""
        self.check((token,))
        if token in self._special:
            return self._special[token].encode()
        return from_alphabet(self._names[token] or "")

    def token(self, token: int) -> Token:
        """Everything about one token. Raises UnknownToken."""
        known = self._tokens.get(token)
        if known is None:
            known = self._tokens[token] = self._describe(token)
        return known

    def _describe(self, token: int) -> Token:
        data = self.bytes_of(token)
        text = data.decode(errors="replace")
        special = token in self._special
        partial = text.encode() != data
        return Token(token, data, text, visible(data), special, partial)

    def text_of(self, token: int) -> str:
        """The token's text, U+FFFD where its bytes are no whole character."""
        return self.token(token).text

    def display(self, token: int, visible_space: bool = False) -> str:
        """What to show: as `Token.display`, with "␣" for each space when asked."""
        return visible(self.bytes_of(token), "␣") if visible_space else self.token(token).display

    def spoken(self, token: int) -> str:
        """What a screen reader should say for this token."""
        return self.token(token).spoken

    def is_special(self, token: int) -> bool:
        """Whether the token is one of the template's markers rather than text."""
        return token in self._special

    def decode_bytes(self, ids: Iterable[int]) -> bytes:
        """The bytes of `ids` one after the other."""
        return b"".join(self.token(token).bytes for token in ids)

    def decode(self, ids: Iterable[int]) -> str:
        """The text of `ids`, special tokens as their text, broken UTF-8 as U+FFFD."""
        return self.decode_bytes(ids).decode(errors="replace")

    def ending(self, ids: Sequence[int], characters: int) -> str:
        """The end of the text of `ids` with about so many characters: whole tokens, at least one.

        An ellipsis stands for what was left out.
        """
        start, room = len(ids), characters
        while start > 0:
            room -= len(self.bytes_of(ids[start - 1]).decode(errors="ignore"))
            if room < 0 and start < len(ids):
                break
            start -= 1
        # What is left of a character that began before is not shown.
        while 0 < start < len(ids) and self.bytes_of(ids[start])[:1].hex()[:1] in tuple("89ab"):
            start += 1
        return f"…{self.decode(ids[start:])}" if start else self.decode(ids)

    def segments(self, ids: Sequence[int]) -> list[Segment]:
        """Cut `ids` where characters are whole, so that each piece can be shown as text.

        A piece that never becomes whole (the document ends, or another token breaks it) has
        U+FFFD in its text.
        """
        return list(self._cut(ids))

    def _cut(self, ids: Sequence[int]) -> Iterator[Segment]:
        start = 0
        data, rest = b"", b""
        for position, token in enumerate(ids):
            more = self.token(token).bytes
            if position > start and (not rest or not _continues(rest, more)):
                yield Segment(start, position, data.decode(errors="replace"))
                start, data = position, b""
            data += more
            rest = _unfinished(data)
        if data or start < len(ids):
            yield Segment(start, len(ids), data.decode(errors="replace"))

    def find(self, query: str, limit: int = 50) -> list[int]:
        """Tokens that fit what was typed, best first, at most `limit`.

        First the token itself, then with a leading space, other capitalisation, the token with
        this id, special tokens containing the text, then tokens that begin with it. "␣", "↵",
        "⇥", "\\n" and "\\t" may be typed for what they show.

        >>> Vocabulary({"a": 0, "Ġa": 1, "A": 2, "ab": 3}, {}).find("a")
        [0, 1, 2, 3]
        """
        query = _typed(query)
        if not query:
            return []
        found = dict.fromkeys(self._exact(query))
        if query.isascii() and query.isdigit() and int(query) < len(self):
            found[int(query)] = None
        found.update(dict.fromkeys(t for t, text in self._special.items() if query in text))
        found.update(dict.fromkeys(self._beginning_with(query, limit)))
        return list(found)[:limit]

    def reading(self, text: str) -> list[int]:
        """The tokens that read `text`: as typed, and with a space before it. Typed as in `find`.

        >>> Vocabulary({"a": 0, "Ġa": 1, "A": 2}, {}).reading("a")
        [0, 1]
        """
        text = _typed(text)
        forms = [text] if text.startswith(" ") else [text, " " + text]
        found = [token for token, name in self._special.items() if name == text]
        found += [self._pieces.get(to_alphabet(form.encode())) for form in forms if text]
        return list(dict.fromkeys(token for token in found if token is not None))

    def _exact(self, query: str) -> Iterator[int]:
        for variant in _variants(query):
            token = self._pieces.get(to_alphabet(variant.encode()))
            if token is not None:
                yield token

    def _beginning_with(self, query: str, limit: int) -> list[int]:
        starts = tuple(to_alphabet(variant.encode()) for variant in _variants(query))
        matches = (token for piece, token in self._pieces.items() if piece.startswith(starts))
        return [token for token, _ in zip(matches, range(2 * limit), strict=False)]


def _typed(query: str) -> str:
    """What is meant by a text in which invisible characters may be typed by their glyphs."""
    query = mend(query[:200])
    for shown, meant in _TYPED.items():
        query = query.replace(shown, meant)
    return query


def _variants(query: str) -> list[str]:
    """The query with and without a leading space, in every capitalisation; as typed first."""
    bare = query.lstrip(" ") or query
    spaced = query if query.startswith(" ") else " " + query
    forms = [query, spaced, bare]
    for change in (str.lower, str.capitalize, str.upper):
        forms += [change(bare), " " + change(bare)]
    return [form for form in dict.fromkeys(forms) if form]


def _unfinished(data: bytes) -> bytes:
    """The bytes at the end that begin a character without finishing it."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    decoder.decode(data[-4:])
    return decoder.getstate()[0]


def _continues(rest: bytes, more: bytes) -> bool:
    """Whether `more` goes on with the character that `rest` began."""
    try:
        codecs.getincrementaldecoder("utf-8")("strict").decode(rest + more)
    except UnicodeDecodeError as error:
        return error.start > 0
    return True
