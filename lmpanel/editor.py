"""Edit a document as a conversation or as plain text.

Every operation takes a document and gives a new one. Only what is typed is tokenised; all other
tokens stay the ids they are. Knows nothing about predictions, history or the interface.
"""

from __future__ import annotations

from collections.abc import Sequence

from lmpanel.chat import ChatTemplate, Turn
from lmpanel.document import Document
from lmpanel.errors import BadArgument, NotAvailable
from lmpanel.messages import Conversation, Message, check_length
from lmpanel.tokenizer import Tokenizer
from lmpanel.wording import t


class Editor:
    """Operations on documents of one tokenizer; `chat` is None for a model without a template.

    Operations on turns raise NotAvailable without a template and BadArgument for a raw document
    for a turn that is not there and for a text that is too long.
    """

    def __init__(self, tokenizer: Tokenizer, chat: ChatTemplate | None):
        self.tokenizer = tokenizer
        self.chat = chat

    def require_chat(self) -> ChatTemplate:
        """The chat template; raises NotAvailable when the model has none."""
        if self.chat is None:
            raise NotAvailable(
                t("This model has no chat template."), t("Use a raw document with it.")
            )
        return self.chat

    def new(self, system: str | None = None) -> Document:
        """A new conversation: the system turn only, the template's default unless given.

        Without a template, an empty raw document.
        """
        if self.chat is None:
            return Document((), raw=True)
        text = self.chat.default_system if system is None else system
        if text is None:
            return Document()
        check_length(text)
        return Document(tuple(self.chat.turn_ids("system", text)))

    def from_messages(self, messages: Sequence[Message], reply: str | None = None) -> Document:
        """A conversation from checked messages.

        The assistant's turn is open when the user has the last word or a `reply`, the beginning
        of that turn, is given. As in the template, the default system prompt is put in front
        when the messages do not open with one.
        """
        open_turn = bool(messages) and messages[-1]["role"] == "user"
        ids = self.require_chat().encode(messages, reply, add_generation_prompt=open_turn)
        return Document(tuple(ids))

    def from_text(self, text: str) -> Document:
        """A raw document."""
        check_length(text)
        return Document(tuple(self.tokenizer.encode(text)), raw=True)

    def turns(self, document: Document) -> list[Turn]:
        """The turns of a conversation; none in a raw document."""
        return [] if document.raw or self.chat is None else self.chat.turns(document.ids)

    def turn(self, document: Document, index: int) -> Turn:
        """One of the turns. Raises BadArgument for one that is not there."""
        self._template_for(document)
        turns = self.turns(document)
        if not 0 <= index < len(turns):
            raise BadArgument(
                t("There is no turn {n}; the document has {count}.", n=index, count=len(turns))
            )
        return turns[index]

    def conversation(self, document: Document) -> Conversation:
        """The document as messages."""
        return self._template_for(document).conversation(document.ids)

    def text(self, document: Document) -> str:
        """The whole document as text, markers included."""
        return self.tokenizer.decode(document.ids)

    def response(self, document: Document) -> Turn | None:
        """The last turn of the assistant, None when there is none."""
        turns = [turn for turn in self.turns(document) if turn.role == "assistant"]
        return turns[-1] if turns else None

    def append_text(self, document: Document, text: str) -> Document:
        """The document with typed text after it; what is there is not tokenised again."""
        check_length(text)
        return document.append(*self.tokenizer.encode(text))

    def end_turn(self, document: Document, text: str = "") -> Document:
        """Say `text` as the user and hand over to the assistant.

        An open turn of the assistant is closed first, or taken away while it is empty. An open
        turn of the user gets the text appended. Without a text the open turn is just ended:
        after the user the assistant is next, after the assistant nobody yet. Raises BadArgument
        when there is no text and nothing to end.
        """
        chat = self._template_for(document)
        check_length(text)
        last = self._open_turn(document)
        if not text:
            return self._end_without_text(document, last)
        if last is not None and last.role == "user" and not last.is_empty:
            ids = [*document.ids, *self.tokenizer.encode(text), *chat.closing_ids()]
        else:
            ids = [*self._settled(document, last), *chat.turn_ids("user", text)]
        return Document((*ids, *chat.header_ids("assistant")))

    def _end_without_text(self, document: Document, last: Turn | None) -> Document:
        chat = self._template_for(document)
        if last is not None and last.is_empty:
            raise BadArgument(
                t("The turn is still empty."), t("Type a message, or pick a token first.")
            )
        if last is None and not self._awaits_reply(document):
            raise BadArgument(t("There is nothing to hand over."), t("Type a message first."))
        ids = self._settled(document, last)
        reply_is_next = last is None or last.role == "user"
        return Document((*ids, *chat.header_ids("assistant")) if reply_is_next else tuple(ids))

    def _awaits_reply(self, document: Document) -> bool:
        turns = self.turns(document)
        return bool(turns) and turns[-1].role == "user"

    def _open_turn(self, document: Document) -> Turn | None:
        turns = self.turns(document)
        return turns[-1] if turns and not turns[-1].closed else None

    def _settled(self, document: Document, last: Turn | None) -> list[int]:
        """The ids with every turn closed; the empty header of an open turn is taken away."""
        chat = self._template_for(document)
        ids = list(document.ids)
        if last is None:
            return ids + chat.newline_ids() if ids[-1:] == [chat.end_id] else ids
        if last.is_empty and last.header is not None:
            return ids[: last.start]
        return ids + chat.closing_ids()

    def clear_response(self, document: Document) -> Document:
        """The document up to the header of the assistant's last turn, which is open again.

        Without such a turn the document stays as it is.
        """
        response = self.response(document)
        if response is None:
            return document
        header = self.require_chat().header_ids("assistant")
        return Document((*document.ids[: response.start], *header))

    def before_reply(self, document: Document) -> Document:
        """The conversation up to where the model's reply begins, without what it replied there.

        Raises BadArgument when there is nothing to reply to.
        """
        turns = self.turns(document)
        if turns and turns[-1].role == "assistant":
            return self.clear_response(document)
        return self.end_turn(document)

    def set_system(self, document: Document, text: str) -> Document:
        """Replace the system prompt, or put one in front when there is none."""
        chat = self._template_for(document)
        check_length(text)
        turns = self.turns(document)
        if turns and turns[0].role == "system":
            return self.replace_turn(document, 0, text)
        return Document((*chat.turn_ids("system", text), *document.ids))

    def replace_turn(self, document: Document, index: int, text: str) -> Document:
        """Write a turn anew; only that turn is tokenised, an open turn stays open."""
        chat = self._template_for(document)
        check_length(text)
        turn = self.turn(document, index)
        if turn.role is not None:
            new = chat.turn_ids(turn.role, text, closed=False)
        else:
            kept = document.ids[turn.start : turn.content_start]
            new = [*kept, *self.tokenizer.encode(text)]
        ids = document.ids
        return Document((*ids[: turn.start], *new, *ids[turn.content_stop :]))

    def delete_turn(self, document: Document, index: int) -> Document:
        """The document without one turn."""
        turn = self.turn(document, index)
        return Document((*document.ids[: turn.start], *document.ids[turn.stop :]))

    def _template_for(self, document: Document) -> ChatTemplate:
        if document.raw:
            raise BadArgument(t("A raw document has no turns."), t("Begin a conversation first."))
        return self.require_chat()
