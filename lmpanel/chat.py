"""The chat template: a conversation written as one document of tokens, and read back from it.

Only ChatML is known (`<|im_start|>role`, newline, content, `<|im_end|>`, newline). Each stretch
between special tokens is encoded as one string, so the ids are those of `apply_chat_template` in
`transformers`. Reading works on any ids: a model may write the user's turn itself, or nonsense.
Knows nothing about editing and models.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lmpanel.errors import NotAvailable
from lmpanel.messages import ROLES, Conversation, Message, check_messages, parse_conversation
from lmpanel.tokenizer import Tokenizer

__all__ = [
    "ROLES",
    "ChatTemplate",
    "Conversation",
    "Message",
    "Turn",
    "check_messages",
    "parse_conversation",
]

START, END = "<|im_start|>", "<|im_end|>"


@dataclass(frozen=True)
class Turn:
    """One turn in a document; positions are token indices, spans half-open.

    `header` is the text between the start marker and the newline; None marks stray text that no
    turn holds. `role` is the header when it is one of ROLES, else None. The content is
    [content_start, content_stop), `closed` says that an end marker follows it.
    """

    index: int
    role: str | None
    header: str | None
    start: int
    stop: int
    content_start: int
    content_stop: int
    closed: bool

    @property
    def is_empty(self) -> bool:
        """Whether the turn has no content yet."""
        return self.content_start == self.content_stop


class ChatTemplate:
    """ChatML for one tokenizer. Raises NotAvailable when its markers are missing."""

    def __init__(self, tokenizer: Tokenizer, default_system: str | None = None):
        start, end = tokenizer.special_id(START), tokenizer.special_id(END)
        if start is None or end is None:
            raise NotAvailable(
                "This model's tokenizer has no chat markers.", "Use a raw document with it."
            )
        self.tokenizer = tokenizer
        self.default_system = default_system
        self.start_id = start
        self.end_id = end
        self._newline = tokenizer.encode("\n")

    @classmethod
    def from_model(cls, model: Mapping[str, Any], tokenizer: Tokenizer) -> ChatTemplate:
        """From the `chat` part of a model.json. Raises NotAvailable for a model without chat."""
        chat = model.get("chat") or {}
        if chat.get("style") != "chatml":
            raise NotAvailable(
                f"{model.get('name', 'This model')} has no chat template that is known here.",
                "Use a raw document with it.",
            )
        return cls(tokenizer, chat.get("default_system"))

    def render(
        self,
        messages: Sequence[Message],
        reply: str | None = None,
        add_generation_prompt: bool = True,
    ) -> str:
        """The document as text; `reply` is the beginning of the assistant's open turn.

        As in the template, a conversation that does not open with a system turn gets the
        default system prompt; one without any message gets none.
        """
        messages = list(messages)
        if messages and messages[0]["role"] != "system" and self.default_system is not None:
            messages.insert(0, {"role": "system", "content": self.default_system})
        turns = [f"{START}{m['role']}\n{m['content']}{END}\n" for m in messages]
        if add_generation_prompt or reply is not None:
            turns.append(f"{START}assistant\n{reply or ''}")
        return "".join(turns)

    def encode(
        self,
        messages: Sequence[Message],
        reply: str | None = None,
        add_generation_prompt: bool = True,
    ) -> list[int]:
        """The document as token ids, equal to `apply_chat_template(tokenize=True)`."""
        return self.tokenizer.encode(self.render(messages, reply, add_generation_prompt))

    def header_ids(self, role: str) -> list[int]:
        """Ids of the start marker, the role and the newline."""
        return self.turn_ids(role, "", closed=False)

    def turn_ids(self, role: str, content: str, closed: bool = True) -> list[int]:
        """Ids of one whole turn."""
        ids = [self.start_id, *self.tokenizer.encode(f"{role}\n{content}")]
        return ids + self.closing_ids() if closed else ids

    def closing_ids(self) -> list[int]:
        """Ids that close a turn: the end marker and the newline after it."""
        return [self.end_id, *self._newline]

    def newline_ids(self) -> list[int]:
        """Ids of the newline that follows an end marker."""
        return list(self._newline)

    def turns(self, ids: Sequence[int]) -> list[Turn]:
        """Read `ids` as turns; together they cover every token."""
        return [
            self._turn(ids, index, start, stop)
            for index, (start, stop) in enumerate(self._spans(ids))
        ]

    def _spans(self, ids: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Cut before each start marker, and after each end marker with its newline."""
        start, position = 0, 0
        while position < len(ids):
            if ids[position] == self.start_id and position > start:
                yield start, position
                start = position
            if ids[position] == self.end_id:
                after = position + 1
                if list(ids[after : after + len(self._newline)]) == self._newline:
                    after += len(self._newline)
                yield start, after
                start, position = after, after
                continue
            position += 1
        if start < len(ids):
            yield start, len(ids)

    def _turn(self, ids: Sequence[int], index: int, start: int, stop: int) -> Turn:
        closed, content_stop = False, stop
        for position in range(max(start, stop - len(self._newline) - 1), stop):
            if ids[position] == self.end_id:
                closed, content_stop = True, position
        if ids[start] != self.start_id:
            return Turn(index, None, None, start, stop, start, content_stop, closed)
        header, content_start = self._header(ids, start + 1, content_stop)
        role = header if header in ROLES and content_start is not None else None
        if content_start is None:
            content_start = start + 1
        return Turn(index, role, header, start, stop, content_start, content_stop, closed)

    def _header(self, ids: Sequence[int], start: int, stop: int) -> tuple[str, int | None]:
        """The header's text, and where the content begins: None if no newline ends the header."""
        data = b""
        for position in range(start, stop):
            piece = self.tokenizer.vocabulary.token(ids[position]).bytes
            data += piece
            if b"\n" in piece:
                return data.split(b"\n")[0].decode(errors="replace"), position + 1
        return data.decode(errors="replace"), None

    def content(self, ids: Sequence[int], turn: Turn) -> str:
        """The text of a turn, without header and markers.

        The header's newline and the content's first spaces may share a token, so this is not
        just the text of the content's span.
        """
        if turn.role is None:
            return self.tokenizer.decode(ids[turn.content_start : turn.content_stop])
        text = self.tokenizer.decode(ids[turn.start + 1 : turn.content_stop])
        return text.partition("\n")[2]

    def conversation(self, ids: Sequence[int]) -> Conversation:
        """The document as messages; `exact` says that they give these very ids again."""
        messages: list[Message] = []
        reply = None
        turns = self.turns(ids)
        for turn in turns:
            content = self.content(ids, turn)
            if turn.role == "assistant" and not turn.closed and turn is turns[-1]:
                reply = content
            elif turn.role is not None:
                messages.append({"role": turn.role, "content": content})
        again = self.encode(messages, reply, add_generation_prompt=False)
        return Conversation(messages, reply, exact=again == list(ids))
