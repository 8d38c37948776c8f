"""Writes tokenizer.json (the Hugging Face format) from the vocabulary and merges of a GGUF.

Only pre-tokenisation rules that are known exactly are written; any other name is refused, because
a tokenizer that is almost right gives wrong probabilities without a sign.
Knows the GGUF's tokenizer keys; knows nothing about weights.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from gguf_source import GGUFSource
from lmpanel.errors import BadModel

CONTROL, USER_DEFINED = 3, 4
"""Token types of llama.cpp: markers such as <|im_start|>, and text added to the vocabulary."""

DIGITS_APART = {"smollm", "starcoder", "refact"}
GPT2 = {"gpt-2"}


def write_tokenizer(source: GGUFSource, folder: Path) -> dict[str, Any]:
    """Write tokenizer.json and return its contents.

    Raises `BadModel` ("unsupported_tokenizer") for anything but byte-level BPE with a known
    pre-tokeniser.
    """
    contents = tokenizer_contents(source)
    text = json.dumps(contents, ensure_ascii=False, separators=(",", ":"))
    (folder / "tokenizer.json").write_text(text, encoding="utf-8")
    return contents


def tokenizer_contents(source: GGUFSource) -> dict[str, Any]:
    """The parsed tokenizer.json for a GGUF."""
    _check_family(source)
    tokens = source.need("tokenizer.ggml.tokens")
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": _added_tokens(source, tokens),
        "normalizer": None,
        "pre_tokenizer": _pre_tokenizer(source),
        "post_processor": None,
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True,
                    "use_regex": True},
        "model": {
            "type": "BPE", "dropout": None, "unk_token": None,
            "continuing_subword_prefix": None, "end_of_word_suffix": None,
            "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
            "vocab": {token: index for index, token in enumerate(tokens)},
            "merges": source.need("tokenizer.ggml.merges"),
        },
    }


def _check_family(source: GGUFSource) -> None:
    family = source.need("tokenizer.ggml.model")
    if family != "gpt2":
        known = {"llama": "SentencePiece (llama)", "bert": "WordPiece (bert)"}
        _refuse(f"the tokenizer {known.get(family, family)}")


def _refuse(problem: str) -> None:
    raise BadModel(
        f"The GGUF uses {problem}, which is not supported.",
        "Use a model with a byte-level BPE tokenizer and one of these pre-tokenisers: "
        f"{', '.join(sorted(DIGITS_APART | GPT2))}.",
        "unsupported_tokenizer")


def _pre_tokenizer(source: GGUFSource) -> dict[str, Any]:
    name = source.get("tokenizer.ggml.pre", "default")
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True,
                  "use_regex": True}
    if name in GPT2:
        return byte_level
    if name not in DIGITS_APART:
        _refuse(f"the pre-tokeniser {name}")
    digits = {"type": "Digits", "individual_digits": True}
    return {"type": "Sequence", "pretokenizers": [digits, byte_level]}


def _added_tokens(source: GGUFSource, tokens: list[str]) -> list[dict[str, Any]]:
    types = source.need("tokenizer.ggml.token_type")
    return [
        {"id": index, "content": tokens[index], "single_word": False, "lstrip": False,
         "rstrip": False, "normalized": False, "special": kind == CONTROL}
        for index, kind in enumerate(types) if kind in (CONTROL, USER_DEFINED)
    ]
