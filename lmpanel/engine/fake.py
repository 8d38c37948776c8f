"""An engine without a network: deterministic logits over a small vocabulary, and counters.

For unit tests and for building the interface without a model. The logits after a prefix depend
on its last `order` tokens only; the cache is pretended, so that calls can be counted as they
would be on a real engine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lmpanel.bpe import BytePairEncoder, to_alphabet
from lmpanel.engine.base import (
    EngineInfo,
    EngineStats,
    Inside,
    LensRows,
    check_branch,
    check_inside,
    check_lens,
    check_logits,
    check_token,
)
from lmpanel.errors import EngineLost, EngineNotReady
from lmpanel.pretokenizer import PreTokenizer
from lmpanel.tokenizer import Tokenizer

SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
_MERGES = "h e,Ġ t,Ġt he,i n,a n,e r,r e,o n,Ġ d,r a,g on,Ġd ra,Ġdra gon"


def fake_tokenizer() -> Tokenizer:
    """A tokenizer of the three ChatML tokens, all bytes and a few merges.

    >>> fake_tokenizer().encode("<|im_start|> the")
    [1, 261]
    """
    merges = _MERGES.split(",")
    pieces = [*SPECIAL, *(to_alphabet(bytes([byte])) for byte in range(256))]
    pieces += [merge.replace(" ", "") for merge in merges]
    vocabulary = {piece: token for token, piece in enumerate(pieces)}
    bpe = BytePairEncoder(vocabulary, merges, PreTokenizer("single"))
    return Tokenizer(bpe, {text: token for token, text in enumerate(SPECIAL)})


def fake_model(vocab_size: int, context_length: int) -> dict[str, Any]:
    """A model.json for the fake: ChatML, ended by token 2."""
    return {
        "name": "fake",
        "vocab_size": vocab_size,
        "context_length": context_length,
        "chat": {"style": "chatml", "default_system": "You are a fake."},
        "special": {"bos": None, "eos": 2, "end_of_turn": 2},
        "layers": 3, "hidden": 8, "heads": 2, "kv_heads": 1, "head_dim": 4, "ffn": 16,
    }


class FakeEngine:
    """Deterministic logits with the interface of `Engine`.

    `requests` lists the calls as (verb, tokens in the prefix, rows).

    >>> import asyncio
    >>> engine = FakeEngine(vocab_size=8, context_length=16)
    >>> asyncio.run(engine.logits([1, 2, 3], 1)).shape
    (2, 8)
    >>> engine.stats.calls, engine.stats.tokens, engine.requests
    (1, 3, [('logits', 3, 2)])
    """

    def __init__(
        self,
        vocab_size: int | None = None,
        context_length: int = 512,
        *,
        order: int = 2,
        seed: int = 0,
        model: Mapping[str, Any] | None = None,
    ):
        size = len(fake_tokenizer()) if vocab_size is None else vocab_size
        self._info = EngineInfo(model or fake_model(size, context_length), "fake", verified=True)
        self._order = order
        self._seed = seed
        self._cached: tuple[int, ...] = ()
        self._losses = 0
        self._closed = False
        self.stats = EngineStats()
        self.requests: list[tuple[str, int, int]] = []
        self.inside_open = False
        self._looked_into: list[int] = []

    @property
    def info(self) -> EngineInfo:
        """The fake model."""
        return self._info

    def lose_next(self, count: int = 1) -> None:
        """Let the next `count` calls fail with EngineLost."""
        self._losses = count

    async def logits(self, ids: Sequence[int], first: int) -> np.ndarray:
        """As `Engine.logits`."""
        check_logits(self._info, ids, first)
        self._begin("logits", len(ids), len(ids) - first)
        reused = min(self._shared(ids), first)
        self.stats.count(len(ids) - reused, reused)
        self._keep(ids)
        return np.stack([self._row(ids[: stop + 1]) for stop in range(first, len(ids))])

    async def branch(self, ids: Sequence[int], tails: Sequence[Sequence[int]]) -> np.ndarray:
        """As `Engine.branch`."""
        check_branch(self._info, ids, tails)
        self._begin("branch", len(ids), len(tails))
        reused = self._shared(ids)
        self.stats.count(len(ids) - reused + sum(map(len, tails)), reused)
        self._keep(ids)
        return np.stack([self._row([*ids, *tail]) for tail in tails])

    async def similar(self, token: int) -> np.ndarray:
        """As `Engine.similar`, over a matrix of random rows."""
        check_token(self._info, token)
        self._begin("similar", token, 1)
        matrix = self._embedding()
        lengths = np.linalg.norm(matrix, axis=1)
        cosines = matrix @ matrix[token] / lengths / lengths[token]
        return np.stack([cosines, lengths]).astype(np.float32)

    async def open_inside(self) -> None:
        """As `Engine.open_inside`."""
        self._begin("open_inside", 0, 0)
        self.inside_open = True

    async def inside(self, ids: Sequence[int]) -> Inside:
        """As `Engine.inside`: a last residual holds its context's logits in place of a stream."""
        check_inside(self._info, ids)
        self._begin("inside", len(ids), len(ids))
        size, count = self._info.model, len(ids)
        random = np.random.default_rng([self._seed, *ids])
        residuals = random.standard_normal((size["layers"] + 1, count, size["hidden"]))
        # The fake's lens reads back which row it is from, to answer as `logits` does.
        residuals[-1, :, 0] = np.arange(count)
        residuals[:-1, :, 0] = -1
        self._looked_into = list(ids)
        looks = np.tril(random.random((size["layers"], size["heads"], count, count)))
        looks /= looks.sum(-1, keepdims=True)
        return Inside(residuals.astype(np.float32), looks.astype(np.float32))

    async def lens(self, rows: np.ndarray, asked: np.ndarray) -> LensRows:
        """As `Engine.lens`; after the last layer it gives what `logits` gives."""
        check_lens(self._info, rows, asked)
        self._begin("lens", 0, len(rows))
        logits = np.stack([self._lens_row(row) for row in rows]).astype(np.float64)
        top = np.argsort(-logits, axis=-1, kind="stable")[:, :10]
        log_sum = np.log(np.exp(logits).sum(-1))
        logprobs = logits - log_sum[:, None]
        found = np.take_along_axis(logits, asked, -1)
        ranks = (logits[:, None, :] > found[..., None]).sum(-1) + 1
        entropy = -(np.exp(logprobs) * logprobs).sum(-1)
        return LensRows(top, np.take_along_axis(logits, top, -1), log_sum, entropy, found, ranks)

    async def close_inside(self) -> None:
        """As `Engine.close_inside`."""
        self.requests.append(("close_inside", 0, 0))
        self.inside_open = False

    async def ready(self) -> None:
        """The fake is always ready again at once."""

    def reset(self) -> None:
        """Forget the cache."""
        self._cached = ()

    async def close(self) -> None:
        """Later calls raise EngineNotReady."""
        self._closed = True

    def _begin(self, verb: str, tokens: int, rows: int) -> None:
        self.requests.append((verb, tokens, rows))
        if self._closed:
            raise EngineNotReady("The engine is closed.", "Load the model again.")
        if self._losses:
            self._losses -= 1
            self.reset()
            raise EngineLost("The engine was lost.", "It restarts by itself.")

    def _shared(self, ids: Sequence[int]) -> int:
        pairs = zip(ids, self._cached, strict=False)
        return next(
            (i for i, (a, b) in enumerate(pairs) if a != b), min(len(ids), len(self._cached))
        )

    def _keep(self, ids: Sequence[int]) -> None:
        if self._shared(ids) < len(ids):
            self._cached = tuple(ids)

    def _embedding(self) -> np.ndarray:
        shape = self._info.vocab_size, self._info.model["hidden"]
        return np.random.default_rng(self._seed).standard_normal(shape)

    def _lens_row(self, row: np.ndarray) -> np.ndarray:
        if row[0] >= 0:
            return self._row(self._looked_into[: int(row[0]) + 1])
        return 4 * self._embedding() @ row

    def _row(self, ids: Sequence[int]) -> np.ndarray:
        context = [self._seed, *ids[-self._order :]] if self._order else [self._seed]
        row = np.random.default_rng(context).standard_normal(self._info.vocab_size)
        return (2.5 * row).astype(np.float32)
