"""A text that is tokenised step by step: what was typed, and the piece that is looked into.

Knows a tokenizer; nothing about the document, which keeps its token ids whatever is typed here.
"""

from __future__ import annotations

import param

from lmpanel.bpe import mend
from lmpanel.bpe_steps import Piece, Steps, pieces, steps
from lmpanel.tokenizer import Tokenizer

MAX_CHARACTERS = 2000
FIRST_TEXT = "Tokenization isn't magic: 42 dragons 🐉 say مرحبا."


class Tokenization(param.Parameterized):
    """The text, whether special tokens in it count as such, and the chosen piece."""

    text = param.String(default=FIRST_TEXT, doc="The text that is cut into tokens.")
    plain = param.Boolean(default=False, doc="Special tokens are read as plain characters.")
    chosen = param.Integer(default=0, bounds=(0, None), doc="The piece that is looked into.")
    cut = param.Boolean(default=False, doc="The text was longer than what is kept of it.")

    def __init__(self, tokenizer: Tokenizer):
        super().__init__()
        self._tokenizer = tokenizer

    def read(self, text: str, plain: bool) -> None:
        """Take a text; of a long one, its beginning."""
        kept = text[:MAX_CHARACTERS]
        count = len(pieces(self._tokenizer, kept, plain))
        chosen = min(self.chosen, max(count - 1, 0))
        self.param.update(text=kept, plain=plain, chosen=chosen, cut=len(text) > len(kept))

    def choose(self, index: int) -> None:
        """Look into a piece; an index outside takes the nearest."""
        self.chosen = min(max(index, 0), max(len(self.pieces()) - 1, 0))

    @property
    def mended(self) -> bool:
        """Whether the text holds half a surrogate pair, which no UTF-8 can hold."""
        return mend(self.text) != self.text

    def pieces(self) -> list[Piece]:
        """The pieces of the text."""
        return pieces(self._tokenizer, self.text, self.plain)

    def steps(self, piece: Piece) -> Steps:
        """How a piece becomes tokens."""
        return steps(self._tokenizer.bpe, piece.text)
