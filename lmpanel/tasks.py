"""Ready tasks: first messages that small chat models have something to say to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Task:
    """A name for the menu and the user's message."""

    name: str
    message: str


TASKS = (
    Task("Story", "Write a one-paragraph story about a dragon."),
    Task("Translation", "Translate this sentence to French: The cat sleeps on the red chair."),
    Task("Joke", "Tell me a short joke about a computer."),
    Task("Facts", "What is the capital of Italy? Answer in one sentence."),
    Task("Code", "Write a Python function that adds two numbers."),
)
