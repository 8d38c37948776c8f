"""Everything a student can do to the document, and taking it back.

Each change is checked first and remembered in the history; a refused one leaves everything as it
was. Knows nothing about measuring, which follows the explorer by itself.
"""

from __future__ import annotations

import asyncio

from lmpanel.document import Document
from lmpanel.errors import BadArgument, LMPanelError, NotAvailable
from lmpanel.explorer import Explorer
from lmpanel.messages import parse_conversation
from lmpanel.model import LanguageModel
from lmpanel.number_text import grouped
from lmpanel.wording import t

CHARACTERS_PER_TOKEN = 16
MAX_SCORED = 2000
"""Most tokens of a pasted text that are scored at once."""


class Changes:
    """Changes of an explorer's document.

    All but `pick`, `undo` and `redo`, which do nothing then, raise BadArgument while the model
    writes, and all raise ContextFull for a document that is too long.
    """

    def __init__(self, explorer: Explorer):
        self._explorer = explorer
        self._editor = explorer.editor
        self._top = asyncio.Lock()
        self.scored: tuple[Document, tuple[int, int]] | None = None
        """The document and the span that the last scored text became."""

    @property
    def _model(self) -> LanguageModel:
        return self._explorer.model

    @property
    def _document(self) -> Document:
        return self._explorer.document

    def change(self, document: Document, label: str) -> None:
        """Make `document` the current one: checked first, remembered, shown."""
        self.check_idle()
        self._model.check_context(len(document))
        if document == self._document:
            return
        self._explorer.history.push(document, label)
        self._show(document)

    def check_idle(self) -> None:
        """Raise BadArgument while the model writes."""
        if self._explorer.generating:
            raise BadArgument(
                t("The model is writing."), t("Stop it first, then change the document.")
            )

    def _show(self, document: Document) -> None:
        self._explorer.written = ""
        self._explorer.show(document)

    # Token by token

    def pick(self, id: int, at: int | None = None) -> None:
        """Put token `id` where the lens predicts; what stood there and after it is forked off.

        `at` is the position that the picked row was shown for: a click on numbers that are no
        longer those of the position looked at does nothing.
        """
        explorer, position = self._explorer, len(self._explorer.context)
        if explorer.generating or at not in (None, position):
            return
        if explorer.here == id:
            return explorer.select(position, position, reveal_next=True)
        token = self._model.tokenizer.vocabulary.display(id, visible_space=True)
        self.change(self._document.fork(position, id), t("picked {token}", token=token))

    async def pick_top(self) -> None:
        """Append the most probable token at the end of the document (greedy, one step).

        Asked for again meanwhile, it appends one token after the other.
        """
        async with self._top:
            end = len(self._document)
            self._explorer.param.update(anchor=end, cursor=end)
            distribution = await self._model.distribution(self._document.ids)
            self.pick(self._explorer.filters.biased(distribution).top_id, end)

    def rewind(self) -> None:
        """Cut the document after the token looked at."""
        length = min(self._explorer.cursor + 1, len(self._document))
        label = t("rewound to token {n}", n=grouped(length))
        self.change(self._document.rewind(length), label)

    # Turn by turn

    def clear_response(self) -> None:
        """Take back what the last turn of the model holds."""
        self.change(self._editor.clear_response(self._document), t("cleared the response"))

    def append_text(self, text: str) -> None:
        """Add typed text at the end, tokenised on its own; what stands there keeps its ids."""
        self.check_text(text)
        self.change(self._editor.append_text(self._document, text), t("added text"))

    def end_turn(self, text: str = "") -> None:
        """Add a user turn with `text` and open the model's turn."""
        self.check_text(text)
        self.change(self._editor.end_turn(self._document, text), t("ended the turn"))

    def close_turn(self) -> None:
        """Write the end-of-turn token (and what follows it in the template) at the end."""
        closing = self._editor.require_chat().closing_ids()
        self.change(self._document.append(*closing), t("closed the turn"))

    def replace_turn(self, turn: int, text: str) -> None:
        """Edit one turn; only this turn is tokenised again."""
        self.check_text(text)
        self.change(self._editor.replace_turn(self._document, turn, text), t("edited a turn"))

    def delete_turn(self, turn: int) -> None:
        """Take a whole turn out of the document."""
        self.change(self._editor.delete_turn(self._document, turn), t("deleted a turn"))

    # The whole document

    def new_conversation(self) -> None:
        """Start over: only the system prompt, or an empty raw document."""
        fresh = Document((), raw=True) if self._document.raw else self._editor.new()
        self.change(fresh, t("started anew"))

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
        self.change(self._editor.from_messages(messages, reply), t("pasted a conversation"))

    def raw_text(self, text: str) -> None:
        """Replace the document by plain text without a template."""
        self.check_text(text)
        self.change(self._editor.from_text(text), t("replaced the text"))

    def score_text(self, text: str, as_reply: bool = False) -> None:
        """Put `text` in place of the document, or of the model's reply, and select its tokens.

        Raises BadArgument for a text without tokens, for one of more than MAX_SCORED, and as a
        reply where there is nothing to reply to.
        """
        self.check_text(text)
        ids = self._model.tokenizer.encode(text)
        if not ids:
            raise BadArgument(t("There is no text to score."), t("Paste or type one first."))
        if len(ids) > MAX_SCORED:
            raise BadArgument(
                t(
                    "This text has {n} tokens; at most {most} are scored at once.",
                    n=grouped(len(ids)),
                    most=grouped(MAX_SCORED),
                ),
                t(
                    "Leave out {n} of them or more. Nothing was changed.",
                    n=grouped(len(ids) - MAX_SCORED),
                ),
            )
        if as_reply:
            before = self._editor.before_reply(self._document)
            document = before.append(*ids)
        else:
            document = Document(tuple(ids), raw=True)
        self.change(document, t("scored a text"))
        start, end = len(document) - len(ids), len(document)
        self.scored = document, (start, end)
        self._explorer.select(start, end - 1, tab="surprise")

    def set_mode(self, name: str) -> None:
        """Read the same ids as a conversation ("chat") or as plain text ("raw")."""
        if name == "chat" and self._model.chat is None:
            raise NotAvailable(t("This model has no chat template."), t("Stay with raw text."))
        label = t("read as raw") if name == "raw" else t("read as chat")
        self.change(Document(self._document.ids, raw=name == "raw"), label)

    # The history

    def undo(self) -> None:
        """Go back one change."""
        history = self._explorer.history
        if history.can_undo and not self._explorer.generating:
            self._show(history.undo().state)

    def redo(self) -> None:
        """Make the change again that was undone last."""
        history = self._explorer.history
        if history.can_redo and not self._explorer.generating:
            self._show(history.redo().state)

    def check_text(self, text: str) -> None:
        """Refuse a text that cannot fit, before time is spent on tokenising it.

        Special tokens, and characters for which the model has no token, are only reported.
        """
        length = self._model.context_length
        limit = length * CHARACTERS_PER_TOKEN
        if len(text) > limit:
            raise BadArgument(
                t(
                    "This text has {n} characters; at most {most} are taken, and the model can "
                    "look at {tokens} tokens.",
                    n=grouped(len(text)),
                    most=grouped(limit),
                    tokens=grouped(length),
                ),
                t("Paste a shorter piece. Nothing was changed."),
            )
        special = self._model.tokenizer.specials_in(text)
        if special:
            message = t(
                "Your text contains {special}: the model reads that as a special token.",
                special=special[0],
            )
            self._explorer.report(LMPanelError(message, code="special_text"))
        lost = sorted(set(self._model.tokenizer.lost(text)))
        if lost:
            names = ", ".join(f"U+{ord(character):04X}" for character in lost[:8])
            message = t(
                "This model has no token for {names}; the document goes without.", names=names
            )
            self._explorer.report(LMPanelError(message, code="lost_characters"))
