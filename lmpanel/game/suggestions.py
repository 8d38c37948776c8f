"""Tokens that a player is offered to put points on.

The models' likeliest tokens and frequent ones of the text so far, all in alphabetical order: what
stands in the list, where, and how long it is says nothing of anyone's probabilities. Knows
nothing about rounds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from lmpanel.distribution import Distribution
from lmpanel.vocabulary import Vocabulary

SUGGESTED = 16
_FREQUENT = 5
_OF_EACH = 4


def suggested(
    vocabulary: Vocabulary,
    context: Sequence[int],
    known: Mapping[str, Distribution],
    best: str,
    count: int = SUGGESTED,
) -> list[int]:
    """`count` tokens in alphabetical order, those that read alike by id.

    A few frequent ones of `context`, a few likeliest of every distribution in `known` that is
    not even, and as many of the one named `best` as are needed then. Special tokens are left out.
    """
    chosen: dict[int, None] = {}
    frequent = [token for token, _ in Counter(context).most_common(_FREQUENT)]
    for name, distribution in known.items():
        if name != best and _uneven(distribution):
            chosen.update(dict.fromkeys(distribution.ranked(_OF_EACH).tolist()))
    chosen.update(dict.fromkeys(frequent))
    for token in known[best].ranked(2 * count + len(vocabulary.special_ids)).tolist():
        if len(_plain(vocabulary, chosen)) >= count:
            break
        chosen[token] = None
    return sorted(_plain(vocabulary, chosen), key=lambda token: _place(vocabulary, token))


def _plain(vocabulary: Vocabulary, tokens: Mapping[int, None]) -> list[int]:
    return [token for token in tokens if not vocabulary.is_special(token)]


def _uneven(distribution: Distribution) -> bool:
    return bool(distribution.logits.max() > distribution.logits.min())


def _place(vocabulary: Vocabulary, token: int) -> tuple[str, str, int]:
    text = vocabulary.text_of(token)
    return text.strip().casefold(), text, token
