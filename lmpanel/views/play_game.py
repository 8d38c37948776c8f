"""What the game on a real text shows: the choice of a text, a round, what was revealed, the end.

Plain data. Before a round is committed nothing of its hidden token or of any model's numbers is in
it, but for the tokens that are suggested, in alphabetical order.
"""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from lmpanel.explorer import TRANSFORMER
from lmpanel.game.calibration import reliability
from lmpanel.game.played import YOU, Played
from lmpanel.game.points import bits, placed, rest_each, worst
from lmpanel.game.rounds import Game
from lmpanel.game.setup import OWN, Setup
from lmpanel.game.surprise import jolt
from lmpanel.game.texts import content_of, game_texts, text_named
from lmpanel.ngrams.corpus import BUNDLED
from lmpanel.session import Session
from lmpanel.views import score_words as words
from lmpanel.views.next_token import not_found
from lmpanel.views.tokens import token_row
from lmpanel.wording import later, t

SHOWN = 140
"""Tokens of the context that are shown."""
TOP = 6
CONTEXT_CHARACTERS = 40
TITLES = {
    YOU: later("You"),
    "uniform": later("Uniform"),
    "unigram": later("Unigram"),
    "bigram": later("Bigram"),
    "trigram": later("Trigram"),
    TRANSFORMER: later("Transformer"),
}


def payload(session: Session) -> dict[str, Any]:
    """The state of site/components/play_game.js."""
    game = session.play.game
    if game.offered is not None:
        tokens, setup = game.offered.tokens, game.offered.setup
        return {
            "stage": "offered",
            "offered": {**_about(setup), "tokens": tokens},
            "on": game.playing is not None,
        }
    shared = {"stage": game.stage, "problem": game.problem, "vocab_size": game.vocab_size}
    if game.playing is None:
        return {**shared, **_setup(game.setup), "link": _link(session)}
    shared |= {**_about(game.playing), "of": len(game.positions), "progress": _progress(session)}
    if game.stage == "over":
        code = session.play.result_code()
        return {**shared, "code": code, "player": session.play.player, "link": _link(session)}
    return {**shared, **_round(session), "last": _last(session)}


def actions(session: Session) -> dict[str, Any]:
    """What may be asked for here."""
    game, play = session.play.game, session.play

    def start(**changes: Any) -> None:
        game.choose(**changes)
        game.start()

    def share(**changes: Any) -> None:
        game.choose(**changes)
        if not game.problem:
            play.share()

    return {
        "play_choose": lambda **changes: game.choose(**changes),
        "play_start": start,
        "play_accept": game.accept,
        "play_decline": game.decline,
        "play_spread": lambda turn, pairs: game.spread(turn, pairs),
        "play_find": lambda query: game.find(str(query)),
        "play_list": lambda turn, id: game.add_token(turn, int(id)),
        "play_commit": lambda turn, pairs: game.commit(turn, pairs),
        "play_skip": game.skip,
        "play_next": game.go_on,
        "play_finish": game.finish,
        "play_again": game.again,
        "play_leave": game.leave,
        "play_retry": game.retry,
        "play_share": share,
        "play_name": lambda text: play.call_player(str(text)),
    }


def _setup(setup: Setup) -> dict[str, Any]:
    texts = [{**asdict(text), "words": len(content_of(text.name).split())} for text in game_texts()]
    return {"texts": texts, "setup": asdict(setup), "own_name": OWN, "counted_in": BUNDLED}


def _about(setup: Setup) -> dict[str, Any]:
    """What is played; level and source are translated where they are shown."""
    own = setup.text == OWN
    text = None if own else text_named(setup.text)
    return {
        "title": setup.title,
        "level": later("Pasted") if text is None else text.level,
        "source": "" if text is None else text.source,
        "order": setup.order,
        "seed": setup.seed,
        "rounds": setup.rounds,
    }


def _link(session: Session) -> dict[str, str]:
    code, problem = session.play.shared
    return {"code": code, "problem": problem}


def _round(session: Session) -> dict[str, Any]:
    game, vocabulary = session.play.game, session.model.tokenizer.vocabulary
    context = game.context
    suggested, draft = game.forecasts.suggestions, game.draft
    tokens = [*suggested, *(token for token in draft.listed if token not in suggested)]
    return {
        "turn": game.turn,
        "number": game.place + 1,
        "waiting": game.waiting and not game.forecasts.failed,
        "failed": game.forecasts.failed,
        "context": [token_row(vocabulary, id) for id in context[-SHOWN:]],
        "cut": len(context) > SHOWN,
        "tokens": [token_row(vocabulary, id) for id in tokens],
        "listed": len(draft.listed),
        "draft": [list(pair) for pair in draft.points.items()],
        "search": _search(session),
    }


def _search(session: Session) -> dict[str, Any]:
    draft, vocabulary = session.play.game.draft, session.model.tokenizer.vocabulary
    nothing = bool(draft.query) and not draft.found
    return {
        "query": draft.query,
        "found": [token_row(vocabulary, id) for id in draft.found],
        "message": not_found(session.explorer, draft.query) if nothing else "",
    }


def _last(session: Session) -> dict[str, Any] | None:
    """What was revealed just now."""
    game, vocabulary = session.play.game, session.model.tokenizer.vocabulary
    played = game.last
    if played is None:
        return None
    q, points = played.q(game.vocab_size), dict(played.spread)
    known = game.forecasts.known.get(TRANSFORMER)
    return {
        "token": token_row(vocabulary, played.token),
        "points": played.on_token,
        "placed": placed(played.spread),
        "others": game.vocab_size - len(played.spread),
        "each": rest_each(played.spread, game.vocab_size),
        "q": q,
        "bits": bits(q),
        "jolt": jolt(bits(q), worst(game.vocab_size)),
        "words": words.felt_in_game(bits(q), math.log2(game.vocab_size)),
        "costs": [
            {**_cost(name, cost), "rank": _rank(game, name, played)}
            for name, cost in played.costs(game.vocab_size).items()
        ],
        "top": [
            {
                **token_row(vocabulary, c.id),
                "prob": c.prob,
                "points": points.get(c.id, 0),
                "came": c.id == played.token,
            }
            for c in (known.top(TOP) if known is not None else ())
        ],
    }


def _cost(name: str, cost: float) -> dict[str, Any]:
    prob = 2.0**-cost
    return {"name": name, "title": _title(name), "prob": prob, "bits": _finite(cost)}


def _title(name: str) -> str:
    return t(TITLES[name]) if name in TITLES else name


def _rank(game: Game, name: str, played: Played) -> int | None:
    # Where all tokens are equal, a rank says nothing.
    known = game.forecasts.known.get(name) if name != "uniform" else None
    return known.rank_of(played.token) if known is not None else None


def _progress(session: Session) -> dict[str, Any] | None:
    """Everything about the rounds so far."""
    game = session.play.game
    if not game.rounds:
        return None
    claims = [claim for played in game.rounds for claim in played.claims]
    return {
        "count": len(game.rounds),
        "standings": [
            {
                "name": each.name,
                "title": _title(each.name),
                "count": each.count,
                "bits": _finite(each.bits),
                "mean": _finite(each.bits_per_token),
            }
            for each in game.standings
        ],
        "counted_in": BUNDLED,
        "claims": len(claims),
        "groups": [{**asdict(g), "happened": g.happened} for g in reliability(claims)],
        "history": [_in_history(session, played) for played in game.rounds],
    }


def _in_history(session: Session, played: Played) -> dict[str, Any]:
    vocabulary, game = session.model.tokenizer.vocabulary, session.play.game
    before = vocabulary.decode(game.ids[max(0, played.position - 12) : played.position])
    costs = played.costs(game.vocab_size)
    return {
        "position": played.position + 1,
        "before": before[-CONTEXT_CHARACTERS:],
        "token": token_row(vocabulary, played.token),
        "points": played.on_token,
        "q": played.q(game.vocab_size),
        "costs": {name: _finite(cost) for name, cost in costs.items()},
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
