"""What the beams lens shows: the candidates of each beam, totals, and the searches beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from lmpanel.beam_search import Beam
from lmpanel.document import Document
from lmpanel.hand_search import WIDTHS, HandSearch
from lmpanel.session import Session
from lmpanel.views import guessing
from lmpanel.views.tokens import token_row
from lmpanel.wording import later, many, t

TITLE = later("Beams")


def payload(session: Session) -> dict[str, Any]:
    """The state of site/components/lens_beams.js."""
    beams, explorer = session.beams, session.explorer
    here = {"document": len(explorer.document), "empty": not len(explorer.document)}
    by_hand = beams.search and not _hidden(session, beams.document)
    automatic = beams.searched and not _hidden(session, beams.searched)
    return {
        **here,
        "hidden": _hidden(session, explorer.document),
        "widths": list(WIDTHS),
        "width": beams.width,
        "busy": beams.busy or explorer.generating,
        "hand": _hand(session) if by_hand else None,
        "automatic": _automatic(session) if automatic else {"searching": False, "beams": []},
        "biased": bool(explorer.biases),
    }


def _automatic(session: Session) -> dict[str, Any]:
    beams = session.beams
    greedy = beams.greedy
    ahead = [
        number
        for number, beam in enumerate(beams.found)
        if greedy and beam.ended and beam.ids != greedy.ids
        and beam.total_logprob > greedy.total_logprob
    ]
    return {
        "searching": beams.searching,
        "beams": [_beam(session, beam) for beam in beams.found],
        "greedy": _beam(session, greedy) if greedy else None,
        "ahead": ahead,
        "here": beams.searched_here,
    }


def _hidden(session: Session, document: Document) -> str:
    """Why a search is not shown: it would tell what is to be guessed at the end of `document`."""
    return guessing.hidden(session, document.ids)


def actions(session: Session) -> dict[str, Any]:
    """What may be asked for here."""
    beams = session.beams

    def take(document: Document, beam: Beam, how: str) -> None:
        """Make a beam the response, and keep it as an attempt."""
        size = len(beam.ids)
        taken = many(size, "took a beam of {n} token", "took a beam of {n} tokens")
        session.changes.change(document, taken)
        if beam.ids:
            session.attempts.keep(how, len(document) - len(beam.ids))

    def take_kept(beam: int) -> None:
        document, kept = beams.taken(int(beam)), beams.search.stage.kept
        take(document, kept[int(beam)], f"beam search by hand, width {beams.search.width}")

    def take_found(beam: int) -> None:
        document = beams.found_document(int(beam))
        take(document, beams.found[int(beam)], f"beam search, width {beams.width}")

    def guess_at_end() -> None:
        end = len(session.explorer.document)
        session.explorer.select(end, end)
        session.explorer.tab = "next"

    return {
        "guess_at_end": guess_at_end,
        "begin_beams": beams.begin,
        "choose_beam": lambda beam, option: beams.choose(int(beam), int(option)),
        "choose_best_beams": beams.choose_best,
        "keep_beams": beams.keep,
        "beams_back": beams.back,
        "close_beams": beams.close,
        "take_beam": take_kept,
        "search_beams": beams.run,
        "stop_beams": beams.stop,
        "take_found": take_found,
    }


def sources(session: Session) -> list[tuple[Any, list[str]]]:
    """What the payload is made from besides the document."""
    watched = ["width", "chosen", "found", "greedy", "steps", "busy", "searching"]
    explored = (session.explorer, ["generating", "biases"])
    return [(session.beams, watched), explored, *guessing.hiding(session)]


def _hand(session: Session) -> dict[str, Any]:
    beams, search = session.beams, session.beams.search
    stage = search.stage
    return {
        "step": search.step,
        "width": search.width,
        "over": search.over,
        "here": beams.here,
        "beams": [
            {
                **_beam(session, beam),
                "options": [] if search.over else [_option(session, beam, o) for o in options],
            }
            for beam, options in zip(stage.kept, stage.options, strict=True)
        ],
        "chosen": len(beams.chosen),
        "verdict": _verdict(session, search, beams.chosen),
        "automatic": [_beam(session, beam) for beam in stage.automatic],
        "greedy": _beam(session, stage.greedy),
        "ahead": [_beam(session, beam) for beam in search.beats_greedy()],
    }


def _beam(session: Session, beam: Beam) -> dict[str, Any]:
    tokenizer = session.model.tokenizer
    text = tokenizer.decode(beam.ids[:-1] if beam.ended else beam.ids)
    return {
        "text": text,
        "tokens": len(beam.ids),
        "total": beam.total_logprob,
        "ended": beam.ended,
    }


def _option(session: Session, beam: Beam, option: Beam) -> dict[str, Any]:
    """A candidate: one more token, or an ended beam as it is."""
    chosen = option in session.beams.chosen
    if option == beam:
        kept = {"text": t("keep as it is"), "kind": "kept", "total": beam.total_logprob}
        return {**kept, "chosen": chosen}
    return {
        **token_row(session.model.tokenizer.vocabulary, option.ids[-1]),
        "prob": math.exp(option.logprobs[-1]),
        "logprob": option.logprobs[-1],
        "total": option.total_logprob,
        "chosen": chosen,
    }


def _verdict(session: Session, search: HandSearch, chosen: Sequence[Beam]) -> dict[str, Any] | None:
    """What there is to say of the chosen set: None while it is not full."""
    if len(chosen) < min(search.width, len(search.stage.best)):
        return None
    missed = [beam for beam in search.stage.best if beam not in chosen]
    lowest = min(chosen, key=lambda beam: beam.total_logprob)
    # Of equally likely ones any may be kept.
    missed = [beam for beam in missed if beam.total_logprob > lowest.total_logprob]
    if not missed:
        return {"best": True}
    return {
        "best": False,
        "missed": _beam(session, missed[0]),
        "instead": _beam(session, lowest),
    }
