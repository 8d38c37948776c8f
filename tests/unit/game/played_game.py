"""A game on a short text, and what is shown of it."""

from __future__ import annotations

import json

from lmpanel.game.setup import OWN
from lmpanel.views import play as view

TEXT = "the dragon in the red garden and the other dragon on the roof there"


def shown(session) -> dict:
    session.play.part = "game"
    return json.loads(json.dumps(view.payload(session), allow_nan=False))["game"]


async def begun(session, **changes):
    game = session.play.game
    game.choose(text=OWN, own=TEXT, rounds=4, **changes)
    game.start()
    await game.settle()
    return game
