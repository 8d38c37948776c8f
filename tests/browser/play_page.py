"""The room Play of an open page."""

from __future__ import annotations

from explorer_page import ExplorerPage
from playwright.sync_api import Locator


def room(explorer: ExplorerPage) -> Locator:
    """What is drawn in the room."""
    return explorer.page.locator("#slot-room .live .play")


def open_room(explorer: ExplorerPage, part: str = "Four tokens") -> None:
    """Go to a part of the room by clicks."""
    explorer.page.get_by_role("navigation").get_by_role("button", name="Play").click()
    room(explorer).get_by_role("button", name=part).click()
