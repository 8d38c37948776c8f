"""The same app served by Panel on CPython, with the native engine: for developing.

Takes the page from `site/`; needs a model folder as `build/serve.py` makes it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import panel as pn

from lmpanel.app import App
from lmpanel.engine.native import NativeEngine
from lmpanel.tokenizer import Tokenizer
from lmpanel.views.notices import Notices

SITE = Path(__file__).resolve().parent.parent / "site"
SLOTS = ("token_strip", "controls", "lens")


def page(html: str) -> str:
    """The page of the static site as a Panel template: same layout, roots drawn by the server."""
    body = re.search(r"<body>(.*)</body>", html, re.DOTALL).group(1)
    for name in SLOTS:
        slot = f'<div class="slot" id="slot-{name}">'
        root = f'<div class="live fill">{{{{ embed(roots.{name}) }}}}</div>'
        body = body.replace(slot, slot + root)
    return (
        '{% extends base %}{% block postamble %}<link rel="stylesheet" href="shell/shell.css">'
        '<script type="module" src="shell/native.js"></script>{% endblock %}'
        f"{{% block contents %}}{body}{{{{ embed(roots.notices) }}}}{{% endblock %}}"
    )


def make_page(engine: NativeEngine, tokenizer: Tokenizer) -> pn.Template:
    """One student's session: an own app over the shared engine."""
    notices = Notices()
    app = App(engine, tokenizer, notices.show)
    template = pn.Template(page((SITE / "index.html").read_text(encoding="utf-8")))
    template.title = "lmpanel"
    for name, root in zip(SLOTS, app.roots):
        template.add_panel(name, root)
    template.add_panel("notices", notices)
    pn.state.onload(app.session.measurement.look)
    return template


def serve(model_dir: Path, port: int = 0, show: bool = False, **options: Any) -> Any:
    """Serve the app on this machine; returns when the server stops."""
    engine = NativeEngine(model_dir)
    tokenizer = Tokenizer.from_file(model_dir / "tokenizer.json")
    folders = {"components": str(SITE / "components"), "shell": str(SITE)}
    return pn.serve(
        {"/": lambda: make_page(engine, tokenizer)},
        port=port,
        show=show,
        static_dirs=folders,
        **options,
    )
