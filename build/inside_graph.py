"""Two small graphs for looking inside the network, over the weights that are there already.

"inside" reads one short text: input_ids int64 [1, s] → residuals float32 [layers + 1, s, hidden]
(before each layer, and after the last) and attention float32 [layers, heads, s, s].

"inside_head" is the logit lens (nostalgebraist 2020): the final norm and the output matrix on any
residual. rows float32 [1, n, hidden], asked int64 [1, n, 2] → of each row the likeliest tokens
top_ids int64 and top_logits float32 [1, n, 10], log_sum float32 [1, n, 1] (natural logarithm of the
sum of exp(logit)), entropy float32 [1, n, 1] in nats, and for both tokens asked about asked_logits
float32 and asked_ranks float32 [1, n, 2] (1 is the likeliest). The logits themselves stay inside:
31 layers of 64 tokens would be 390 MB.

Knows the network; nothing about how weights are stored.
"""

from __future__ import annotations

import onnx

from attention_nodes import WatchedAttention
from gguf_source import Dimensions
from llama_graph import decoder, head_name
from weight_nodes import QuantizedWeights

TOP = 10
ASKED = 2


def inside_graph(size: Dimensions, weights: QuantizedWeights) -> onnx.ModelProto:
    """Residuals and attention of one text."""
    notes = weights.notes
    attention = WatchedAttention(notes, size)
    notes.input("input_ids", "int64", [1, "s"])
    notes.output("residuals", "float32", [size.layers + 1, "s", size.hidden])
    notes.output("attention", "float32", [size.layers, size.heads, "s", "s"])
    attention.declare()
    _, residuals = decoder(size, weights, attention)
    notes.node("Concat", residuals, "residuals", axis=0)
    looks = [attention.weights_name(layer) for layer in range(size.layers)]
    notes.node("Concat", looks, "attention", axis=0)
    return notes.model("inside")


def inside_head_graph(size: Dimensions, weights: QuantizedWeights) -> onnx.ModelProto:
    """What each row would predict if it were the last layer's."""
    notes, head = weights.notes, head_name(weights)
    notes.input("rows", "float32", [1, "n", size.hidden])
    notes.input("asked", "int64", [1, "n", ASKED])
    for name, dtype, width in (("top_logits", "float32", TOP), ("top_ids", "int64", TOP),
                               ("log_sum", "float32", 1), ("entropy", "float32", 1),
                               ("asked_logits", "float32", ASKED),
                               ("asked_ranks", "float32", ASKED)):
        notes.output(name, dtype, [1, "n", width])
    normed = notes.node("SimplifiedLayerNormalization", ["rows", weights.vector("output_norm")],
                        "normed", axis=-1, epsilon=size.norm_eps, stash_type=1)
    logits = weights.linear(normed, head)
    _likeliest(notes, logits)
    _asked(notes, logits)
    return notes.model("inside_head")


def _likeliest(notes, logits: str) -> None:
    node, last = notes.node, notes.constant("last", [-1], "int64")
    node("TopK", [logits, notes.constant("top", [TOP], "int64")], ["top_logits", "top_ids"],
         axis=-1, largest=1, sorted=1)
    highest = node("ReduceMax", [logits, last], "highest", keepdims=1)
    below = node("Sub", [logits, highest], "below")
    powers = node("Exp", [below], "powers")
    total = node("ReduceSum", [powers, last], "total", keepdims=1)
    log_total = node("Log", [total], "log_total")
    node("Add", [log_total, highest], "log_sum")
    # H = log Σ exp z − Σ p·z, with z measured from the highest logit.
    weighted = node("Mul", [powers, below], "weighted")
    mean = node("Div", [node("ReduceSum", [weighted, last], "weighted_sum", keepdims=1), total],
                "mean")
    node("Sub", [log_total, mean], "entropy")


def _asked(notes, logits: str) -> None:
    node, last = notes.node, notes.constant("last", [-1], "int64")
    node("GatherElements", [logits, "asked"], "asked_logits", axis=-1)
    one = notes.constant("first_rank", 1.0, "float32")
    columns = [f"asked.{column}" for column in range(ASKED)]
    node("Split", ["asked_logits"], columns, axis=-1, num_outputs=ASKED)
    ranks = []
    for column in columns:
        above = node("Greater", [logits, column], f"{column}.above")
        counted = node("Cast", [above], f"{column}.counted", to=notes.FLOAT)
        count = node("ReduceSum", [counted, last], f"{column}.count", keepdims=1)
        ranks.append(node("Add", [count, one], f"{column}.rank"))
    node("Concat", ranks, "asked_ranks", axis=-1)
