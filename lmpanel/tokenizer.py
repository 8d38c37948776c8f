"""The tokenizer of a model: special tokens first, byte-pair encoding for everything between.

Reads the tokenizer.json of Hugging Face and gives the ids that `tokenizers` gives with
`add_special_tokens=False`. Knows nothing about chat templates.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from lmpanel.bpe import BytePairEncoder, mend
from lmpanel.errors import BadModel, UnsupportedTokenizer
from lmpanel.vocabulary import Vocabulary


class Tokenizer:
    """Text ↔ token ids.

    `special` maps the text of each special token to its id.

    >>> bpe = BytePairEncoder({"<|end|>": 0, "a": 1, "b": 2, "ab": 3}, ["a b"])
    >>> tokenizer = Tokenizer(bpe, {"<|end|>": 0})
    >>> tokenizer.encode("ab<|end|>a"), tokenizer.decode([3, 0, 1])
    ([3, 0, 1], 'ab<|end|>a')
    """

    def __init__(self, bpe: BytePairEncoder, special: Mapping[str, int]):
        self.bpe = bpe
        self._special = dict(special)
        self.vocabulary = Vocabulary(bpe.vocabulary, {i: text for text, i in special.items()})
        # Longest first: of two tokens that begin alike the longer one is meant, as HF does.
        texts = sorted(special, key=len, reverse=True)
        self._marks = re.compile(f"({'|'.join(map(re.escape, texts))})") if texts else None

    @classmethod
    def from_json(cls, text: str) -> Tokenizer:
        """From the text of a tokenizer.json. Raises UnsupportedTokenizer or BadModel."""
        try:
            config = json.loads(text)
        except ValueError as error:
            raise BadModel(
                f"tokenizer.json is not JSON: {error}.", "Load or build the model again."
            ) from error
        if not isinstance(config, dict):
            raise BadModel("tokenizer.json holds no object.", "Load or build the model again.")
        return cls(BytePairEncoder.from_config(config), _special_tokens(config))

    @classmethod
    def from_file(cls, path: str | Path) -> Tokenizer:
        """From a tokenizer.json on disk."""
        return cls.from_json(Path(path).read_text("utf-8"))

    def __len__(self) -> int:
        return len(self.vocabulary)

    def encode(self, text: str) -> list[int]:
        """Token ids of `text`; special tokens written in it are recognised.

        Lone surrogates, which no UTF-8 can hold, count as U+FFFD.
        """
        text = mend(text)
        if self._marks is None:
            return self.bpe.encode(text)
        ids: list[int] = []
        for place, part in enumerate(self._marks.split(text)):
            if place % 2:
                ids.append(self._special[part])
            elif part:
                ids.extend(self.bpe.encode(part))
        return ids

    def split(self, text: str) -> list[tuple[str, int | None]]:
        """Cut text at the special tokens written in it: (part, id of the special token or None).

        >>> bpe = BytePairEncoder({"<|end|>": 0, "a": 1}, [])
        >>> Tokenizer(bpe, {"<|end|>": 0}).split("a<|end|>")
        [('a', None), ('<|end|>', 0)]
        """
        parts = self._marks.split(mend(text)) if self._marks else [mend(text)]
        return [(part, self._special.get(part) if i % 2 else None)
                for i, part in enumerate(parts) if part]

    def encode_plain(self, text: str) -> list[int]:
        """Token ids of `text`, in which special tokens are nothing but characters."""
        return self.bpe.encode(text)

    def parts(self, text: str) -> str:
        """The tokens that `text` is read as, the first twelve, to be shown: "x · ␣y"."""
        return " · ".join(
            self.vocabulary.display(id, visible_space=True) for id in self.encode(text)[:12]
        )

    def decode(self, ids: Iterable[int]) -> str:
        """Text of `ids`: special tokens as their text, broken UTF-8 as U+FFFD."""
        return self.vocabulary.decode(ids)

    def special_id(self, text: str) -> int | None:
        """The id of a special token, None when the model has no such token."""
        return self._special.get(text)

    def specials_in(self, text: str) -> list[str]:
        """The special tokens that `text` spells out, in the order of their first appearance."""
        return sorted((name for name in self._special if name in text), key=text.index)

    def lost(self, text: str) -> str:
        """The characters of `text` that no tokens of this vocabulary can write.

        Encoding drops (part of) them without a word, as HF does; a person should be told.
        """
        return self.bpe.lost(text)


def _special_tokens(config: Mapping[str, Any]) -> dict[str, int]:
    special = {}
    for token in config.get("added_tokens") or []:
        if any(token.get(flag) for flag in ("single_word", "lstrip", "rstrip")):
            raise UnsupportedTokenizer(
                f"The special token {token.get('content')!r} swallows its surroundings.",
                "Tokens with single_word, lstrip or rstrip are not supported.",
            )
        special[token["content"]] = token["id"]
    return special
