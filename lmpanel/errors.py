"""Every error that lmpanel raises on purpose, in one tree.

    LMPanelError                what happened, what to do, and a code for programs
    ├── BadArgument             bad_argument       the caller asked for something impossible
    │   ├── BadInput            bad_input          an engine was handed ids it cannot compute
    │   ├── UnknownToken        unknown_token      an id outside the vocabulary
    │   ├── NothingLeft         nothing_left       filters that leave no token to choose from
    │   ├── BadConversation     bad_conversation   messages that the chat template cannot hold
    │   └── BadState            bad_state          a saved state that is damaged or foreign
    ├── BadModel                bad_model          a model folder that cannot be used
    │   └── UnsupportedTokenizer  unsupported_tokenizer
    ├── NotAvailable            not_available      this model or build cannot do that
    ├── ContextFull             context_full       more tokens than the model can look at
    ├── EngineError             engine_error       the engine failed at its work
    │   ├── EngineLost          engine_lost        worker crashed, GPU device lost; may be retried
    │   ├── EngineNotReady      engine_not_ready   asked before the model was loaded
    │   └── OutOfMemory         out_of_memory      the machine has too little memory
    └── Cancelled               cancelled          stopped on request; not a failure

Knows nothing about where errors are shown.
"""

from __future__ import annotations


class LMPanelError(Exception):
    """Something went wrong that a person can understand: the likely cause and the remedy.

    `str()` gives both, `message` and `remedy` give them one by one, `code` is stable and meant
    for programs.

    >>> error = LMPanelError("The page is offline.", "Connect and retry.", "offline")
    >>> error.as_dict()
    {'code': 'offline', 'message': 'The page is offline. Connect and retry.'}
    """

    code = "error"

    def __init__(self, message: str, remedy: str = "", code: str | None = None):
        self.message = message
        self.remedy = remedy
        self.code = code or type(self).code
        super().__init__(message, remedy, self.code)

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()

    def as_dict(self) -> dict[str, str]:
        """The error as the scripting interface rejects with it: code and message."""
        return {"code": self.code, "message": str(self)}


class BadArgument(LMPanelError):
    """The caller asked for something that makes no sense; nothing was changed."""

    code = "bad_argument"


class BadInput(BadArgument):
    """An engine was handed ids or positions that it cannot compute."""

    code = "bad_input"


class UnknownToken(BadArgument):
    """A token id outside the vocabulary, or a text that is not one token."""

    code = "unknown_token"


class NothingLeft(BadArgument):
    """Filters that leave no token to choose from."""

    code = "nothing_left"


class BadConversation(BadArgument):
    """Messages that are malformed, too large, or that the chat template cannot hold."""

    code = "bad_conversation"


class BadState(BadArgument):
    """A saved state that is damaged, oversized or of a foreign version."""

    code = "bad_state"


class BadModel(LMPanelError):
    """A model folder whose contents cannot be used."""

    code = "bad_model"


class UnsupportedTokenizer(BadModel):
    """A tokenizer.json that asks for something other than byte-level BPE as known here."""

    code = "unsupported_tokenizer"


class NotAvailable(LMPanelError):
    """This model or this build cannot do what was asked."""

    code = "not_available"


class ContextFull(LMPanelError):
    """More tokens than the model can look at; refused before the model is called."""

    code = "context_full"


class EngineError(LMPanelError):
    """The engine failed while computing."""

    code = "engine_error"


class EngineLost(EngineError):
    """The engine's worker crashed or its GPU device was lost; the call may be made once more."""

    code = "engine_lost"


class EngineNotReady(EngineError):
    """A prediction was asked for before the model was loaded."""

    code = "engine_not_ready"


class OutOfMemory(EngineError):
    """The machine has too little memory for this step."""

    code = "out_of_memory"


class Cancelled(LMPanelError):
    """Stopped on request. Not a failure: what was computed before stays."""

    code = "cancelled"


def error_from(code: str, message: str, remedy: str = "") -> LMPanelError:
    """Rebuild an error that crossed a thread as (code, message, remedy).

    An unknown code gives an `EngineError` that keeps the code.

    >>> type(error_from("engine_lost", "The GPU went away.")).__name__
    'EngineLost'
    >>> error_from("gpu_on_fire", "Smoke.").code
    'gpu_on_fire'
    """
    return _CLASSES.get(code, EngineError)(message, remedy, code)


def _family(cls: type[LMPanelError]) -> list[type[LMPanelError]]:
    return [cls] + [member for child in cls.__subclasses__() for member in _family(child)]


_CLASSES = {cls.code: cls for cls in _family(LMPanelError)}
