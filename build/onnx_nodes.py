"""A small notebook for writing an ONNX graph: nodes, constants, and weights kept outside.

Knows ONNX; knows nothing about Llama or about quantisation.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 21
IR_VERSION = 10
MICROSOFT = "com.microsoft"

DTYPES = {"uint8": TensorProto.UINT8, "float16": TensorProto.FLOAT16, "float32": TensorProto.FLOAT,
          "int32": TensorProto.INT32, "int64": TensorProto.INT64}


class GraphNotes:
    """Collects the parts of one graph in the order in which they are computed."""

    FLOAT = TensorProto.FLOAT

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._inputs: list[onnx.ValueInfoProto] = []
        self._outputs: list[onnx.ValueInfoProto] = []
        self._initializers: dict[str, onnx.TensorProto] = {}
        self._shared: set[str] = set()

    def input(self, name: str, dtype: str, shape: list[int | str]) -> str:
        """Declare an input of the graph; names in `shape` stand for sizes that vary."""
        self._inputs.append(helper.make_tensor_value_info(name, DTYPES[dtype], shape))
        return name

    def output(self, name: str, dtype: str, shape: list[int | str]) -> str:
        """Declare an output of the graph."""
        self._outputs.append(helper.make_tensor_value_info(name, DTYPES[dtype], shape))
        return name

    def node(self, op: str, inputs: list[str], output: str | list[str], domain: str = "",
             **attributes: Any) -> str:
        """Add a node and return the name of its first used output. "" is an absent input."""
        outputs = [output] if isinstance(output, str) else output
        named = next(name for name in outputs if name)
        self._nodes.append(helper.make_node(
            op, inputs, outputs, name=f"{named}/{op}", domain=domain, **attributes))
        return named

    def once(self, op: str, inputs: list[str], output: str, **attributes: Any) -> str:
        """Like `node`, but a second request for the same output reuses the first node."""
        if output not in self._shared:
            self._shared.add(self.node(op, inputs, output, **attributes))
        return output

    def constant(self, name: str, values: Any, dtype: str) -> str:
        """A small tensor kept in the graph itself; the same name gives the same constant."""
        if name not in self._initializers:
            array = np.asarray(values, dtype)
            self._initializers[name] = numpy_helper.from_array(array, name)
        return name

    def external(self, name: str, dtype: str, shape: list[int], location: str,
                 offset: int = 0) -> str:
        """A weight whose bytes lie at `offset` of the file or buffer called `location`."""
        if name not in self._initializers:
            tensor = TensorProto(name=name, data_type=DTYPES[dtype], dims=shape,
                                 data_location=TensorProto.EXTERNAL)
            length = int(np.prod(shape)) * np.dtype(dtype).itemsize
            for key, value in (("location", location), ("offset", offset), ("length", length)):
                tensor.external_data.add(key=key, value=str(value))
            self._initializers[name] = tensor
        return name

    def locations(self) -> list[str]:
        """The files or buffers that external weights are expected in, in order of first use."""
        found = (entry.value for tensor in self._initializers.values()
                 for entry in tensor.external_data if entry.key == "location")
        return list(dict.fromkeys(found))

    def model(self, name: str) -> onnx.ModelProto:
        """The finished graph as an ONNX model."""
        graph = helper.make_graph(self._nodes, name, self._inputs, self._outputs,
                                  list(self._initializers.values()))
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION,
                                 producer_name="lmpanel")
