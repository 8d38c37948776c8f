"""Evidence of those who predict beside the transformer: a player of the game, the n-gram ladder.

Reads a session, changes nothing.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lmpanel.errors import BadArgument
from lmpanel.explorer import TRANSFORMER
from lmpanel.game.played import YOU
from lmpanel.lessons.evidence_table import Table, rounded, shown, table
from lmpanel.wording import later, many, t

if TYPE_CHECKING:
    from lmpanel.session import Session

_NAMES = {
    YOU: later("you"),
    "uniform": later("uniform"),
    "unigram": later("unigram"),
    "bigram": later("bigram"),
    "trigram": later("trigram"),
    TRANSFORMER: later("transformer"),
}
"""Who predicts, as it stands in a table."""


def tutorial(session: Session) -> Table:
    """What each token of the tutorial has cost. Raises BadArgument before the first."""
    played = session.play.tutorial
    if not played.losses:
        raise BadArgument(t("Nothing was revealed yet."), t("Reveal a token first."))
    tokens = [played.hidden.tokens[place] for place in played.known]
    rows = [
        [i, token, rounded(loss)]
        for i, (token, loss) in enumerate(zip(tokens, played.losses, strict=True), 1)
    ]
    mean = t(
        "{nats} nats per token; an even guess costs ln 4 = {even}.",
        nats=f"{played.mean:.3f}",
        even=f"{math.log(4):.3f}",
    )
    return table(t("Four tokens"), (t("no."), t("token"), t("loss (nats)")), rows, mean)


def game(session: Session) -> Table:
    """The rounds with everyone's bits. Raises BadArgument before the first."""
    played = session.play.game
    if played.playing is None or not played.rounds:
        raise BadArgument(t("No round was played yet."), t("Commit to a guess first."))
    standings = played.standings
    names = [each.name for each in standings]
    rows = []
    for one in played.rounds:
        costs = one.costs(played.vocab_size)
        q = rounded(one.q(played.vocab_size))
        paid = [rounded(_finite(costs.get(name))) for name in names]
        rows.append([one.position + 1, shown(session, one.token), one.on_token, q, *paid])
    means = ", ".join(f"{_called(each.name)} {each.bits_per_token:.3f}" for each in standings)
    paid_by = (t("{name} (bits)", name=_called(name)) for name in names)
    columns = (t("token no."), t("token"), t("points"), "q", *paid_by)
    title = t("“{quoted}”", quoted=played.playing.title)
    return table(title, columns, rows, t("Bits per token: {means}.", means=means))


def ladder(session: Session) -> Table:
    """All models at the position looked at. Raises BadArgument before the n-grams are trained."""
    rungs, trained = session.rungs, session.ladder.trained
    asked, distributions = rungs.asked, rungs.distributions()
    if trained is None or asked is None or not distributions:
        raise BadArgument(
            t("The n-grams are not trained yet."), t("Open N-grams and wait a moment.")
        )
    costs = rungs.costs()
    found = dict(zip(costs, [*distributions, rungs.transformer], strict=True))
    if found[TRANSFORMER] is None or costs[TRANSFORMER].per_token is None:
        raise BadArgument(
            t("The numbers are not all there yet."), t("Wait a moment, then try again.")
        )
    token = shown(session, asked)
    rows = [
        [
            _called(name),
            # Where all tokens are equal, none is the likeliest.
            shown(session, distribution.top_id) if name != "uniform" else None,
            rounded(distribution.prob(asked)),
            rounded(costs[name].per_token),
        ]
        for name, distribution in found.items()
    ]
    before = session.model.tokenizer.decode(session.explorer.context[-12:])[-40:]
    of_token = t("p of {token}", token=token)
    columns = (t("model"), t("likeliest"), of_token, t("bits per token"))
    counted = t("The n-grams were counted in {title}.", title=trained.text.title)
    count = many(
        costs[TRANSFORMER].count,
        "Bits per token are those of {n} token.",
        "Bits per token are those of {n} tokens.",
    )
    title = t("What each model expects after “{context}”", context=before)
    return table(title, columns, rows, counted, count)


def _called(name: str) -> str:
    return t(_NAMES.get(name, name))


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
