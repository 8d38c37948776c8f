"""The room of the lessons: the list with its progress, the worksheet, the glossary. Plain data."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from lmpanel.lessons.worksheet import Record
from lmpanel.session import Session
from lmpanel.wording import t


def payload(session: Session) -> dict[str, Any]:
    """The state of site/components/room_lessons.js."""
    player = session.lessons
    page = player.page
    shared = {
        "page": page,
        "open": player.source,
        "refused": player.refused,
        "progress": {
            source: _progress(record) for source, record in player.worksheet.records.items()
        },
    }
    if page == "worksheet":
        return {
            **shared,
            "name": player.worksheet.name,
            "about": player.about,
            "records": _records(player.worksheet.records),
        }
    return {**shared, "terms": _glossary()} if page == "glossary" else shared


def actions(session: Session) -> dict[str, Any]:
    """What may be asked for here."""
    player = session.lessons

    def page(name: str) -> None:
        player.param.update(page=name)

    return {
        "resume_lesson": player.resume,
        "lessons_page": page,
        "sign_worksheet": lambda name: player.sign(str(name)),
        "clear_worksheet": player.clear,
        "export_worksheet": lambda form: player.export(str(form)),
        "forget_refused": lambda: player.param.update(refused={}),
    }


def sources(session: Session) -> list[tuple[Any, list[str]]]:
    """What the payload is made from."""
    return [(session.lessons, ["changed", "kept", "refused", "page"])]


def _progress(record: Record) -> dict[str, Any]:
    return {
        "title": record.title,
        "seen": len(record.seen),
        "steps": len(record.steps),
        "finished": record.finished,
    }


def _records(records: dict[str, Record]) -> list[dict[str, Any]]:
    from lmpanel.lessons.export import progress, steps_of, verdict

    return [
        {
            "title": record.title,
            "progress": progress(record),
            "steps": [
                {
                    "title": title,
                    "tasks": [{"text": text, "done": done} for text, done in tasks],
                    "answers": [
                        {**asdict(answer), "verdict": verdict(answer)} for answer in answers
                    ],
                    "evidence": [asdict(entry) for entry in evidence],
                }
                for title, tasks, answers, evidence in steps_of(record)
            ],
        }
        for record in records.values()
        if not record.empty
    ]


def _glossary() -> list[dict[str, Any]]:
    from lmpanel.lessons.glossary import TERMS
    from lmpanel.lessons.markdown import tree

    return [
        {
            "name": name,
            "definition": tree(t(term.definition), terms=TERMS),
            "formula": term.formula,
            "see": list(term.see),
        }
        for name, term in sorted(TERMS.items())
    ]
