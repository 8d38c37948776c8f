"""What every contestant is asked to do: the same texts, the same numbers of tokens."""

from __future__ import annotations

PROMPT = (
    "<|im_start|>system\n"
    "You are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n"
    "<|im_start|>user\n"
    "Write a one-paragraph story about a dragon.<|im_end|>\n"
    "<|im_start|>assistant\n"
)
"""The first example of the site, as the document that the model reads."""

STORY = 100
"""Tokens that are written greedily, one by one."""

WARM_UP = "One, two, three, four,"
"""What is gone on with before anything is timed."""

TEXT = " ".join(
    f"On day {day} the {animal} walked {day * 7} miles along the {place} and found nothing new."
    for day, (animal, place) in enumerate(zip(
        ["fox", "bear", "crane", "otter", "horse", "mule", "heron", "goat", "hare", "wolf"] * 2,
        ["river", "wall", "coast", "railway", "valley", "ridge", "canal"] * 3, strict=False), 1)
)
"""About 400 tokens."""

HOLD_MS = 80
"""From pressing a mouse's button to letting it go, which is the click."""
