"""The same app served by Panel on CPython, with the native engine.

Takes the page from `site/`, or from its copy in the installed package. Listens on this machine
only, since everyone who can connect uses the same engine.
"""

from __future__ import annotations

import asyncio
import json
import re
import signal
import tempfile
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import panel as pn
from panel.io.server import get_server
from tornado.ioloop import IOLoop

from lmpanel import wording
from lmpanel.app import App
from lmpanel.engine.base import EngineInfo
from lmpanel.engine.native import NativeEngine
from lmpanel.errors import NotAvailable
from lmpanel.lessons.__main__ import write_lessons
from lmpanel.model_folder import ModelFolder
from lmpanel.ngrams.ladder import Fetch
from lmpanel.tokenizer import Tokenizer
from lmpanel.views.notices import Notices

_HERE = Path(__file__).resolve().parent
SITE = next(path for path in (_HERE / "shell", _HERE.parent / "site") if path.is_dir())
"""The page: in the installed package, or beside it in the repository."""

_TEMPLATE = """{{% extends base %}}
{{% block title %}}{title}{{% endblock %}}
{{% block postamble %}}{head}<script type="module" src="shell/native.js"></script>{{% endblock %}}
{{% block contents %}}{body}{{{{ embed(roots.notices) }}}}
<script type="application/json" id="engine-info">{engine}</script>
<script type="application/json" id="wording">{wording}</script>{{% endblock %}}
"""


def page(index: str, names: Iterable[str], engine: dict[str, Any]) -> str:
    """The page of the static site as a Panel template: same layout, roots drawn by the server.

    `names` are the slots that get a root, `engine` is what site/native.js says about the engine.
    The content policy stays out: Bokeh's own page starts from a script inside it.
    """
    title = re.search(r"<title[^>]*>(.*)</title>", index).group(1)
    own = re.findall(r'<(?:meta name|link rel="(?:icon|stylesheet)")[^>]*>', index)
    body = re.search(r"<body>(.*)</body>", index, re.DOTALL).group(1)
    for name in names:
        slot = f'<div class="slot" id="slot-{name}">'
        root = f'<div class="live fill">{{{{ embed(roots.{name}) }}}}</div>'
        body = body.replace(slot, slot + root)
    return _TEMPLATE.format(
        title=title,
        head="".join(own).replace('href="', 'href="shell/'),
        body=body,
        engine=_inside_html(engine),
        wording=_inside_html(wording.spoken()),
    )


def _inside_html(value: object) -> str:
    """As JSON that ends no element and that the template leaves alone.

    >>> _inside_html({"a": "</script>{{ b }}"})
    '{% raw %}{"a": "\\\\u003c/script>{{ b }}"}{% endraw %}'
    """
    return "{% raw %}" + json.dumps(value).replace("<", "\\u003c") + "{% endraw %}"


def corpus_reader(model: ModelFolder) -> Fetch:
    """What delivers the bundled text; that raises NotAvailable where there is none."""

    async def read() -> bytes:
        remedy = "Run python3 build/serve.py --no-serve, or use a text of your own."
        if model.corpus is None:
            raise NotAvailable("The bundled text is not there: no site has been built.", remedy)
        try:
            return model.corpus.read_bytes()
        except OSError as problem:
            reason = problem.strerror or problem
            raise NotAvailable(f"The bundled text cannot be read ({reason}).", remedy) from problem

    return read


def make_page(engine: NativeEngine, tokenizer: Tokenizer, fetch: Fetch) -> pn.Template:
    """One student's session: an own app over the shared engine."""
    notices = Notices()
    app = App(engine, tokenizer, notices.show, fetch)
    index = (SITE / "index.html").read_text(encoding="utf-8")
    template = pn.Template(page(index, app.roots, _described(engine.info)))
    for name, root in app.roots.items():
        template.add_panel(name, root)
    template.add_panel("notices", notices)
    pn.state.onload(app.session.measurement.look)
    return template


def _described(info: EngineInfo) -> dict[str, Any]:
    return {"model": info.model["name"], "threads": info.threads, "verified": info.verified}


class NativeServer:
    """The app at an address of this machine, either as the program or beside it in a thread.

        server = NativeServer(find_model()).begin()
        server.url
        server.stop()
    """

    def __init__(self, model: ModelFolder, port: int = 0):
        """`port` 0 takes a free one. Raises OSError when the port is taken."""
        self._model = model
        self._port = port
        self._started = threading.Event()
        self._problem: BaseException | None = None
        self._loop: IOLoop | None = None
        self._thread: threading.Thread | None = None
        self.url = ""
        """Where the page is, from when it is served."""

    def run(self) -> None:
        """Serve until SIGINT or SIGTERM; says on stdout when it is ready."""
        def ready(loop: IOLoop) -> None:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, lambda *_: loop.asyncio_loop.call_soon_threadsafe(loop.stop))
            print(f"lmpanel is at {self.url} (stop with Ctrl+C)", flush=True)

        self._serve(ready)

    def begin(self) -> NativeServer:
        """Serve from a thread of its own; returns when the page can be opened."""
        self._thread = threading.Thread(target=self._in_thread, name="lmpanel", daemon=True)
        self._thread.start()
        self._started.wait()
        if self._problem:
            raise self._problem
        return self

    def stop(self) -> None:
        """End what `begin` began, and let the model go."""
        if self._thread and self._thread.is_alive():
            self._loop.asyncio_loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()

    def _in_thread(self) -> None:
        asyncio.set_event_loop(asyncio.new_event_loop())
        try:
            self._serve(lambda loop: self._started.set())
        except BaseException as problem:
            # The one who waits for the page is told.
            self._problem = problem
        finally:
            self._started.set()

    def _serve(self, ready: Callable[[IOLoop], None]) -> None:
        engine = NativeEngine(self._model.path)
        tokenizer = Tokenizer.from_file(self._model.path / "tokenizer.json")
        fetch = corpus_reader(self._model)
        with tempfile.TemporaryDirectory() as lessons:
            write_lessons(SITE / "lessons", Path(lessons))
            server = get_server(
                {"/": lambda: make_page(engine, tokenizer, fetch)},
                port=self._port,
                address="localhost",
                static_dirs={"components": str(SITE / "components"), "shell": str(SITE),
                             "lessons": lessons},
                verbose=False,
            )
            self._loop = loop = server.io_loop
            server.start()
            self.url = f"http://localhost:{server.port}/"
            ready(loop)
            loop.start()
            server.stop()
