"""The scripting interface: the calls of `window.lmpanel` that need the model, JSON in and out.

Arguments are checked strictly; every fault is an LMPanelError with a code. Knows nothing about
the page, the browser and the documents on the screen.

A context is one of {text} (raw document), {messages, reply?} (chat template applied, ready for
the assistant's turn) and {ids}. Probabilities are the model's own (full vocabulary, temperature
1, nothing filtered) unless an option says otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from lmpanel.arguments import Arguments
from lmpanel.beam_search import MAX_WIDTH, BeamSearch
from lmpanel.chat import ChatTemplate
from lmpanel.decoding import Decoding, Step, greedy
from lmpanel.errors import BadArgument, LMPanelError, NotAvailable
from lmpanel.messages import check_length, check_messages, check_reply
from lmpanel.model import LanguageModel
from lmpanel.sampling import MAX_SEED, Dice, Sampler, new_seed
from lmpanel.scoring import TokenScore, Totals

MAX_CANDIDATES = 1000
STRATEGIES = ("greedy", "sample", "beam")
_CONTEXT = "A context is {text}, {messages, reply?} or {ids}."

Json = dict[str, Any]


class Api:
    """The calls, for one model.

    >>> import asyncio
    >>> from lmpanel.engine.fake import FakeEngine, fake_tokenizer
    >>> api = Api(LanguageModel(FakeEngine(), fake_tokenizer()))
    >>> asyncio.run(api.call("tokenize", [" the"]))
    {'result': [{'id': 261, 'text': ' the', 'bytes': [32, 116, 104, 101], 'special': False}]}
    """

    def __init__(self, model: LanguageModel):
        self._model = model
        self._tokenizer = model.tokenizer
        self._calls: dict[str, Callable[..., Awaitable[Any]]] = {
            "tokenize": self._tokenize,
            "next": self.next,
            "score": self.score,
            "generate": self.generate,
        }

    async def call(self, name: str, args: list[Any]) -> Json:
        """One call by name: {"result": ...} or {"error": {code, message}}; never raises."""
        try:
            if name not in self._calls:
                raise BadArgument(f"There is no call named {str(name)[:40]!r}.")
            most = 1 if name in ("tokenize", "score") else 2
            if not isinstance(args, list) or not 1 <= len(args) <= most:
                number = "one argument" if most == 1 else "one or two arguments"
                raise BadArgument(f"{name} takes {number}.")
            return {"result": await self._calls[name](*args)}
        except LMPanelError as error:
            return {"error": error.as_dict()}
        except Exception as error:  # A fault of ours must be answered too, or scripts wait forever.
            return {"error": {"code": "internal_error", "message": f"Internal error: {error!r}"}}

    def tokenize(self, text: Any) -> list[Json]:
        """[{id, text, bytes, special}]; bytes are numbers, special tokens are recognised."""
        tokens = map(self._tokenizer.vocabulary.token, self._encode(text))
        return [
            {"id": t.id, "text": t.text, "bytes": list(t.bytes), "special": t.special}
            for t in tokens
        ]

    async def next(self, context: Any, options: Any = None) -> Json:
        """{candidates: [{rank, id, text, logit, prob, logprob, bits, cumulative}], other_prob,
        entropy_bits}.

        `top_k` (1 to 1000, default 10) is how many candidates are listed; here it filters
        nothing, the others' mass is `other_prob`. `temperature`, `top_p` and `min_p` reshape the
        distribution as in `filters`; removed tokens are not listed, `logit` stays the model's.
        """
        arguments = Arguments("next", options, ("top_k", "temperature", "top_p", "min_p"))
        count = arguments.whole("top_k", 10, 1, MAX_CANDIDATES)
        filters = arguments.filters()
        own = await self._model.distribution(self.ids_of(context))
        shown = filters.apply(own)
        candidates = [candidate for candidate in shown.top(count) if candidate.prob > 0]
        text_of = self._tokenizer.vocabulary.text_of
        return {
            "candidates": [
                {**asdict(c), "logit": float(own.logits[c.id]), "text": text_of(c.id)}
                for c in candidates
            ],
            "other_prob": shown.other_prob(count),
            "entropy_bits": shown.entropy_bits,
        }

    async def score(self, context: Any) -> Json:
        """{tokens: [{id, text, special, logprob, bits, rank, entropy_bits}], total_bits,
        bits_per_token, perplexity}.

        The first token has no prediction: null, and not counted. Without any counted token
        bits_per_token and perplexity are null.
        """
        ids = self.ids_of(context)
        scores = await self._model.scores(ids)
        totals = Totals.of(scores)
        perplexity = totals.perplexity
        return {
            "tokens": [self._scored(*pair) for pair in zip(ids, scores, strict=True)],
            "total_bits": totals.bits,
            "bits_per_token": totals.bits_per_token,
            "perplexity": None if perplexity == math.inf else perplexity,
        }

    async def generate(
        self,
        context: Any,
        options: Any = None,
        on_step: Callable[[Step], None] | None = None,
        started: Callable[[Decoding | BeamSearch], None] | None = None,
    ) -> Json:
        """{ids, text, total_logprob, finish}: the tokens written after the context.

        `ids` and `total_logprob` include the end-of-turn token that ended the run, `text` leaves
        it out. `max_tokens` is 256 unless given. Sampling filters in the order of `filters` and
        adds {seed, draws: [{r, low, high}]}, one for each token; without a seed it takes a new
        one. Beam search (4 `beams` unless given) gives its best one and adds {beams: [{ids, text,
        total_logprob}]}, best first. `started` receives the run, whose `stop()` ends it.
        """
        arguments = Arguments("generate", options, _GENERATE)
        strategy = arguments.choice("strategy", "greedy", STRATEGIES)
        limits = {
            "max_tokens": arguments.whole("max_tokens", 256, 0, self._model.context_length),
            "stop_at_end_of_turn": arguments.flag("stop_at_end_of_turn", True),
        }
        sampler, width = _sampler(arguments), arguments.whole("beams", 4, 1, MAX_WIDTH)
        ids = self._beginning(context)
        if strategy == "beam":
            run = BeamSearch(self._model, ids, width=width, **limits)
        else:
            choose = sampler if strategy == "sample" else greedy
            run = Decoding(self._model, ids, choose, **limits)
        if started is not None:
            started(run)
        if strategy == "beam":
            return self._beams(await run.complete())
        async for step in run:
            if on_step is not None:
                on_step(step)
        return self._written(run) | (_dice_of(sampler) if strategy == "sample" else {})

    def _beginning(self, context: Any) -> list[int]:
        ids = self.ids_of(context)
        if not ids:
            raise BadArgument("There is nothing to go on from.", "Give at least one token.")
        return ids

    def ids_of(self, context: Any) -> list[int]:
        """The token ids of a context. Raises BadArgument, BadConversation or ContextFull."""
        if not isinstance(context, Mapping):
            raise BadArgument("The context is not an object.", _CONTEXT)
        keys = set(context)
        if keys == {"text"}:
            ids = self._encode(context["text"])
        elif keys == {"ids"}:
            ids = self._given(context["ids"])
        elif "messages" in keys and keys <= {"messages", "reply"}:
            messages = check_messages(context["messages"])
            ids = self._chat.encode(messages, check_reply(context.get("reply")))
        else:
            raise BadArgument("The context has no known form.", _CONTEXT)
        self._model.check_context(len(ids))
        return ids

    @property
    def _chat(self) -> ChatTemplate:
        if self._model.chat is None:
            raise NotAvailable("This model has no chat template.", "Give {text} or {ids}.")
        return self._model.chat

    async def _tokenize(self, text: Any) -> list[Json]:
        return self.tokenize(text)

    def _encode(self, text: Any) -> list[int]:
        if not isinstance(text, str):
            raise BadArgument("The text is not a string.")
        check_length(text)
        return self._tokenizer.encode(text)

    def _given(self, ids: Any) -> list[int]:
        if not isinstance(ids, list) or not all(type(token) is int for token in ids):
            raise BadArgument("The ids are not a list of whole numbers.", _CONTEXT)
        self._model.check_context(len(ids))
        self._tokenizer.vocabulary.check(ids)
        return list(ids)

    def _scored(self, token: int, score: TokenScore | None) -> Json:
        vocabulary = self._tokenizer.vocabulary
        return {
            "id": token,
            "text": vocabulary.text_of(token),
            "special": vocabulary.is_special(token),
            "logprob": score and score.logprob,
            "bits": score and score.bits,
            "rank": score and score.rank,
            "entropy_bits": score and score.entropy_bits,
        }

    def _written(self, run: Decoding) -> Json:
        ended = run.finish == "end_of_turn"
        return {**self._told(run.tokens, run.total_logprob, ended), "finish": run.finish}

    def _beams(self, search: BeamSearch) -> Json:
        told = [self._told(beam.ids, beam.total_logprob, beam.ended) for beam in search.beams]
        finish = "end_of_turn" if search.beams[0].ended else search.finish
        return {**told[0], "finish": finish, "beams": told}

    def _told(self, ids: Sequence[int], total_logprob: float, ended: bool) -> Json:
        text = self._tokenizer.decode(ids[:-1] if ended else ids)
        return {"ids": list(ids), "text": text, "total_logprob": total_logprob}


_GENERATE = (
    *("max_tokens", "strategy", "temperature", "top_k", "top_p", "min_p"),
    *("seed", "beams", "stop_at_end_of_turn"),
)


def _sampler(arguments: Arguments) -> Sampler:
    filters = arguments.filters(arguments.whole("top_k", None, 1, 10**9))
    seed = arguments.whole("seed", None, 0, MAX_SEED)
    return Sampler(filters, Dice(new_seed() if seed is None else seed))


def _dice_of(sampler: Sampler) -> Json:
    draws = [{"r": drawn.r, "low": drawn.low, "high": drawn.high} for drawn in sampler.draws]
    return {"seed": sampler.dice.seed, "draws": draws}
