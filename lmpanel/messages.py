"""Conversations as JSON: what may come in from outside, checked and bounded.

Knows nothing about tokens and templates.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from lmpanel.bounded_json import read_json
from lmpanel.errors import BadArgument, BadConversation
from lmpanel.number_text import grouped

ROLES = ("system", "user", "assistant")
MAX_MESSAGES = 500
MAX_TEXT = 1_000_000
"""Most characters of all messages together."""

Message = dict[str, str]


@dataclass(frozen=True)
class Conversation:
    """Messages in order, and the beginning of the assistant's open turn (None: no open turn).

    `exact` says whether these messages give the very tokens they were read from.
    """

    messages: list[Message]
    reply: str | None = None
    exact: bool = True

    def as_json(self) -> str:
        """The conversation as a person would copy it.

        >>> print(Conversation([{"role": "user", "content": "Hi"}], "He").as_json())
        {
          "messages": [
            {
              "role": "user",
              "content": "Hi"
            }
          ],
          "reply": "He"
        }
        """
        value: dict[str, Any] = {"messages": self.messages}
        if self.reply is not None:
            value["reply"] = self.reply
        return json.dumps(value, ensure_ascii=False, indent=2)


def check_messages(value: Any) -> list[Message]:
    """A list of {role, content}, or BadConversation that says which message is wrong and why.

    >>> check_messages([{"role": "user", "content": "Hi"}])
    [{'role': 'user', 'content': 'Hi'}]
    """
    if not isinstance(value, list):
        raise BadConversation("The messages are not a list.", _SHAPE)
    if len(value) > MAX_MESSAGES:
        raise BadConversation(f"There are {len(value)} messages; {MAX_MESSAGES} are the most.")
    messages = [_message(number, item) for number, item in enumerate(value, 1)]
    check_length(*(message["content"] for message in messages))
    return messages


def check_reply(value: Any) -> str | None:
    """The beginning of a reply: a text or nothing. Raises BadConversation."""
    if value is not None and not isinstance(value, str):
        raise BadConversation("The reply is not a text.", _SHAPE)
    check_length(value or "")
    return value


def check_length(*texts: str) -> None:
    """Raise BadArgument when the texts together are too long to be looked at."""
    total = sum(map(len, texts))
    if total > MAX_TEXT:
        raise BadArgument(
            f"The text has {grouped(total)} characters; {grouped(MAX_TEXT)} are the most.",
            "Give a shorter one.",
        )


def parse_conversation(text: str) -> Conversation:
    """Read a conversation from JSON: a list of messages, or {"messages": [...], "reply": "..."}.

    >>> parse_conversation('[{"role": "user", "content": "Hi"}]').messages
    [{'role': 'user', 'content': 'Hi'}]
    """
    try:
        value = read_json(text, max_characters=4 * MAX_TEXT, max_depth=8)
    except ValueError as error:
        raise BadConversation(f"This is not a conversation in JSON: {error}.", _SHAPE) from error
    if isinstance(value, dict):
        unknown = sorted(set(value) - {"messages", "reply"})
        if unknown:
            raise BadConversation(f"Unknown entry {unknown[0][:40]!r}.", _SHAPE)
        return Conversation(check_messages(value.get("messages")), check_reply(value.get("reply")))
    return Conversation(check_messages(value))


_SHAPE = 'It looks like [{"role": "user", "content": "Hi"}]; roles are system, user, assistant.'


def _message(number: int, item: Any) -> Message:
    if not isinstance(item, dict) or not {"role", "content"} <= set(item):
        raise BadConversation(f"Message {number} is not made of a role and a content.", _SHAPE)
    if extra := set(item) - {"role", "content"}:
        name = f"{str(min(extra, key=str))[:40]!r}"
        raise BadConversation(f"Message {number} has {name} besides role and content.", _SHAPE)
    if item["role"] not in ROLES:
        raise BadConversation(f"Message {number} has an unknown role.", _SHAPE)
    if not isinstance(item["content"], str):
        raise BadConversation(f"The content of message {number} is not a text.", _SHAPE)
    return {"role": item["role"], "content": item["content"]}
