"""Text in the page: tokenised as the reference does, and drawn as text whatever it holds."""

from __future__ import annotations

import random
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from explorer_page import ExplorerPage
from playwright.sync_api import Page

from lmpanel.tokenizer import Tokenizer
from support.nasty_texts import NASTY

ALPHABET = (" \n\t\r\x00\x1f\x85\xa0\u2028\u200d\ufeff'sldtrevmLS019½Ⅷ٣aéß中語한"
            "🐉👩\U0001f680\u0301.,!<>&|")
PIECES = ["<|im_start|>", "<|im_end|>", "<|endoftext|>", "user\n", "'ll", " the", "<img src=x>"]
HOSTILE = ["<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "</span><b>", "&lt;b&gt;"]
GLYPHS = {"\n": "↵", "\t": "⇥", "\r": "␍"}


@pytest.fixture(scope="module")
def tokenizer(model_dir: Path) -> Tokenizer:
    return Tokenizer.from_file(model_dir / "tokenizer.json")


def random_texts(count: int) -> list[str]:
    """Seeded random strings of awkward characters and template tokens."""
    source = random.Random(42)
    def piece() -> str:
        kind = source.random()
        if kind < 0.2:
            return source.choice(PIECES)
        if kind < 0.8:
            return "".join(source.choices(ALPHABET, k=source.randrange(12)))
        return chr(source.choice([*range(0xD800), *range(0xE000, 0x11000)]))
    return ["".join(piece() for _ in range(source.randrange(9))) for _ in range(count)]


def test_the_page_tokenises_like_the_reference(explorer: ExplorerPage, model_dir: Path) -> None:
    from tokenizers import Tokenizer as Reference

    reference = Reference.from_file(str(model_dir / "tokenizer.json"))
    texts = NASTY + random_texts(300)
    found = explorer.call("""(texts) => Promise.all(texts.map(
        async (text) => (await lmpanel.tokenize(text)).map((token) => token.id)))""", texts)
    for text, ids in zip(texts, found):
        assert ids == reference.encode(text, add_special_tokens=False).ids, ascii(text)
    lone = explorer.call("() => lmpanel.tokenize('a\\ud83db')")
    assert lone == explorer.call("() => lmpanel.tokenize('a\\ufffdb')")


def strip_row(tokenizer: Tokenizer, token: int) -> dict[str, Any]:
    """A row of the token strip."""
    entry = tokenizer.vocabulary.token(token)
    kind = "special" if entry.special else "bytes" if entry.partial else "text"
    text = entry.display if entry.partial else entry.text
    return {"id": token, "text": text, "kind": kind, "spoken": entry.spoken,
            "bits": 2, "prob": 0.25, "rank": 2, "entropy": 3}


DRAW = """async (rows) => {
    const { StripTokens } = await import("/components/strip_tokens.js");
    const { tokenNodes } = await import("/components/token_text.js");
    const { h } = await import("/components/dom.js");
    const list = h("div", {});
    document.body.replaceChildren(list);
    const strip = new StripTokens(list, () => {});
    const turns = [{ role: null, start: 0, end: rows.length, editable: false }];
    strip.splice({ start: 0, remove: 0, rows, turns });
    const cells = rows.map((row) => h("td", {}, tokenNodes(row.text)));
    document.body.append(h("table", {}, h("tbody", {}, cells.map((cell) => h("tr", {}, cell)))));
    const inside = [...strip.elements, ...cells].flatMap((cell) => [...cell.querySelectorAll("*")]);
    return {
        texts: strip.elements.map((element) => element.textContent),
        cells: cells.map((element) => element.textContent),
        kinds: [...new Set(inside.map((element) => element.outerHTML.split(">")[0]))],
        loose: document.querySelectorAll("img, script, svg, a, b, iframe, style").length,
    };
}"""


def test_the_whole_vocabulary_is_drawn_as_text(page: Page, server, tokenizer: Tokenizer) -> None:
    page.watch.allow("favicon.ico")  # a text file names no icon
    page.goto(f"{server.url}NOTICE.txt")
    rows = [strip_row(tokenizer, token) for token in range(len(tokenizer.vocabulary))]
    assert len(rows) == 49152
    template = rows[0]
    rows += [{**template, "kind": "text", "text": text} for text in HOSTILE]
    drawn = page.evaluate(DRAW, rows)
    assert drawn["kinds"] == ['<span class="glyph"'] and drawn["loose"] == 0
    for row, text, cell in zip(rows, drawn["texts"], drawn["cells"], strict=True):
        # A token of nothing but blanks would be invisible without its glyphs.
        space = " " if row["text"].strip() else "␣"
        assert shown_as(row["text"], space).fullmatch(text), row
        assert shown_as(row["text"], "␣").fullmatch(cell), row


def shown_as(text: str, space: str) -> re.Pattern[str]:
    """What may be seen of a text: every character itself, unless it is invisible by itself."""
    return re.compile("".join(_seen(character, space) for character in text))


def _seen(character: str, space: str) -> str:
    if character == " ":
        return space
    if character in GLYPHS:
        return GLYPHS[character]
    code = f"⟨{ord(character):04X}⟩"
    hidden = unicodedata.category(character) in ("Cc", "Zs", "Zl", "Zp")
    return code if hidden else f"(?:{re.escape(character)}|{code})"
