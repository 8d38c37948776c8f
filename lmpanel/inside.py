"""The room "Inside": what the model is made of. Ties its four parts to the session.

Knows the explorer; each part is an object of its own, and none knows another.
"""

from __future__ import annotations

import asyncio
from typing import Any

import param

from lmpanel.bpe import mend
from lmpanel.checks import one_of, record, text, whole
from lmpanel.embedding import Embedding
from lmpanel.errors import BadState
from lmpanel.explorer import Explorer
from lmpanel.layers import MAX_CHARACTERS as MAX_LAYERS_TEXT
from lmpanel.layers import SOURCES, VIEWS, Layers
from lmpanel.tokenization import MAX_CHARACTERS, Tokenization
from lmpanel.wording import later, t

PARTS = ["tokens", "embedding", "shape", "layers"]
_UNCHANGED = later("Nothing was changed.")
_MANY = 10_000
_SAVED = record(
    part=one_of(*PARTS),
    tokens=record(text=text(MAX_CHARACTERS), plain=one_of(True, False), chosen=whole(0, _MANY)),
    embedding=record(token=whole(-1, 2**31), other=whole(-1, 2**31)),
    layers=record(
        source=one_of(*SOURCES),
        text=text(MAX_LAYERS_TEXT),
        view=one_of(*VIEWS),
        layer=whole(1, _MANY),
        head=whole(1, _MANY),
    ),
)


class Inside(param.Parameterized):
    """The open part of the room, and the parts."""

    part = param.Selector(default="tokens", objects=PARTS, doc="The open part of the room.")

    def __init__(self, explorer: Explorer):
        super().__init__()
        self._explorer = explorer
        self.tokenization = Tokenization(explorer.model.tokenizer)
        self.embedding = Embedding(explorer.model)
        self.layers = Layers(explorer)
        self._asking: asyncio.Future | None = None
        explorer.param.watch(self._arrive, ["room"])

    def saved(self) -> dict[str, Any]:
        """What is looked at in every part, JSON-able; numbers are computed again."""
        tokens, embedding, layers = self.tokenization, self.embedding, self.layers
        return {
            "part": self.part,
            "tokens": {
                "text": mend(tokens.text),
                "plain": tokens.plain,
                "chosen": tokens.chosen,
            },
            "embedding": {"token": embedding.token, "other": embedding.other},
            "layers": {
                "source": layers.source,
                "text": mend(layers.text),
                "view": layers.view,
                "layer": layers.layer,
                "head": layers.head,
            },
        }

    def check(self, value: Any) -> None:
        """Raise BadState for what `saved` never gives with this model."""
        size = self._explorer.model.info.vocab_size
        if not _SAVED(value) or max(value["embedding"].values()) >= size:
            raise BadState(t("What was looked at inside the model is damaged."), t(_UNCHANGED))

    def restore(self, value: Any) -> None:
        """Look at what was saved. Raises BadState; then nothing is changed."""
        self.check(value)
        tokens = value["tokens"]
        self.tokenization.read(tokens["text"], tokens["plain"])
        self.tokenization.choose(tokens["chosen"])
        self.embedding.param.update(**value["embedding"])
        self.layers.show(**value["layers"])
        self.part = value["part"]
        self._arrive()

    def _arrive(self, *events: Any) -> None:
        """Cosines that a restored token lacks are asked for when they come into view."""
        shown = self._explorer.room == "inside" and self.part == "embedding"
        if shown and self.embedding.neighbourhood is None:
            self._asking = asyncio.ensure_future(self.embedding.look_at_first())
