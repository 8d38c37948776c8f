"""The golden values on disk: shared by the script that makes them and the tests that read them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

TOP, PROBES = 16, 48

DRAGON_CHAT = (
    "<|im_start|>system\n"
    "You are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n"
    "<|im_start|>user\nWrite a one-paragraph story about a dragon.<|im_end|>\n"
    "<|im_start|>assistant\n"
)


@dataclass(frozen=True)
class TextValues:
    """One text: `ids` [n], `top` ids [n, 16], `logprobs` [n, 16 + 48] (nats), entropy [n].

    Row i is about what follows token i. The first 16 log-probabilities belong to `top`, the
    others to `probe_ids`.
    """

    ids: np.ndarray
    top: np.ndarray
    logprobs: np.ndarray
    entropy_bits: np.ndarray


def probe_ids(positions: int, vocab: int) -> np.ndarray:
    """Pseudo-random ids [positions, 48], the same on every machine."""
    return np.random.Generator(np.random.PCG64(2)).integers(0, vocab, (positions, PROBES))


def save_values(path: Path, texts: dict[str, TextValues]) -> None:
    """Write golden.npz; ids as uint16, log-probabilities as float32."""
    arrays = {}
    for name, values in texts.items():
        arrays[f"{name}.ids"] = values.ids.astype(np.uint16)
        arrays[f"{name}.top"] = values.top.astype(np.uint16)
        arrays[f"{name}.logprobs"] = values.logprobs.astype(np.float32)
        arrays[f"{name}.entropy_bits"] = values.entropy_bits.astype(np.float32)
    np.savez_compressed(path, **arrays)


def load_values(path: Path) -> dict[str, TextValues]:
    """Read golden.npz."""
    with np.load(path) as arrays:
        names = sorted({key.split(".")[0] for key in arrays.files})
        return {name: TextValues(arrays[f"{name}.ids"].astype(np.int64),
                                 arrays[f"{name}.top"].astype(np.int64),
                                 arrays[f"{name}.logprobs"].astype(np.float64),
                                 arrays[f"{name}.entropy_bits"].astype(np.float64))
                for name in names}
