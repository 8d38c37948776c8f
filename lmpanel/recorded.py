"""Writes the first example that the page shows before the model is there.

    python -m lmpanel.recorded MODEL_FOLDER OUT.json

The values are computed by the native engine through the same views that the live app uses, so the
live model replaces them without a visible change.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from lmpanel.app import App
from lmpanel.engine.base import Engine
from lmpanel.engine.native import NativeEngine
from lmpanel.lessons.parts import PARTS
from lmpanel.tokenizer import Tokenizer


async def record(engine: Engine, tokenizer: Tokenizer) -> dict[str, Any]:
    """Everything the page needs to draw the first example: ids, scores, component states.

    Raises RuntimeError when the engine could not compute it.
    """
    events: list[dict[str, Any]] = []
    app = App(engine, tokenizer, events.append)
    explorer = app.explorer
    app.session.measurement.look()
    await app.session.measurement.settle()
    for event in events:
        if event["event"] == "error":
            raise RuntimeError(f"The example could not be recorded: {event['message']}")
    strip, controls, lens = (app.roots[name] for name in ("token_strip", "controls", "lens"))
    scores = [s and [s.logprob, s.rank, s.entropy_bits] for s in explorer.scores()]
    splice = {"op": "splice", **strip.full()}
    return {
        "parts": PARTS,
        "ids": list(explorer.document.ids),
        "scores": scores,
        "token_strip": {"state": strip.payload(), "messages": [splice]},
        "controls": {"state": controls.payload()},
        "lens": {"state": lens.payload()},
    }


def main(arguments: list[str]) -> int:
    """Command line: model folder, output file."""
    model_dir, out = map(Path, arguments)
    tokenizer = Tokenizer.from_file(model_dir / "tokenizer.json")
    recorded = asyncio.run(record(NativeEngine(model_dir), tokenizer))
    out.write_text(json.dumps(recorded, separators=(",", ":")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
