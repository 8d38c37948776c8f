"""Writes small random Llama GGUFs for the converter's tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from gguf import GGMLQuantizationType, GGUFWriter
from gguf.quants import quantize
from tokenizers.pre_tokenizers import ByteLevel

HIDDEN, FFN, HEADS, KV_HEADS, HEAD_DIM, LAYERS, CONTEXT = 64, 96, 4, 2, 16, 2, 64
SPECIAL = ["<|im_start|>", "<|im_end|>"]
MERGES = ["h e", "l l", "he ll", "hell o"]
TOKENS = SPECIAL + sorted(ByteLevel.alphabet()) + ["he", "ll", "hell", "hello"]

CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' "
    "+ message['content'] + '<|im_end|>' + '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)

Change = Callable[[GGUFWriter], None]


def write_tiny(path: Path, kind: str = "F32", kinds: dict[str, str] | None = None,
               tied: bool = True, architecture: str = "llama", pre: str | None = "smollm",
               tokenizer: str = "gpt2", change: Change | None = None) -> Path:
    """A two-layer model whose matrices are of `kind`, save those named in `kinds`.

    `change` may add metadata or tensors before the file is written.
    """
    writer = GGUFWriter(path, architecture)
    _add_dimensions(writer)
    _add_tokenizer(writer, tokenizer, pre)
    random = np.random.Generator(np.random.PCG64(1))
    for name, shape in _shapes(tied).items():
        values = random.normal(0, 0.3, shape).astype(np.float32)
        if len(shape) == 1:
            writer.add_tensor(name, 1 + values)
        else:
            wanted = GGMLQuantizationType[(kinds or {}).get(name, kind)]
            writer.add_tensor(name, quantize(values, wanted), raw_dtype=wanted)
    if change:
        change(writer)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _shapes(tied: bool) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {"token_embd.weight": (len(TOKENS), HIDDEN),
                                          "output_norm.weight": (HIDDEN,)}
    if not tied:
        shapes["output.weight"] = (len(TOKENS), HIDDEN)
    for layer in range(LAYERS):
        shapes |= {f"blk.{layer}.{name}.weight": shape for name, shape in {
            "attn_norm": (HIDDEN,), "ffn_norm": (HIDDEN,),
            "attn_q": (HEADS * HEAD_DIM, HIDDEN), "attn_k": (KV_HEADS * HEAD_DIM, HIDDEN),
            "attn_v": (KV_HEADS * HEAD_DIM, HIDDEN), "attn_output": (HIDDEN, HEADS * HEAD_DIM),
            "ffn_gate": (FFN, HIDDEN), "ffn_up": (FFN, HIDDEN), "ffn_down": (HIDDEN, FFN),
        }.items()}
    return shapes


def _add_dimensions(writer: GGUFWriter) -> None:
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(HIDDEN)
    writer.add_feed_forward_length(FFN)
    writer.add_block_count(LAYERS)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_rope_freq_base(500.0)
    writer.add_layer_norm_rms_eps(1e-5)


def _add_tokenizer(writer: GGUFWriter, family: str, pre: str | None) -> None:
    writer.add_tokenizer_model(family)
    if pre:
        writer.add_tokenizer_pre(pre)
    writer.add_token_list(TOKENS)
    writer.add_token_types([3] * len(SPECIAL) + [1] * (len(TOKENS) - len(SPECIAL)))
    writer.add_token_merges(MERGES)
    writer.add_eos_token_id(1)
    writer.add_chat_template(CHATML)
