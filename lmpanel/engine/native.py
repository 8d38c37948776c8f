"""The engine for CPython: onnxruntime on the CPU.

The only Python file that imports onnxruntime. `NativeModel` computes synchronously and owns the
key/value cache; `NativeEngine` runs it in one worker thread, so that calls queue up and never
overlap. Knows nothing about text, probabilities or what the logits are wanted for.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import onnxruntime

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
from lmpanel.engine.kv_cache import KVCache
from lmpanel.engine.native_inside import NativeInside
from lmpanel.engine.proof import largest_error, proof_rows
from lmpanel.engine.stored_weights import embedding
from lmpanel.errors import BadModel, Cancelled, EngineLost, EngineNotReady
from lmpanel.wording import t

CHUNK = 128
"""Most tokens computed in one run of the network; a cancelled call stops after the current one."""

BRANCH_TOKENS = 8192
"""Most cached tokens copied at once for a batch of continuations (SmolLM2-135M: 380 MB)."""

KEPT_TOKENS = 4096
"""Most tokens of which a batch of continuations stays cached until the next one."""

Past = list[onnxruntime.OrtValue]


class NativeModel:
    """The network of a model folder, with its key/value cache; synchronous.

    `graph` is a key of model.json's "graphs" that uses weights.bin as it is and the fused attention
    ("native" or "webgpu").
    """

    def __init__(self, model_dir: Path, threads: int = 0, graph: str = "native"):
        self.model = read_model(model_dir)
        self.stats = EngineStats()
        self.cache: KVCache[Past] = KVCache()
        self._rows: dict[tuple[int, ...], Past] = {}
        self._session = _session(model_dir / self.model["graphs"][graph], threads)
        self._outputs = [output.name for output in self._session.get_outputs()]
        self._past_names = [name.replace("present.", "past.") for name in self._outputs[1:]]

    def logits(self, ids: Sequence[int], first: int,
               cancelled: Callable[[], bool] = lambda: False) -> np.ndarray:
        """Float32 logits [len(ids) - first, vocab]; row j follows `ids[: first + j + 1]`.

        Raises `Cancelled` between chunks once `cancelled()` is true; finished chunks stay cached.
        """
        past, start = self._reusable(ids, first)
        self.stats.count(len(ids) - start, start)
        rows = []
        for begin, end in _chunks(start, len(ids)):
            if cancelled():
                raise Cancelled("The computation was stopped.")
            wanted = np.arange(max(first, begin), end) - begin
            # A head without rows is asked of no kernel: the last row is computed and dropped.
            used = wanted if wanted.size else np.array([end - begin - 1])
            logits, past = self._run([list(ids[begin:end])], past, begin, used)
            self.cache.store(ids[:end], past)
            rows.append(logits[0, : wanted.size])
        return np.concatenate(rows)

    def branch(self, ids: Sequence[int], tails: Sequence[Sequence[int]],
               cancelled: Callable[[], bool] = lambda: False) -> np.ndarray:
        """Float32 logits [len(tails), vocab] after `ids + tail` for each of `tails`.

        One batch for those of one length, or several when copies would fill the memory.
        """
        texts = [(*ids, *tail) for tail in tails]
        before = self.stats.tokens
        pasts = {text[:-1]: self._past_of(text[:-1], cancelled) for text in texts}
        computed = self.stats.tokens - before
        self.stats.count(len(texts), max(0, len(ids) - computed))
        self._rows = {}
        found: dict[tuple[int, ...], np.ndarray] = {}
        for length in {len(text) for text in texts}:
            equal = [text for text in dict.fromkeys(texts) if len(text) == length]
            size = max(1, BRANCH_TOKENS // length)
            for begin in range(0, len(equal), size):
                found |= self._branch_batch(equal[begin:begin + size], pasts)
        return np.stack([found[text] for text in texts])

    def _branch_batch(self, texts: list[tuple[int, ...]],
                      pasts: dict[tuple[int, ...], Past]) -> Iterator[Any]:
        """The row after each text, all equally long; their keys and values are kept while few."""
        behind = [pasts[text[:-1]] for text in texts]
        stacked = [_on_cpu(np.concatenate([part.numpy() for part in parts]))
                   for parts in zip(*behind, strict=True)]
        total = len(texts[0])
        logits, present = self._run([[text[-1]] for text in texts], stacked, total - 1,
                                    np.array([0]))
        if len(texts) * total <= KEPT_TOKENS:
            for row, text in enumerate(texts):
                self._rows[text] = [_on_cpu(part.numpy()[row:row + 1].copy()) for part in present]
        return zip(texts, logits[:, 0])

    def _past_of(self, ids: tuple[int, ...], cancelled: Callable[[], bool]) -> Past:
        """Keys and values of exactly `ids`: from the last batch, from the cache, or computed."""
        if ids in self._rows:
            return self._rows[ids]
        past, start = self._reusable(ids, len(ids))
        if start < len(ids):
            self.logits(ids, len(ids) - 1, cancelled)
            past, _ = self._reusable(ids, len(ids))
        return past

    def reset(self) -> None:
        """Forget the key/value cache."""
        self._rows = {}
        self.cache.clear()

    def _reusable(self, ids: Sequence[int], limit: int) -> tuple[Past, int]:
        """Keys and values for the longest cached prefix of at most `limit` tokens."""
        cached, length = self.cache.longest_prefix(ids)
        length = min(length, limit)
        if cached is None or not length:
            return self._empty_past(), 0
        if length == len(cached.ids):
            return cached.payload, length
        return [_on_cpu(part.numpy()[:, :, :length]) for part in cached.payload], length

    def _empty_past(self) -> Past:
        shape = (1, self.model["kv_heads"], 0, self.model["head_dim"])
        return [_on_cpu(np.zeros(shape, np.float32)) for _ in self._past_names]

    def _run(self, batch: list[list[int]], past: Past, start: int,
             wanted: np.ndarray) -> tuple[np.ndarray, Past]:
        """One run of the network over [b, s] ids that follow `start` cached tokens."""
        total = start + len(batch[0])
        inputs = {
            "input_ids": _on_cpu(np.array(batch, np.int64)),
            "seqlens_k": _on_cpu(np.full(len(batch), total - 1, np.int32)),
            "total_len": _on_cpu(np.array(total, np.int32)),
            "last_idx": _on_cpu(wanted.astype(np.int64)),
            **dict(zip(self._past_names, past, strict=True)),
        }
        try:
            logits, *present = self._session.run_with_ort_values(self._outputs, inputs)
        except Exception as problem:  # onnxruntime's own exceptions share no base class
            raise EngineLost(
                t("onnxruntime failed: {problem}", problem=problem),
                t("Close other programs to free memory, then try again."),
            ) from problem
        return logits.numpy(), present


class NativeEngine:
    """`Engine` on native onnxruntime for a model folder.

    With `verify` the known prompt of proof.json is run first; raises `BadModel` when the folder
    is incomplete or the answers differ.
    """

    def __init__(self, model_dir: str | os.PathLike[str], threads: int | None = None,
                 verify: bool = True):
        threads = threads or os.cpu_count() or 1
        folder = Path(model_dir)
        self._model: NativeModel | None = NativeModel(folder, threads)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="lmpanel-native")
        self.stats = self._model.stats
        self._folder = folder
        self._inside = NativeInside(folder, self._model.model, lambda path: _session(path, threads))
        verified = verify and (folder / "proof.json").exists()
        self.info = EngineInfo(self._model.model, "native", threads, verified)
        if verified:
            _verify(self._model, folder)

    async def logits(self, ids: Sequence[int], first: int) -> np.ndarray:
        """See `Engine.logits`."""
        check_logits(self.info, ids, first)
        return await self._in_thread("logits", list(ids), first)

    async def branch(self, ids: Sequence[int], tails: Sequence[Sequence[int]]) -> np.ndarray:
        """See `Engine.branch`."""
        check_branch(self.info, ids, tails)
        return await self._in_thread("branch", list(ids), [list(tail) for tail in tails])

    async def similar(self, token: int) -> np.ndarray:
        """See `Engine.similar`."""
        check_token(self.info, token)
        matrix = embedding(self._folder, self.info.model)
        return await self._alone(matrix.similar, token)

    async def open_inside(self) -> None:
        """See `Engine.open_inside`."""
        await self._alone(self._inside.open)

    async def inside(self, ids: Sequence[int]) -> Inside:
        """See `Engine.inside`."""
        check_inside(self.info, ids)
        return await self._alone(self._inside.inside, list(ids))

    async def lens(self, rows: np.ndarray, asked: np.ndarray) -> LensRows:
        """See `Engine.lens`."""
        check_lens(self.info, rows, asked)
        return await self._alone(self._inside.lens, rows, asked)

    async def close_inside(self) -> None:
        """See `Engine.close_inside`."""
        await self._alone(self._inside.close)

    async def close(self) -> None:
        """Let the model go, after the run in progress."""
        self._model = None
        await asyncio.to_thread(self._thread.shutdown)

    def reset(self) -> None:
        """Forget the key/value cache, after the calls already queued."""
        if self._model is not None:
            self._thread.submit(self._model.reset)

    async def _alone(self, compute: Callable[..., Any], *arguments: Any) -> Any:
        """Run in the one thread, after what is queued; nothing in it can be cancelled."""
        if self._model is None:
            raise EngineNotReady("The engine was closed.", "Make a new one.")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, compute, *arguments)

    async def _in_thread(self, verb: str, *arguments: Any) -> np.ndarray:
        if self._model is None:
            raise EngineNotReady("The engine was closed.", "Make a new one.")
        stop, compute = Event(), getattr(self._model, verb)
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, compute, *arguments, stop.is_set)
        finally:
            stop.set()


def read_model(model_dir: Path) -> dict[str, Any]:
    """The parsed model.json of a model folder; raises `BadModel` when there is none."""
    try:
        return json.loads((model_dir / "model.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise BadModel(f"{model_dir} is not a model folder: {problem}.",
                       "Build one with python3 build/serve.py --no-serve.") from problem


def _session(graph: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except Exception as problem:  # as in _run
        raise BadModel(f"onnxruntime cannot load {graph}: {problem}",
                       "Build the model folder again.") from problem


def _verify(model: NativeModel, folder: Path) -> None:
    proof = json.loads((folder / "proof.json").read_text(encoding="utf-8"))
    error = largest_error(proof, proof_rows(proof["ids"], proof["prefill"], model.logits))
    if error > proof["tolerance"]:
        raise BadModel(
            f"The model gives other answers than it should (off by {error:.3g} nats).",
            "Build the model folder again; if it stays so, update onnxruntime.")
    model.cache.clear()
    # The caller's counters start at nought, not at the proof's calls.
    model.stats.calls = model.stats.tokens = model.stats.reused = 0


def _chunks(start: int, end: int) -> Iterator[tuple[int, int]]:
    for begin in range(start, end, CHUNK):
        yield begin, min(begin + CHUNK, end)


# A view of a value's memory must not outlive it: values are kept, not what `.numpy()` gives.
def _on_cpu(array: np.ndarray) -> onnxruntime.OrtValue:
    return onnxruntime.OrtValue.ortvalue_from_numpy(np.ascontiguousarray(array))
