"""What the tutorial of the game shows: four tokens, their scores, and what these come to.

Plain data, in nats. What is hidden is not in it.
"""

from __future__ import annotations

import math
from typing import Any

from lmpanel.game.surprise import jolt
from lmpanel.game.tutorial import Tutorial
from lmpanel.views import score_words as words
from lmpanel.wording import t


def payload(tutorial: Tutorial) -> dict[str, Any]:
    """The state of site/components/play_tutorial.js."""
    return {
        "written": tutorial.written,
        "turn": f"{tutorial.number}.{tutorial.step}",
        "step": tutorial.step,
        "length": len(tutorial.hidden.sequence),
        "over": tutorial.over,
        "known": [tutorial.hidden.tokens[place] for place in tutorial.known],
        "problem": " ".join(_problems(tutorial)),
        "rows": _rows(tutorial),
        "loss": _loss(tutorial) if tutorial.revealed else None,
        "losses": list(tutorial.losses),
        "total": tutorial.total,
        "mean": tutorial.mean,
        "even": math.log(len(tutorial.hidden.tokens)),
        "why": _why(tutorial),
    }


def actions(tutorial: Tutorial) -> dict[str, Any]:
    """What may be asked for here."""
    return {
        "play_scores": lambda texts: tutorial.type([str(text) for text in texts]),
        "play_add": lambda place: tutorial.add(1, None if place is None else int(place) % 4),
        "play_reveal": lambda texts: _reveal(tutorial, texts),
        "play_step": tutorial.go_on,
        "play_tutorial_again": tutorial.again,
    }


def _reveal(tutorial: Tutorial, texts: list[str]) -> None:
    # What was typed a moment ago counts, whether it has been sent by itself or not.
    tutorial.type([str(text) for text in texts])
    tutorial.reveal()


def _problems(tutorial: Tutorial) -> list[str]:
    pairs = zip(tutorial.hidden.tokens, tutorial.problems, strict=True)
    told = [(token, problem) for token, problem in pairs if problem]
    return [t("{token}: {problem}", token=token, problem=problem) for token, problem in told]


def _rows(tutorial: Tutorial) -> list[dict[str, Any]]:
    came = tutorial.known[-1] if tutorial.revealed else None
    return [
        {
            "token": token,
            "text": tutorial.texts[place],
            "bad": bool(tutorial.problems[place]),
            "score": words.score(tutorial.scores[place]),
            "nats": nats,
            "p": math.exp(-nats),
            "came": place == came,
        }
        for place, (token, nats) in enumerate(
            zip(tutorial.hidden.tokens, tutorial.surprises, strict=True)
        )
    ]


def _loss(tutorial: Tutorial) -> dict[str, Any]:
    loss = tutorial.losses[-1]
    return {
        "token": tutorial.hidden.tokens[tutorial.known[-1]],
        "nats": loss,
        "p": math.exp(-loss),
        "jolt": jolt(loss),
        "words": words.felt(loss),
        "number": len(tutorial.losses),
    }


def _why(tutorial: Tutorial) -> dict[str, str]:
    tokens, scores = tutorial.hidden.tokens, tutorial.scores
    return {
        "changed": words.why(tokens, tutorial.before, scores),
        "log_sum": words.written_log_sum(scores),
        "value": words.nats(tutorial.log_sum),
        "sum": words.written_total(scores),
        "one": words.one_more(tokens, scores, 0),
        "all": words.one_more_for_all(scores),
        "first": tokens[0],
    }
