"""Result codes: a played game as a text to hand in, and the same read back by a lecturer.

A code holds the text's fingerprint, the seed, and of every round its position, all points, and
which of them were on the token that came; bits and calibration are computed from these again.
The checksum finds copying errors; it does not prove that the game was played. Pure.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from lmpanel.errors import BadArgument, LMPanelError
from lmpanel.game.points import MOST_PLACED, MOST_TOKENS, POINTS, bits
from lmpanel.game.sealed import Seal
from lmpanel.game.setup import MOST_ROUNDS, MOST_SEED, ORDERS
from lmpanel.wording import later, t

MOST_NAME = 60
MOST_INPUT = 400_000
MOST_CODES = 300
_MOST_RIVALS = 12
_RIVAL = re.compile(r"[a-z][a-z0-9_]{0,19}", re.ASCII)
SEAL = Seal("LMR", 1, later("result code"), 40_000, 200_000)
_BEGINNING = re.compile(r"\bLMR\d{1,4}\.", re.ASCII)
_TORN = re.compile(r"\S+", re.ASCII)
_CODE = re.compile(r"\bLMR\d{1,4}\.[A-Za-z0-9_\-\s]*\.(?:\s*[0-9a-f]){8}", re.ASCII)


@dataclass(frozen=True)
class Round:
    """One round: all points that were placed, and those on the token that came (0 for none)."""

    position: int
    points: tuple[int, ...]
    on_token: int


@dataclass(frozen=True)
class Result:
    """What a result code says. `rivals` has the bits per token of each predictor.

    >>> result = Result("Ada", "alice", "0fe1d2c3", "seed", 7, 49152, 10, (Round(9, (40, 20), 40),),
    ...                 {"transformer": 2.5})
    >>> read_result(write_result(result)) == result, round(result.bits_per_token, 3)
    (True, 1.322)
    """

    player: str
    text: str
    fingerprint: str
    order: str
    seed: int
    vocab_size: int
    planned: int
    rounds: tuple[Round, ...]
    rivals: dict[str, float]

    @property
    def bits_per_token(self) -> float:
        """What the player paid, on average."""
        return math.fsum(self.costs) / len(self.rounds)

    @property
    def costs(self) -> list[float]:
        """The bits of every round, from its points by the rule of the game."""
        return [self._cost(played) for played in self.rounds]

    @property
    def claims(self) -> list[tuple[float, bool]]:
        """All claims, for their calibration."""
        found = []
        for played in self.rounds:
            others = list(played.points)
            if played.on_token:
                others.remove(played.on_token)
                found.append((played.on_token / POINTS, True))
            found += [(points / POINTS, False) for points in others]
        return found

    def _cost(self, played: Round) -> float:
        if played.on_token:
            return bits(played.on_token / POINTS)
        rest = (POINTS - sum(played.points)) / POINTS
        return bits(rest / (self.vocab_size - len(played.points)))


def write_result(result: Result) -> str:
    """The code of a result."""
    rounds = [[r.position, r.on_token, list(r.points)] for r in result.rounds]
    rivals = {name: round(cost, 4) for name, cost in result.rivals.items() if math.isfinite(cost)}
    head = [result.player, result.text, result.fingerprint, result.order, result.seed]
    return SEAL.close([*head, result.vocab_size, result.planned, rounds, rivals])


def read_result(code: str) -> Result:
    """The result of one code. Raises BadArgument."""
    value = SEAL.open("".join(code.split()))
    if not isinstance(value, list) or len(value) != 9:
        raise _bad(t("it has other entries"))
    player, text, fingerprint, order, seed, vocab_size, planned, rounds, rivals = value
    _check_text(player, MOST_NAME)
    _check_text(text, 40)
    _check_text(fingerprint, 8)
    if order not in ORDERS:
        raise _bad(t("its order is unknown"))
    _check_whole(seed, 0, MOST_SEED)
    _check_whole(vocab_size, MOST_TOKENS + 1, 10_000_000)
    _check_whole(planned, 1, MOST_ROUNDS)
    if not isinstance(rounds, list) or not 1 <= len(rounds) <= planned:
        raise _bad(t("it has no rounds, or too many"))
    played = tuple(map(_round, rounds))
    places = [each.position for each in played]
    if places != sorted(set(places)):
        raise _bad(t("its rounds are not in order"))
    head = (player, text, fingerprint, order, seed, vocab_size, planned)
    return Result(*head, played, _rivals(rivals))


@dataclass(frozen=True)
class Reading:
    """One code of several that were pasted: a result, or why it is none.

    `line` is where it begins, from 1, `excerpt` how; it was pasted so many `times`.
    """

    result: Result | None
    problem: str = ""
    line: int = 1
    excerpt: str = ""
    times: int = 1


def read_results(text: str) -> list[Reading]:
    """All codes in a text, whatever stands between them, each once and in their order.

    Raises BadArgument when there is none.
    """
    if len(text) > MOST_INPUT:
        raise BadArgument(t("This is too much text."), t("Paste {n} codes at most.", n=MOST_CODES))
    found: dict[str, Reading] = {}
    for start, code in _codes(text)[:MOST_CODES]:
        key = "".join(code.split())
        known = found.get(key)
        line = text.count("\n", 0, start) + 1
        found[key] = replace(known, times=known.times + 1) if known else _reading(code, line)
    if not found:
        raise BadArgument(
            t("There is no result code in this text."), t("It begins with LMR1. Copy all of it.")
        )
    return list(found.values())


def _codes(text: str) -> list[tuple[int, str]]:
    """Where each code begins, and the code; of one that is cut off its first characters."""
    whole = {match.start(): match for match in _CODE.finditer(text)}
    codes, end = [], 0
    for beginning in _BEGINNING.finditer(text):
        start = beginning.start()
        if start < end:
            continue
        if start in whole:
            end = whole[start].end()
            codes.append((start, whole[start][0]))
        else:
            codes.append((start, _TORN.match(text, start)[0]))
    return codes


def _reading(code: str, line: int) -> Reading:
    written = "".join(code.split())
    excerpt = written if len(written) <= 24 else f"{written[:12]}…{written[-8:]}"
    try:
        if not _CODE.fullmatch(code):
            raise _torn(code)
        return Reading(read_result(code), "", line, excerpt)
    except LMPanelError as error:
        return Reading(None, str(error), line, excerpt)


def _torn(code: str) -> BadArgument:
    version = code[len(SEAL.prefix) : code.index(".")]
    if version != str(SEAL.version):
        return SEAL.other_version(version)
    return BadArgument(t("This result code is cut off."), t("Copy all of it."))


def _round(value: Any) -> Round:
    if not isinstance(value, list) or len(value) != 3 or not isinstance(value[2], list):
        raise _bad(t("a round is none"))
    position, on_token, points = value
    _check_whole(position, 1, 10_000)
    if len(points) > MOST_TOKENS:
        raise _bad(t("a round has too many tokens"))
    for each in points:
        _check_whole(each, 1, MOST_PLACED)
    if sum(points) > MOST_PLACED or (on_token != 0 and on_token not in points):
        raise _bad(t("the points of a round do not add up"))
    _check_whole(on_token, 0, MOST_PLACED)
    return Round(position, tuple(points), on_token)


def _rivals(value: Any) -> dict[str, float]:
    if not isinstance(value, dict) or len(value) > _MOST_RIVALS:
        raise _bad(t("its other predictors are none"))
    for name, cost in value.items():
        if not _RIVAL.fullmatch(name) or type(cost) not in (int, float) or not 0 <= cost < 1e6:
            raise _bad(t("one of its other predictors is none"))
    return {name: float(cost) for name, cost in value.items()}


def _check_text(value: Any, most: int) -> None:
    if not isinstance(value, str) or len(value) > most:
        raise _bad(t("a text in it is none, or too long"))


def _check_whole(value: Any, low: int, high: int) -> None:
    if type(value) is not int or not low <= value <= high:
        raise _bad(t("a number in it is outside its bounds"))


def _bad(reason: str) -> BadArgument:
    message = t("This result code is not usable: {reason}.", reason=reason)
    return BadArgument(message, t("Ask for it again."))


def in_round(spread: Sequence[tuple[int, int]], position: int, token: int) -> Round:
    """A round as a code keeps it.

    >>> in_round(((7, 30), (9, 20)), 12, 9)
    Round(position=12, points=(30, 20), on_token=20)
    """
    return Round(position, tuple(points for _, points in spread), dict(spread).get(token, 0))
