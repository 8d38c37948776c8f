"""Reads a GGUF file and says in plain words when it is not a model that can be converted.

The only module that knows the GGUF container: its metadata keys, tensor names and tensor types.
Knows nothing about ONNX or about the model folder.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gguf import GGUFReader

import weight_blocks
from lmpanel.errors import BadModel
from weight_blocks import Tensor

CONTEXT_LIMIT = 8192
"""Longest context that is built in: the key/value cache of more does not fit a browser tab."""

CAN_CONVERT = "Convert a Llama-architecture GGUF in Q4_0, Q4_1, Q8_0, F16 or F32."


@dataclass(frozen=True)
class Dimensions:
    """The sizes that define a Llama network."""

    context_length: int
    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head_dim: int
    ffn: int
    rope_base: float
    norm_eps: float


class GGUFSource:
    """An opened GGUF of the Llama architecture: metadata by key, tensors by name.

    Raises `BadModel` (codes "unreadable_gguf", "unsupported_architecture",
    "unsupported_tensor") for anything that would not be converted exactly.
    """

    def __init__(self, path: Path):
        self.path = path
        self._reader = _open(path)
        self._tensors = {tensor.name: tensor for tensor in self._reader.tensors}
        self._taken: set[str] = set()
        _check_architecture(self)
        self.dimensions = _dimensions(self)

    def get(self, key: str, default: Any = None) -> Any:
        """The metadata value of `key`."""
        field = self._reader.fields.get(key)
        return default if field is None else field.contents()

    def need(self, key: str) -> Any:
        """The metadata value of `key`, which the model cannot do without."""
        value = self.get(key)
        if value is None:
            raise BadModel(
                f"{self.path.name} has no metadata entry {key}.",
                "The file is damaged or was written by an unusual tool; download it again.",
                "unreadable_gguf",
            )
        return value

    def __contains__(self, name: str) -> bool:
        return name in self._tensors

    def tensor(self, name: str, shape: tuple[int, int]) -> Tensor:
        """The named matrix; `shape` is [outputs, inputs], a vector counts as one row."""
        found = self._tensors.get(name)
        if found is None:
            raise BadModel(f"{self.path.name} has no tensor {name}.", CAN_CONVERT,
                           "unreadable_gguf")
        self._taken.add(name)
        kind = found.tensor_type.name.lower()
        if kind not in weight_blocks.KINDS:
            raise BadModel(f"Tensor {name} has the type {found.tensor_type.name}, which cannot be "
                           "converted exactly.", CAN_CONVERT, "unsupported_tensor")
        _check_shape(name, tuple(int(n) for n in reversed(found.shape)), shape)
        return weight_blocks.from_gguf(kind, found.data, shape[0])

    def check_all_taken(self) -> None:
        """Raise when the file holds a tensor that no part of the converter asked for."""
        for name in self._tensors:
            if name not in self._taken:
                raise BadModel(
                    f"Tensor {name} has no place in a plain Llama network (attention biases, "
                    "RoPE frequency factors and experts are not supported).",
                    CAN_CONVERT, "unsupported_tensor")

    def sha256(self) -> str:
        """Hash of the whole file, hexadecimal."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


def _open(path: Path) -> GGUFReader:
    try:
        return GGUFReader(path)
    except FileNotFoundError:
        raise BadModel(f"There is no file {path}.", "Check the path.", "unreadable_gguf") from None
    except (ValueError, IndexError, KeyError, OSError) as problem:
        raise BadModel(f"{path.name} cannot be read as GGUF: {problem}.",
                       "The file may be cut short; download it again.",
                       "unreadable_gguf") from problem


def _check_architecture(source: GGUFSource) -> None:
    architecture = source.need("general.architecture")
    scaling = source.get("llama.rope.scaling.type", "none")
    if architecture != "llama":
        problem = f"the architecture {architecture}"
    elif source.get("llama.expert_count", 0):
        problem = "a mixture of experts"
    elif scaling != "none":
        problem = f"RoPE scaling of type {scaling}"
    elif "rope_freqs.weight" in source:
        problem = "RoPE frequency factors (rope_freqs.weight)"
    else:
        return
    raise BadModel(f"{source.path.name} has {problem}, which is not supported.", CAN_CONVERT,
                   "unsupported_architecture")


def _dimensions(source: GGUFSource) -> Dimensions:
    hidden = source.need("llama.embedding_length")
    heads = source.need("llama.attention.head_count")
    head_dim = source.get("llama.attention.key_length", hidden // heads)
    for key in ("llama.attention.value_length", "llama.rope.dimension_count"):
        if source.get(key, head_dim) != head_dim:
            raise BadModel(f"{key} is {source.get(key)} but heads have {head_dim} dimensions, "
                           "which is not supported.", CAN_CONVERT, "unsupported_architecture")
    return Dimensions(
        context_length=min(source.need("llama.context_length"), CONTEXT_LIMIT),
        layers=source.need("llama.block_count"),
        hidden=hidden,
        heads=heads,
        kv_heads=source.get("llama.attention.head_count_kv", heads),
        head_dim=head_dim,
        ffn=source.need("llama.feed_forward_length"),
        rope_base=float(source.get("llama.rope.freq_base", 10000.0)),
        norm_eps=float(source.need("llama.attention.layer_norm_rms_epsilon")),
    )


def _check_shape(name: str, found: tuple[int, ...], wanted: tuple[int, int]) -> None:
    if found != wanted and found != wanted[1:]:
        raise BadModel(f"Tensor {name} has the shape {list(found)}, not {list(wanted)}.",
                       CAN_CONVERT, "unsupported_tensor")
