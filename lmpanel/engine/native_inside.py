"""Looking inside the network natively: the extra graphs of a model folder, opened when asked for.

Given `open_session`, so that only native.py imports onnxruntime. Knows the graphs' inputs and
outputs (build/inside_graph.py); nothing about what is done with the numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lmpanel.engine.base import LENS_OUTPUTS, Inside, LensRows, lens_rows
from lmpanel.errors import NotAvailable


class NativeInside:
    """The graphs "inside" and "inside_head" of a model folder; synchronous."""

    def __init__(
        self, folder: Path, model: Mapping[str, Any], open_session: Callable[[Path], Any]
    ):
        self._folder, self._graphs, self._open_session = folder, model["graphs"], open_session
        self._sessions: dict[str, Any] = {}

    @property
    def opened(self) -> bool:
        """Whether the graphs take memory now."""
        return bool(self._sessions)

    def open(self) -> None:
        """Open both graphs, unless they are open. Raises NotAvailable and BadModel."""
        for name in ("inside", "inside_head"):
            self._session(name)

    def inside(self, ids: Sequence[int]) -> Inside:
        """See `Engine.inside`."""
        inputs = {"input_ids": np.array([ids], np.int64)}
        return Inside(*self._session("inside").run(["residuals", "attention"], inputs))

    def lens(self, rows: np.ndarray, asked: np.ndarray) -> LensRows:
        """See `Engine.lens`."""
        inputs = {"rows": rows[None].astype(np.float32), "asked": asked[None].astype(np.int64)}
        return lens_rows(*self._session("inside_head").run(LENS_OUTPUTS, inputs), count=len(rows))

    def close(self) -> None:
        """Let the graphs go."""
        self._sessions = {}

    def _session(self, name: str) -> Any:
        if name not in self._sessions:
            if name not in self._graphs:
                raise NotAvailable(
                    "This model folder has no graph for looking inside.", "Build it again."
                )
            self._sessions[name] = self._open_session(self._folder / self._graphs[name])
        return self._sessions[name]
