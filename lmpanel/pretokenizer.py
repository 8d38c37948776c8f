"""Cut text into the words inside which byte pairs are merged.

The rules are those of GPT-2's regular expression, with digits cut off first where the tokenizer
asks for it. Python's `re` has no Unicode classes, so each character is translated to a letter for
its class and the expression runs over those. Knows nothing about vocabularies and ids.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lmpanel.errors import UnsupportedTokenizer
from lmpanel.unicode_classes import unicode_class

# Classes: L letter, N number, M number to the digit splitter only, S space, O other. The
# characters that the contractions and " ?" name stand for themselves.
_THEMSELVES = "' strevmld"
_LETTERS = r"'s|'t|'re|'ve|'m|'ll|'d| ?[Lstrevmld]+"
_SPACES = r"[ S]+(?![^ S{ends}])|[ S]+"
_PATTERNS = {
    None: rf"{_LETTERS}| ?N+| ?[OM']+|" + _SPACES.format(ends=""),
    "single": rf"{_LETTERS}|[NM]| ?[O']+|" + _SPACES.format(ends="NM"),
    "runs": rf"{_LETTERS}|N+|M+| ?[O']+|" + _SPACES.format(ends="NM"),
}


class PreTokenizer:
    """Splits text into words; joined together they are the text again.

    `digits` is "single" (each digit a word), "runs" (each run of digits a word, without the space
    before it) or None (GPT-2's own rule). Source: Radford et al. 2019, `encoder.py`.

    >>> PreTokenizer("single").words("It's  42 dragons!")
    ['It', "'s", '  ', '4', '2', ' dragons', '!']
    >>> PreTokenizer(None).words("It's  42 dragons!")
    ['It', "'s", ' ', ' 42', ' dragons', '!']
    """

    def __init__(self, digits: str | None):
        self._pattern = re.compile(_PATTERNS[digits])

    def words(self, text: str) -> list[str]:
        """The words of `text`, in order."""
        matches = self._pattern.finditer(text.translate(_CLASSES))
        return [text[match.start() : match.end()] for match in matches]

    @classmethod
    def from_config(cls, config: Mapping[str, Any] | None) -> PreTokenizer:
        """From the `pre_tokenizer` of a tokenizer.json.

        Known are ByteLevel, and a Sequence of Digits and ByteLevel. Raises UnsupportedTokenizer.
        """
        steps = list((config or {}).get("pretokenizers", [config] if config else []))
        digits = None
        if steps and steps[0].get("type") == "Digits":
            digits = "single" if steps.pop(0).get("individual_digits") else "runs"
        if len(steps) != 1 or not _is_plain_byte_level(steps[0]):
            raise UnsupportedTokenizer(
                f"The tokenizer splits text in a way that is not known here: {config}",
                "Known are ByteLevel (use_regex, no prefix space), and Digits before it.",
            )
        return cls(digits)


def _is_plain_byte_level(step: Mapping[str, Any]) -> bool:
    wanted = {"type": "ByteLevel", "add_prefix_space": False, "use_regex": True}
    return {"use_regex": True, **step}.items() >= wanted.items()


class _Classes(dict):
    """Code point → class letter, looked up when a character is first met."""

    def __missing__(self, codepoint: int) -> str:
        letter = self[codepoint] = unicode_class(codepoint)
        return letter


_CLASSES = _Classes({ord(character): character for character in _THEMSELVES})
