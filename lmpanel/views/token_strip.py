"""The token strip: rows and turns of the document, sent as splices of what changed."""

from __future__ import annotations

import asyncio
from itertools import repeat
from typing import Any

from lmpanel.document import Document
from lmpanel.errors import LMPanelError
from lmpanel.scoring import TokenScore
from lmpanel.session import Session
from lmpanel.views.component import Component, drawn_by
from lmpanel.wording import t

Key = tuple[int, str, TokenScore | None, float | None]
"""Id, kind, score, and Δ bits where the document shown was compared with another context."""


OF_ROWS = {"document", "measured", "result", "guessing", "changes", "predictor"}
"""Parameters that change what is known of tokens."""


class TokenStrip(Component):
    """The document as the model reads it. Drawn by site/components/token_strip.js."""

    _constants = drawn_by("token_strip")
    watches = (
        *("document", "anchor", "cursor", "measure", "unit", "curve", "pointed"),
        *("measured", "progress", "generating", "guessing", "predictor"),
    )

    def __init__(self, session: Session, **params: Any):
        self._sent: list[Key] = []
        self._heard = 0
        self._handed_out: tuple[Document | None, str] = (None, "")
        self._former = "surprisal"
        self.drawn = asyncio.Event()
        super().__init__(session, **params)
        session.what_if.param.watch(self._refresh, ["result"])
        session.guesses.param.watch(self._refresh, ["changes"])

    def payload(self) -> dict[str, Any]:
        explorer = self.explorer
        history = explorer.history
        return {
            "mode": "raw" if explorer.document.raw else "chat",
            "measure": self._measure(),
            "compared": self.session.what_if.deltas is not None,
            "unit": explorer.unit,
            "curve": explorer.curve,
            "pointed": explorer.pointed,
            "anchor": explorer.anchor,
            "cursor": explorer.cursor,
            "heard": self._heard,
            "note": explorer.progress or explorer.note,
            "undo": history.current.label if history.can_undo else None,
            "redo": t("the change undone last") if history.can_redo else None,
            "generating": explorer.generating,
            "guessing": explorer.guessing,
            "predictor": explorer.predictor,
            "transformer": str(self.session.model.info.model["name"]),
        }

    def actions(self) -> dict[str, Any]:
        explorer, changes = self.explorer, self.session.changes
        return {
            "ready": self.send_all,
            "select": self.look,
            "measure": lambda name: explorer.param.update(measure=name),
            "unit": lambda name: explorer.param.update(unit=name),
            "curve": lambda open: explorer.param.update(curve=bool(open)),
            "mode": changes.set_mode,
            "predict_with": explorer.predict_with,
            "edit_turn": lambda turn: self.edit(int(turn)),
            "replace_turn": lambda turn, text: changes.replace_turn(int(turn), str(text)),
            "delete_turn": lambda turn: changes.delete_turn(int(turn)),
            "undo": changes.undo,
            "redo": changes.redo,
            "new_conversation": changes.new_conversation,
            "get_json": self.get_json,
            "set_json": self.set_json,
        }

    def look(self, anchor: int, cursor: int, count: int) -> None:
        """Look where the strip says; `count` tells its reports apart, see strip_selection.js."""
        self._heard = int(count)
        self.explorer.select(int(anchor), int(cursor))
        # Also when nothing has changed: the strip waits to hear of its last report.
        self._refresh()

    def edit(self, turn: int) -> None:
        """Hand the text of a turn out for editing."""
        editor, document = self.explorer.editor, self.explorer.document
        text = editor.require_chat().content(document.ids, editor.turn(document, turn))
        self.tell("edit", turn=turn, text=text)

    def get_json(self) -> None:
        """Hand the conversation out as JSON."""
        conversation = self.explorer.editor.conversation(self.explorer.document)
        self._handed_out = (self.explorer.document, conversation.as_json())
        self.tell("json", text=conversation.as_json())

    def set_json(self, text: str) -> None:
        """Use a conversation given as JSON; an error stays in the dialog.

        The text that was handed out stands for the document that it came from, ids and all.
        """
        document, handed_out = self._handed_out
        try:
            if text == handed_out:
                self.session.changes.change(document, t("pasted a conversation"))
            else:
                self.session.changes.set_conversation(str(text))
        except LMPanelError as error:
            self.tell("json_error", text=str(error))
        else:
            self.tell("json_used")

    def _refresh(self, *events: Any) -> None:
        if any(event.name in OF_ROWS for event in events):
            self.send_changes()
        for event in events:
            if event.name == "measure":
                # What colours a document that was not compared.
                self._former = event.old if event.new == "delta" else event.new
        super()._refresh(*events)

    def send_all(self) -> None:
        """Send every row: a new view has none."""
        self._heard = 0
        self.tell("splice", **self.full())
        self.drawn.set()

    def full(self) -> dict[str, Any]:
        """Every row, as a splice into nothing; there is one for an empty document too."""
        self._sent = self._keys()
        return self._splice(0, 0, self._sent)

    def send_changes(self) -> None:
        """Send what differs from the rows sent before, as one splice."""
        splice = self.splice(self._keys())
        if splice is not None:
            self.tell("splice", **splice)

    def splice(self, keys: list[Key]) -> dict[str, Any] | None:
        """The splice from the rows sent before to `keys`, None when nothing changed."""
        old = self._sent
        start, tail = _common(old, keys)
        if start == len(old) == len(keys):
            return None
        self._sent = keys
        return self._splice(start, len(old) - start - tail, keys[start : len(keys) - tail])

    def _splice(self, start: int, remove: int, keys: list[Key]) -> dict[str, Any]:
        return {
            "start": start,
            "remove": remove,
            "rows": [self._row(key) for key in keys],
            "turns": self._turns(),
            "anchor": self.explorer.anchor,
            "cursor": self.explorer.cursor,
            "heard": self._heard,
        }

    def _measure(self) -> str:
        measure = self.explorer.measure
        known = measure != "delta" or self.session.what_if.deltas is not None
        return measure if known else self._former

    def _keys(self) -> list[Key]:
        explorer = self.explorer
        scores = self.session.guesses.scores()
        deltas = self.session.what_if.deltas
        shown = repeat(None) if deltas is None or explorer.guessing else deltas
        kinds = [""] * len(explorer.document)
        for turn in explorer.editor.turns(explorer.document):
            if turn.header is not None:
                head = range(turn.start, turn.content_start)
                for position in (*head, *range(turn.content_stop, turn.stop)):
                    kinds[position] = "header"
        return list(zip(explorer.document.ids, kinds, scores, shown))

    def _row(self, key: Key) -> dict[str, Any]:
        token, kind, score, delta = key
        entry = self.explorer.model.tokenizer.vocabulary.token(token)
        if entry.special:
            kind = "special"
        elif entry.partial:
            kind = "bytes"
        return {
            "id": token,
            "text": entry.display if entry.partial else entry.text,
            "kind": kind or "text",
            "spoken": entry.spoken,
            "bits": score and score.bits,
            "prob": score and score.prob,
            "rank": score and score.rank,
            "entropy": score and score.entropy_bits,
            "delta": delta,
        }

    def _turns(self) -> list[dict[str, Any]]:
        document = self.explorer.document
        turns = self.explorer.editor.turns(document)
        if not turns:
            return [{"role": None, "start": 0, "end": len(document), "editable": False}]
        return [
            {
                "role": turn.role or turn.header,
                "start": turn.start,
                "end": turn.stop,
                "editable": turn.header is not None,
            }
            for turn in turns
        ]


def _common(old: list[Key], new: list[Key]) -> tuple[int, int]:
    """Length of the common beginning, and of the common end behind it."""
    shorter = min(len(old), len(new))
    start = 0
    while start < shorter and old[start] == new[start]:
        start += 1
    tail = 0
    while tail < shorter - start and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return start, tail
