"""Ready tasks: first messages that small chat models have something to say to."""

from __future__ import annotations

from dataclasses import dataclass

from lmpanel.wording import later


@dataclass(frozen=True)
class Task:
    """A name for the menu, to be translated there, and the user's message: the model's English."""

    name: str
    message: str


TASKS = (
    Task(later("Story"), "Write a one-paragraph story about a dragon."),
    Task(
        later("Translation"), "Translate this sentence to French: The cat sleeps on the red chair."
    ),
    Task(later("Joke"), "Tell me a short joke about a computer."),
    Task(later("Facts"), "What is the capital of Italy? Answer in one sentence."),
    Task(later("Code"), "Write a Python function that adds two numbers."),
)
