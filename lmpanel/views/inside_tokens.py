"""What "Tokens" shows: a text in pieces, and one piece merge by merge. Plain data."""

from __future__ import annotations

from typing import Any

from lmpanel.bpe import from_alphabet, mend
from lmpanel.bpe_steps import MAX_BYTES, Piece, cut_rule
from lmpanel.display import spoken, visible
from lmpanel.number_text import grouped
from lmpanel.session import Session
from lmpanel.tokenization import MAX_CHARACTERS
from lmpanel.views.tokens import token_row
from lmpanel.wording import later, t

TITLE = later("Tokens")
EXAMPLES = {
    later("Words"): "unbelievable unbelievably",
    later("Numbers"): "In 2026 it cost 1,299.50",
    later("Emoji"): "🐉 and 👩‍🚀",
    later("Arabic"): "مرحبا بالعالم",
    later("Code"): "def f(x):\n    return x**2",
    later("Special"): "<|im_start|>user\nHi<|im_end|>",
}


def payload(session: Session) -> dict[str, Any]:
    """The state of site/components/inside_tokens.js."""
    tokenization = session.inside.tokenization
    tokenizer = session.model.tokenizer
    found = tokenization.pieces()
    text = tokenization.text
    chosen = min(tokenization.chosen, len(found) - 1)
    return {
        "text": mend(text),
        "plain": tokenization.plain,
        "examples": [{"name": t(name), "text": example} for name, example in EXAMPLES.items()],
        "notes": _notes(session),
        "counts": {
            "characters": len(text),
            "bytes": sum(len(piece.text.encode()) for piece in found),
            "pieces": len(found),
            "tokens": sum(len(piece.ids) for piece in found),
        },
        "pieces": [_piece(piece) for piece in found],
        "chosen": None if chosen < 0 else {"index": chosen, **_steps(session, found[chosen])},
        "merge_count": tokenizer.bpe.merge_count,
    }


def actions(session: Session) -> dict[str, Any]:
    """What may be asked for here."""
    tokenization = session.inside.tokenization
    return {
        "tokenize_text": lambda text, plain: tokenization.read(str(text), bool(plain)),
        "choose_piece": lambda index: tokenization.choose(int(index)),
    }


def sources(session: Session) -> list[tuple[Any, list[str]]]:
    """What the payload is made from."""
    return [(session.inside.tokenization, ["text", "plain", "chosen", "cut"])]


def _notes(session: Session) -> list[str]:
    tokenization, tokenizer = session.inside.tokenization, session.model.tokenizer
    notes = []
    if tokenization.cut:
        most = grouped(MAX_CHARACTERS)
        notes.append(t("This text is longer: only its first {n} characters are kept here.", n=most))
    if tokenization.mended:
        notes.append(
            t(
                "There is half a character in this text (a lone surrogate), which no UTF-8 can "
                "hold: it is read as � (U+FFFD)."
            )
        )
    if lost := tokenizer.lost(tokenization.text):
        codes = ", ".join(f"U+{ord(character):04X}" for character in dict.fromkeys(lost))
        notes.append(
            t("No token of this model has the bytes of {codes}: they are left out.", codes=codes)
        )
    if tokenization.plain and tokenizer.specials_in(tokenization.text):
        notes.append(t("Special tokens are cut up here like any other text, which no chat does."))
    return notes


def _piece(piece: Piece) -> dict[str, Any]:
    data = piece.text.encode()
    special = piece.special is not None
    return {
        "text": visible(data),
        "special": special,
        "rule": t("special token") if special else cut_rule(piece.text),
        "spoken": piece.text.strip("<|>") if special else spoken(data),
        "tokens": len(piece.ids),
    }


def _steps(session: Session, piece: Piece) -> dict[str, Any]:
    vocabulary = session.model.tokenizer.vocabulary
    data = piece.text.encode()
    shared = {
        **_piece(piece),
        "rows": [token_row(vocabulary, id) for id in piece.ids],
        "bytes": len(data),
        "too_long": len(data) > MAX_BYTES,
    }
    if piece.special is not None or shared["too_long"]:
        return {**shared, "symbols": [], "merges": [], "ranks": [], "whole": False}
    steps = session.inside.tokenization.steps(piece)
    return {
        **shared,
        "symbols": [{"symbol": symbol, "hex": _hex(symbol)} for symbol in steps.symbols],
        "merges": [[merge.position, merge.rank] for merge in steps.merges],
        "ranks": [[left, right, rank] for (left, right), rank in steps.ranks.items()],
        "whole": steps.whole,
        "characters": [_character(character) for character in piece.text],
    }


def _character(character: str) -> dict[str, Any]:
    data = character.encode()
    return {"text": visible(data).replace(" ", "␣"), "hex": data.hex(" ").upper()}


def _hex(symbol: str) -> str:
    return from_alphabet(symbol).hex(" ").upper()
