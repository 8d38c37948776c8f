"""The same tokens after another context: what may be different, and the context that this makes.

Only what is typed is tokenised; all other tokens of the context stay the ids they are. A context
is a document that ends where the tokens begin. Knows nothing about predictions or the interface.
"""

from __future__ import annotations

from dataclasses import dataclass

from lmpanel.chat import Turn
from lmpanel.document import Document
from lmpanel.editor import Editor
from lmpanel.errors import BadArgument
from lmpanel.number_text import grouped
from lmpanel.wording import later, t

KINDS = ["system", "user", "token", "text"]
_MISSING = {
    "system": later("No whole system prompt stands before these tokens."),
    "user": later("No whole user message stands before these tokens."),
}


@dataclass(frozen=True)
class Change:
    """What is different about a context.

    `kind` "system" and "user" give the system prompt and the last user message another `text`,
    "token" puts the id `token` at `position`, "text" replaces everything by a plain text without
    the chat template.
    """

    kind: str
    text: str = ""
    position: int | None = None
    token: int | None = None


def present_texts(editor: Editor, context: Document) -> dict[str, str]:
    """The text that stands now where each kind of change would put another one.

    Kinds for which this context has no place are left out.
    """
    if context.raw or editor.chat is None:
        return {"token": "", "text": editor.text(context)}
    turns = editor.turns(context)
    users = [turn for turn in turns if turn.role == "user" and turn.closed]
    said = [editor.chat.content(context.ids, turn) for turn in users]
    texts = {"token": "", "text": "\n".join(said)}
    system = _system(turns)
    if system is None:
        texts["system"] = ""
    elif system.closed:
        texts["system"] = editor.chat.content(context.ids, system)
    if said:
        texts["user"] = said[-1]
    return texts


def _system(turns: list[Turn]) -> Turn | None:
    return turns[0] if turns and turns[0].role == "system" else None


def changed(editor: Editor, context: Document, change: Change) -> tuple[int, ...]:
    """The ids of the changed context.

    Raises BadArgument for a change that this context has no place for, that leaves nothing, or
    that changes nothing, and UnknownToken.
    """
    ids = _changed(editor, context, change)
    if not ids:
        raise BadArgument(
            t("The new context is empty."), t("Type something for the model to read.")
        )
    if ids == context.ids:
        raise BadArgument(
            t("The new context is the same as the present one."), t("Change it first.")
        )
    return ids


def _changed(editor: Editor, context: Document, change: Change) -> tuple[int, ...]:
    if change.kind == "token":
        return _exchanged(editor, context, change)
    if change.kind == "text":
        return editor.from_text(change.text).ids
    if change.kind not in present_texts(editor, context):
        raise BadArgument(
            t(_MISSING[change.kind]), t("Change something else, or choose other tokens.")
        )
    if change.kind == "system":
        return editor.set_system(context, change.text).ids
    users = [turn for turn in editor.turns(context) if turn.role == "user" and turn.closed]
    return editor.replace_turn(context, users[-1].index, change.text).ids


def _exchanged(editor: Editor, context: Document, change: Change) -> tuple[int, ...]:
    position, token = change.position, change.token
    if position is None or not 0 <= position < len(context):
        raise BadArgument(
            t("The token to exchange is not one before these tokens."),
            t(
                "Click it in the document, or type its number, 1 to {last}.",
                last=grouped(len(context)),
            ),
        )
    if token is None:
        raise BadArgument(
            t("There is no token to put there yet."), t("Look one up by its text or its id.")
        )
    editor.tokenizer.vocabulary.check((token,))
    return (*context.ids[:position], token, *context.ids[position + 1 :])
