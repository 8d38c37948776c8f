"""What a lecturer sees of the result codes that were read. Plain data."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from lmpanel.errors import BadArgument
from lmpanel.explorer import TRANSFORMER
from lmpanel.game.calibration import reliability
from lmpanel.game.play import Play
from lmpanel.game.result_code import Reading, Result
from lmpanel.game.setup import OWN
from lmpanel.game.texts import text_named
from lmpanel.wording import t


def payload(play: Play) -> dict[str, Any]:
    """The state of site/components/play_codes.js."""
    claims = [c for reading in play.readings if reading.result for c in reading.result.claims]
    return {
        "refusal": play.refusal,
        "readings": list(map(_reading, play.readings)),
        "claims": len(claims),
        "groups": [{**asdict(g), "happened": g.happened} for g in reliability(claims)],
    }


def actions(play: Play) -> dict[str, Any]:
    """What may be asked for here."""
    return {"play_read": lambda text: play.read_codes(str(text))}


def _reading(reading: Reading) -> dict[str, Any]:
    result = reading.result
    if result is None:
        return {"problem": reading.problem, "line": reading.line, "excerpt": reading.excerpt}
    return {
        "problem": "",
        "times": reading.times,
        "player": result.player,
        "title": _title(result),
        "fingerprint": result.fingerprint,
        "how": t("seed {n}", n=result.seed) if result.order == "seed" else t("in order"),
        "played": len(result.rounds),
        "planned": result.planned,
        "mean": result.bits_per_token,
        "model": result.rivals.get(TRANSFORMER),
        "rounds": [
            {"position": each.position + 1, "points": each.on_token, "bits": cost}
            for each, cost in zip(result.rounds, result.costs, strict=True)
        ],
    }


def _title(result: Result) -> str:
    if result.text == OWN:
        return t("a pasted text")
    try:
        return text_named(result.text).title
    except BadArgument:
        return t("a text that is not here")
