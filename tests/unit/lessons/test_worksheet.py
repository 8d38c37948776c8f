"""The worksheet: read back as it was, damaged ones refused, added up, exported."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmpanel.errors import BadState
from lmpanel.lessons.export import as_html, as_markdown
from lmpanel.lessons.worksheet import (
    Answer,
    Evidence,
    Record,
    Todo,
    Worksheet,
    parse_worksheet,
    read_worksheet,
)

TEXT = st.text(max_size=20)
TABLES = st.lists(st.tuples(TEXT, st.none() | st.floats(-9, 9)), max_size=3).map(
    lambda rows: {"kind": "sum", "title": "t", "columns": ["a", "b"], "notes": ["n"],
                  "rows": [list(row) for row in rows]})  # fmt: skip
RECORDS = st.builds(
    Record, title=TEXT, steps=st.just(["one", "two"]), step=st.integers(0, 1),
    seen=st.sampled_from([[], [0], [0, 1]]),
    answers=st.dictionaries(TEXT, st.builds(Answer, TEXT, st.integers(0, 1), TEXT,
                            st.sampled_from([None, True, False]), st.integers(0, 9),
                            st.booleans()), max_size=3),
    tasks=st.dictionaries(TEXT, TEXT, max_size=3),
    evidence=st.dictionaries(TEXT, st.builds(Evidence, TEXT, st.integers(0, 1), TABLES),
                             max_size=2),
)  # fmt: skip


@given(st.builds(Worksheet, TEXT, st.dictionaries(TEXT, RECORDS, max_size=3)))
def test_a_worksheet_is_read_back_as_it_was(worksheet):
    assert parse_worksheet(json.dumps(worksheet.as_json())) == worksheet
    page = as_html(worksheet)
    assert page.count("<h2>") == page.count("</h2>") == len(worksheet.records)
    assert as_markdown(worksheet).count("\n## ") == len(worksheet.records)


@pytest.mark.parametrize("path", [
    ("version",), ("records", "s", "step"), ("records", "s", "answers", "a", "tries"),
    ("records", "s", "evidence", "e", "table", "rows"), ("records", "s", "seen"),
])  # fmt: skip
@pytest.mark.parametrize("value", [-1, "x" * 5000, None, {}, [[1]], [[[]]], 1e400, True])
def test_a_damaged_worksheet_is_refused(path, value):
    table = {"kind": "sum", "title": "t", "columns": ["a", "b"], "notes": [], "rows": [["x", 1.0]]}
    record = Record("T", ["one"], answers={"a": Answer("q", 0, "v")},
                    evidence={"e": Evidence("l", 0, table)})
    whole = Worksheet("", {"s": record}).as_json()
    assert read_worksheet(json.loads(json.dumps(whole)))
    place = whole
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(BadState):
        read_worksheet(whole)


@pytest.mark.parametrize("text", ["", "[", "[" * 100_000, "{}", "1", "x" * 4_000_000, "NaN"])
def test_no_json_is_no_worksheet(player, text):
    with pytest.raises(BadState):
        player.take_worksheet(text)
    assert player.worksheet == Worksheet()


def test_what_is_on_the_worksheet_stays_when_another_is_taken(opened):
    opened.answer("sum", "2")
    other = Worksheet("Ada", {"lessons/t.md": Record("T", ["1", "2", "3"]),
                              "lessons/u.md": Record("U", ["1"])})
    opened.take_worksheet(json.dumps(other.as_json()))
    assert opened.work.record.answers["sum"].value == "2"
    assert opened.worksheet.name == "Ada" and "lessons/u.md" in opened.worksheet.records


def test_two_tabs_add_up_to_one_worksheet(opened):
    opened.answer("sum", "2")
    other = opened.worksheet.as_json()
    record = json.loads(json.dumps(other))["records"]["lessons/t.md"]
    record["answers"]["free"] = {**record["answers"].pop("sum"), "value": "from the other tab"}
    opened.take_worksheet(json.dumps({**other, "records": {"lessons/t.md": record}}))
    assert {id: a.value for id, a in opened.work.record.answers.items()} == {
        "sum": "2", "free": "from the other tab"}  # fmt: skip


def test_exports_tell_tasks_done_and_not_done_of_the_steps_seen():
    todo = {"a": Todo("Be cold", 0), "b": Todo("Be hot", 0), "c": Todo("Later", 1)}
    record = Record("T", ["one", "two"], seen=[0], tasks={"a": "Be cold"}, todo=todo)
    worksheet = Worksheet("", {"s": record})
    assert parse_worksheet(json.dumps(worksheet.as_json())) == worksheet
    text, page = as_markdown(worksheet, "Model · today"), as_html(worksheet, "Model · today")
    assert "- [x] Be cold" in text and "- [ ] Be hot" in text and "Later" not in text
    assert "☑ done: Be cold" in page and "☐ not done: Be hot" in page and "Later" not in page
    assert "Model · today" in text and "Model · today" in page


def test_a_worksheet_of_before_has_no_list_of_tasks():
    whole = Worksheet("", {"s": Record("T", ["one"])}).as_json()
    del whole["records"]["s"]["todo"]
    assert parse_worksheet(json.dumps(whole)).records["s"].todo == {}


def test_exports_escape_what_was_typed():
    answer = Answer("<b>q</b>", 0, "<img src=x onerror=alert(1)>\n| a | `b`", None)
    worksheet = Worksheet("<script>", {"s": Record("T & U", ["one"], answers={"a": answer})})
    page, text = as_html(worksheet), as_markdown(worksheet)
    for mark in ("<b>", "<img", "<script>"):
        assert mark not in page and mark not in text.replace("\\<", "")
    assert "T &amp; U" in page and r"\<img src=x" in text and r"\| a \|" in text
