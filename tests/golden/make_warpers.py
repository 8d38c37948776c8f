"""Makes the golden values of the filters: what `transformers`' logits warpers do to random logits.

    pip install torch==2.13.0 transformers==5.23.0 numpy
    python tests/golden/make_warpers.py

Writes warpers.npz: for each row of logits and each setting of warper_cases.py which ids stay (for
a large vocabulary how many, and a checksum), log-probabilities and entropy. The warpers get
float64 tensors and are called in the order of `transformers`' own generate: temperature, top-k,
top-p, min-p. No model is needed.
"""

from __future__ import annotations

import json
import platform
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from transformers import (
    LogitsProcessorList,
    MinPLogitsWarper,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE)]

from warper_cases import DRAWS, SETTINGS, Settings, Warped, save_warped, warped  # noqa: E402

WARPERS = {
    "temperature": TemperatureLogitsWarper,
    "top_k": TopKLogitsWarper,
    "top_p": TopPLogitsWarper,
    "min_p": MinPLogitsWarper,
}
PACKAGES = ("torch", "transformers", "numpy")


def main() -> None:
    """Make the golden file."""
    results = {draw.name: [reference(draw.logits(), chosen) for chosen in SETTINGS]
               for draw in DRAWS}
    versions = {package: version(package) for package in PACKAGES}
    described = json.dumps({"python": platform.python_version(), **versions})
    save_warped(HERE / "warpers.npz", results, described)


def reference(logits: np.ndarray, settings: Settings) -> Warped:
    """The warpers' result for logits [vocab]."""
    warpers = LogitsProcessorList(
        [warper(settings[name]) for name, warper in WARPERS.items() if name in settings])
    scores = warpers(torch.empty((1, 0), dtype=torch.long), torch.tensor(logits)[None])
    return warped(scores[0].numpy(), scores.log_softmax(-1)[0].numpy())


if __name__ == "__main__":
    main()
