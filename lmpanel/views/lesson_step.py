"""What the lesson card shows of a step, as plain data. Imported when a lesson is opened."""

from __future__ import annotations

from typing import Any

from lmpanel.lessons.directives import Ask, Capture, Check
from lmpanel.lessons.markdown import Node
from lmpanel.lessons.parse import Part, Prose
from lmpanel.lessons.parts import PARTS
from lmpanel.lessons.work import TELL_AFTER, Work
from lmpanel.lessons.worksheet import Answer
from lmpanel.wording import t


def payload(work: Work, aside: list[str]) -> dict[str, Any]:
    """The state of site/components/lesson_card.js; `aside` is what waits for the lesson's end."""
    step, record, number = work.step, work.record, work.record.step
    done = work.done(number)
    shown = done or number in work.revealed
    places = {
        kind: [PARTS[name] for name in getattr(step, kind) if not _back(work, name)]
        for kind in ("highlight", "hide", "lock")
    }
    parts = [_part(work, part, shown) for part in step.parts]
    asks = any(isinstance(part, Ask | Check) for part in step.parts)
    return {
        "source": work.source,
        "title": work.lesson.title,
        "steps": [_step(work, index) for index in range(len(record.steps))],
        "step": number,
        "name": step.title,
        "parts": [part for part in parts if part],
        "aside": " ".join([*aside, t("Close the lesson to have it back.")] if aside else []),
        "done": done,
        "asks": asks,
        "notice": not shown and any(isinstance(part, Prose) and part.notice for part in step.parts),
        "can_set_up": work.can_set_up,
        "terms": _terms([part["nodes"] for part in parts if part and "nodes" in part]),
        **places,
    }


def _step(work: Work, index: int) -> dict[str, Any]:
    seen = index in work.record.seen
    return {"title": work.record.steps[index], "seen": seen, "done": seen and work.done(index)}


def _part(work: Work, part: Part, shown: bool) -> dict[str, Any] | None:
    if isinstance(part, Prose):
        if part.notice and not shown:
            return None
        return {"kind": "notice" if part.notice else "prose", "nodes": part.nodes}
    if isinstance(part, Ask):
        return _ask(work, part, shown)
    if isinstance(part, Check):
        return {
            "kind": "task",
            "id": part.id,
            "task": part.task,
            "done": part.id in work.record.tasks,
        }
    return _capture(work, part)


def _back(work: Work, name: str) -> bool:
    """Whether a part of the page that was hidden or locked is back."""
    until = work.step.until.get(name)
    return until is not None and (work.answered(until) or work.record.step in work.revealed)


def _verdict(work: Work, ask: Ask, answer: Answer | None) -> str | None:
    if ask.id in work.refused:
        return "refused"
    if answer is None:
        return None
    return "kept" if answer.right is None else "right" if answer.right else "wrong"


def _ask(work: Work, ask: Ask, shown: bool) -> dict[str, Any]:
    answer = work.record.answers.get(ask.id)
    told = bool(answer and answer.shown)
    return {
        "kind": "ask",
        "id": ask.id,
        "question": ask.question,
        "type": ask.type,
        "options": list(ask.options),
        "unit": ask.unit,
        "lines": ask.lines,
        "checked": ask.checked,
        "value": answer.value if answer else "",
        "verdict": _verdict(work, ask, answer),
        "outcome": ask.outcome if shown and answer else "",
        "said": work.said.get(ask.id, ""),
        "can_tell": bool(answer)
        and answer.right is False
        and answer.tries >= TELL_AFTER
        and not told,
    }


def _capture(work: Work, capture: Capture) -> dict[str, Any]:
    have = work.record.evidence.get(capture.id)
    title = have.table["title"] if have else ""
    return {
        "kind": "capture",
        "id": capture.id,
        "label": capture.label,
        "have": have is not None,
        "said": work.said.get(capture.id, ""),
        "title": title,
    }


def _terms(trees: list[list[Node]]) -> dict[str, Any]:
    """The definitions of the terms in these texts, and of those in the definitions."""
    from lmpanel.lessons.glossary import TERMS

    return {
        name: {"definition": _definition(name), "formula": TERMS[name].formula}
        for name in sorted({name for nodes in trees for name in _named(nodes)})
    }


def _definition(name: str) -> list[Node]:
    from lmpanel.lessons.glossary import TERMS
    from lmpanel.lessons.markdown import tree

    return tree(t(TERMS[name].definition), terms=TERMS)


def _named(nodes: list[Node]) -> set[str]:
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, list):
            names |= {node[2]} if node[0] == "term" else _named(node[1])
    return names
