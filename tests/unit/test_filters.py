"""The filters are `transformers`' logits warpers, called in the same order.

tests/golden/make_warpers.py asked the warpers themselves.
"""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from golden.warper_cases import DRAWS, SETTINGS, Draw, Warped, load_warped, warped
from lmpanel.distribution import Distribution
from lmpanel.errors import BadArgument
from lmpanel.filters import Filters

GOLDEN = Path(__file__).parent.parent / "golden" / "warpers.npz"
NAMES = [draw.name for draw in DRAWS]


@cache
def golden() -> dict[str, list[Warped]]:
    return load_warped(GOLDEN)


def filtered(logits: np.ndarray, settings: dict[str, float]) -> Distribution:
    return Filters(**settings).apply(Distribution(logits))


def same_ids(found: Warped, expected: Warped) -> bool:
    return (found.count, found.crc) == (expected.count, expected.crc) and (
        expected.kept is None or bool((found.kept == expected.kept).all())
    )


def stored(distribution: Distribution) -> Warped:
    return warped(distribution.logits, distribution.logprobs)


@pytest.mark.parametrize("draw", DRAWS, ids=NAMES)
def test_as_many_stay_with_the_same_probabilities(draw: Draw):
    logits = draw.logits()
    for settings, expected in zip(SETTINGS, golden()[draw.name], strict=True):
        distribution = filtered(logits, settings)
        found = stored(distribution)
        assert found.count == expected.count, settings
        assert distribution.entropy_bits == pytest.approx(expected.entropy_bits, abs=1e-9)
        if same_ids(found, expected):
            np.testing.assert_allclose(found.logprobs, expected.logprobs, atol=1e-9, rtol=0)
        else:
            assert draw.kind == "ties", settings


@pytest.mark.parametrize("draw", [d for d in DRAWS if d.kind == "ties"], ids=lambda d: d.name)
def test_of_equal_tokens_at_the_end_of_top_p_the_lowest_ids_stay(draw: Draw):
    """On purpose: `transformers` leaves it to its sort which of the equal ones stay, here the
    ranking decides. Nothing else differs, and no other filter parts equal tokens."""
    logits, different = draw.logits(), []
    for settings, expected in zip(SETTINGS, golden()[draw.name], strict=True):
        distribution = filtered(logits, settings)
        if same_ids(stored(distribution), expected):
            continue
        different.append(settings)
        kept = np.isfinite(distribution.logits)
        (equal,) = np.nonzero(logits == logits[kept].min())
        assert kept[equal].any() and not kept[equal].all()
        assert kept[equal].tolist() == sorted(kept[equal], reverse=True), "the lowest ids"
        if expected.kept is not None:
            assert set(logits[kept ^ expected.kept]) == {logits[kept].min()}
    assert different and all("top_p" in settings for settings in different)


def test_one_of_equal_tokens_is_left_at_temperature_0():
    """`transformers` refuses temperature 0; it is greedy here, which takes the lowest id."""
    distribution = filtered(np.array([1.0, 2.0, 2.0]), {"temperature": 0})
    assert distribution.probs.tolist() == [0, 1, 0]


@pytest.mark.parametrize("draw", DRAWS, ids=NAMES)
@pytest.mark.parametrize(
    "settings", [{}, {"top_k": 10**6}, {"top_p": 1.0}, {"min_p": 0.0}], ids=str
)
def test_settings_that_keep_all_change_nothing(draw: Draw, settings):
    logits = draw.logits()
    assert np.array_equal(filtered(logits, settings).logits, logits)


@pytest.mark.parametrize(
    "settings",
    [
        {"temperature": -1},
        {"temperature": math.nan},
        {"top_k": 0},
        {"top_p": 1.1},
        {"min_p": -0.1},
    ],
    ids=str,
)
def test_impossible_settings_are_refused(settings):
    with pytest.raises(BadArgument):
        Filters(**settings)
