"""Byte-level BPE step by step: text → pieces → bytes → one merge after the other → tokens.

For looking at, next to the fast path in `bpe`, which it asks for every merge. Knows nothing about
how steps are drawn.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from lmpanel.bpe import BytePairEncoder, Merge
from lmpanel.tokenizer import Tokenizer

MAX_BYTES = 256
"""Longest piece that is stepped through; longer ones are rows of one letter, or no words."""


@dataclass(frozen=True)
class Piece:
    """A stretch of text inside which bytes are merged, or a special token (`special` is its id)."""

    text: str
    special: int | None
    ids: tuple[int, ...]


@dataclass(frozen=True)
class Steps:
    """How one piece becomes tokens.

    `symbols` are its bytes in the byte alphabet, without those that the vocabulary lacks; `merges`
    come in the order in which they are made; `ranks` holds every pair that ever stood side by side
    and can be merged. `whole` says that the piece is a token as it stands and nothing is merged.
    """

    symbols: tuple[str, ...]
    merges: tuple[Merge, ...]
    ranks: dict[tuple[str, str], int]
    whole: bool

    def states(self) -> Iterator[tuple[str, ...]]:
        """What stands there before the first merge, and after each.

        >>> bpe = BytePairEncoder({"a": 0, "b": 1, "ab": 2, "abb": 3}, ["a b", "ab b"])
        >>> list(steps(bpe, "abb").states())
        [('a', 'b', 'b'), ('ab', 'b'), ('abb',)]
        """
        yield from _replay(self.symbols, self.merges)


def pieces(tokenizer: Tokenizer, text: str, plain: bool = False) -> list[Piece]:
    """The pieces of a text with their tokens; with `plain`, special tokens are only characters.

    Their ids one after the other are those of `Tokenizer.encode` (or `encode_plain`).
    """
    bpe = tokenizer.bpe
    found = []
    for part, special in [(text, None)] if plain else tokenizer.split(text):
        if special is not None:
            found.append(Piece(part, special, (special,)))
            continue
        found += [Piece(word, None, bpe.ids(word)) for word in bpe.words(part)]
    return found


def steps(bpe: BytePairEncoder, word: str) -> Steps:
    """Every merge of one piece, and the ranks it was chosen by."""
    symbols, whole = tuple(bpe.symbols(word)), bpe.is_whole(word)
    merges = () if whole else tuple(bpe.merges(word))
    ranks: dict[tuple[str, str], int] = {}
    for state in _replay(symbols, merges):
        for pair in pairwise(state):
            if pair not in ranks and (rank := bpe.rank(*pair)) is not None:
                ranks[pair] = rank
    return Steps(symbols, merges, ranks, whole)


def cut_rule(word: str) -> str:
    """Why the pre-tokenizer cut this piece off: the name of the rule, in English.

    >>> [cut_rule(word) for word in ("'s", " dragon", "4", "  ", "!?")]
    ['English ending', 'letters', 'digits', 'white space', 'other signs']
    """
    bare = word.removeprefix(" ")
    if not word.strip():
        return "white space"
    if word in ("'s", "'t", "'re", "'ve", "'m", "'ll", "'d"):
        return "English ending"
    kind = unicodedata.category(bare[0])[0] if bare else "Z"
    return {"L": "letters", "N": "digits"}.get(kind, "other signs")


def _replay(symbols: tuple[str, ...], merges: tuple[Merge, ...]) -> Iterator[tuple[str, ...]]:
    places = dict(enumerate(symbols))
    yield symbols
    for merge in merges:
        right = merge.position + 1
        while right not in places:
            right += 1
        places[merge.position] += places.pop(right)
        yield tuple(places.values())
