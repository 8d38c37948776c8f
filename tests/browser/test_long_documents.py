"""Long documents: fluid at 2 000 tokens, refused politely beyond what the model can look at."""

from __future__ import annotations

from pathlib import Path

from explorer_page import ExplorerPage
from playwright.sync_api import Locator, expect

TEXTS = Path(__file__).parent.parent / "golden" / "texts"
READ_MS = 600_000
FEW = 40
"""Changes of the page that may go with one action, whatever the length of the document."""

COUNT_CHANGES = """(token) => {
    globalThis.changes = 0;
    new MutationObserver((records) => { changes += records.length; }).observe(token.getRootNode(),
        { subtree: true, childList: true, attributes: true, characterData: true });
}"""


def long_text(characters: int) -> str:
    """Text of several kinds, repeated as often as needed."""
    prose = "".join((TEXTS / name).read_text("utf-8") for name in ("prose.txt", "code.txt"))
    return (prose * (characters // len(prose) + 1))[:characters]


def changes(explorer: ExplorerPage) -> int:
    """How much of the strip changed since this was asked last."""
    return explorer.call("() => { const n = changes; changes = 0; return n; }")


def engine(explorer: ExplorerPage) -> tuple[int, int]:
    status = explorer.call("() => lmpanel.status()")
    return status["engine_calls"], status["engine_tokens"]


def read(explorer: ExplorerPage, note: Locator) -> None:
    """Wait until every token of a long document is measured."""
    expect(note).to_have_count(0, timeout=READ_MS)
    explorer.settled()


def test_two_thousand_tokens_stay_fluid(steady: ExplorerPage) -> None:
    measuring = steady.page.locator("#slot-token_strip .live").get_by_text("measuring token")
    steady.message.fill(long_text(10_000))
    steady.button("End Turn").click()
    expect(measuring).to_be_visible(timeout=READ_MS)
    read(steady, measuring)
    length = steady.tokens.count()
    assert length > 2_000
    steady.tokens.first.evaluate(COUNT_CHANGES)

    before = engine(steady)
    for index in (length // 2, 5, length - 3):
        steady.token(index).click()
        expect(steady.token(index)).to_have_attribute("aria-selected", "true")
        expect(steady.title).to_contain_text("expected")
        steady.settled()
    assert engine(steady)[0] - before[0] <= 3
    assert 0 < changes(steady) < 3 * FEW

    steady.page.keyboard.press("End")
    steady.settled()
    before = engine(steady)
    changes(steady)
    for count in range(1, 4):
        steady.pick(1)
        assert engine(steady) == (before[0] + count, before[1] + count)
        assert 0 < changes(steady) < FEW

    steady.token(length - 60).click()
    steady.token(length - 11).click(modifiers=["Shift"])
    expect(steady.page.locator("#slot-lens .live .sums [data-value]")).to_have_count(50)


def test_more_than_the_model_can_look_at_is_refused_before_it_is_asked(
    steady: ExplorerPage,
) -> None:
    text = "Look, a cat! " * 3_000
    ids, before = steady.ids(), engine(steady)
    steady.message.fill(text)
    steady.button("End Turn").click()
    expect(steady.notices.first).to_contain_text("8\u202f192")
    steady.settled()
    assert steady.ids() == ids
    assert steady.message.input_value() == text
    assert engine(steady) == before
    steady.notices.first.get_by_role("button").last.click()
    steady.pick(1)
