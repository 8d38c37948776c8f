"""The colours of the page: text on every step is readable, and steps can be told apart."""

from __future__ import annotations

import re
from itertools import combinations, pairwise

import numpy as np
import pytest

from lmpanel.native import SITE

LIGHT, DARK = (re.search(r":root \{(.*?)\}", (SITE / name).read_text("utf-8"), re.DOTALL).group(1)
               for name in ("shell.css", "dark.css"))
STEPS = {"sequential": ["s0", "s1", "s2", "s3", "s4"], "diverging": ["d0", "d1", "d2", "d3", "d4"]}

# Machado, Oliveira and Fernandes, A Physiologically-based Model for Simulation of Color Vision
# Deficiency, 2009: severity 1, on linear light.
VISIONS = {
    "usual": np.eye(3),
    "protanopia": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                            [-0.003882, -0.048116, 1.051998]]),
    "deuteranopia": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                              [-0.011820, 0.042940, 0.968881]]),
    "tritanopia": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                            [0.004733, 0.691367, 0.303900]]),
}


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_both_themes_have_an_own_colour_for_every_step(theme):
    for step in ("s1", "s2", "s3", "s4", "d0", "d1", "d3", "d4"):
        assert f"--{step}: #" in theme and f"--{step}-ink: #" in theme


def colours(dark: bool) -> dict[str, str]:
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6}|transparent);", LIGHT))
    if dark:
        found |= re.findall(r"--([\w-]+): (#[0-9a-f]{3,6}|transparent);", DARK)
    return found


def linear(hex_colour: str) -> np.ndarray:
    digits = hex_colour[1:]
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    value = np.array([int(digits[i : i + 2], 16) for i in (0, 2, 4)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def contrast(first: str, second: str) -> float:
    """Source: WCAG 2.2, contrast ratio."""
    light = sorted(float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (first, second))
    return (light[1] + 0.05) / (light[0] + 0.05)


def oklab(light: np.ndarray) -> np.ndarray:
    """Source: Ottosson, A perceptual color space for image processing, 2020."""
    cones = np.array([[0.4122214708, 0.5363325363, 0.0514459929],
                      [0.2119034982, 0.6806995451, 0.1073969566],
                      [0.0883024619, 0.2817188376, 0.6299787005]]) @ np.clip(light, 0, 1)
    return np.array([[0.2104542553, 0.7936177850, -0.0040720468],
                     [1.9779984951, -2.4285922050, 0.4505937099],
                     [0.0259040371, 0.7827717662, -0.8086757660]]) @ np.cbrt(cones)


def shown(palette: dict[str, str], step: str) -> str:
    """The colour of a step on a card; the middle of a diverging scale has none."""
    colour = "transparent" if step == "d2" else palette[step]
    return palette["card"] if colour == "transparent" else colour


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("step", [*STEPS["sequential"], *STEPS["diverging"]])
def test_text_on_every_step_is_readable(dark, step):
    palette = colours(dark)
    ink = palette.get(f"{step}-ink", palette["ink"])
    assert contrast(ink, shown(palette, step)) >= 4.5


@pytest.mark.parametrize("dark", [False, True])
def test_bars_and_quiet_text_are_readable(dark):
    palette = colours(dark)
    for ground in ("card", "chip", "bg"):
        assert contrast(palette["muted"], palette[ground]) >= 4.5
    for bar in ("bar", "bar-less"):
        assert contrast(palette[bar], palette["card"]) >= 3


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("scale", STEPS)
def test_steps_can_be_told_apart_by_everyone(dark, vision, scale):
    palette = colours(dark)
    seen = {step: oklab(VISIONS[vision] @ linear(shown(palette, step))) for step in STEPS[scale]}
    pairs = pairwise(STEPS[scale]) if scale == "sequential" else combinations(STEPS[scale], 2)
    for first, second in pairs:
        assert np.linalg.norm(seen[first] - seen[second]) > 0.03, (first, second)
