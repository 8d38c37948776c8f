"""Conversations as JSON: what may come in from outside, checked and bounded.

Knows nothing about tokens and templates.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from lmpanel.bounded_json import read_json, reason_of
from lmpanel.errors import BadArgument, BadConversation
from lmpanel.number_text import grouped
from lmpanel.wording import later, t

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
        raise BadConversation(t("The messages are not a list."), t(_SHAPE))
    if len(value) > MAX_MESSAGES:
        raise BadConversation(
            t("There are {n} messages; {most} are the most.", n=len(value), most=MAX_MESSAGES)
        )
    messages = [_message(number, item) for number, item in enumerate(value, 1)]
    check_length(*(message["content"] for message in messages))
    return messages


def check_reply(value: Any) -> str | None:
    """The beginning of a reply: a text or nothing. Raises BadConversation."""
    if value is not None and not isinstance(value, str):
        raise BadConversation(t("The reply is not a text."), t(_SHAPE))
    check_length(value or "")
    return value


def check_length(*texts: str) -> None:
    """Raise BadArgument when the texts together are too long to be looked at."""
    total = sum(map(len, texts))
    if total > MAX_TEXT:
        raise BadArgument(
            t(
                "The text has {n} characters; {most} are the most.",
                n=grouped(total),
                most=grouped(MAX_TEXT),
            ),
            t("Give a shorter one."),
        )


def parse_conversation(text: str) -> Conversation:
    """Read a conversation from JSON: a list of messages, or {"messages": [...], "reply": "..."}.

    >>> parse_conversation('[{"role": "user", "content": "Hi"}]').messages
    [{'role': 'user', 'content': 'Hi'}]
    """
    try:
        value = read_json(text, max_characters=4 * MAX_TEXT, max_depth=8)
    except ValueError as error:
        problem = t("This is not a conversation in JSON: {reason}.", reason=reason_of(error))
        raise BadConversation(problem, t(_SHAPE)) from error
    if isinstance(value, dict):
        unknown = sorted(set(value) - {"messages", "reply"})
        if unknown:
            name = repr(unknown[0][:40])
            raise BadConversation(t("Unknown entry {name}.", name=name), t(_SHAPE))
        return Conversation(check_messages(value.get("messages")), check_reply(value.get("reply")))
    return Conversation(check_messages(value))


_SHAPE = later(
    'It looks like [{"role": "user", "content": "Hi"}]; roles are system, user, assistant.'
)


def _message(number: int, item: Any) -> Message:
    if not isinstance(item, dict) or not {"role", "content"} <= set(item):
        raise BadConversation(
            t("Message {n} is not made of a role and a content.", n=number), t(_SHAPE)
        )
    if extra := set(item) - {"role", "content"}:
        name = repr(str(min(extra, key=str))[:40])
        raise BadConversation(
            t("Message {n} has {name} besides role and content.", n=number, name=name), t(_SHAPE)
        )
    if item["role"] not in ROLES:
        raise BadConversation(t("Message {n} has an unknown role.", n=number), t(_SHAPE))
    if not isinstance(item["content"], str):
        raise BadConversation(t("The content of message {n} is not a text.", n=number), t(_SHAPE))
    return {"role": item["role"], "content": item["content"]}
