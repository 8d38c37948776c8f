"""Makes inside.npz: residual stream, logit lens and attention of `transformers` in float32.

    python tests/golden/make_inside.py MODEL.gguf MODEL_DIR

with the packages of make_golden.py. Attention is computed as transformers writes it out ("eager"),
residuals are what goes into each layer and into the final norm, and the lens is the model's own
norm and head on them.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent.parent)]

from golden_values import DRAGON_CHAT  # noqa: E402
from inside_values import TOP, InsideValues, probes, save_inside  # noqa: E402


def main(gguf: Path, model_dir: Path) -> None:
    """Make the file from two texts."""
    model = AutoModelForCausalLM.from_pretrained(
        gguf.parent, gguf_file=gguf.name, dtype=torch.float32, attn_implementation="eager").eval()
    tokenizer = Tokenizer.from_file(str(model_dir / "tokenizer.json"))
    scripts = (HERE / "texts" / "scripts.txt").read_text(encoding="utf-8")
    ids = {name: tokenizer.encode(text, add_special_tokens=False).ids
           for name, text in (("chat", DRAGON_CHAT), ("scripts", scripts))}
    save_inside(HERE / "inside.npz", {
        "chat": values(model, ids["chat"]), "scripts": values(model, ids["scripts"][:24])})


def values(model: torch.nn.Module, ids: list[int]) -> InsideValues:
    """Everything that is kept about one text."""
    residuals: list[torch.Tensor] = []

    def keep(module: torch.nn.Module, arguments: tuple, named: dict) -> None:
        residuals.append((arguments[0] if arguments else named["hidden_states"])[0].detach())

    watched = [*model.model.layers, model.model.norm]
    hooks = [module.register_forward_pre_hook(keep, with_kwargs=True) for module in watched]
    with torch.no_grad():
        answer = model(torch.tensor([ids]), output_attentions=True)
    for hook in hooks:
        hook.remove()
    stream = torch.stack(residuals)
    attention = torch.cat(answer.attentions).numpy()
    layers, heads = attention.shape[:2]
    config = model.config
    where = probes(layers, heads, len(ids), config.hidden_size, config.vocab_size)
    dimensions, tokens, keys = where
    top, logprobs = lens(model, stream, tokens)
    last = torch.log_softmax(answer.logits[0].double(), -1).numpy()
    assert np.abs(np.take_along_axis(last, top[-1], -1) - logprobs[-1][:, :TOP]).max() < 1e-5
    return InsideValues(np.array(ids), np.take_along_axis(stream.numpy(), dimensions, -1), top,
                        logprobs, np.take_along_axis(attention, keys, -1))


def lens(model: torch.nn.Module, stream: torch.Tensor, tokens: np.ndarray
         ) -> tuple[np.ndarray, np.ndarray]:
    """Likeliest ids of every residual, and the log-probabilities of these and of `tokens`."""
    tops, kept = [], []
    for rows, asked in zip(stream, tokens, strict=True):
        with torch.no_grad():
            logprobs = torch.log_softmax(model.lm_head(model.model.norm(rows)).double(), -1).numpy()
        top = np.argsort(-logprobs, axis=-1, kind="stable")[:, :TOP]
        tops.append(top)
        kept.append(np.take_along_axis(logprobs, np.concatenate([top, asked], -1), -1))
    return np.stack(tops), np.stack(kept)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
