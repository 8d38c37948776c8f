"""What each layer of the network makes of a short text: the logit lens, and attention.

The numbers of one text, as they come in layer by layer. Arrays only: knows nothing about engines,
tokens' texts or drawing. Source of the lens: nostalgebraist 2020, "interpreting GPT".
"""

from __future__ import annotations

import numpy as np

from lmpanel.engine.base import Inside, LensRows

LN2 = float(np.log(2))


class LayerLook:
    """One text of s tokens in a network of L layers.

    Row 0 of everything is the embedding before the first layer, row k the residual stream after
    layer k; row L is what the model's own head reads. `guesses(row, position)` and the arrays
    below hold a row once `take` was given it, see `known`.

    `ranks` and `logprobs` [L + 1, s, 2] are of two tokens: the one that the last layer finds
    likeliest, and the one that follows in the text (at the end of the text the first once more).
    Logarithms are natural, `entropy_bits` [L + 1, s] is in bits.
    """

    def __init__(self, ids: tuple[int, ...], inside: Inside):
        self.ids = ids
        self.attention = inside.attention
        self._residuals: np.ndarray | None = inside.residuals
        rows, count = inside.residuals.shape[:2]
        self.layers = rows - 1
        self.known = np.zeros(rows, bool)
        self.top_ids = np.zeros((rows, count, 10), np.int64)
        self.top_logprobs = np.zeros((rows, count, 10))
        self.entropy_bits = np.zeros((rows, count))
        self.ranks = np.zeros((rows, count, 2), np.int64)
        self.logprobs = np.zeros((rows, count, 2))

    @property
    def complete(self) -> bool:
        """Whether every row is there."""
        return bool(self.known.all())

    @property
    def finals(self) -> np.ndarray:
        """The likeliest token after the last layer, for each position [s]."""
        return self.top_ids[self.layers, :, 0]

    def todo(self, most: int) -> tuple[list[int], np.ndarray, np.ndarray] | None:
        """What to ask the lens next: rows, residuals [n, hidden] and tokens to rank [n, 2].

        At most `most` residuals, but at least one row; the last layer comes first and alone, since
        the others are asked about its answer. None when everything is known.
        """
        left = np.flatnonzero(~self.known)[::-1]
        if not len(left) or self._residuals is None:
            return None
        count = len(self.ids)
        size = 1 if not self.known[self.layers] else max(1, most // count)
        rows = left[:size].tolist()
        follows = np.array([*self.ids[1:], 0])
        first = self.finals if self.known[self.layers] else follows
        follows[-1] = first[-1]
        asked = np.tile(np.stack([first, follows], -1), (len(rows), 1))
        return rows, self._residuals[rows].reshape(len(rows) * count, -1), asked

    def take(self, rows: list[int], found: LensRows) -> None:
        """Write down the lens on `rows`, as `todo` asked for them."""
        shape = len(rows), len(self.ids), -1
        log_sum = found.log_sum[:, None]
        self.top_ids[rows] = found.top_ids.reshape(shape)
        self.top_logprobs[rows] = (found.top_logits - log_sum).reshape(shape)
        self.entropy_bits[rows] = found.entropy_nats.reshape(shape[:2]) / LN2
        self.ranks[rows] = found.asked_ranks.reshape(shape)
        self.logprobs[rows] = (found.asked_logits - log_sum).reshape(shape)
        self.known[rows] = True
        if rows == [self.layers]:
            self._of_the_last_layer()
        if self.complete:
            self._residuals = None

    def _of_the_last_layer(self) -> None:
        """Its own likeliest token was not known when it was asked."""
        self.ranks[self.layers, :, 0] = 1
        self.logprobs[self.layers, :, 0] = self.top_logprobs[self.layers, :, 0]
        if len(self.ids):
            self.ranks[self.layers, -1, 1] = 1
            self.logprobs[self.layers, -1, 1] = self.top_logprobs[self.layers, -1, 0]

    def settled_at(self, position: int) -> int | None:
        """The first row from which on the likeliest token is the last layer's; None until known."""
        if not self.complete:
            return None
        differs = np.flatnonzero(self.top_ids[:, position, 0] != self.finals[position])
        return int(differs[-1]) + 1 if len(differs) else 0

    def head_habits(self, layer: int) -> list[dict[str, float]]:
        """For each head, how much the tokens after the first look at the first, before, themselves.

        Means over positions 1…s-1; for the second token "first" and "before" are the same one.
        """
        looks = self.attention[layer]
        if looks.shape[-1] < 2:
            return [{"first": 1.0, "before": 1.0, "itself": 1.0} for _ in looks]
        return [
            {
                "first": float(head[1:, 0].mean()),
                "before": float(np.diagonal(head, -1).mean()),
                "itself": float(np.diagonal(head)[1:].mean()),
            }
            for head in looks
        ]
