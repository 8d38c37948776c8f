"""The worksheet as Markdown and as one HTML file that needs nothing else.

Every text is escaped: what was typed never becomes markup. Knows nothing about lesson files.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from lmpanel.lessons.worksheet import Answer, Evidence, Record, Worksheet

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


def verdict(answer: Answer) -> str:
    """What an answer came to, in words; empty where nothing is right or wrong.

    >>> verdict(Answer("q", 0, "3", True, 2))
    'right, at the 2nd try'
    """
    if answer.right is None:
        return ""
    tries = f"{answer.tries}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(answer.tries, 'th') }"
    if answer.shown:
        return "right, after the answer was shown" if answer.right else "the answer was shown"
    if answer.right:
        return "right" if answer.tries == 1 else f"right, at the {tries} try"
    return "not right" if answer.tries == 1 else f"not right after {answer.tries} tries"


def number(value: Any) -> str:
    """A cell as text: nothing for None, short numbers.

    >>> number(0.372234), number(1e-9), number(40), number(None)
    ('0.3722', '1e-09', '40', '')
    """
    return "" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)


def progress(record: Record) -> str:
    """How far a lesson was worked through."""
    return f"{len(record.seen)} of {len(record.steps)} steps seen"


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
    lines = ["# Worksheet", ""]
    lines += [_md(about), ""] if about else []
    if worksheet.name:
        lines += [f"Name: {_md(worksheet.name)}", ""]
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
    lines = [f"Evidence: **{_md(entry.label)}** · {_md(table['title'])}", ""]
    lines.append("| " + " | ".join(map(_md, table["columns"])) + " |")
    lines.append("|" + "---|" * len(table["columns"]))
    for row in table["rows"]:
        lines.append("| " + " | ".join(_md(number(cell)) for cell in row) + " |")
    for note in table["notes"]:
        lines += ["", _md(note)]
    return lines


def as_html(worksheet: Worksheet, about: str = "") -> str:
    """The whole worksheet as one HTML file without scripts and without anything from elsewhere."""
    title = f"Worksheet, {html.escape(worksheet.name)}" if worksheet.name else "Worksheet"
    name = f"<p>Name: {html.escape(worksheet.name)}</p>" if worksheet.name else ""
    body = "".join(_html_record(record) for record in worksheet.records.values())
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head>\n<body><h1>Worksheet</h1>"
        f'<p class="v">{html.escape(about)}</p>'
        f"{name}{body}</body></html>\n"
    )


def _html_record(record: Record) -> str:
    parts = [
        f'\n<h2>{html.escape(record.title)}</h2><p class="v">{html.escape(progress(record))}</p>'
    ]
    for title, tasks, answers, evidence in steps_of(record):
        parts.append(f"\n<h3>{html.escape(title)}</h3>")
        parts += [
            f'<p class="v">{"☑ done" if done else "☐ not done"}: {html.escape(task)}</p>'
            for task, done in tasks
        ]
        parts += [_html_answer(answer) for answer in answers]
        parts += [_html_table(entry) for entry in evidence]
    return "".join(parts)


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
