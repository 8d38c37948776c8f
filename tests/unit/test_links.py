"""Links: what goes in comes out, and nothing else comes in."""

from __future__ import annotations

import base64
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmpanel.errors import BadArgument, BadState
from lmpanel.links import MAX_LINK, MAX_TEXT, PREFIX, decode_link, encode_link

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False,
        allow_infinity=False) | st.text(st.characters(codec="utf-8"), max_size=40),
    lambda inner: st.lists(inner, max_size=6)
    | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=9), inner, max_size=6),
    max_leaves=30,
)


def link_of(data: bytes) -> str:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(data) + packer.flush()
    return PREFIX + base64.urlsafe_b64encode(packed).decode().rstrip("=")


@given(JSON)
def test_what_goes_in_comes_out(value):
    fragment = encode_link(value)
    assert decode_link(fragment) == value
    assert fragment.isascii() and not set(fragment) & set("<>\"'&#?%+/ ")


@given(st.text(max_size=200))
def test_any_text_is_refused_or_read_and_never_more(text):
    for fragment in (text, PREFIX + text):
        try:
            decode_link(fragment)
        except BadState:
            continue
        assert fragment.startswith(PREFIX)


@given(st.integers(0, 300), st.integers(0, 255))
def test_a_changed_character_is_refused_or_gives_json(place, byte):
    fragment = encode_link({"state": {"ids": list(range(40)), "raw": False}})
    place %= len(fragment)
    try:
        found = decode_link(fragment[:place] + chr(byte) + fragment[place + 1 :])
    except BadState as refused:
        assert refused.remedy
    else:
        assert found == json.loads(json.dumps(found, allow_nan=False))


@pytest.mark.parametrize("fragment, reason", [
    (None, "no link"), ("", "no link"), ("play=1.x", "no link"), ("s=2.AA", "another version"),
    ("s=1.", "damaged"), ("s=1.AA", "damaged"), ("s=1.<img>", "damaged"),
    (PREFIX + "A" * MAX_LINK, "longer than"),
    (link_of(b"{" + b" " * MAX_TEXT + b"}"), "damaged"),
    (link_of(json.dumps([0] * 10).encode())[:-3], "damaged"),
    (link_of(b"[" * 100 + b"]" * 100), "damaged"), (link_of(b"[NaN]"), "damaged"),
    (link_of(b"\xff\xfe"), "damaged"), (link_of(b"[]") + "AAAA", "damaged"),
])
def test_what_is_no_link_is_refused(fragment, reason):
    with pytest.raises(BadState, match=reason):
        decode_link(fragment)


def test_a_bomb_is_not_unfolded():
    bomb = link_of(b" " * 20_000_000)
    assert len(bomb) < MAX_LINK
    with pytest.raises(BadState, match="damaged"):
        decode_link(bomb)


def test_what_is_too_long_for_a_link_says_what_to_do():
    with pytest.raises(BadArgument, match="Save the session to a file"):
        encode_link([hash((n, "x")) for n in range(20_000)])
