"""What "Show the working" shows: from logits to what is drawn from, in this position's numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lmpanel.distribution import Distribution
from lmpanel.filters import Filters, with_temperature
from lmpanel.session import Session
from lmpanel.views.tokens import token_row
from lmpanel.wording import t

WORKED = 3
"""Likeliest tokens whose numbers are worked out in the open."""


def payload(
    session: Session, before: Distribution, after: Distribution, ids: list[int]
) -> dict[str, Any]:
    """Each step with this position's numbers: logits, divided, softmax, filtered, renormalised."""
    filters = session.explorer.filters
    biases = dict(filters.biases)
    warm = Distribution(with_temperature(filters.biased(before).logits, filters.temperature))
    finite = np.isfinite(after.logits)
    return {
        "temperature": filters.temperature,
        "kept_mass": float(warm.probs[finite].sum()),
        "log_sum": _log_sum(warm),
        "biased": bool(biases),
        "removed": int(before.size - np.count_nonzero(finite)),
        "rules": _rules(filters),
        "rows": [
            {
                **token_row(session.model.tokenizer.vocabulary, id),
                "logit": float(before.logits[id]),
                "bias": biases.get(id, 0.0),
                "divided": _finite(float(warm.logits[id])),
                "softmax": warm.prob(id),
                "kept": bool(finite[id]),
                "after": after.prob(id),
            }
            for id in ids[:WORKED]
        ],
    }


def _log_sum(distribution: Distribution) -> float:
    """Natural logarithm of the sum of exp(logit): what the softmax subtracts."""
    top = distribution.top_id
    return float(distribution.logits[top]) - distribution.logprob(top)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _rules(filters: Filters) -> list[str]:
    """The filters in force, in their order."""
    rules = []
    if filters.top_k is not None:
        rules.append(t("top-k keeps the {n} likeliest", n=filters.top_k))
    if filters.top_p is not None and filters.top_p < 1:
        p = f"{filters.top_p:g}"
        if rules:
            words = t("top-p keeps the likeliest until they hold {p} of what is left", p=p)
        else:
            words = t("top-p keeps the likeliest until they hold {p}", p=p)
        rules.append(words)
    if filters.min_p:
        p = f"{filters.min_p:g}"
        rules.append(t("min-p keeps those at least {p} times as likely as the first", p=p))
    return rules
