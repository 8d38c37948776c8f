"""The room "Inside": what the model is made of. Ties its four parts to the session.

Knows the explorer; each part is an object of its own, and none knows another.
"""

from __future__ import annotations

import param

from lmpanel.embedding import Embedding
from lmpanel.explorer import Explorer
from lmpanel.layers import Layers
from lmpanel.tokenization import Tokenization

PARTS = ["tokens", "embedding", "shape", "layers"]


class Inside(param.Parameterized):
    """The open part of the room, and the parts."""

    part = param.Selector(default="tokens", objects=PARTS, doc="The open part of the room.")

    def __init__(self, explorer: Explorer):
        super().__init__()
        self.tokenization = Tokenization(explorer.model.tokenizer)
        self.embedding = Embedding(explorer.model)
        self.layers = Layers(explorer)
