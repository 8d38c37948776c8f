"""Makes the golden values: what `transformers` in float32 says about the texts in this folder.

    pip install torch==2.13.0 transformers==5.23.0 accelerate==1.15.0 gguf==0.19.0 \\
        tokenizers==0.23.3 onnxruntime==1.31.1
    python tests/golden/make_golden.py MODEL.gguf MODEL_DIR

Writes golden.npz (per position the likeliest 16 tokens, the log-probabilities of these and of 48
tokens drawn by `probe_ids`, and the entropy) and golden.json (versions, the dragon chat, and the
KL divergence of lmpanel's native engine over the full vocabulary, measured here because it needs
all of `transformers`' logits). Ids come from MODEL_DIR's tokenizer.json: `transformers`' own GGUF
tokenizer forgets to split digits.
"""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent.parent)]

from golden_values import DRAGON_CHAT, TOP, TextValues, probe_ids, save_values  # noqa: E402

from lmpanel.engine.native import NativeModel  # noqa: E402
from lmpanel.engine.proof import log_softmax  # noqa: E402

GREEDY_TOKENS = 40
PACKAGES = ("torch", "transformers", "gguf", "tokenizers", "numpy", "onnxruntime")


def main(gguf: Path, model_dir: Path) -> None:
    """Make both golden files."""
    reference = AutoModelForCausalLM.from_pretrained(
        gguf.parent, gguf_file=gguf.name, dtype=torch.float32).eval()
    tokenizer = Tokenizer.from_file(str(model_dir / "tokenizer.json"))
    native = NativeModel(model_dir)
    texts, divergences = {}, {}
    for path in sorted((HERE / "texts").glob("*.txt")):
        ids = tokenizer.encode(path.read_text(encoding="utf-8"), add_special_tokens=False).ids
        expected = log_softmax(reference_logits(reference, ids))
        found = np.concatenate([log_softmax(rows) for rows in native_logits(native, ids)])
        divergences[path.stem] = kl_divergence(expected, found)
        texts[path.stem] = text_values(ids, expected)
        print(path.stem, len(ids), divergences[path.stem].max())
    save_values(HERE / "golden.npz", texts)
    write_summary(gguf, divergences, dragon(reference, tokenizer))


def reference_logits(model: torch.nn.Module, ids: list[int]) -> np.ndarray:
    """Float32 [len(ids), vocab]: what follows each token."""
    with torch.no_grad():
        return model(torch.tensor([ids])).logits[0].numpy()


def native_logits(model: NativeModel, ids: list[int]) -> Iterator[np.ndarray]:
    """The native engine's rows for all positions, 128 at a time."""
    for begin in range(0, len(ids), 128):
        yield model.logits(ids[: begin + 128], begin)


def kl_divergence(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """KL(p ‖ q) in nats per row of log-probabilities."""
    return (np.exp(p) * (p - q)).sum(-1)


def text_values(ids: list[int], logprobs: np.ndarray) -> TextValues:
    """The stored part of the log-probabilities [len(ids), vocab]."""
    top = np.argsort(-logprobs, axis=-1, kind="stable")[:, :TOP]
    probes = probe_ids(len(ids), logprobs.shape[1])
    kept = np.take_along_axis(logprobs, np.concatenate([top, probes], 1), 1)
    entropy_bits = -(np.exp(logprobs) * logprobs).sum(-1) / np.log(2)
    return TextValues(np.array(ids), top, kept, entropy_bits)


def dragon(model: torch.nn.Module, tokenizer: Tokenizer) -> dict[str, object]:
    """Five likeliest first tokens, entropy and greedy continuation of the dragon chat."""
    ids = tokenizer.encode(DRAGON_CHAT, add_special_tokens=False).ids
    first = log_softmax(reference_logits(model, ids)[-1])
    written: list[int] = []
    while len(written) < GREEDY_TOKENS:
        written.append(int(reference_logits(model, ids + written)[-1].argmax()))
    likeliest = np.argsort(-first)[:5]
    return {
        "ids": ids,
        "top": [[int(token), tokenizer.decode([int(token)]), float(np.exp(first[token]))]
                for token in likeliest],
        "entropy_bits": float(-(np.exp(first) * first).sum() / np.log(2)),
        "greedy": written,
        "greedy_text": tokenizer.decode(written),
    }


def write_summary(gguf: Path, divergences: dict[str, np.ndarray],
                  chat: dict[str, object]) -> None:
    """Write golden.json."""
    every = np.concatenate(list(divergences.values()))
    summary = {
        "gguf": gguf.name,
        "versions": {"python": platform.python_version()}
        | {package: version(package) for package in PACKAGES},
        "kl_nats_native": {"positions": len(every), "max": float(every.max()),
                           "mean": float(every.mean()),
                           "max_by_text": {k: float(v.max()) for k, v in divergences.items()}},
        "dragon_chat": chat,
    }
    text = json.dumps(summary, ensure_ascii=False, indent=1)
    (HERE / "golden.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
