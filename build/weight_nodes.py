"""Four ways to compute with the weights of model.json; all give the same numbers.

`QuantizedWeights` multiplies the 4- and 8-bit codes in place (WebGPU):

    Q8_0  y = MatMulNBits(x; codes, d)                zero point 128
    Q4_0  y = MatMulNBits(x; codes, d)                zero point 8
    Q4_1  w = d·q + m = d·(q - 8) + (m + 8d), so
          y = MatMulNBits(x; codes, d) + blocksum(x) · (m + 8d)ᵀ

where blocksum adds x over each block of 32 inputs and is shared by all matrices with that input.
accuracy_level stays 0: higher levels quantise the activations.

`CompactWeights` does the same with large matrices in parts, for WASM with little memory.

`NativeWeights` does the same but lets onnxruntime turn 8-bit matrices into float32 when it loads
them: its CPU has a fast exact kernel for 4 bits and none for 8 (head of SmolLM2: 200 ms → 8 ms).

`ExpandedWeights` is for WASM, which has neither: it multiplies with every tensor marked "expand" as
float32 from a buffer named like the tensor, and takes other sections from buffers named
TENSOR.codes, TENSOR.scales and TENSOR.mins, so that no caller needs to hold all of weights.bin.
onnxruntime packs every matrix anew at load, beside the one it read, and WebAssembly's memory never
shrinks: so a large matrix goes in parts, and the embedding is not shared with the head, which would
keep both copies alive.

Knows nothing about the network that the matrices belong to.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from onnx_nodes import MICROSOFT, GraphNotes
from weight_blocks import BLOCK
from weights_file import NAME as WEIGHTS_FILE

PART_BYTES = 8 << 20
"""As float32; no matrix of SmolLM2 but the head is larger."""


class QuantizedWeights:
    """Adds nodes that use weights straight from weights.bin.

    `tensors` maps names to the entries of model.json.
    """

    def __init__(self, notes: GraphNotes, tensors: Mapping[str, Mapping[str, Any]]):
        self.notes = notes
        self.tensors = tensors

    def linear(self, x: str, name: str) -> str:
        """Nodes for y = x · Wᵀ; returns the name of y, which is `name` + ".y"."""
        tensor = self.tensors[name]
        if tensor["scales"] is None:
            return self._plain_linear(x, name)
        bits = 8 if tensor["kind"] == "q8_0" else 4
        product = f"{name}.product" if tensor["mins"] else f"{name}.y"
        self.notes.node(
            "MatMulNBits", [x, self._blocks(name), self._float(name, "scales")], product,
            MICROSOFT, K=tensor["cols"], N=tensor["rows"], bits=bits, block_size=BLOCK,
            accuracy_level=0)
        return self._add_offsets(x, name, product) if tensor["mins"] else product

    def rows(self, ids: str, name: str) -> str:
        """Nodes that look up rows of a matrix by index: float32 [..., cols]."""
        tensor = self.tensors[name]
        if tensor["scales"] is None:
            return self._gather(self._floats(name), ids, f"{name}.rows")
        return self._dequantised_rows(ids, name)

    def vector(self, name: str) -> str:
        """A norm weight, float32 [cols]."""
        return self._section(name, "codes", "float32", [self.tensors[name]["cols"]])

    def table(self, name: str) -> str:
        """A float32 table [rows, cols]."""
        tensor = self.tensors[name]
        return self._section(name, "codes", "float32", [tensor["rows"], tensor["cols"]])

    def _plain_linear(self, x: str, name: str) -> str:
        turned = self.notes.node("Transpose", [self._floats(name)], f"{name}.turned", perm=[1, 0])
        return self.notes.node("MatMul", [x, turned], f"{name}.y")

    def _add_offsets(self, x: str, name: str, product: str) -> str:
        """Add blocksum(x) · (m + 8d)ᵀ; where constants are folded, m + 8d is computed once."""
        node = self.notes.node
        eight = self.notes.constant("eight", 8.0, "float32")
        shift = node("Mul", [self._float(name, "scales"), eight], f"{name}.shift")
        offsets = node("Add", [self._float(name, "mins"), shift], f"{name}.offsets")
        turned = node("Transpose", [offsets], f"{name}.offsets_turned", perm=[1, 0])
        correction = node("MatMul", [_block_sums(self.notes, x), turned], f"{name}.correction")
        return node("Add", [product, correction], f"{name}.y")

    def _dequantised_rows(self, ids: str, name: str) -> str:
        """Only the picked rows are dequantised.

        Scales become float32 before the look-up: without the optional shader-f16, WebGPU can do
        nothing with float16 but let onnxruntime cast constants at load.
        """
        tensor, picked = self.tensors[name], f"{name}.picked"
        sections = {"codes": self._blocks(name)}
        sections |= {part: self._float(name, part) for part in ("scales", "mins") if tensor[part]}
        parts = {part: self._gather(section, ids, f"{picked}.{part}")
                 for part, section in sections.items()}
        value = dequantised_blocks(self.notes, picked, tensor["kind"], parts)
        shape = self.notes.constant("row_shape", [0, 0, tensor["cols"]], "int64")
        return self.notes.node("Reshape", [value, shape], f"{name}.rows")

    def _blocks(self, name: str) -> str:
        tensor = self.tensors[name]
        width = BLOCK if tensor["kind"] == "q8_0" else BLOCK // 2
        shape = [tensor["rows"], tensor["cols"] // BLOCK, width]
        return self._section(name, "codes", "uint8", shape)

    def _values(self, name: str) -> str:
        tensor = self.tensors[name]
        dtype = "float16" if tensor["kind"] == "f16" else "float32"
        return self._section(name, "codes", dtype, [tensor["rows"], tensor["cols"]])

    def _floats(self, name: str) -> str:
        values = self._values(name)
        half = self.tensors[name]["kind"] == "f16"
        return self._cast(values, f"{name}.float") if half else values

    def _halves(self, name: str, part: str) -> str:
        tensor = self.tensors[name]
        return self._section(name, part, "float16", [tensor["rows"], tensor["cols"] // BLOCK])

    def _float(self, name: str, part: str) -> str:
        output = f"{name}.{part}.float"
        return self._cast(self._halves(name, part), output)

    def _cast(self, value: str, output: str) -> str:
        return self.notes.once("Cast", [value], output, to=self.notes.FLOAT)

    def _gather(self, table: str, ids: str, output: str) -> str:
        return self.notes.node("Gather", [table, ids], output, axis=0)

    def _section(self, name: str, part: str, dtype: str, shape: list[int]) -> str:
        offset, _ = self.tensors[name][part]
        return self.notes.external(f"{name}.{part}", dtype, shape, WEIGHTS_FILE, offset)


class CompactWeights(QuantizedWeights):
    """Adds nodes for WASM with little memory: large matrices go in parts.

    WASM's MatMulNBits expands its whole matrix at every call, and what it took once is never given
    back: 113 MB for the head of SmolLM2. The parts are cut out of the one copy that rows are looked
    up in, at every call: 28 MB less for 2 % of its time. That, and scales that stay float16, wants
    a session that folds no constants.
    """

    def linear(self, x: str, name: str) -> str:
        """Nodes for y = x · Wᵀ; returns the name of y."""
        tensor = self.tensors[name]
        parts = row_parts(tensor["rows"], tensor["cols"])
        if len(parts) == 1:
            return super().linear(x, name)
        names = [f"{name}.part{number}" for number in range(len(parts))]
        pieces = {part: {**tensor, "rows": len(rows), "whole": name, "first": rows.start}
                  for part, rows in zip(names, parts, strict=True)}
        self.tensors = {**self.tensors, **pieces}
        products = [super(CompactWeights, self).linear(x, part) for part in names]
        return self.notes.node("Concat", products, f"{name}.y", axis=-1)

    def _section(self, name: str, part: str, dtype: str, shape: list[int]) -> str:
        tensor = self.tensors[name]
        if "whole" not in tensor:
            return super()._section(name, part, dtype, shape)
        rows = self.tensors[tensor["whole"]]["rows"]
        whole = super()._section(tensor["whole"], part, dtype, [rows, *shape[1:]])
        first = tensor["first"]
        bounds = [self.notes.constant(f"row_{row}", [row], "int64")
                  for row in (first, first + tensor["rows"])]
        axis = self.notes.constant("row_axis", [0], "int64")
        return self.notes.once("Slice", [whole, *bounds, axis], f"{name}.{part}.cut")


class NativeWeights(QuantizedWeights):
    """Adds nodes whose 8-bit matrices onnxruntime folds to float32 when it loads the graph."""

    def linear(self, x: str, name: str) -> str:
        """Nodes for y = x · Wᵀ; returns the name of y."""
        if self.tensors[name]["kind"] != "q8_0":
            return super().linear(x, name)
        values = dequantised_blocks(self.notes, name, self.tensors[name]["kind"], {
            "codes": self._blocks(name), "scales": self._halves(name, "scales")})
        flat = self.notes.constant("flat_rows", [0, -1], "int64")
        matrix = self.notes.node("Reshape", [values, flat], f"{name}.matrix")
        turned = self.notes.node("Transpose", [matrix], f"{name}.turned", perm=[1, 0])
        return self.notes.node("MatMul", [x, turned], f"{name}.y")


class ExpandedWeights(QuantizedWeights):
    """Adds nodes that use float32 copies of the tensors marked "expand"."""

    def linear(self, x: str, name: str) -> str:
        """Nodes for y = x · Wᵀ with W in the GGUF's own order [outputs, inputs]."""
        tensor = self.tensors[name]
        if not tensor["expand"]:
            return super().linear(x, name)
        parts = row_parts(tensor["rows"], tensor["cols"])
        if len(parts) == 1:
            return self._product(x, name, parts[0], name)
        products = [self._product(x, name, part, f"{name}.part{number}")
                    for number, part in enumerate(parts)]
        return self.notes.node("Concat", products, f"{name}.y", axis=-1)

    def rows(self, ids: str, name: str) -> str:
        """Nodes that look up rows of a matrix by index: float32 [..., cols]."""
        if self.tensors[name]["kind"] != "f16":
            return super().rows(ids, name)
        return self._cast(self._gather(self._values(name), ids, f"{name}.half"), f"{name}.rows")

    def _product(self, x: str, name: str, part: range, output: str) -> str:
        cols = self.tensors[name]["cols"]
        matrix = self.notes.external(output, "float32", [len(part), cols], name,
                                     4 * cols * part.start)
        return self.notes.node("FusedMatMul", [x, matrix], f"{output}.y", MICROSOFT, transB=1)

    def _section(self, name: str, part: str, dtype: str, shape: list[int]) -> str:
        section = f"{name}.{part}"
        return self.notes.external(section, dtype, shape, section)


def row_parts(rows: int, cols: int, most: int = PART_BYTES) -> list[range]:
    """The rows of a float32 matrix in as few, nearly equal parts of at most `most` bytes.

    >>> row_parts(10, 2, 32)
    [range(0, 4), range(4, 8), range(8, 10)]
    """
    each = math.ceil(rows / math.ceil(4 * rows * cols / most))
    return [range(start, min(start + each, rows)) for start in range(0, rows, each)]


def _block_sums(notes: GraphNotes, x: str) -> str:
    shape = notes.constant("block_shape", [0, 0, -1, BLOCK], "int64")
    last = notes.constant("block_axis", [3], "int64")
    blocks = notes.once("Reshape", [x, shape], f"{x}.blocks")
    return notes.once("ReduceSum", [blocks, last], f"{x}.block_sums", keepdims=0)


def dequantised_blocks(notes: GraphNotes, name: str, kind: str, parts: Mapping[str, str]) -> str:
    """Nodes for (codes - zero) · scale + minimum: float32 [..., blocks, 32]."""
    last = notes.constant("last_axis", [-1], "int64")
    value = notes.node("Cast", [parts["codes"]], f"{name}.codes.real", to=notes.FLOAT)
    if kind != "q8_0":
        value = _split_nibbles(notes, value, name)
    if kind in _ZERO:
        zero = notes.constant(f"zero_{kind}", _ZERO[kind], "float32")
        value = notes.node("Sub", [value, zero], f"{name}.centred")
    for op, part in (("Mul", "scales"), ("Add", "mins")):
        if part in parts:
            factor = notes.node("Cast", [parts[part]], f"{name}.{part}.real", to=notes.FLOAT)
            column = notes.node("Unsqueeze", [factor, last], f"{name}.{part}.column")
            value = notes.node(op, [value, column], f"{name}.after.{part}")
    return value


_ZERO = {"q8_0": 128.0, "q4_0": 8.0}


def _split_nibbles(notes: GraphNotes, byte: str, name: str) -> str:
    """[..., 16] bytes as floats → [..., 16, 2] nibbles → [..., 32], in float arithmetic.

    Floats because no WebGPU kernel shifts uint8.
    """
    sixteen = notes.constant("sixteen", 16.0, "float32")
    last = notes.constant("last_axis", [-1], "int64")
    quotient = notes.node("Div", [byte, sixteen], f"{name}.sixteenth")
    high = notes.node("Floor", [quotient], f"{name}.high")
    above = notes.node("Mul", [high, sixteen], f"{name}.above")
    low = notes.node("Sub", [byte, above], f"{name}.low")
    pair = [notes.node("Unsqueeze", [part, last], f"{part}.column") for part in (low, high)]
    both = notes.node("Concat", pair, f"{name}.nibbles", axis=-1)
    shape = notes.constant("nibble_shape", [0, 0, 0, BLOCK], "int64")
    return notes.node("Reshape", [both, shape], f"{name}.weights")
