"""The numbers that each lesson tells, computed natively; what it says besides is asserted."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from lesson_lab import Lab

from lmpanel.beam_search import BeamSearch
from lmpanel.document import Document
from lmpanel.filters import Filters
from lmpanel.game.positions import hidden_positions
from lmpanel.game.texts import content_of
from lmpanel.ngrams.corpus import FILE, bundled, pieces, split
from lmpanel.ngrams.counts import count_levels
from lmpanel.ngrams.ladder import RUNGS
from lmpanel.ngrams.smoothing import Smoothed
from lmpanel.rungs import PASSAGE
from lmpanel.sampling import draw
from lmpanel.scoring import LN2, Totals

STORY = "Write a one-paragraph story about a dragon."
FRENCH = "Translate this sentence to French: The cat sleeps on the red chair."
ITALY = "What is the capital of Italy?"


def conversation(lab: Lab) -> list[float]:
    hi, pirate = lab.chat("Hi!"), lab.chat("Hi!", system="You are a pirate.")
    said = lab.chat("Hi!", "Hello! How can I help you today?")
    rome = lab.raw("The capital of Italy is")
    assert list(hi.ids).count(lab.id("<|im_start|>")) == 3
    return [
        lab.top(hi, "Hello"), lab.p(hi, "Hi"), lab.top(said, "<|im_end|>"),
        lab.top(pirate, "Hello"), lab.entropy(hi), lab.entropy(pirate),
        lab.top(rome, " Rome"), lab.p(rome, " the"),
    ]  # fmt: skip


def token_by_token(lab: Lab) -> list[float]:
    story, start = lab.chat(STORY), len(lab.chat(STORY))
    ten = lab.text(lab.greedy(story, 10), start)
    assert ten.startswith("In the heart of a bustling market, a majestic")
    assert lab.after(story).ranked(2).tolist()[1] == lab.id("The")
    computer = story.append(lab.id("Computer"))
    before = lab.chat(STORY, "In the heart of a bustling market, a majestic")
    pieces = lab.model.tokenizer.encode(" teapot")
    assert len(pieces) == 3
    odd, piece = lab.after(story).candidate(lab.id("Computer")), lab.after(before)
    return [
        lab.top(story, "In"), lab.p(story, "The"), lab.top(story.append(lab.id("The")), " sun"),
        100, odd.rank, odd.prob, lab.top(computer, ":"), lab.top(before, " dragon"),
        piece.bits(pieces[0]), piece.rank_of(pieces[0]),
    ]  # fmt: skip


def predictable(lab: Lab) -> list[float]:
    be, colour = lab.raw("To be, or not to"), lab.raw("My favourite colour is")
    once = lab.raw("Once upon a time")
    coffee = lab.raw("I would like a cup of coffee with milk and a spoon of concrete.")
    hippo = lab.raw("She saw a hippopotamus.")
    twice = lab.raw("The purple giraffe waltzed through the kitchen. " * 2)
    twice = lab.raw(lab.editor.text(twice).strip())
    scores = lab.scores(coffee)
    worst = max(range(1, len(scores)), key=lambda i: scores[i].bits)
    assert coffee.ids[worst] == lab.id(" concrete")
    assert twice.ids[12] == lab.id(" giraffe")
    return [
        lab.top(be, " be"), lab.entropy(be), lab.top(colour, " blue"), lab.entropy(colour),
        lab.after(colour).effective_choices, lab.entropy(once), lab.top(once, ","),
        lab.bits(coffee, " concrete"), lab.bits(coffee, " of"), lab.bits(hippo, " hipp"),
        lab.bits(hippo, "opotam"), lab.bits(hippo, "us"),
        lab.bits(twice, " giraffe"), lab.bits(twice, " giraffe", 1),
    ]  # fmt: skip


def surprise(lab: Lab) -> list[float]:
    mat, moon = lab.raw("The cat sat on the mat."), lab.raw("The cat sat on the moon.")
    totals = lab.totals(mat)
    assert totals.count == 6 and lab.totals(moon).bits < totals.bits
    bits = lab.bits(mat, " mat")
    return [
        2**-bits, bits, totals.bits, totals.bits_per_token, totals.perplexity, LN2,
        totals.nats_per_token, lab.bits(moon, " moon"),
    ]  # fmt: skip


def decoding(lab: Lab) -> list[float]:
    french = lab.chat(FRENCH)
    start, first = len(french), lab.after(french)
    greedy = lab.totals(lab.greedy(french, 40), start)
    assert greedy.count == 16
    thrown = draw(first, 0.2)
    assert (thrown.id, first.top_id) == (lab.id("C"), lab.id("L"))
    assert lab.text(lab.greedy(french, 3), start).startswith("L'am")

    best = lab.do(BeamSearch(lab.model, french.ids, width=3, max_tokens=20).complete()).beams[0]
    beam = lab.totals(french.append(*best.ids), start)
    assert lab.text(french.append(*best.ids), start).startswith("Cette couleur est la couleur")
    forced = lab.scores(lab.chat(FRENCH, "Le chat"))[start:]
    return [
        135, 0.2, greedy.bits, thrown.low, thrown.high, first.prob(thrown.id), beam.bits,
        *(score.bits for score in forced),
    ]  # fmt: skip


def play(lab: Lab) -> list[float]:
    scores = [3, 1, 6, 2]
    total = math.log(sum(map(math.exp, scores)))
    assert math.log(math.exp(20) + 3) == pytest.approx(20, abs=1e-6)
    assert 14 < 20 / math.log(4) < 15
    tokenizer = lab.model.tokenizer
    size = lab.model.info.vocab_size
    lost = -math.log2(0.01 / (size - 1))
    for seed, most in ((1, 5), (2, 3)):
        ids = tokenizer.encode_plain(content_of("saturday"))
        assert len(hidden_positions(len(ids), "seed", seed, most)) == most
    return [
        total, *(total - score for score in scores), math.log(4), 100, size, size - 1, 0.25,
        math.log2(size), -math.log2(0.99), lost,
    ]  # fmt: skip


def novel(lab: Lab) -> tuple[Smoothed, list[int], int]:
    """The bundled text counted, a passage that was held out, and how many tokens were counted."""
    text = bundled((lab.dist / FILE).read_bytes()).text
    tokenizer = lab.model.tokenizer
    ids = [id for piece in pieces(text) for id in tokenizer.encode_plain(piece)]
    train, held_out = split(np.array(ids))
    size = lab.model.info.vocab_size
    smoothed = Smoothed(size, list(count_levels(train, size, len(RUNGS) - 1)))
    ends = (at for at in range(PASSAGE)
            if tokenizer.decode([int(held_out[at])]).strip() in (".", "!", "?"))
    start = next(ends) + 1
    return smoothed, [int(id) for id in held_out[start : start + PASSAGE]], len(train)


def likeliest(smoothed: Smoothed, ids: tuple[int, ...], order: int) -> int:
    return int(np.argmax(smoothed.row(ids, order)))


def ngrams(lab: Lab) -> list[float]:
    words = lab.editor.text(lab.raw("the cat sat on the mat and the cat ran to the dog")).split()
    assert words.count("the") == 4
    assert list(pairwise(words)).count(("the", "cat")) == 2
    smoothed, passage, counted = novel(lab)

    white, whale = lab.raw("He looked at the sea and saw the white"), lab.id(" whale")
    bigram, trigram = smoothed.explain(white.ids, whale, 3)[1:]
    assert likeliest(smoothed, white.ids, 2) == likeliest(smoothed, white.ids, 3) == whale
    assert (bigram.count, trigram.count, trigram.total) == (25, 12, 49)
    lab.top(white, " sails")

    per_token = [float(-np.log2(smoothed.probs(passage, n))[1:].mean()) for n in range(6)]
    assert min(per_token) == per_token[3] and len(passage) == 120

    written = lab.raw("The captain of the ship").ids
    for _ in range(40):
        written = (*written, likeliest(smoothed, written, 3))
    assert lab.model.tokenizer.decode(written).count(" and the whale,") > 5

    copied = lab.raw("The purple giraffe waltzed through the kitchen. The purple")
    assert likeliest(smoothed, copied.ids, 3) == lab.id(",")
    twice = lab.raw(lab.editor.text(copied) + " giraffe")
    maria = lab.raw(
        "Maria is a doctor. Tom is a baker. The sun is shining, and it is a long day for both of "
        "them. In the evening the baker says: My name is"
    )
    size = lab.after(maria).size
    return [
        2 / 4, size, size**2 / 1e9, size**3 / 1e12, lab.top(copied, " giraffe"),
        lab.bits(twice, " giraffe"), lab.top(maria, " Tom"), lab.p(maria, " Maria"),
        bigram.total, bigram.prob, trigram.prob, lab.p(white, " whale"), *per_token[:4],
        per_token[5], counted,
        lab.totals(Document(tuple(passage), raw=True)).bits_per_token,
    ]  # fmt: skip


def filters(lab: Lab) -> list[float]:
    story = lab.after(lab.chat(STORY))
    first, second = lab.id("In"), lab.id("The")
    half, hot = Filters(0.5).apply(story), Filters(1.5).apply(story)
    two = Filters(top_k=2).apply(story)
    assert int((Filters(top_p=0.8).apply(story).probs > 0).sum()) == 6
    assert int((Filters(min_p=0.1).apply(story).probs > 0).sum()) == 5
    return [
        story.prob(first), story.prob(second), half.prob(first), half.prob(second),
        story.entropy_bits, half.entropy_bits, hot.prob(first), hot.entropy_bits,
        two.prob(first), 0.5, 1.5, 0.8, 0.95, 0.1,
    ]  # fmt: skip


def entropy(lab: Lab) -> list[float]:
    question, prompted = lab.chat(ITALY), lab.chat(f"{ITALY} Answer in one sentence.")
    start = len(prompted)
    reply = lab.chat(f"{ITALY} Answer in one sentence.", "The capital of Italy is Rome.")
    scores = lab.scores(reply)[start:]
    assert len(scores) == 7 and max(scores, key=lambda s: s.entropy_bits) is scores[0]
    raw = lab.totals(lab.raw("The capital of Italy is Rome."))
    return [
        scores[0].entropy_bits, scores[2].entropy_bits, scores[5].entropy_bits,
        lab.top(lab.raw(ITALY), "<|im_end|>"), lab.entropy(question), lab.top(question, "Il"),
        lab.entropy(prompted), lab.top(prompted, "The"), Totals.of(scores).bits, raw.bits,
    ]  # fmt: skip
FACTS = {
    "conversation": conversation, "token-by-token": token_by_token, "predictable": predictable,
    "surprise": surprise, "decoding": decoding, "play": play, "ngrams": ngrams,
    "filters": filters, "entropy": entropy,
}  # fmt: skip
