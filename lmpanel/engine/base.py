"""The one interface between lmpanel and a neural network.

An engine turns token ids into logits and keeps its own key/value cache: the longest prefix shared
with an earlier call is reused, and asking about a prefix of what is cached never throws the
cache away. It knows nothing about text, chat templates, probabilities or documents.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import numpy as np

from lmpanel.errors import BadInput, ContextFull
from lmpanel.number_text import grouped
from lmpanel.wording import t

MAX_ROWS = 128
"""Most rows of logits in one call: 128 rows of 49152 float32 are 25 MB."""

MAX_BRANCHES = 64
"""Most continuations in one call."""

MAX_INSIDE = 64
"""Most tokens of a text that is looked into: attention alone is 270 tables of 64 by 64."""

MAX_LENS_ROWS = 128
"""Most residuals that the lens is put on in one call."""


@dataclass(frozen=True)
class EngineInfo:
    """What runs the model: `model` is the parsed model.json.

    `backend` is "native", "fake", "webgpu", "webgpu-nosubgroups" or "wasm"; `verified` says that
    the known prompt gave the stored values on this backend.
    """

    model: Mapping[str, Any] = field(repr=False)
    backend: str
    threads: int = 1
    verified: bool = False

    @property
    def vocab_size(self) -> int:
        """Number of token ids, which is the width of a row of logits."""
        return int(self.model["vocab_size"])

    @property
    def context_length(self) -> int:
        """Most tokens that the model can look at."""
        return int(self.model["context_length"])


@dataclass
class EngineStats:
    """Counters that only grow: calls made, tokens computed, tokens reused from the cache."""

    calls: int = 0
    tokens: int = 0
    reused: int = 0

    def count(self, computed: int, reused: int) -> None:
        """Add one call."""
        self.calls += 1
        self.tokens += computed
        self.reused += reused


@dataclass(frozen=True)
class Inside:
    """What a text of s tokens leaves in the network.

    `residuals` float32 [layers + 1, s, hidden]: the stream before each layer, and after the last.
    `attention` float32 [layers, heads, s, s]: how much row token looks at column token; rows add
    up to 1, and nothing is looked at that comes later.
    """

    residuals: np.ndarray
    attention: np.ndarray


@dataclass(frozen=True)
class LensRows:
    """The logit lens on n residuals: final norm and output matrix, as if no layer came after.

    `top_ids` int [n, 10] and `top_logits` float32 [n, 10], likeliest first; `log_sum` [n], the
    logarithm of the sum of exp(logit); `entropy_nats` [n]; and of the tokens asked about
    `asked_logits` [n, 2] and `asked_ranks` int [n, 2], 1 the likeliest.
    """

    top_ids: np.ndarray
    top_logits: np.ndarray
    log_sum: np.ndarray
    entropy_nats: np.ndarray
    asked_logits: np.ndarray
    asked_ranks: np.ndarray


LENS_OUTPUTS = ["top_ids", "top_logits", "log_sum", "entropy", "asked_logits", "asked_ranks"]
"""What the graph of the lens gives, in the order of `LensRows`."""


def lens_rows(*outputs: np.ndarray, count: int) -> LensRows:
    """From the `LENS_OUTPUTS` of `count` rows, whatever their outer shape."""
    top_ids, top_logits, log_sum, entropy, asked_logits, asked_ranks = (
        np.asarray(output).reshape(count, -1) for output in outputs
    )
    whole = np.int64
    return LensRows(top_ids.astype(whole), top_logits, log_sum[:, 0], entropy[:, 0], asked_logits,
                    asked_ranks.astype(whole))


@runtime_checkable
class Engine(Protocol):
    """What every engine offers. Arguments are checked with the functions below.

    An engine may also have `async ready()`, which waits until a lost engine is usable again,
    `reset()`, which forgets the key/value cache, and `spare`: whether the machine can afford work
    that nobody has asked for.
    """

    stats: EngineStats

    @property
    def info(self) -> EngineInfo:
        """The model and the backend it runs on."""
        ...

    async def logits(self, ids: Sequence[int], first: int) -> np.ndarray:
        """Float32 logits, shape [len(ids) - first, vocab]: row j follows `ids[: first + j + 1]`.

        At most `MAX_ROWS` rows. Cancelling the awaiting task cancels the work at its next chunk.
        Raises BadInput, ContextFull, EngineLost, EngineNotReady or OutOfMemory.
        """
        ...

    async def branch(self, ids: Sequence[int], tails: Sequence[Sequence[int]]) -> np.ndarray:
        """Float32 logits, shape [len(tails), vocab]: row j follows `ids + tails[j]`.

        At most `MAX_BRANCHES` rows, computed in one batch where memory allows. Raises as `logits`.
        """
        ...

    async def close(self) -> None:
        """Let the model go; later calls raise EngineNotReady."""
        ...


@runtime_checkable
class Network(Engine, Protocol):
    """An engine that runs a network, which can be looked into."""

    async def similar(self, token: int) -> np.ndarray:
        """Float32 [2, vocab] from the embedding matrix, computed without the network.

        Row 0 has the cosine of every token's row with that of `token` (0 for rows of nothing but
        zeros), row 1 the length of each row. Raises as `logits`.
        """
        ...

    async def open_inside(self) -> None:
        """Fetch and open the extra graphs behind `inside` and `lens`, unless they are open.

        Raises as `logits`, and EngineError when they cannot be fetched or opened; the engine goes
        on without them then.
        """
        ...

    async def inside(self, ids: Sequence[int]) -> Inside:
        """What a text of at most `MAX_INSIDE` tokens leaves in the network; opens the graphs."""
        ...

    async def lens(self, rows: np.ndarray, asked: np.ndarray) -> LensRows:
        """What residuals [n, hidden] would predict; `asked` [n, 2] are token ids to rank there.

        At most `MAX_LENS_ROWS` rows. Opens the graphs.
        """
        ...

    async def close_inside(self) -> None:
        """Let the extra graphs and their memory go; they are opened again when asked for."""
        ...


def check_logits(info: EngineInfo, ids: Sequence[int], first: int) -> None:
    """Refuse a `logits` call that cannot be computed, before the network is touched.

    >>> info = EngineInfo({"vocab_size": 4, "context_length": 8}, "fake")
    >>> check_logits(info, [1, 2, 3], 2)
    >>> check_logits(info, [1, 2, 3], 3)
    Traceback (most recent call last):
    lmpanel.errors.BadInput: Rows 3 to 3 were asked of 3 tokens. Ask for 1 to 128 of their rows.
    """
    _check_ids(info, ids)
    rows = len(ids) - first
    if first < 0 or not 1 <= rows <= MAX_ROWS:
        raise BadInput(
            f"Rows {first} to {len(ids)} were asked of {len(ids)} tokens.",
            f"Ask for 1 to {MAX_ROWS} of their rows.",
        )
    check_context(info, len(ids))


def check_branch(info: EngineInfo, ids: Sequence[int], tails: Sequence[Sequence[int]]) -> None:
    """Refuse a `branch` call that cannot be computed, before the network is touched."""
    _check_ids(info, ids)
    if not ids or not 1 <= len(tails) <= MAX_BRANCHES or not all(map(len, tails)):
        raise BadInput(
            f"{len(tails)} continuations of {len(ids)} tokens were asked for.",
            f"Give at least one token and 1 to {MAX_BRANCHES} continuations of at least one.",
        )
    for tail in tails:
        _check_ids(info, tail)
    check_context(info, len(ids) + max(map(len, tails)))


def check_inside(info: EngineInfo, ids: Sequence[int]) -> None:
    """Refuse a text that is too long to be looked into, or empty."""
    _check_ids(info, ids)
    if not 1 <= len(ids) <= MAX_INSIDE:
        raise BadInput(
            f"{len(ids)} tokens were given to be looked into.", f"Give 1 to {MAX_INSIDE} tokens."
        )


def check_lens(info: EngineInfo, rows: np.ndarray, asked: np.ndarray) -> None:
    """Refuse a `lens` call whose arrays do not fit the model or each other."""
    count, hidden = len(rows), int(info.model["hidden"])
    fits = rows.shape == (count, hidden) and asked.shape == (count, 2)
    if not fits or not 1 <= count <= MAX_LENS_ROWS:
        raise BadInput(
            f"The lens was given arrays of {rows.shape} and {asked.shape}.",
            f"Give 1 to {MAX_LENS_ROWS} rows of {hidden} numbers, and two tokens for each.",
        )
    _check_ids(info, asked.ravel().tolist())


def check_token(info: EngineInfo, token: int) -> None:
    """Refuse a token id outside the vocabulary."""
    _check_ids(info, [token])


def check_context(info: EngineInfo, count: int) -> None:
    """Raise ContextFull when `count` tokens are more than the model can look at."""
    if count > info.context_length:
        raise ContextFull(
            t(
                "The document has {n} tokens, but this model can look at {most}.",
                n=grouped(count),
                most=grouped(info.context_length),
            ),
            t("Shorten the document, or start a new conversation."),
        )


def _check_ids(info: EngineInfo, ids: Sequence[int]) -> None:
    size = info.vocab_size
    if any(not 0 <= token < size for token in ids):
        bad = next(token for token in ids if not 0 <= token < size)
        raise BadInput(f"Token id {bad} is outside the vocabulary of {size}.")
