"""The ladder: uniform, unigram, bigram, trigram and longer, trained together when first asked for.

Each rung is a LanguageModel, so that whatever works on the transformer works on it. Training goes
in steps through the event loop, tells how far it is and can be stopped. Knows nothing about
documents and the interface.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

import param

from lmpanel.bpe import mend
from lmpanel.checks import record
from lmpanel.checks import text as text_of
from lmpanel.errors import BadArgument, BadState, Cancelled, LMPanelError, NotAvailable
from lmpanel.model import LanguageModel
from lmpanel.ngrams.corpus import MAX_BYTES, MAX_TITLE, Text, bundled
from lmpanel.ngrams.engine import NGramEngine
from lmpanel.ngrams.smoothing import Smoothed
from lmpanel.ngrams.training import Trained, train_on
from lmpanel.packed_text import unpack_text
from lmpanel.wording import later, t

RUNGS = (
    later("uniform"),
    later("unigram"),
    later("bigram"),
    later("trigram"),
    later("4-gram"),
    later("5-gram"),
)
"""The names of the rungs, translated where they are shown; the place of a name is its n."""
TELL_SECONDS = 0.1
"""How often it is told how far the training is."""
KEPT = 16
"""Distributions that each rung remembers."""
_SAVED = record(title=text_of(MAX_TITLE), text=lambda packed: isinstance(packed, str))

Fetch = Callable[[], Awaitable[bytes]]


async def no_corpus() -> bytes:
    """Stands where no text is bundled."""
    raise NotAvailable(t("No text is bundled with this page."), t("Use a text of your own."))


class Ladder(param.Parameterized):
    """N-gram models over the tokens of one transformer.

    `models` has a LanguageModel for each of RUNGS, shortest first. They are there at once: the
    first question to any of them trains all on the bundled text, which `fetch` delivers.
    """

    working = param.Boolean(default=False, doc="A text is being read and counted.")
    step = param.String(default="", doc="What is being done.")
    done = param.Number(default=0.0, bounds=(0, 1), doc="How much of it, 0 to 1.")
    trained = param.ClassSelector(class_=Trained, allow_None=True, doc="What was counted last.")
    problem = param.String(default="", doc="Why the last training came to nothing.")

    def __init__(self, transformer: LanguageModel, fetch: Fetch = no_corpus):
        super().__init__()
        self._tokenizer = transformer.tokenizer
        self._fetch = fetch
        self._task: asyncio.Task | None = None
        self._told = 0.0
        self._waiting: Text | None = None
        self._reading: Text | None = None
        self._bundled: Trained | None = None
        self._aside: tuple[Text, Trained | None] | None = None
        info = transformer.info
        rungs = {name: rung(n, transformer, self._counted) for n, name in enumerate(RUNGS)}
        self.models: Mapping[str, LanguageModel] = MappingProxyType(rungs)
        self._size = info.vocab_size

    async def train(self, text: Text | None = None) -> Trained:
        """Train all rungs on `text`, or on the bundled one; till then they stay what they were.

        Raises BadArgument for a text that is too short, Cancelled when it is stopped, NotAvailable
        when the bundled text cannot be had.
        """
        self.begin(text)
        return await self._outcome(self._task)

    def begin(self, text: Text | None = None) -> None:
        """Set `train` going; what comes of it is told by `trained` or `problem`."""
        self.stop()
        self._reading = text
        self._task = asyncio.ensure_future(self._train(text))
        self._task.add_done_callback(self._ended)

    async def ready(self) -> Trained:
        """What was trained; when nothing was yet, on the restored or else the bundled text.

        Raises as `train`.
        """
        if self._task is not None:
            return await self._outcome(self._task)
        return self.trained or await self.train(self._waiting)

    @property
    def under_way(self) -> bool:
        """Whether a training was begun and has not ended."""
        return self._task is not None

    def stop(self) -> None:
        """Stop a training under way."""
        if self._task is not None:
            self._task.cancel()

    # A text of the student's own

    @property
    def aside(self) -> Text | None:
        """The student's own text, while it is set aside."""
        return self._aside and self._aside[0]

    def set_own_aside(self) -> None:
        """Count in the bundled text from now on; `take_own_back` undoes it."""
        own = self._reading or self.own
        if own is None:
            return
        self._drop()
        trained = self.trained if self.trained and self.trained.text is own else None
        self._aside, self._waiting = (own, trained), None
        self._replace(self._bundled)

    def take_own_back(self) -> None:
        """Count in the student's own text again, unless it is another one meanwhile."""
        aside, self._aside = self._aside, None
        if aside is None or self.own is not None:
            return
        self._drop()
        self._replace(aside[1])
        if aside[1] is None:
            self._waiting = aside[0]

    def _drop(self) -> None:
        """Stop a training for good: who asks from now on waits for another one."""
        if self._task is not None:
            self._task.cancel()
            self._ended(self._task)

    def _replace(self, trained: Trained | None) -> None:
        if trained is not None:
            return self._take(trained)
        for model in self.models.values():
            model.forget()
        self.trained = None
        return None

    @property
    def own(self) -> Text | None:
        """The student's own text, while it is what is counted in."""
        text = self.trained.text if self.trained else self._waiting
        return text if text is not None and text.own else None

    def saved(self) -> dict[str, Any] | None:
        """The student's own text, JSON-able; None while the bundled one serves."""
        own = self.own or self.aside
        return own and {"title": mend(own.title), "text": own.packed}

    def restore(self, value: Any) -> None:
        """Take a saved text over, to be counted when it is first needed: that takes seconds.

        Raises BadState; then nothing is changed.
        """
        if value is None:
            return
        damaged = t("The text of the n-grams in it is damaged.")
        refused = BadState(damaged, t("Nothing was changed."))
        if not _SAVED(value):
            raise refused
        try:
            self._waiting = Text(value["title"], unpack_text(value["text"], MAX_BYTES))
        except (ValueError, BadArgument):
            raise refused from None

    async def _counted(self) -> Smoothed:
        # While a second text is read, the first one still answers.
        return (self.trained or await self.ready()).smoothed

    async def _outcome(self, task: asyncio.Task) -> Trained:
        """The outcome of a training that others may wait for too."""
        await asyncio.wait([task])
        if task.cancelled():
            raise Cancelled(t("The training was stopped."))
        return task.result()

    async def _train(self, text: Text | None) -> Trained:
        self.param.update(working=True, step=t("fetching the text"), done=0.0, problem="")
        try:
            text = text or bundled(await self._fetch())
            trained = await train_on(text, self._tokenizer, self._size, self._tell)
            self._take(trained)
        except LMPanelError as error:
            self.problem = str(error)
            raise
        return trained

    def _ended(self, task: asyncio.Task) -> None:
        # Whoever waited for it may be gone when it failed; `problem` tells of it.
        if task.done():
            task.cancelled() or task.exception()
        if self._task is task:
            self._task = self._reading = None
            self.param.update(working=False, step="")

    def _take(self, trained: Trained) -> None:
        title = trained.text.title
        for name, model in self.models.items():
            model.forget()
            model.engine.rename(name if name == "uniform" else f"{name}, {title}")
        self._waiting = None
        if not trained.text.own:
            self._bundled = trained
        self.trained = trained

    async def _tell(self, step: str, done: float) -> None:
        if time.monotonic() - self._told > TELL_SECONDS or done >= 1.0:
            self._told = time.monotonic()
            self.param.update(step=step, done=min(done, 1.0))
        # Whatever else is to be done gets its turn, a stop among it.
        await asyncio.sleep(0)


def in_full(name: str, model: str) -> str:
    """In the reader's language, what the model of a rung is called: its name, and its text.

    >>> in_full("bigram", "bigram, Moby-Dick"), in_full("transformer", "SmolLM2-135M")
    ('bigram, Moby-Dick', 'SmolLM2-135M')
    """
    return t(name) + model.removeprefix(name) if model.startswith(name) else model


def rung(
    n: int, transformer: LanguageModel, counted: Callable[[], Awaitable[Smoothed]]
) -> LanguageModel:
    """A model of n-grams with what `counted` gives, over the transformer's tokens."""

    async def nothing() -> Smoothed:
        return Smoothed(transformer.info.vocab_size, [])

    # Without a context and counts there is nothing to wait for.
    source = counted if n else nothing
    described = {**transformer.info.model, "name": RUNGS[n]}
    return LanguageModel(NGramEngine(n, described, source), transformer.tokenizer, kept=KEPT)
