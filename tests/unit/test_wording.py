"""What the interface says: every text has its row in the one table, and every row all languages."""

from __future__ import annotations

import json
import re

import pytest

from lmpanel import wording
from lmpanel.wording import LANGUAGES, many, t
from support.interface_texts import PACKAGE, SITE, interface_texts

PLACE = re.compile(r"\{(\w+)\}")
SPACES = re.compile(r"^\s*|\s*$")
TRANSLATED = tuple(language for language in LANGUAGES if language != "en")


@pytest.fixture(scope="module")
def table() -> dict[str, dict[str, str]]:
    return json.loads((PACKAGE / "wording.json").read_text(encoding="utf-8"))


@pytest.fixture
def german():
    wording.use("de", {"{n} token": "{n} Token", "{n} tokens": "{n} Token", "Undo": "Rückgängig"})
    yield
    wording.use("en", {})


def test_every_text_has_a_row_and_every_row_is_said(table):
    said = interface_texts()
    assert sorted(set(said) - set(table)) == [], "texts without a row in lmpanel/wording.json"
    assert sorted(set(table) - set(said)) == [], "rows that nothing says any more"


def test_every_row_has_every_language(table):
    assert {text: sorted(row) for text, row in table.items() if sorted(row) != sorted(TRANSLATED)
            or not all(row.values())} == {}


def test_a_translation_has_the_same_places_and_edges(table):
    wrong = [
        (language, text) for text, row in table.items() for language, said in row.items()
        if sorted(PLACE.findall(text)) != sorted(PLACE.findall(said))
        or SPACES.findall(text) != SPACES.findall(said)
    ]
    assert wrong == []


def test_the_table_is_in_order(table):
    assert list(table) == sorted(table)


def test_plural_forms_keep_their_number(table):
    lost = [text for text, row in table.items() if "{n}" in text
            for said in row.values() if "{n}" not in said]
    assert lost == []


def test_all_who_name_the_languages_name_the_same():
    listed = "|".join(LANGUAGES)
    assert f"^({listed})$" in (SITE / "early.js").read_text(encoding="utf-8")
    options = re.search(r"LANGUAGES = (\[.*?\]);", (SITE / "author_options.js").read_text())
    assert tuple(json.loads(options[1])) == LANGUAGES
    choices = re.findall(r'<option value="(\w+)" lang', (SITE / "index.html").read_text())
    assert tuple(choices) == LANGUAGES


def test_a_language_without_the_text_says_it_in_english(german):
    assert t("Undo") == "Rückgängig"
    assert t("Redo {n}", n=3) == "Redo 3"


def test_numbers_take_the_form_of_the_language(german):
    assert many(0, "{n} token", "{n} tokens") == "0 Token"
    wording.use("fr", {"{n} token": "{n} jeton", "{n} tokens": "{n} jetons"})
    assert [many(n, "{n} token", "{n} tokens") for n in (0, 1, 2)] == [
        "0 jeton", "1 jeton", "2 jetons"]


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_installed_table_is_read(language, table):
    assert wording.read_table(language).keys() == table.keys()


def test_an_unknown_language_is_refused():
    with pytest.raises(KeyError):
        wording.read_table("xx")


def test_what_fills_a_place_is_not_read_again():
    assert t("{a} and {b}", a="{b}", b="x") == "{b} and x"
