"""The same app served by Panel on CPython, with the native engine: for developing.

Takes the page from `site/`; needs a model folder as `build/serve.py` makes it. Listens on this
machine only, since everyone who can connect uses the same engine.
"""

from __future__ import annotations

import html
import json
import re
import signal
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import panel as pn
from panel.io.server import get_server

from lmpanel.app import App
from lmpanel.engine.base import EngineInfo
from lmpanel.engine.native import NativeEngine
from lmpanel.errors import NotAvailable
from lmpanel.lessons.__main__ import write_lessons
from lmpanel.ngrams.corpus import FILE
from lmpanel.tokenizer import Tokenizer
from lmpanel.views.notices import Notices

SITE = Path(__file__).resolve().parent.parent / "site"

_TEMPLATE = """{{% extends base %}}
{{% block title %}}{title}{{% endblock %}}
{{% block postamble %}}{head}<script type="module" src="shell/native.js"></script>{{% endblock %}}
{{% block contents %}}{body}{{{{ embed(roots.notices) }}}}
<script type="application/json" id="engine-info">{engine}</script>{{% endblock %}}
"""


def page(index: str, names: Iterable[str], engine: dict[str, Any]) -> str:
    """The page of the static site as a Panel template: same layout, roots drawn by the server.

    `names` are the slots that get a root, `engine` is what site/native.js says about the engine.
    The content policy stays out: Bokeh's own page starts from a script inside it.
    """
    title = re.search(r"<title>(.*)</title>", index).group(1)
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
        engine=html.escape(json.dumps(engine), quote=False),
    )


async def read_corpus() -> bytes:
    """The bundled text from the built site. Raises NotAvailable."""
    try:
        return (SITE.parent / "dist" / FILE).read_bytes()
    except OSError as problem:
        raise NotAvailable(
            "The bundled text is not there: the site has not been built.",
            "Run python3 build/serve.py --no-serve, or use a text of your own.",
        ) from problem


def make_page(engine: NativeEngine, tokenizer: Tokenizer) -> pn.Template:
    """One student's session: an own app over the shared engine."""
    notices = Notices()
    app = App(engine, tokenizer, notices.show, read_corpus)
    index = (SITE / "index.html").read_text(encoding="utf-8")
    template = pn.Template(page(index, app.roots, _described(engine.info)))
    for name, root in app.roots.items():
        template.add_panel(name, root)
    template.add_panel("notices", notices)
    pn.state.onload(app.session.measurement.look)
    return template


def _described(info: EngineInfo) -> dict[str, Any]:
    return {"model": info.model["name"], "threads": info.threads, "verified": info.verified}


def serve(model_dir: Path, port: int = 0) -> None:
    """Serve the app on this machine until SIGINT or SIGTERM; says on stdout when it is ready."""
    engine = NativeEngine(model_dir)
    tokenizer = Tokenizer.from_file(model_dir / "tokenizer.json")
    lessons = tempfile.TemporaryDirectory()
    write_lessons(SITE / "lessons", Path(lessons.name))
    server = get_server(
        {"/": lambda: make_page(engine, tokenizer)},
        port=port,
        address="localhost",
        static_dirs={"components": str(SITE / "components"), "shell": str(SITE),
                     "lessons": lessons.name},
        verbose=False,
    )
    loop = server.io_loop
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: loop.asyncio_loop.call_soon_threadsafe(loop.stop))
    server.start()
    print(f"lmpanel is at http://localhost:{server.port}/ (stop with Ctrl+C)", flush=True)
    loop.start()
    server.stop()
    lessons.cleanup()
