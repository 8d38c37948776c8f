"""Evidence of those who predict beside the transformer: a player of the game, the n-gram ladder.

Reads a session, changes nothing.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lmpanel.errors import BadArgument
from lmpanel.explorer import TRANSFORMER
from lmpanel.lessons.evidence_table import Table, rounded, shown, table
from lmpanel.number_text import grouped

if TYPE_CHECKING:
    from lmpanel.session import Session


def tutorial(session: Session) -> Table:
    """What each token of the tutorial has cost. Raises BadArgument before the first."""
    played = session.play.tutorial
    if not played.losses:
        raise BadArgument("Nothing was revealed yet.", "Reveal a token first.")
    tokens = [played.hidden.tokens[place] for place in played.known]
    rows = [
        [i, token, rounded(loss)]
        for i, (token, loss) in enumerate(zip(tokens, played.losses, strict=True), 1)
    ]
    mean = f"{played.mean:.3f} nats per token; an even guess costs ln 4 = {math.log(4):.3f}."
    return table("Four tokens", ("no.", "token", "loss (nats)"), rows, mean)


def game(session: Session) -> Table:
    """The rounds with everyone's bits. Raises BadArgument before the first."""
    played = session.play.game
    if played.playing is None or not played.rounds:
        raise BadArgument("No round was played yet.", "Commit to a guess first.")
    standings = played.standings
    names = [each.name for each in standings]
    rows = []
    for one in played.rounds:
        costs = one.costs(played.vocab_size)
        q = rounded(one.q(played.vocab_size))
        paid = [rounded(_finite(costs.get(name))) for name in names]
        rows.append([one.position + 1, shown(session, one.token), one.on_token, q, *paid])
    means = ", ".join(f"{each.name} {each.bits_per_token:.3f}" for each in standings)
    columns = ("token no.", "token", "points", "q", *(f"{name} (bits)" for name in names))
    return table(f"“{played.playing.title}”", columns, rows, f"Bits per token: {means}.")


def ladder(session: Session) -> Table:
    """All models at the position looked at. Raises BadArgument before the n-grams are trained."""
    rungs, trained = session.rungs, session.ladder.trained
    asked, distributions = rungs.asked, rungs.distributions()
    if trained is None or asked is None or not distributions:
        raise BadArgument("The n-grams are not trained yet.", "Open N-grams and wait a moment.")
    costs = rungs.costs()
    found = dict(zip(costs, [*distributions, rungs.transformer], strict=True))
    if found[TRANSFORMER] is None or costs[TRANSFORMER].per_token is None:
        raise BadArgument("The numbers are not all there yet.", "Wait a moment, then try again.")
    token = shown(session, asked)
    rows = [
        [
            name,
            # Where all tokens are equal, none is the likeliest.
            shown(session, distribution.top_id) if name != "uniform" else None,
            rounded(distribution.prob(asked)),
            rounded(costs[name].per_token),
        ]
        for name, distribution in found.items()
    ]
    before = session.model.tokenizer.decode(session.explorer.context[-12:])[-40:]
    columns = ("model", "likeliest", f"p of {token}", "bits per token")
    counted = f"The n-grams were counted in {trained.text.title}."
    count = f"Bits per token are those of {grouped(costs[TRANSFORMER].count)} tokens."
    return table(f"What each model expects after “{before}”", columns, rows, counted, count)


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
