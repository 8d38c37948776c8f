"""The glossary: the tool's words, each in a sentence or two that would stand in a textbook.

Plain data, English: definitions are Markdown, formulas are text. Whoever shows title, definition or
formula translates it. Knows nothing about where it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from lmpanel.wording import later


@dataclass(frozen=True)
class Term:
    """A word: how it is written, its definition, a formula where there is one, and words with it.

    `see` has names, as `[[…]]` in the definition has.
    """

    title: str
    definition: str
    formula: str = ""
    see: tuple[str, ...] = ()


TERMS: dict[str, Term] = {
    "attention": Term(
        later("attention"),
        later(
            "The part of a [[transformer]] that lets each position gather information from the "
            "positions before it, weighted by how relevant they are."
        ),
        formula="softmax(Q·Kᵀ / √d) · V",
        see=("transformer", "kv cache"),
    ),
    "attention head": Term(
        later("attention head"),
        later(
            "One of several [[attention]]s that a [[layer]] has side by side. Each looks in a way "
            "of its own, at the token before, say, or at the first one."
        ),
        see=("attention", "layer"),
    ),
    "back-off": Term(
        later("back-off"),
        later(
            "When an [[n-gram]] was never seen, use the estimate of a shorter context instead, so "
            "that nothing gets probability zero."
        ),
        see=("n-gram",),
    ),
    "beam": Term(
        later("beam"),
        later(
            "One of the few unfinished continuations that beam search keeps at each step: those "
            "with the largest total [[log-probability]]. Beam search looks for a likely "
            "*sequence*, greedy decoding only for a likely next token."
        ),
        see=("greedy", "decode"),
    ),
    "bit": Term(
        later("bit"),
        later(
            "The unit of [[surprisal]]: one bit is the surprise of a fair coin. 1 bit = ln 2 ≈ "
            "0.693 [[nat]]s."
        ),
        formula="−log₂ ½ = 1 bit",
        see=("nat", "surprisal"),
    ),
    "byte-pair encoding": Term(
        later("byte-pair encoding"),
        later(
            "How a text becomes [[token]]s: it is written as bytes, and the pair of neighbours "
            "whose merge was learnt earliest is joined, again and again. Training learnt the "
            "merges by joining the most frequent pair, over and over."
        ),
        see=("token", "vocabulary"),
    ),
    "calibration": Term(
        later("calibration"),
        later(
            "Whether claims come true as often as they say: of everything that is given 30 %, 30 % "
            "should happen. One can be calibrated and still know little."
        ),
        see=("probability",),
    ),
    "chat template": Term(
        later("chat template"),
        later(
            "The fixed way in which a conversation is written as one text: special [[token]]s mark "
            "where a [[turn]] begins, who speaks, and where it ends."
        ),
        see=("turn", "special token", "document"),
    ),
    "chat tuning": Term(
        later("chat tuning"),
        later(
            "Further training of a base model on conversations, so that it answers in the "
            "assistant's [[turn]] instead of simply going on with the text. Also called "
            "instruction tuning."
        ),
        see=("chat template",),
    ),
    "cosine": Term(
        later("cosine"),
        later(
            "How far two rows of numbers point in the same direction, whatever their lengths: 1 "
            "the same, 0 a right angle, −1 the opposite."
        ),
        formula="a·b / (|a| · |b|)",
        see=("embedding",),
    ),
    "cross-entropy": Term(
        later("cross-entropy"),
        later(
            "The average [[surprisal]] of a text under a model: the loss that training makes "
            "smaller. In bits it is bits per token."
        ),
        formula=later("H = −(1/n) · Σ log₂ p(tokenᵢ | tokens before)"),
        see=("loss", "perplexity"),
    ),
    "cumulative probability": Term(
        later("cumulative probability"),
        later(
            "The [[probability]] of a token and of all that are likelier, added up. A random "
            "number falls on the first token whose cumulative probability exceeds it."
        ),
        see=("sampling", "top-p"),
    ),
    "decode": Term(
        later("decode"),
        later(
            "Writing a text with a model: choose a [[token]] from the distribution, append it, ask "
            "again. Also the phase in which the model computes one token at a time, after the "
            "[[prefill]]."
        ),
        see=("greedy", "sampling", "beam", "prefill"),
    ),
    "discounting": Term(
        later("discounting"),
        later(
            "Taking a little off every count of an [[n-gram]] and sharing it out as the next "
            "shorter context would, so that runs that were never seen get something too."
        ),
        see=("back-off", "n-gram"),
    ),
    "distribution": Term(
        later("distribution"),
        later(
            "One [[probability]] for each token of the vocabulary, all together 1. It is what a "
            "language model computes; everything else is done with it."
        ),
        see=("softmax", "entropy"),
    ),
    "document": Term(
        later("document"),
        later(
            "The one sequence of [[token]]s that the model reads. A conversation is a document "
            "that follows a [[chat template]]."
        ),
        see=("token", "turn"),
    ),
    "embedding": Term(
        later("embedding"),
        later(
            "The row of numbers that stands for a [[token]] inside the network. It was learnt: "
            "tokens that are used alike have similar rows."
        ),
        see=("cosine", "token"),
    ),
    "entropy": Term(
        later("entropy"),
        later(
            "How uncertain a [[distribution]] is: the [[surprisal]] to be expected from it. 0 when "
            "one token is certain; log₂ of the vocabulary's size when all are equally likely. 2 to "
            "the entropy is like a number of equal choices."
        ),
        formula="H = −Σ p · log₂ p",
        see=("surprisal", "cross-entropy"),
    ),
    "feed-forward": Term(
        later("feed-forward"),
        later(
            "The part of a [[layer]] that works on each position by itself, after [[attention]] "
            "has gathered from the others. It holds most of the parameters."
        ),
        see=("layer", "attention"),
    ),
    "greedy": Term(
        later("greedy"),
        later(
            "Always choose the most probable next token. The same prompt then gives the same text, "
            "and the text need not be the most probable one as a whole."
        ),
        see=("beam", "sampling"),
    ),
    "held-out text": Term(
        later("held-out text"),
        later(
            "Text that a model has not been trained on, and is measured on. What was seen in "
            "training says little about what a model has learnt."
        ),
        see=("cross-entropy",),
    ),
    "kl divergence": Term(
        later("kl divergence"),
        later(
            "How far one [[distribution]] is from another: the extra [[surprisal]], on average, of "
            "who expects q where p holds. It is 0 when both are the same, and not the same in both "
            "directions."
        ),
        formula="KL(p ‖ q) = Σ p · (log p − log q)",
        see=("distribution", "cross-entropy"),
    ),
    "kv cache": Term(
        later("kv cache"),
        later(
            "Keys and values of [[attention]] for all tokens read so far, kept so that a new token "
            "needs only its own computation."
        ),
        see=("attention", "prefill"),
    ),
    "layer": Term(
        later("layer"),
        later(
            "One of the equal steps of a [[transformer]], one after the other: [[attention]], then "
            "[[feed-forward]]. Each adds something to what came in, and hands it on."
        ),
        see=("transformer", "attention", "feed-forward"),
    ),
    "log-probability": Term(
        later("log-probability"),
        later(
            "The logarithm of a [[probability]]. Probabilities of a sequence multiply; their "
            "logarithms add."
        ),
        formula="ln p(a, b) = ln p(a) + ln p(b | a)",
        see=("surprisal",),
    ),
    "logit": Term(
        later("logit"),
        later(
            "The score, any real number, that the network gives each token. [[Softmax]] turns "
            "logits into probabilities; only their differences matter."
        ),
        see=("softmax", "temperature"),
    ),
    "logit lens": Term(
        later("logit lens"),
        later(
            "Asking a [[layer]] in the middle what it would say: the output matrix is applied to "
            "what is there so far, as if it were the end."
        ),
        see=("layer", "logit"),
    ),
    "loss": Term(
        later("loss"),
        later(
            "What a model pays for the token that really came: its [[surprisal]], usually in "
            "[[nat]]s. Training makes the average loss small."
        ),
        formula=later("loss = −ln p"),
        see=("cross-entropy", "surprisal"),
    ),
    "min-p": Term(
        later("min-p"),
        later(
            "A filter: keep tokens whose probability is at least this share of the likeliest one's."
        ),
        formula=later("keep p ≥ min-p · p₁"),
        see=("top-k", "top-p"),
    ),
    "n-gram": Term(
        later("n-gram"),
        later(
            "n tokens in a row. An n-gram model predicts from the last n − 1 tokens alone, by "
            "counting in a text."
        ),
        formula=later("p(c | a b) = count(a b c) / count(a b)"),
        see=("back-off", "transformer"),
    ),
    "nat": Term(
        later("nat"),
        later(
            "The unit of [[surprisal]] with the natural logarithm. 1 nat = 1/ln 2 ≈ 1.443 [[bit]]s."
        ),
        formula="−ln p",
        see=("bit",),
    ),
    "perplexity": Term(
        later("perplexity"),
        later(
            "2 to the bits per token (or e to the nats per token, the same number): as hard as "
            "choosing among so many equally likely tokens, each time."
        ),
        formula=later("2^(bits / tokens)"),
        see=("cross-entropy",),
    ),
    "prefill": Term(
        later("prefill"),
        later(
            "Reading the prompt: all its tokens are computed at once, before the first new one is "
            "written."
        ),
        see=("decode", "kv cache"),
    ),
    "probability": Term(
        later("probability"),
        later(
            "A number from 0 to 1 that says how strongly the model expects a token next, given "
            "everything before it."
        ),
        formula=later("p(token | tokens before)"),
        see=("distribution",),
    ),
    "prompt": Term(
        later("prompt"),
        later("What stands in the [[document]] before the model begins to write."),
        see=("document",),
    ),
    "rank": Term(
        later("rank"),
        later("The place of a token when all are sorted by probability; 1 is the likeliest."),
        see=("probability",),
    ),
    "sampling": Term(
        later("sampling"),
        later(
            "Choose the next token by chance, each as often as its [[probability]] says. A random "
            "number r from 0 to 1 decides: the first token whose cumulative probability exceeds r."
        ),
        see=("temperature", "greedy"),
    ),
    "seed": Term(
        later("seed"),
        later(
            "The number from which a random generator begins. The same seed gives the same dice, "
            "and so the same text."
        ),
        see=("sampling",),
    ),
    "softmax": Term(
        later("softmax"),
        later("Turns [[logit]]s into probabilities: exponentiate, then divide by the sum."),
        formula="pᵢ = exp(zᵢ) / Σⱼ exp(zⱼ)",
        see=("logit", "temperature"),
    ),
    "special token": Term(
        later("special token"),
        later(
            "A token that stands for no text but for structure, such as `<|im_start|>` and "
            "`<|im_end|>`."
        ),
        see=("chat template",),
    ),
    "surprisal": Term(
        later("surprisal"),
        later(
            "How surprising a token is: the rarer it was expected, the more. Half the probability "
            "is one [[bit]] more."
        ),
        formula="−log₂ p",
        see=("bit", "nat", "entropy"),
    ),
    "system prompt": Term(
        later("system prompt"),
        later("The first [[turn]] of a conversation, which says how the assistant is to behave."),
        see=("turn",),
    ),
    "temperature": Term(
        later("temperature"),
        later(
            "Divides all [[logit]]s before [[softmax]]. Below 1 likely tokens become likelier, "
            "above 1 the distribution becomes flatter; 0 means [[greedy]]."
        ),
        formula="pᵢ ∝ exp(zᵢ / T)",
        see=("softmax", "sampling"),
    ),
    "token": Term(
        later("token"),
        later(
            "The unit a model reads and writes: a word, a piece of one, a mark, or a few bytes. "
            "Each has a number, its id."
        ),
        see=("vocabulary",),
    ),
    "top-k": Term(
        later("top-k"),
        later("A filter: keep the k likeliest tokens, then make them sum to 1 again."),
        see=("top-p", "min-p"),
    ),
    "top-p": Term(
        later("top-p"),
        later(
            "A filter, also called nucleus: keep the likeliest tokens until their sum reaches p, "
            "then make them sum to 1 again."
        ),
        see=("top-k", "min-p"),
    ),
    "transformer": Term(
        later("transformer"),
        later(
            "The kind of network behind today's language models: layers of [[attention]] and of "
            "small networks for each position. It can use every token of the context, not only the "
            "last few."
        ),
        see=("attention", "n-gram"),
    ),
    "turn": Term(
        later("turn"),
        later(
            "What one side says in a conversation: system, user or assistant, between "
            "`<|im_start|>` and `<|im_end|>`."
        ),
        see=("chat template",),
    ),
    "vocabulary": Term(
        later("vocabulary"),
        later("All tokens a model knows, 49 152 in the model that comes with this page."),
        see=("token",),
    ),
}
"""By name, in lower case; `[[name]]` in a definition or a lesson leads here, in every language."""
