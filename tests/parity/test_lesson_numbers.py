"""Every number that stands in a lesson is this model's: computed again, natively."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lesson_facts import FACTS
from lesson_lab import Lab

from lmpanel.scoring import LN2

FOLDER = Path(__file__).parents[2] / "site" / "lessons"
NO_NUMBERS = re.compile(
    r"^(minutes|order|tolerance|temperature|top p|top k|seed|max tokens|select|raw|user|"
    r"assistant|system|reply tokens|first rank|tokens|selected tokens|turns|"
    r"scores|rounds|tutorial scores|tutorial last loss|highest bet):"
)
NUMBER = re.compile(r"(?<![\w/.])\d+\.\d+|(?<![\w/.])\d{3,}(?![\w.]*\d)|(?<![\w/.])\d+ (?=million)")


@pytest.fixture(scope="module")
def lab(model_dir, dist):
    lab = Lab(Path(model_dir), dist)
    yield lab
    lab.loop.close()


def numbers(text: str) -> list[str]:
    """The numbers that a lesson tells: with a decimal point, or of three digits and more."""
    whole = text.replace("\u202f", "")  # thousands are set apart
    lines = (line for line in whole.splitlines() if not NO_NUMBERS.match(line))
    return [number for line in lines for number in NUMBER.findall(line)]


def test_every_lesson_is_here():
    assert set(FACTS) == {path.stem for path in FOLDER.glob("*.md")}


@pytest.mark.parametrize("name", FACTS)
def test_the_numbers_of_a_lesson_are_the_models(name, lab):
    told = numbers((FOLDER / f"{name}.md").read_text(encoding="utf-8"))
    facts = FACTS[name](lab)
    assert told
    for number in dict.fromkeys(told):
        decimals = len(number.strip().partition(".")[2])
        near = [fact for fact in facts if abs(fact - float(number)) <= 0.51 * 10**-decimals]
        assert near, f"{number} stands in {name}.md, and is none of {facts}"
    shown = " ".join(told)
    for fact in facts:
        rounded = {f"{fact:.{decimals}f}" for decimals in range(9)}
        assert rounded & set(told) or fact in (LN2,), f"{fact} is not told in {shown}"
