"""What the student is doing: the document, where they look, what was measured, what can be undone.

Plain state and actions; views watch it and call `act`. Knows the core, but nothing about Panel,
the browser or how anything is drawn.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import param

from lmpanel.decoding import Decoding
from lmpanel.distribution import Distribution
from lmpanel.document import Document
from lmpanel.editor import Editor
from lmpanel.errors import BadArgument, Cancelled, LMPanelError, NotAvailable
from lmpanel.history import History
from lmpanel.messages import parse_conversation
from lmpanel.model import LanguageModel
from lmpanel.scoring import TokenScore
from lmpanel.state_codec import State, decode_state, encode_state
from lmpanel.typed import TypedCheck

FIRST_MESSAGE = "Write a one-paragraph story about a dragon."
MEASURES = ["surprisal", "probability", "entropy", "rank"]
LENGTHS = [5, 10, 20, 50, 100]
CHARACTERS_PER_TOKEN = 16
STREAM_SECONDS = 0.2


class Explorer(param.Parameterized):
    """One student's session with one model.

    Positions are token indices; `cursor == len(document)` is the caret at the end. The selected
    span runs from `anchor` to `cursor`, both included.
    """

    document = param.ClassSelector(class_=Document, doc="The token ids the model reads.")
    anchor = param.Integer(default=0, bounds=(0, None), doc="Where the selection began.")
    cursor = param.Integer(default=0, bounds=(0, None), doc="The token looked at, or the caret.")
    where = param.Selector(
        default="here",
        objects=["here", "next"],
        doc="Look at what was predicted at the token, or at what comes after it.",
    )
    tab = param.Selector(default="next", objects=["next", "surprise"], doc="The open lens.")
    measure = param.Selector(default="surprisal", objects=MEASURES, doc="What colours tokens.")
    unit = param.Selector(default="bits", objects=["bits", "nats"], doc="Unit of surprise.")
    length = param.Selector(default=10, objects=LENGTHS, doc="Rows of the candidate table.")
    max_tokens = param.Integer(default=200, bounds=(1, 2000), doc="Longest generated response.")
    past_end = param.Boolean(default=False, doc="Generate on after the end of the turn.")
    query = param.String(default="", doc="Token that is looked up, as text or id.")
    generating = param.Boolean(default=False, doc="A response is being written.")
    measured = param.Integer(default=0, doc="Counts up whenever new numbers are known.")
    progress = param.String(default="", doc="How far a long measurement is; empty when done.")
    written = param.String(default="", doc="What the last generation wrote, for the status line.")

    def __init__(self, model: LanguageModel, report: Callable[[LMPanelError], None], **params):
        self.model = model
        self.report = report
        self.editor = Editor(model.tokenizer, model.chat)
        first = params.pop("document", None) or self._first_document()
        super().__init__(document=first, anchor=len(first), cursor=len(first), **params)
        self.history: History[Document] = History(first, "start")
        self.recorded: dict[str, Any] | None = None
        self.typed = TypedCheck(model.tokenizer)
        self.note = ""
        self._decoding: Decoding | None = None
        self._streamed: int | None = None
        self._measuring: asyncio.Task | None = None

    def _first_document(self) -> Document:
        if self.model.chat is None:
            return self.editor.from_text("Once upon a time")
        return self.editor.from_messages([{"role": "user", "content": FIRST_MESSAGE}])

    # What views read

    @property
    def context(self) -> tuple[int, ...]:
        """The ids whose next token the lens is about.

        While a response is written: the ids before its newest token, which was chosen there.
        """
        ids = self.document.ids
        if self._streamed is not None:
            return ids[: self._streamed]
        if self.cursor >= len(ids):
            return ids
        return ids[: self.cursor + (self.where == "next")]

    @property
    def here(self) -> int | None:
        """The id that stands where the lens predicts, or None at the end of the document."""
        position = len(self.context)
        return self.document.ids[position] if position < len(self.document) else None

    @property
    def distribution(self) -> Distribution | None:
        """The distribution after `context`, if it is known already."""
        return self.model.cached(self.context) if self.context else None

    @property
    def span(self) -> tuple[int, int]:
        """The selected tokens [start, stop); empty at the caret."""
        start, stop = sorted((self.anchor, self.cursor))
        return start, min(stop + 1, len(self.document))

    def scores(self) -> list[TokenScore | None]:
        """What is known of each token: measured, or recorded while the model is not there."""
        ids = self.document.ids
        known = self.model.known_scores(ids)
        if self.recorded and list(ids) == self.recorded["ids"]:
            return [score or _score(old) for score, old in zip(known, self.recorded["scores"])]
        return known

    def state(self) -> dict[str, Any]:
        """The state of the scripting interface, JSON-able."""
        settings = {name: getattr(self, name) for name in SETTINGS}
        selection = self.span if self.cursor < len(self.document) else None
        document = self.document
        name = str(self.model.info.model["name"])
        cursor = self.cursor if self.cursor < len(document) else None
        return encode_state(
            State(document.ids, document.raw, cursor, selection, settings, name)
        )

    # Changing the document

    def change(self, document: Document, label: str) -> None:
        """Make `document` the current one: checked first, remembered, measured."""
        if self.generating:
            raise BadArgument("The model is writing.", "Stop it first, then change the document.")
        self.model.check_context(len(document))
        if document == self.document:
            return
        self.history.push(document, label)
        self.show(document)

    def show(self, document: Document) -> None:
        """Show `document` with the caret at its end, without a new entry in the history."""
        self._show_at_end(document)
        self.look()

    def pick(self, id: int, at: int | None = None) -> None:
        """Put token `id` where the lens predicts; what stood there and after it is forked off.

        `at` is the position that the picked row was shown for: a click on numbers that are no
        longer those of the position looked at does nothing.
        """
        if self.generating or at not in (None, len(self.context)):
            return
        if self.here == id:
            return self.select(len(self.context), len(self.context), reveal_next=True)
        token = self.model.tokenizer.vocabulary.display(id, visible_space=True)
        self.change(self.document.fork(len(self.context), id), f"picked {token}")

    async def pick_top(self) -> None:
        """Append the most probable token at the end of the document (greedy, one step)."""
        end = len(self.document)
        self.param.update(anchor=end, cursor=end)
        distribution = await self.model.distribution(self.document.ids)
        self.pick(distribution.top_id)

    def select(self, anchor: int, cursor: int, reveal_next: bool = False) -> None:
        """Look at token `cursor`, with a span back to `anchor`."""
        end = len(self.document)
        cursor, anchor = min(max(cursor, 0), end), min(max(anchor, 0), end)
        where = "next" if reveal_next else self.where
        tab = "surprise" if anchor != cursor and cursor < end else self.tab
        if anchor == cursor and self.anchor != self.cursor:
            tab = "next"
        self.param.update(anchor=anchor, cursor=cursor, where=where, tab=tab)
        self.look()

    def rewind(self) -> None:
        """Cut the document after the token looked at."""
        length = min(self.cursor + 1, len(self.document))
        self.change(self.document.rewind(length), f"rewound to token {length}")

    def clear_response(self) -> None:
        """Take back what the last turn of the model holds."""
        self.change(self.editor.clear_response(self.document), "cleared the response")

    def undo(self) -> None:
        """Go back one change."""
        if self.history.can_undo and not self.generating:
            self.show(self.history.undo().state)

    def redo(self) -> None:
        """Make the change again that was undone last."""
        if self.history.can_redo and not self.generating:
            self.show(self.history.redo().state)

    def append_text(self, text: str) -> None:
        """Add typed text at the end, tokenised on its own; what stands there keeps its ids."""
        self.check_text(text)
        self.change(self.editor.append_text(self.document, text), "added text")

    def end_turn(self, text: str = "") -> None:
        """Add a user turn with `text` and open the model's turn."""
        self.check_text(text)
        self.change(self.editor.end_turn(self.document, text), "ended the turn")

    def close_turn(self) -> None:
        """Write the end-of-turn token (and what follows it in the template) at the end."""
        closed = self.document.append(*self.editor.chat.closing_ids())
        self.change(closed, "closed the turn")

    def new_conversation(self) -> None:
        """Start over: only the system prompt, or an empty raw document."""
        fresh = Document((), raw=True) if self.document.raw else self.editor.new()
        self.change(fresh, "started anew")

    def replace_turn(self, turn: int, text: str) -> None:
        """Edit one turn; only this turn is tokenised again."""
        self.check_text(text)
        self.change(self.editor.replace_turn(self.document, turn, text), "edited a turn")

    def delete_turn(self, turn: int) -> None:
        """Take a whole turn out of the document."""
        self.change(self.editor.delete_turn(self.document, turn), "deleted a turn")

    def set_conversation(self, text: str) -> None:
        """Replace the document by a conversation given as JSON text.

        A plain list of messages opens the model's turn, with a last assistant message as its
        beginning; {"messages", "reply"} is taken exactly as it is.
        """
        self.check_text(text)
        conversation = parse_conversation(text)
        messages, reply = list(conversation.messages), conversation.reply
        if text.lstrip().startswith("["):
            open_last = bool(messages) and messages[-1]["role"] == "assistant"
            reply = messages.pop()["content"] if open_last else ""
        document = self.editor.from_messages(messages, reply)
        self.change(document, "pasted a conversation")

    def raw_text(self, text: str) -> None:
        """Replace the document by plain text without a template."""
        self.check_text(text)
        self.change(self.editor.from_text(text), "replaced the text")

    def set_mode(self, name: str) -> None:
        """Read the same ids as a conversation ("chat") or as plain text ("raw")."""
        if name == "chat" and self.model.chat is None:
            raise NotAvailable("This model has no chat template.", "Stay with raw text.")
        self.change(Document(self.document.ids, raw=name == "raw"), f"read as {name}")

    def restore(self, state: Any) -> list[str]:
        """Take over a saved state; all or nothing. Returns warnings about what was left out."""
        info = self.model.info
        saved, warnings = decode_state(
            state,
            vocab_size=info.vocab_size,
            context_length=info.context_length,
            model=str(info.model["name"]),
        )
        self.change(Document(saved.ids, raw=saved.raw), "restored a state")
        self.param.update(**{k: v for k, v in saved.settings.items() if k in SETTINGS})
        start, stop = saved.selection or (saved.cursor, None)
        if saved.cursor is not None:
            self.select(stop - 1 if stop and start == saved.cursor else start, saved.cursor)
        return warnings

    def check_text(self, text: str) -> None:
        """Refuse a text that cannot fit, before time is spent on tokenising it."""
        limit = self.model.context_length * CHARACTERS_PER_TOKEN
        if len(text) > limit:
            raise BadArgument(
                f"This text has {len(text):,} characters; at most {limit:,} are taken, and the "
                f"model can look at {self.model.context_length:,} tokens.",
                "Paste a shorter piece. Nothing was changed.",
            )
        lost = sorted(set(self.model.tokenizer.lost(text)))
        if lost:
            names = ", ".join(f"U+{ord(character):04X}" for character in lost[:8])
            message = f"This model has no token for {names}; the document goes without."
            self.report(LMPanelError(message, code="lost_characters"))

    # Generating

    async def generate(self, max_tokens: int | None = None, past_end: bool | None = None) -> None:
        """Let the model go on, greedily; what it wrote stays when it is stopped."""
        if self.generating:
            return
        if max_tokens is not None:
            self.max_tokens = max(1, min(2000, int(max_tokens)))
        if past_end is not None:
            self.past_end = bool(past_end)
        self._stop_measuring()
        start = self.document
        self.param.update(generating=True, written="")
        try:
            await self.model.scores(start.ids)
            await self._stream(start)
        finally:
            self._finish(start)

    async def _stream(self, start: Document) -> None:
        run = self._decoding = Decoding(
            self.model,
            start.ids,
            max_tokens=self.max_tokens,
            stop_at_end_of_turn=not self.past_end,
        )
        shown = time.monotonic()
        async for step in run:
            self._streamed = len(self.document)
            self._show_at_end(self.document.append(step.id))
            if time.monotonic() - shown > STREAM_SECONDS:
                shown = time.monotonic()
                self.measured += 1
            await asyncio.sleep(0)

    def _finish(self, start: Document) -> None:
        run, self._decoding = self._decoding, None
        count = len(self.document) - len(start)
        if count:
            self.history.push(self.document, f"generated {count} tokens")
        self._streamed = None
        self.param.update(generating=False, written=_summary(run, count))
        self.look()

    def stop(self) -> None:
        """Stop generating after the current token."""
        if self._decoding:
            self._decoding.stop()

    def _show_at_end(self, document: Document) -> None:
        end = len(document)
        self.param.update(document=document, anchor=end, cursor=end)

    # Measuring

    def look(self) -> None:
        """Measure what is not known yet, in the background; a newer look replaces an older one."""
        if self.generating:
            return
        self._stop_measuring()
        self._measuring = asyncio.ensure_future(self._measure())

    def _stop_measuring(self) -> None:
        if self._measuring:
            self._measuring.cancel()
        self._measuring = None

    async def settle(self) -> None:
        """Wait until what is in view has been measured."""
        while self._measuring:
            task = self._measuring
            await asyncio.wait([task])
            if task is self._measuring:
                return

    async def _measure(self) -> None:
        try:
            await self._measure_all()
        except (asyncio.CancelledError, Cancelled):
            return  # a newer look took over; what was measured so far is kept
        except LMPanelError as error:
            self.report(error)
        finally:
            if self._measuring is asyncio.current_task():
                self.progress = ""

    async def _measure_all(self) -> None:
        ids, context = self.document.ids, self.context
        if None not in self.model.known_scores(context)[1:]:
            await self._measure_context(context)
        if None in self.model.known_scores(ids)[1:]:
            await self.model.scores(ids, self._report_progress)
            await self._measure_context(context)
        self.recorded = None
        self.note = _typed_note(self.typed.differences(self.document))
        self.measured += 1

    async def _measure_context(self, context: tuple[int, ...]) -> None:
        if context:
            await self.model.distribution(context)
        self.measured += 1

    def _report_progress(self, done: int, total: int) -> None:
        if total > 256:
            self.progress = f"measuring token {done} of {total}"
        self.measured += 1


SETTINGS = ("where", "tab", "measure", "unit", "length", "max_tokens", "past_end")


def _score(recorded: list[float] | None) -> TokenScore | None:
    return TokenScore(*recorded) if recorded else None


def _summary(run: Decoding | None, count: int) -> str:
    if run is None or run.finish is None:
        return f"{count} tokens written" if count else ""
    reasons = {
        "length": "length reached",
        "end_of_turn": "the model ended its turn",
        "stopped": "stopped",
    }
    return f"{count} tokens, {reasons[run.finish]}"


def _typed_note(differences: list) -> str:
    if not differences:
        return ""
    first = differences[0]
    more = f" (and {len(differences) - 1} more places)" if len(differences) > 1 else ""
    return (
        f"Typed, this text would be split differently at tokens {first.start + 1} to "
        f"{first.stop}{more}. The model reads the tokens shown here."
    )
