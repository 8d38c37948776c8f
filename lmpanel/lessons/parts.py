"""The parts of the page that a lesson may highlight, hide or lock, and how they are found there.

A place is the slot of site/index.html ("" for the page itself) with a CSS selector, or with the
text of a button after "button:". Texts of buttons and labels are English here; the page looks for
them in the reader's language. Knows nothing else about the page.
"""

from __future__ import annotations

from lmpanel.explorer import ROOMS, TABS

_FIXED = {
    "document": ("token_strip", ".list"),
    "undo": ("token_strip", "button:Undo"),
    "redo": ("token_strip", "button:Redo"),
    "new": ("token_strip", "button:New"),
    "json": ("token_strip", "button:JSON"),
    "mode": ("token_strip", "[aria-label='Kind of document']"),
    "curve": ("token_strip", "button:Curve"),
    "unit": ("token_strip", "[data-part='unit']"),
    "colours": ("token_strip", "[aria-label='Colour tokens by']"),
    "controls": ("controls", ":host"),
    "generate": ("controls", ".primary"),
    "pick top": ("controls", "button:Pick top token"),
    "clear response": ("controls", "button:Clear response"),
    "rewind": ("controls", "button:Rewind"),
    "options": ("controls", ".options"),
    "reply": ("controls", ".line:has(#reply)"),
    "message": ("controls", "#message"),
    "end turn": ("controls", "button:End Turn"),
    "append": ("controls", "button:Append"),
    "replace all": ("controls", "button:Replace all"),
    "tasks": ("controls", "[aria-label='Ready tasks']"),
    "lens": ("lens", ":host"),
    "tabs": ("lens", ".tabs"),
    "candidates": ("lens", ".candidates"),
    "where": ("lens", "[data-part='where']"),
    "look up": ("lens", "#lookup"),
    "guess first": ("lens", "button:Guess first"),
    "predictor": ("token_strip", "[aria-label='Model that predicts']"),
    "ladder": ("lens", ".ladder"),
    "counts": ("lens", ".terms"),
    "scores": ("room", ".scores"),
    "reasons": ("room", ".reasons"),
    "points": ("room", ".points"),
    "costs": ("room", ".costs"),
    "calibration": ("room", ".calibration"),
    "rooms": ("", "#rooms"),
    "engine": ("", "#engine"),
}


def _places() -> dict[str, tuple[str, str]]:
    tabs = {f"tab {name}": ("lens", f"#tab-{name}") for name in TABS}
    rooms = {f"room {name}": ("", f"#rooms [data-room='{name}']") for name in ROOMS}
    return {**_FIXED, **tabs, **rooms}


PARTS = _places()
"""Name in a lesson → (slot, selector)."""
