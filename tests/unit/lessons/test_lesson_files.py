"""Lesson files: what is read from them, and every mistake with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmpanel.explorer import ROOMS
from lmpanel.lessons import file as lesson_file
from lmpanel.lessons.__main__ import main
from lmpanel.lessons.directives import Ask, Capture, Check
from lmpanel.lessons.file import MAX_CHARACTERS
from lmpanel.lessons.glossary import TERMS
from lmpanel.lessons.markdown import tree
from lmpanel.lessons.parse import BadLesson, Prose, parse
from lmpanel.lessons.quantities import KINDS

HEAD = "---\ntitle: T\nminutes: 5\n---\n"


def mistakes(text: str) -> list[tuple[int, str]]:
    with pytest.raises(BadLesson) as caught:
        parse(text)
    return [(problem.line, problem.reason) for problem in caught.value.problems]


def test_a_whole_lesson_is_read():
    text = (
        "---\ntitle: My lesson\nsummary: About it\nminutes: 7\norder: 2\n"
        "hide: tab beams, json\n---\n"
        "## First\nRead *this*, about [[entropy]].\n\n"
        "::: setup\nsystem: You are a pirate.\nuser: Hi\n  there\nreply: \" Hello\"\n"
        "temperature: 0,5\nmax tokens: 40\npast end: on\ntab: surprise\nlook: Hi\n:::\n\n"
        "::: ask word\nquestion: Which?\noption: A\noption: B\nanswer: B\nhint: Look.\n:::\n"
        "::: check done\ntask: Do it\nreply: begins \" Hello\"\ntemperature: <= 1\n:::\n"
        "::: capture table\nwhat: distribution\n:::\n"
        "::: highlight\nparts: candidates, tab sampling\n:::\n"
        "::: lock\npart: undo\n:::\n::: notice\nNow **see**.\n:::\n## Second\nEnd.\n"
    )
    lesson = parse(text)
    assert (lesson.title, lesson.summary, lesson.minutes, lesson.order) == (
        "My lesson", "About it", 7, 2)  # fmt: skip
    first, second = lesson.steps
    assert first.hide == ("tab beams", "json") == second.hide and first.lock == ("undo",)
    assert first.highlight == ("candidates", "tab sampling") and second.highlight == ()
    assert first.setup.turns == (("system", "You are a pirate."), ("user", "Hi there"))
    assert first.setup.reply == " Hello" and first.setup.look == "Hi"
    assert first.setup.settings == {
        "temperature": 0.5, "max_tokens": 40, "past_end": True, "tab": "surprise"}  # fmt: skip
    prose, ask, check, capture, notice = first.parts
    assert isinstance(prose, Prose) and not prose.notice and notice.notice
    assert isinstance(ask, Ask) and ask.type == "choice" and ask.right == ("B",) and ask.hint
    assert isinstance(check, Check) and [name for name, _ in check.conditions] == [
        "reply", "temperature"]  # fmt: skip
    assert isinstance(capture, Capture) and capture.label == "The distribution"


@pytest.mark.parametrize(
    ("body", "line", "reason"),
    [
        ("text", 5, "before the first step"),
        ("## S\n::: sing\n:::", 6, 'no directive "sing"'),
        ("## S\n::: ask a\nquestion: x", 6, "is not closed"),
        ("## S\n::: ask\nquestion: x\n:::", 6, "needs a name"),
        ("## S\n::: ask a\nquestion: x\nanswer: many\ntype: number\n:::", 8, "is not one number"),
        ("## S\n::: ask a\nquestion: x\ntype: dance\n:::", 6, 'no type "dance"'),
        ("## S\n::: ask a\nquestion: x\noption: one\n:::", 6, "2 to 12"),
        ("## S\n::: ask a\nquestion: x\noption: a\noption: b\nanswer: c\n:::", 10, "none of the"),
        ("## S\n::: ask a\nquestion: x\nanswer: measured mood\ntype: number\n:::", 8, '"mood"'),
        ("## S\n::: ask a\nquestion: x\nquestion: y\n:::", 8, "twice"),
        ("## S\n::: ask a\nquestion: x\n:::\n::: ask a\nquestion: x\n:::", 9, "used already"),
        ("## S\n::: check a\ntask: x\n:::", 6, "needs a condition"),
        ("## S\n::: check a\ntemperature: 0\n:::", 6, "task"),
        ("## S\n::: check a\ntask: x\ntemperature: hot\n:::", 8, "not a number"),
        ("## S\n::: check a\ntask: x\nweather: hot\n:::", 8, "nothing that can be checked"),
        ("## S\n::: capture a\nwhat: photo\n:::", 6, "no evidence"),
        ("## S\n::: highlight\npart: the moon\n:::", 7, 'no part "the moon"'),
        ("## S\n::: setup\ntemperature: 7\n:::", 7, "cannot be"),
        ("## S\n::: setup\ntab: sofa\n:::", 7, "there are next"),
        ("## S\n::: setup\nroom: kitchen\n:::", 6, "no room"),
        ("## S\n::: setup\nbiases: 3\n:::", 7, "nothing that a setup can set"),
        ("## S\n::: setup\nraw: x\nuser: y\n:::", 6, "either raw, or turns"),
        ("## S\n::: setup\nreply: y\n:::", 6, "needs a message"),
        ("## S\n::: setup\n:::\n::: setup\n:::", 8, "one setup at most"),
        ("## S\n::: setup\njust words\n:::", 7, "key: value"),
        ("## S\n[out](https://elsewhere.example/)", 6, "leads elsewhere"),
        ("## S\n[up](../secret)", 6, "leads elsewhere"),
        ("## S\n[x](javascript:alert(1))", 6, "leads elsewhere"),
        ("## S\n\nA\n![p](//elsewhere.example/p.png)", 8, "not one of this site"),
        ("## S\n![](p.png)", 6, "no description"),
        ("## S\n[[wug]]", 6, "not a term"),
        ("## S\n::: notice\nA\n\n[[wug]]\n:::", 9, "not a term"),
        ("## ", 5, "no title"),
        ("## S\n```\n## no step", 6, "not closed"),
    ],
)
def test_a_mistake_is_told_with_its_line(body, line, reason):
    found = mistakes(HEAD + body)
    assert len(found) == 1, found
    assert found[0][0] == line and reason in found[0][1]


def test_all_mistakes_are_told_in_order():
    text = HEAD + "## S\n[[wug]]\n::: sing\n:::\n::: ask a\nanswer: 1\n:::\n"
    assert [line for line, _ in mistakes(text)] == [6, 7, 9]


@pytest.mark.parametrize(
    "text", ["", "## S", "---\n", "---\ntitle: T\n---\n", "\0", "---\n---\n## S"]
)
def test_what_is_no_lesson_is_refused(text):
    assert mistakes(text)


def test_a_huge_file_is_refused_at_once():
    assert mistakes("x" * (MAX_CHARACTERS + 1))[0][1].startswith("the file has")
    assert "longer than" in mistakes(HEAD + "## S\n" + "x" * 5000)[0][1]
    assert "60 are the most" in mistakes(HEAD + "## S\n" * 61)[0][1]
    many = HEAD + "## S\n" + "[[wug]]\n\n" * 1000
    assert len(mistakes(many)) == lesson_file.MAX_PROBLEMS


def test_a_title_is_words_without_marks():
    lesson = parse(HEAD + "## First *step*, with `code` and [[entropy]]\nx\n## 2 * 3\n")
    assert [step.title for step in lesson.steps] == [
        "First step, with code and entropy", "2 * 3"]  # fmt: skip
    assert mistakes(HEAD + "## [[wug]]\n")[0][0] == 5


def test_markup_is_text():
    lesson = parse(HEAD + '## S\n<img src=x onerror="alert(1)"> <script>x</script>\n')
    assert lesson.steps[0].parts[0].nodes == [
        ["p", ['<img src=x onerror="alert(1)"> <script>x</script>']]]  # fmt: skip


def test_keys_of_the_prototype_are_only_unknown():
    found = mistakes(HEAD + "## S\n::: setup\n__proto__: x\nconstructor: y\n:::\n")
    assert [line for line, _ in found] == [7, 8]


@given(st.text(alphabet="#:-[]()!`*_<>\n abcask=1\"|\\", max_size=300))
def test_nothing_but_a_lesson_or_its_mistakes_comes_of_any_text(text):
    for whole in (text, HEAD + "## S\n" + text):
        try:
            lesson = parse(whole)
        except BadLesson as error:
            assert all(0 < problem.line <= whole.count("\n") + 1 for problem in error.problems)
        else:
            assert lesson.steps


def test_the_command_tells_mistakes_and_their_lines(tmp_path, capsys):
    good, bad = tmp_path / "good.md", tmp_path / "bad.md"
    good.write_text(HEAD + "## S\nx\n")
    bad.write_text(HEAD + "## S\n::: sing\n:::\n[[wug]]\n")
    assert main([str(good)]) == 0 and "no mistakes" in capsys.readouterr().out
    assert main([str(good), str(bad), str(tmp_path / "none.md")]) == 1
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith(f"{bad}:6: ") and out[1].startswith(f"{bad}:8: ") and len(out) == 3
    assert main([]) == 2


def test_the_readmes_example_is_a_lesson():
    readme = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
    example = readme.split("```markdown\n")[1].split("```\n")[0]
    lesson = parse(example)
    assert [step.title for step in lesson.steps] == ["Without a question", "With one"]


@pytest.mark.parametrize("name", KINDS)
def test_the_readme_names_every_quantity(name):
    readme = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
    assert f"`{name.replace('_', ' ')}`" in readme


@pytest.mark.parametrize("name", TERMS)
def test_definitions_lead_to_terms(name):
    told = []
    nodes = tree(TERMS[name].definition, 1, TERMS, lambda line, reason: told.append(reason))
    assert nodes and not told and set(TERMS[name].see) <= set(TERMS)


def test_every_room_can_be_highlighted():
    for room in ROOMS:
        [step] = parse(HEAD + f"## S\n::: highlight\npart: room {room}\n:::\n").steps
        assert f"room {room}" in str(step)
