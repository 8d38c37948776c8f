"""Points, positions, calibration, and the codes that carry a game: bounded and checked."""

from __future__ import annotations

import base64
import json
import math
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from lmpanel.errors import BadArgument
from lmpanel.game import challenge as challenges
from lmpanel.game import result_code as results
from lmpanel.game.calibration import reliability, wilson
from lmpanel.game.challenge import Challenge, read_challenge, write_challenge
from lmpanel.game.points import bits, check_spread, claim
from lmpanel.game.positions import hidden_positions
from lmpanel.game.result_code import Result, Round, read_result, read_results, write_result
from lmpanel.game.sealed import Seal
from lmpanel.game.setup import OWN, Setup, checked_setup
from lmpanel.game.texts import content_of, game_texts

VOCAB = 60


@st.composite
def spreads(draw):
    pairs, left = [], 99
    for token in draw(st.lists(st.integers(0, VOCAB - 1), unique=True, max_size=12)):
        points = draw(st.integers(0, left))
        left -= points
        pairs.append([token, points])
    return check_spread(pairs)


@given(spreads())
def test_points_are_a_distribution_and_no_guess_is_infinitely_wrong(spread):
    q = [claim(spread, token, VOCAB) for token in range(VOCAB)]
    assert math.fsum(q) == pytest.approx(1, abs=1e-12) and min(q) > 0
    assert all(bits(each) <= math.log2(100 * VOCAB) for each in q)


@pytest.mark.parametrize("pairs", [
    [[1, 100]], [[1, -1]], [[1, 50], [2, 50]], [[1, 5], [1, 5]], [[1, 5.0]], [["1", 5]], [[1]],
    [[1, True]], [None], [[-1, 5]], [[1, 1 << 70]],
])
def test_impossible_points_are_refused(pairs):
    with pytest.raises(BadArgument):
        check_spread(pairs)


@given(st.integers(2, 2000), st.sampled_from(["seed", "order"]), st.integers(0, 2**31),
       st.integers(1, 100))
def test_positions_are_reproducible_ascending_and_have_a_context(length, order, seed, rounds):
    found = hidden_positions(length, order, seed, rounds)
    assert found == hidden_positions(length, order, seed, rounds)
    assert list(found) == sorted(set(found)) and found[0] >= 1 and found[-1] < length
    possible = length - min(8, max(1, length // 4))
    assert len(found) == min(rounds, possible)


def test_the_seed_chooses():
    one, other = (hidden_positions(200, "seed", seed, 10) for seed in (1, 2))
    assert one != other and hidden_positions(200, "order", 1, 10) == tuple(range(8, 18))


@given(st.lists(st.tuples(st.integers(1, 99), st.booleans()), max_size=60))
def test_every_claim_is_counted_once(pairs):
    claims = [(points / 100, came) for points, came in pairs]
    groups = reliability(claims)
    assert sum(group.count for group in groups) == len(claims)
    assert sum(group.came for group in groups) == sum(came for _, came in claims)
    total = math.fsum(group.claimed * group.count for group in groups)
    assert total == pytest.approx(math.fsum(q for q, _ in claims))
    for group in groups:
        assert group.low - 1e-12 <= group.happened <= group.high + 1e-12


@given(st.integers(1, 400), st.data())
def test_the_interval_is_wilsons(count, data):
    came = data.draw(st.integers(0, count))
    expected = binomtest(came, count).proportion_ci(0.95, method="wilson")
    assert wilson(came, count) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_bundled_texts_are_short_and_say_where_they_are_from():
    texts = game_texts()
    assert len({text.level for text in texts}) == len(texts) >= 6
    for text in texts:
        assert 100 <= len(content_of(text.name).split()) <= 300 and text.source
    with pytest.raises(BadArgument):
        content_of("../../etc/passwd")


setups = st.builds(
    Setup, st.sampled_from([text.name for text in game_texts()]), st.just(""),
    st.sampled_from(["seed", "order"]), st.integers(0, 2**31), st.integers(1, 100),
) | st.builds(
    Setup, st.just(OWN), st.text(min_size=1, max_size=400).filter(str.strip),
    st.sampled_from(["seed", "order"]), st.integers(0, 2**31), st.integers(1, 100),
)


@given(setups, st.integers(2, 2000))
def test_a_challenge_is_read_as_it_was_written(setup, tokens):
    challenge = Challenge(checked_setup(setup), tokens)
    code = write_challenge(challenge)
    assert read_challenge(code) == challenge
    assert len(code) <= challenges.LONGEST and all(c.isalnum() or c in "._-" for c in code)


@given(setups, st.data())
def test_a_challenge_with_a_changed_letter_is_refused(setup, data):
    code = write_challenge(Challenge(checked_setup(setup), 9))
    place = data.draw(st.integers(0, len(code) - 1))
    other = data.draw(st.characters().filter(lambda c: c != code[place]))
    for changed in (code[:place] + other + code[place + 1:], code[:place]):
        with pytest.raises(BadArgument):
            read_challenge(changed)


def forged(seal: Seal, data: bytes, version: int | None = None) -> str:
    """A code with a checksum that fits, whatever is in it."""
    payload = base64.urlsafe_b64encode(zlib.compress(data)).decode().rstrip("=")
    other = Seal(seal.prefix, version or seal.version, "", 10**9, 10**9)
    return f"{seal.prefix}{version or seal.version}.{payload}.{other._check(payload)}"


PRINT = Setup("alice").fingerprint
HOSTILE = [
    b"", b"{", b"\xff\xfe", b"null", b"{}", b'{"__proto__": {"a": 1}}', b"[" * 5000,
    b"[" * 20 + b"]" * 20, b"[" + b"1," * 20000 + b"1]", b" " * 10_000_000, b"[NaN]", b"[1e999]",
    json.dumps(["alice", "", "seed", 1, 10, "00000000", 9]).encode(),
    json.dumps(["alice", "own too", "seed", 1, 10, PRINT, 9]).encode(),
    json.dumps(["<img src=x onerror=alert(1)>", "", "seed", 1, 10, PRINT, 9]).encode(),
    json.dumps(["alice", "", "sideways", 1, 10, PRINT, 9]).encode(),
    json.dumps(["alice", "", "seed", -1, 10, PRINT, 9]).encode(),
    json.dumps(["alice", "", "seed", 1, 1e9, PRINT, 9]).encode(),
    json.dumps(["alice", "", "seed", True, 10, PRINT, 9]).encode(),
    json.dumps(["alice", "", "seed", 1, 10, PRINT, 1]).encode(),
    json.dumps([["alice"], "", "seed", 1, 10, PRINT, 9]).encode(),
    json.dumps(["own", " ", "seed", 1, 10, Setup("own", " ").fingerprint, 9]).encode(),
    json.dumps(["own", "x" * 50_000, "seed", 1, 10, "0", 9]).encode(),
]


@pytest.mark.parametrize("data", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_codes_with_a_right_checksum_are_refused(data):
    for seal, read in ((challenges.SEAL, read_challenge), (results.SEAL, read_result)):
        with pytest.raises(BadArgument):
            read(forged(seal, data))


def test_other_kinds_versions_and_lengths_are_refused_in_words():
    code = write_challenge(Challenge(Setup("alice"), 9))
    with pytest.raises(BadArgument, match="version 2"):
        read_challenge(forged(challenges.SEAL, b"[]", 2))
    with pytest.raises(BadArgument, match="too long"):
        read_challenge("P1." + "A" * 10_000_000)
    with pytest.raises(BadArgument, match="begins with LMR1"):
        read_result(code)
    with pytest.raises(BadArgument, match="begins with P1"):
        read_challenge(None)


def test_a_text_too_long_for_a_link_is_told():
    words = "".join(f"{i * 7919 % 100_003} " for i in range(3000))
    assert len(write_challenge(Challenge(checked_setup(Setup(OWN, words[:6000])), 9))) <= 8000
    with pytest.raises(BadArgument, match="too long for a link"):
        write_challenge(Challenge(checked_setup(Setup(OWN, words)), 9))


@st.composite
def played(draw):
    positions = draw(st.lists(st.integers(1, 2000), unique=True, min_size=1, max_size=20))
    rounds = []
    for position in sorted(positions):
        points = tuple(n for _, n in draw(spreads()))
        rounds.append(Round(position, points, draw(st.sampled_from([0, *points]))))
    rivals = {"uniform": 15.585, "transformer": round(draw(st.floats(0, 30)), 4)}
    head = (draw(st.text(st.characters(exclude_categories=["Cs"]), max_size=60)), "alice", PRINT)
    return Result(*head, "seed", draw(st.integers(0, 2**31)), 49152, 100, tuple(rounds), rivals)


@given(played())
def test_a_result_is_read_as_it_was_written(result):
    code = write_result(result)
    assert read_result(code) == result
    wrapped = "\n".join(code[i : i + 60] for i in range(0, len(code), 60))
    [reading] = read_results(f"Ada:\n{wrapped}\nBob: {code}.")
    assert (reading.result, reading.times, reading.line) == (result, 2, 2)


def test_results_are_computed_from_the_points():
    rounds = (Round(9, (40, 20), 40), Round(12, (25, 25), 0))
    result = Result("Ada", "alice", PRINT, "seed", 1, 49152, 10, rounds, {})
    assert result.costs == [bits(0.4), bits(0.5 / 49150)]
    assert sorted(result.claims) == [(0.2, False), (0.25, False), (0.25, False), (0.4, True)]
    assert result.bits_per_token == pytest.approx(math.fsum(result.costs) / 2)


def test_a_damaged_code_among_others_is_told_and_the_others_are_read():
    rounds = (Round(9, (4,), 4),)
    code = write_result(Result("Ada", "alice", PRINT, "seed", 1, 49152, 1, rounds, {}))
    bad = code[:20] + ("A" if code[20] != "A" else "B") + code[21:]
    found = read_results(f"{bad} {code}")
    assert [bool(reading.result) for reading in found] == [False, True]
    assert "checksum" in found[0].problem
    torn = read_results(f"{code[:30]} and {code} LMR1.")
    cut_off = "This result code is cut off"
    assert [r.problem[:27] for r in torn] == [cut_off, "", cut_off]
    lines = ["Ada:", bad, "", f"{code} and", code[:40], code[40:], "LMR9.new!", code]
    pasted = read_results("\n".join(lines))
    told = [(r.line, r.times, bool(r.result)) for r in pasted]
    assert told == [(2, 1, False), (4, 3, True), (7, 1, False)]
    assert pasted[0].excerpt == f"{bad[:12]}…{bad[-8:]}"
    assert "version 9" in pasted[2].problem
    for text in ("", "hello", "LMR", "x" * 1_000_000):
        with pytest.raises(BadArgument):
            read_results(text)


HEAD = ["Ada", "alice", PRINT, "seed", 1, 49152, 10]


@pytest.mark.parametrize("tail", [
    [[], {}], [[[9, 0, []]] * 2, {}], [[[9, 0, [100]]], {}], [[[9, 5, [4]]], {}],
    [[[0, 0, []]], {}], [[[9, 0, [60, 60]]], {}], [[[9, 0, [0]]], {}], [[[9, 0, []]], {"<b>": 1}],
    [[[9, 0, []]], []], [[[9, 0, []]], {"uniform": "1"}], [[[9, 0, [1] * 500]], {}],
    [[[9, True, [1]]], {}],
])
def test_results_that_cannot_be_are_refused(tail):
    with pytest.raises(BadArgument):
        read_result(forged(results.SEAL, json.dumps([*HEAD, *tail]).encode()))
