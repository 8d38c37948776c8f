"""Challenges: the setup of a game as a code, so that a whole class plays the same rounds.

The code stands in a link's fragment, which never reaches a server. Knows nothing about links.
"""

from __future__ import annotations

from dataclasses import dataclass

from lmpanel.errors import BadArgument
from lmpanel.game.sealed import Seal
from lmpanel.game.setup import OWN, Setup, checked_setup
from lmpanel.number_text import grouped
from lmpanel.wording import later, t

LONGEST = 8_000
"""Most characters of a challenge: longer addresses are cut by mail programs and chats."""
SEAL = Seal("P", 1, later("challenge"), LONGEST, 60_000)


@dataclass(frozen=True)
class Challenge:
    """A setup, and the number of tokens that its text has for the model it was made with."""

    setup: Setup
    tokens: int


def write_challenge(challenge: Challenge) -> str:
    """The code of a challenge. Raises BadArgument when its text is too long for a link.

    >>> code = write_challenge(Challenge(Setup("alice", seed=7), 214))
    >>> read_challenge(code) == Challenge(Setup("alice", seed=7), 214)
    True
    """
    setup = challenge.setup
    own = setup.own if setup.text == OWN else ""
    value = [setup.text, own, setup.order, setup.seed, setup.rounds, setup.fingerprint]
    try:
        return SEAL.close([*value, challenge.tokens])
    except BadArgument as error:
        raise BadArgument(
            t("This text of {n} characters is too long for a link.", n=grouped(len(own))),
            t("Shorten it: about 6\u202f000 characters fit. Or hand it out, to be pasted."),
        ) from error


def read_challenge(code: str) -> Challenge:
    """The challenge of a code. Raises BadArgument."""
    value = SEAL.open(code)
    if not isinstance(value, list) or len(value) != 7:
        raise _bad(t("it has other entries"))
    text, own, order, seed, rounds, fingerprint, tokens = value
    try:
        setup = checked_setup(Setup(text, own, order, seed, rounds))
    except BadArgument as error:
        raise _bad(error.message.rstrip(".")) from error
    if setup.text != OWN and own:
        raise _bad(t("it brings a text and names another one"))
    if setup.text == OWN and not own.strip():
        raise _bad(t("its text is empty"))
    if setup.fingerprint != fingerprint:
        raise _bad(t("its text is another version than the one of this page"))
    if type(tokens) is not int or tokens < 2:
        raise _bad(t("its text has no tokens to guess"))
    return Challenge(setup, tokens)


def _bad(reason: str) -> BadArgument:
    message = t("This challenge cannot be played: {reason}.", reason=reason)
    return BadArgument(message, t("Ask for it again."))
