"""The worksheet as Markdown and as one HTML file that needs nothing else.

Every text is escaped: what was typed never becomes markup. Knows nothing about lesson files.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from lmpanel.lessons.worksheet import Answer, Evidence, Record, Worksheet
from lmpanel.wording import later, t

_MARKS = re.compile(r"([\\`*_\[\]<>#|~!])")
_STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.55 system-ui, sans-serif; color: #1d2126; max-width: 46rem; }
body { margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
h2 { margin: 2.2rem 0 .6rem; border-top: 1px solid #ccc; padding-top: 1.2rem; }
h3 { margin: 1.4rem 0 .3rem; }
.q { font-weight: 600; margin: .8rem 0 .1rem; } .a { margin: 0; white-space: pre-wrap; }
.v { color: #555; font-size: .9em; }
table { border-collapse: collapse; margin: .6rem 0; font-size: .9em; }
th, td { text-align: left; padding: .15rem .7rem .15rem 0; border-top: 1px solid #ddd; }
td { vertical-align: top; white-space: pre-wrap; } th { overflow-wrap: break-word; }
.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
table, .entry { break-inside: avoid; }
"""


_LATER_TRIES = {2: later("right, at the 2nd try"), 3: later("right, at the 3rd try")}


def verdict(answer: Answer) -> str:
    """What an answer came to, in words; empty where nothing is right or wrong.

    >>> verdict(Answer("q", 0, "3", True, 2))
    'right, at the 2nd try'
    """
    if answer.right is None:
        return ""
    if answer.shown and answer.right:
        return t("right, after the answer was shown")
    if answer.shown:
        return t("the answer was shown")
    if answer.tries == 1:
        return t("right") if answer.right else t("not right")
    if answer.right:
        words = _LATER_TRIES.get(answer.tries, later("right, at the {n}th try"))
        return t(words, n=answer.tries)
    return t("not right after {n} tries", n=answer.tries)


def number(value: Any) -> str:
    """A cell as text: nothing for None, short numbers.

    >>> number(0.372234), number(1e-9), number(40), number(None)
    ('0.3722', '1e-09', '40', '')
    """
    return "" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)


def progress(record: Record) -> str:
    """How far a lesson was worked through."""
    return t("{seen} of {n} steps seen", seen=len(record.seen), n=len(record.steps))


Task = tuple[str, bool]
"""A task, and whether it was done."""


def steps_of(record: Record) -> Iterator[tuple[str, list[Task], list[Answer], list[Evidence]]]:
    """The steps with something on the worksheet: title, tasks, answers, evidence."""
    for step, title in enumerate(record.steps):
        answers = [answer for answer in record.answers.values() if answer.step == step]
        evidence = [entry for entry in record.evidence.values() if entry.step == step]
        tasks = [(task.text, id in record.tasks) for id, task in record.todo.items()
                 if task.step == step and (step in record.seen or id in record.tasks)]  # fmt: skip
        if tasks or answers or evidence:
            yield title, tasks, answers, evidence


def as_markdown(worksheet: Worksheet, about: str = "") -> str:
    """The whole worksheet as Markdown; `about` stands on top."""
    lines = [f"# {t('Worksheet')}", ""]
    lines += [_md(about), ""] if about else []
    if worksheet.name:
        lines += [t("Name: {name}", name=_md(worksheet.name)), ""]
    for record in worksheet.records.values():
        lines += [f"## {_md(record.title)}", "", progress(record), ""]
        for title, tasks, answers, evidence in steps_of(record):
            lines += [f"### {_md(title)}", ""]
            lines += [f"- [{'x' if done else ' '}] {_md(task)}" for task, done in tasks]
            lines += [""] if tasks else []
            for answer in answers:
                said = verdict(answer)
                lines += [f"**{_md(answer.question)}**", "", *_quoted(answer.value), ""]
                lines += [f"*({said})*", ""] if said else []
            for entry in evidence:
                lines += [*_md_table(entry), ""]
    return "\n".join(lines)


def _md(text: str) -> str:
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


def _quoted(text: str) -> list[str]:
    return ["> " + _MARKS.sub(r"\\\1", line) for line in text.splitlines()]


def _md_table(entry: Evidence) -> list[str]:
    table = entry.table
    label, title = f"**{_md(entry.label)}**", _md(table["title"])
    lines = [t("Evidence: {label} · {title}", label=label, title=title), ""]
    lines.append("| " + " | ".join(map(_md, table["columns"])) + " |")
    lines.append("|" + "---|" * len(table["columns"]))
    for row in table["rows"]:
        lines.append("| " + " | ".join(_md(number(cell)) for cell in row) + " |")
    for note in table["notes"]:
        lines += ["", _md(note)]
    return lines


def as_html(worksheet: Worksheet, about: str = "") -> str:
    """The whole worksheet as one HTML file without scripts and without anything from elsewhere."""
    title = tab = html.escape(t("Worksheet"))
    name = ""
    if worksheet.name:
        tab = html.escape(t("Worksheet, {name}", name=worksheet.name))
        name = f"<p>{html.escape(t('Name: {name}', name=worksheet.name))}</p>"
    body = "".join(_html_record(record) for record in worksheet.records.values())
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{tab}</title><style>{_STYLE}</style></head>\n<body><h1>{title}</h1>"
        f'<p class="v">{html.escape(about)}</p>'
        f"{name}{body}</body></html>\n"
    )


def _html_record(record: Record) -> str:
    parts = [
        f'\n<h2>{html.escape(record.title)}</h2><p class="v">{html.escape(progress(record))}</p>'
    ]
    for title, tasks, answers, evidence in steps_of(record):
        parts.append(f"\n<h3>{html.escape(title)}</h3>")
        parts += [f'<p class="v">{html.escape(_done(*task))}</p>' for task in tasks]
        parts += [_html_answer(answer) for answer in answers]
        parts += [_html_table(entry) for entry in evidence]
    return "".join(parts)


def _done(task: str, done: bool) -> str:
    return t("☑ done: {task}", task=task) if done else t("☐ not done: {task}", task=task)


def _html_answer(answer: Answer) -> str:
    said = verdict(answer)
    told = f'<p class="v">{html.escape(said)}</p>' if said else ""
    question, value = html.escape(answer.question), html.escape(answer.value)
    return f'\n<div class="entry"><p class="q">{question}</p><p class="a">{value}</p>{told}</div>'


def _html_table(entry: Evidence) -> str:
    table = entry.table
    head = "".join(f"<th>{html.escape(column)}</th>" for column in table["columns"])
    rows = "".join(f"<tr>{''.join(map(_html_cell, row))}</tr>" for row in table["rows"])
    notes = "".join(f'<p class="v">{html.escape(note)}</p>' for note in table["notes"])
    caption = f"<p><b>{html.escape(entry.label)}</b> {html.escape(table['title'])}</p>"
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f'\n<div class="entry">{caption}{table}{notes}</div>'


def _html_cell(cell: Any) -> str:
    kind = "" if isinstance(cell, str) else ' class="n"'
    return f"<td{kind}>{html.escape(number(cell))}</td>"
