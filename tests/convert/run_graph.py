"""Runs any graph of a model folder on native onnxruntime, whatever its interface."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

from weight_blocks import Tensor

DTYPES = {onnx.TensorProto.FLOAT: np.float32, onnx.TensorProto.FLOAT16: np.float16,
          onnx.TensorProto.UINT8: np.uint8}


def graph_logits(folder: Path, graph: str, ids: list[int]) -> np.ndarray:
    """Float32 [len(ids), vocab] from one run without a cache."""
    model, session = open_graph(folder, graph)
    names = [value.name for value in session.get_inputs()]
    empty = np.zeros((1, model["kv_heads"], 0, model["head_dim"]), np.float32)
    inputs = {name: empty for name in names if name.startswith("past.")}
    inputs |= {name: value for name, value in _whole_text(ids).items() if name in names}
    return session.run(["logits"], inputs)[0][0]


def open_graph(folder: Path, graph: str) -> tuple[dict, onnxruntime.InferenceSession]:
    """model.json and a session of one of its graphs."""
    model = json.loads((folder / "model.json").read_text())
    path = folder / model["graphs"][graph]
    options = onnxruntime.SessionOptions()
    if graph == "wasm":
        buffers = expanded_buffers(folder, model, path)
        values = [onnxruntime.OrtValue.ortvalue_from_numpy(v) for v in buffers.values()]
        options.add_external_initializers(list(buffers), values)
    return model, onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def _whole_text(ids: list[int]) -> dict[str, np.ndarray]:
    """What graphs ask for, whichever way they compute attention, for one run over `ids`."""
    count = len(ids)
    mask = np.where(np.tri(count, dtype=bool), 0, -np.inf)
    return {"input_ids": np.array([ids], np.int64), "last_idx": np.arange(count),
            "seqlens_k": np.array([count - 1], np.int32), "total_len": np.array(count, np.int32),
            "positions": np.arange(count)[None], "mask": mask.astype(np.float32)}


def expanded_buffers(folder: Path, model: dict, path: Path) -> dict[str, np.ndarray]:
    """What a WASM engine hands over as external data, by name."""
    wanted = [tensor for tensor in onnx.load(path, load_external_data=False).graph.initializer
              if tensor.external_data]
    places = {tensor.name: {entry.key: entry.value for entry in tensor.external_data}
              for tensor in wanted}
    locations = dict.fromkeys(place["location"] for place in places.values())
    assert list(locations) == model["expanded_buffers"]
    tensors = {tensor["name"]: tensor for tensor in model["tensors"]}
    weights = np.fromfile(folder / "weights.bin", np.uint8)
    buffers = {}
    for tensor in wanted:
        place, dtype = places[tensor.name], DTYPES[tensor.data_type]
        values = _delivered(weights, tensors, place["location"]).view(np.uint8).reshape(-1)
        start = int(place["offset"])
        part = values[start : start + int(place["length"])].view(dtype)
        buffers[tensor.name] = np.ascontiguousarray(part.reshape(list(tensor.dims)))
    return buffers


def _delivered(weights: np.ndarray, tensors: dict[str, dict], location: str) -> np.ndarray:
    """What stands for this buffer: a whole tensor as float32, or one of its sections."""
    if location in tensors:
        return np.ascontiguousarray(stored_tensor(weights, tensors[location]).dequantised())
    tensor, part = location.rsplit(".", 1)
    return section(weights, tensors[tensor][part])


def stored_tensor(weights: np.ndarray, entry: dict) -> Tensor:
    """A tensor as it lies in weights.bin, by its entry in model.json."""
    kind, rows = entry["kind"], entry["rows"]
    dtype = {"f16": "<f2", "f32": "<f4"}.get(kind, "u1")
    shape = (rows, -1, 16) if kind.startswith("q4") else (rows, -1)
    codes = section(weights, entry["codes"]).view(dtype).reshape(shape)
    halves = [section(weights, entry[part]).view("<f2").reshape(rows, -1) if entry[part] else None
              for part in ("scales", "mins")]
    return Tensor(kind, codes, *halves)


def section(weights: np.ndarray, place: list[int]) -> np.ndarray:
    """Bytes [offset, offset + length) of weights.bin."""
    offset, length = place
    assert offset % 64 == 0
    return weights[offset:offset + length]
