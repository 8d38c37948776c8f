"""The room in which one plays the language model: a tutorial, rounds on real texts, codes.

Plain data. Only the part in view is computed.
"""

from __future__ import annotations

from typing import Any

from lmpanel.session import Session
from lmpanel.views import play_codes, play_game, play_tutorial


def payload(session: Session) -> dict[str, Any]:
    """The state of site/components/room_play.js."""
    play = session.play
    shown = {
        "tutorial": lambda: play_tutorial.payload(play.tutorial),
        "game": lambda: play_game.payload(session),
        "codes": lambda: play_codes.payload(play),
    }
    return {"part": play.part, play.part: shown[play.part]()}


def actions(session: Session) -> dict[str, Any]:
    """What may be asked for here."""
    play = session.play
    return {
        "play_part": lambda name: play.param.update(part=name),
        "play_challenge": lambda code: play.open_challenge(str(code)),
        **play_tutorial.actions(play.tutorial),
        **play_game.actions(session),
        **play_codes.actions(play),
    }


def sources(session: Session) -> list[tuple[Any, list[str]]]:
    """What the payload is made from."""
    play = session.play
    return [
        (play, ["part", "changes", "player"]),
        (play.tutorial, ["changes"]),
        (play.game, ["changes"]),
    ]
