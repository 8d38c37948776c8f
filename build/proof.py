"""Writes proof.json, the known prompt of a model folder: `python build/proof.py MODEL_DIR`.

Every engine runs it before it is trusted. It is short because a software GPU takes seconds for
each call, yet long enough to use every kind of kernel: onnxruntime's WebGPU attention changes
kernels with the number of tokens, and the one that small subgroups break was right for 24 tokens
and wrong for 40. The answers come from native onnxruntime, which the parity tests hold against
two references.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from chat_style import chatml
from lmpanel.engine.native import NativeModel
from lmpanel.engine.proof import proof_rows
from lmpanel.errors import LMPanelError

TASK = "Write a one-paragraph story about a dragon."
TOKENS, PREFILL = 43, 40
TOP, PROBES = 10, 20
TOLERANCE = 0.01
"""Nats. Sound backends are within 1e-3; a wrong kernel is off by whole nats."""


def write_proof(model_dir: Path) -> None:
    """Run the model and write proof.json into its folder."""
    model = NativeModel(model_dir)
    ids = _document(model_dir, model.model["chat"])
    ids = (ids * TOKENS)[:TOKENS]
    rows = proof_rows(ids, PREFILL, model.logits)
    expected = [_answer(position, rows[position]) for position in (PREFILL - 1, TOKENS - 1)]
    proof = {"ids": ids, "prefill": PREFILL, "expected": expected, "tolerance": TOLERANCE}
    (model_dir / "proof.json").write_text(json.dumps(proof) + "\n", encoding="utf-8")


def _document(model_dir: Path, chat: dict[str, Any]) -> list[int]:
    text = TASK
    if chat["style"] == "chatml":
        text = chatml([{"role": "user", "content": TASK}], True, chat["default_system"])
    tokenizer = Tokenizer.from_file(str(model_dir / "tokenizer.json"))
    return tokenizer.encode(text, add_special_tokens=False).ids


def _answer(position: int, logprobs: np.ndarray) -> dict[str, Any]:
    """The likeliest tokens, and others spread evenly over the vocabulary."""
    top = np.argsort(-logprobs, kind="stable")[:TOP]
    probes = np.linspace(0, len(logprobs) - 1, PROBES).astype(int)
    return {"position": position, "top": _pairs(top, logprobs), "probe": _pairs(probes, logprobs)}


def _pairs(ids: np.ndarray, logprobs: np.ndarray) -> list[list[float]]:
    return [[int(token), round(float(logprobs[token]), 5)] for token in ids]


def main(arguments: list[str]) -> int:
    """Run the command; returns the exit status."""
    if len(arguments) != 1:
        print("usage: python build/proof.py MODEL_DIR", file=sys.stderr)
        return 2
    try:
        write_proof(Path(arguments[0]))
    except LMPanelError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
