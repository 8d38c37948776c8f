"""A comparison after another system prompt, as the tests of the what-if lens make it."""

from __future__ import annotations

from lmpanel.context_shift import Comparison
from lmpanel.session import Session

PIRATE = "You are a pirate."
REPLY = [260, 261, 13, 50, 264]


async def compared(session: Session, text: str = PIRATE) -> Comparison:
    session.what_if.compare(text)
    await session.what_if.settle()
    return session.what_if.result
