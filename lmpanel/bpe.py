"""Byte-level byte-pair encoding: text → words → bytes → merges → token ids.

Written to be read and to be exact: it gives the ids of the `tokenizers` library. It knows nothing
about special tokens, chat templates or models.

Every byte is written as one printable character (the byte alphabet of GPT-2), so that vocabulary
and merges are plain strings. A word starts as its bytes; again and again the neighbouring pair
that was learnt first (lowest rank) is merged, the leftmost one first, until no pair is known.
Sources: Sennrich et al. 2016 (BPE), Radford et al. 2019 (byte level).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import Any

from lmpanel.errors import UnsupportedTokenizer
from lmpanel.pretokenizer import PreTokenizer

_CACHED_WORDS = 50_000
_CACHED_LENGTH = 64


def _byte_alphabet() -> list[str]:
    """Byte → its character: printable Latin-1 stands for itself, the rest follows from U+0100."""
    printable = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = iter(range(0x100, 0x200))
    return [chr(byte if byte in printable else next(others)) for byte in range(256)]


_ALPHABET = _byte_alphabet()
_TO_ALPHABET = dict(enumerate(_ALPHABET))
_TO_BYTE = {ord(character): byte for byte, character in enumerate(_ALPHABET)}


def to_alphabet(data: bytes) -> str:
    """Bytes written in the byte alphabet.

    >>> to_alphabet(" dragon\\n".encode())
    'ĠdragonĊ'
    """
    return data.decode("latin-1").translate(_TO_ALPHABET)


def from_alphabet(piece: str) -> bytes:
    """The bytes of a vocabulary entry; one that is not in the alphabet stands for its own text.

    >>> from_alphabet("Ġdragon"), from_alphabet("<|a b|>")
    (b' dragon', b'<|a b|>')
    """
    try:
        return piece.translate(_TO_BYTE).encode("latin-1")
    except UnicodeEncodeError:
        return piece.encode()


def mend(text: str) -> str:
    """Text that can be written as UTF-8: a lone surrogate becomes U+FFFD, a pair its character.

    >>> mend("a\\ud83d\\ude00b\\ud83d") == "a\\U0001f600b\\ufffd"
    True
    """
    try:
        text.encode()
        return text
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@dataclass(frozen=True)
class Merge:
    """One step: the pieces `left` and `right` (byte alphabet) at byte `position` become one.

    `rank` is the merge's place in the order in which merges were learnt.
    """

    rank: int
    position: int
    left: str
    right: str


class BytePairEncoder:
    """Text → ids with a vocabulary and ranked merges.

    >>> bpe = BytePairEncoder({"a": 0, "b": 1, "ab": 2, "abab": 3}, ["a b", "ab ab"])
    >>> bpe.encode("ababa")
    [3, 0]
    >>> [(step.left, step.right, step.position) for step in bpe.merges("abab")]
    [('a', 'b', 0), ('a', 'b', 2), ('ab', 'ab', 0)]
    """

    def __init__(
        self,
        vocabulary: Mapping[str, int],
        merges: Sequence[str],
        pretokenizer: PreTokenizer | None = None,
        *,
        unknown: str | None = None,
        fuse_unknown: bool = False,
        whole_words: bool = False,
    ):
        self.vocabulary = vocabulary
        self.pretokenizer = pretokenizer or PreTokenizer(None)
        self._ranks = dict(zip(merges, range(len(merges)), strict=True))
        self._unknown = unknown
        self._fuse_unknown = fuse_unknown
        self._whole_words = whole_words
        self._cache: dict[str, tuple[int, ...]] = {}
        # Vocabularies need not hold every byte; HF drops the missing ones without a word.
        missing = [byte for byte in range(256) if _ALPHABET[byte] not in vocabulary]
        self.missing_bytes = frozenset(missing)

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> BytePairEncoder:
        """From a parsed tokenizer.json. Raises UnsupportedTokenizer for anything not known here."""
        model = config.get("model") or {}
        _check_model(config, model)
        merges = model["merges"]
        if merges and not isinstance(merges[0], str):
            merges = [" ".join(pair) for pair in merges]
        return cls(
            model["vocab"],
            merges,
            PreTokenizer.from_config(config.get("pre_tokenizer")),
            unknown=model.get("unk_token"),
            fuse_unknown=bool(model.get("fuse_unk")),
            whole_words=bool(model.get("ignore_merges")),
        )

    def encode(self, text: str) -> list[int]:
        """The ids of `text`, in which special tokens are plain characters."""
        cache = self._cache
        ids: list[int] = []
        for word in self.pretokenizer.words(mend(text)):
            known = cache.get(word)
            ids.extend(self._remembered(word) if known is None else known)
        return ids

    def words(self, text: str) -> list[str]:
        """The words of `text`, inside which bytes are merged."""
        return self.pretokenizer.words(mend(text))

    def ids(self, word: str) -> tuple[int, ...]:
        """The ids of one word of the pre-tokenizer."""
        known = self._cache.get(word)
        return self._remembered(word) if known is None else known

    def merges(self, word: str) -> Iterator[Merge]:
        """The merges of one word, in the order in which they are made."""
        return self._merge(self.symbols(word))

    def rank(self, left: str, right: str) -> int | None:
        """The rank of the merge of two neighbouring pieces; None when they are never merged."""
        return self._ranks.get(f"{left} {right}")

    @property
    def merge_count(self) -> int:
        """How many merges were learnt."""
        return len(self._ranks)

    def is_whole(self, word: str) -> bool:
        """Whether the word is taken as one token without merging, as some tokenizers ask for."""
        return self._whole_words and to_alphabet(word.encode()) in self.vocabulary

    def symbols(self, word: str) -> list[str]:
        """What a word is before merging: one symbol for each of its bytes."""
        symbols: list[str] = []
        for symbol in to_alphabet(word.encode()):
            if symbol in self.vocabulary:
                symbols.append(symbol)
            elif self._unknown and not (self._fuse_unknown and symbols[-1:] == [self._unknown]):
                symbols.append(self._unknown)
        return symbols

    def lost(self, text: str) -> str:
        """The characters of `text` that this vocabulary cannot hold (their bytes are missing).

        >>> BytePairEncoder({"a": 0, "b": 1}, []).lost("abc")
        'c'
        """
        missing = self.missing_bytes
        if not missing or missing.isdisjoint(mend(text).encode()):
            return ""
        return "".join(c for c in mend(text) if not missing.isdisjoint(c.encode()))

    def _remembered(self, word: str) -> tuple[int, ...]:
        ids = self._word_ids(word)
        if len(word) <= _CACHED_LENGTH:
            if len(self._cache) >= _CACHED_WORDS:
                self._cache.clear()
            self._cache[word] = ids
        return ids

    def _word_ids(self, word: str) -> tuple[int, ...]:
        if self._whole_words:
            whole = self.vocabulary.get(to_alphabet(word.encode()))
            if whole is not None:
                return (whole,)
        symbols = self.symbols(word)
        for _ in self._merge(symbols):
            pass
        return tuple(self.vocabulary[symbol] for symbol in symbols if symbol)

    def _merge(self, symbols: list[str]) -> Iterator[Merge]:
        """Merge `symbols` in place: the left one becomes the pair, the right one "".

        Neighbours are a linked list and candidates a heap of (rank, place), so that a word of n
        bytes takes n log n steps; outdated candidates are recognised when they come up.
        """
        count = len(symbols)
        after = list(range(1, count + 1))
        before = list(range(-1, count - 1))
        heap = [(rank, i) for i in range(count - 1) if (rank := self._rank(symbols, i, i + 1)) >= 0]
        heapify(heap)
        while heap:
            rank, left = heappop(heap)
            right = after[left]
            if right == count or self._rank(symbols, left, right) != rank:
                continue
            yield Merge(rank, left, symbols[left], symbols[right])
            symbols[left] += symbols[right]
            symbols[right] = ""
            after[left] = after[right]
            if after[left] < count:
                before[after[left]] = left
            for start, stop in ((before[left], left), (left, after[left])):
                if start >= 0 and stop < count and (new := self._rank(symbols, start, stop)) >= 0:
                    heappush(heap, (new, start))

    def _rank(self, symbols: list[str], left: int, right: int) -> int:
        return self._ranks.get(f"{symbols[left]} {symbols[right]}", -1)


def _check_model(config: Mapping[str, Any], model: Mapping[str, Any]) -> None:
    unsupported = {
        "model.type": model.get("type", "BPE") != "BPE",
        "model.byte_fallback": model.get("byte_fallback"),
        "model.dropout": model.get("dropout"),
        "model.continuing_subword_prefix": model.get("continuing_subword_prefix"),
        "model.end_of_word_suffix": model.get("end_of_word_suffix"),
        "model.vocab": not isinstance(model.get("vocab"), dict),
        "model.merges": not isinstance(model.get("merges"), list),
        "normalizer": config.get("normalizer"),
    }
    names = [name for name, wrong in unsupported.items() if wrong]
    if names:
        raise UnsupportedTokenizer(
            f"The tokenizer asks for what is not known here: {', '.join(names)}.",
            "Only byte-level BPE without a normalizer is supported.",
        )
