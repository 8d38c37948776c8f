"""The browser's graphs of the real model give what the native one gives (on native kernels)."""

import pytest
from reference import kl_nats
from run_graph import graph_logits

from lmpanel.engine.proof import log_softmax


@pytest.mark.parametrize("graph", ["webgpu", "wasm", "wasm_compact"])
def test_graph_equals_the_native_one(model_dir, native, golden, graph):
    ids = golden["dragon_chat"]["ids"]
    found = log_softmax(graph_logits(model_dir, graph, ids))
    assert kl_nats(log_softmax(native.logits(ids, 0)), found).max() < 1e-8
