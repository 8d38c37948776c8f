"""The native model with the documents that lessons are about."""

from __future__ import annotations

import asyncio
from pathlib import Path

from lmpanel.document import Document
from lmpanel.editor import Editor
from lmpanel.engine.native import NativeEngine
from lmpanel.model import LanguageModel
from lmpanel.scoring import Totals
from lmpanel.tokenizer import Tokenizer


class Lab:
    """The native model with a lesson's documents."""

    def __init__(self, folder: Path, dist: Path):
        self.dist = dist
        tokenizer = Tokenizer.from_file(folder / "tokenizer.json")
        self.model = LanguageModel(NativeEngine(folder), tokenizer)
        self.editor = Editor(tokenizer, self.model.chat)
        self.loop = asyncio.new_event_loop()

    def do(self, work):
        return self.loop.run_until_complete(work)

    def chat(self, user: str, reply: str | None = None, system: str | None = None) -> Document:
        messages = [{"role": "system", "content": system}] if system else []
        return self.editor.from_messages([*messages, {"role": "user", "content": user}], reply)

    def raw(self, text: str) -> Document:
        return self.editor.from_text(text)

    def id(self, text: str) -> int:
        found = self.model.tokenizer.encode(text)
        assert len(found) == 1, f"{text!r} is {len(found)} tokens"
        return found[0]

    def after(self, document: Document):
        return self.do(self.model.distribution(document.ids))

    def p(self, document: Document, token: str) -> float:
        return self.after(document).prob(self.id(token))

    def top(self, document: Document, token: str) -> float:
        """The probability of the likeliest token, which must be this one."""
        distribution = self.after(document)
        assert distribution.top_id == self.id(token), self.model.tokenizer.decode(
            [distribution.top_id])
        return distribution.prob(distribution.top_id)

    def entropy(self, document: Document) -> float:
        return self.after(document).entropy_bits

    def scores(self, document: Document):
        return self.do(self.model.scores(document.ids))

    def bits(self, document: Document, token: str, nth: int = 0) -> float:
        """Surprisal of the nth occurrence of a token in the document."""
        places = [i for i, id in enumerate(document.ids) if id == self.id(token)]
        return self.scores(document)[places[nth]].bits

    def totals(self, document: Document, start: int = 1) -> Totals:
        return Totals.of(self.scores(document)[start:])

    def greedy(self, document: Document, most: int) -> Document:
        for _ in range(most):
            document = document.append(self.after(document).top_id)
            if document.ids[-1] in self.model.end_of_turn_ids:
                break
        return document

    def text(self, document: Document, start: int) -> str:
        return self.model.tokenizer.decode(document.ids[start:])
