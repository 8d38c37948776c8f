"""The page in a notebook's cell, on native onnxruntime.

    from lmpanel.notebook import show
    show()

The cell is a frame; what fills it is served by this Python, to this machine. In a notebook that
runs on another machine the frame cannot reach it, unless a proxy does: see `show`.
"""

from __future__ import annotations

import atexit
import html
from pathlib import Path
from urllib.parse import urlencode

from lmpanel.errors import BadArgument
from lmpanel.model_folder import find_model

HEIGHT = 860
_servers: dict = {}


class Cell:
    """A page that a notebook shows where this is the last value of a cell.

    `url` is its address for a window of its own; `height` is in CSS pixels.

    >>> print(Cell("http://localhost:5006/?lesson=a%22b", 500)._repr_html_())
    <iframe src="http://localhost:5006/?lesson=a%22b" title="lmpanel" style="width: 100%; \
height: 500px; border: 1px solid #8884; border-radius: 8px"></iframe>
    """

    def __init__(self, url: str, height: int = HEIGHT):
        self.url = url
        self.height = height

    def _repr_html_(self) -> str:
        style = "width: 100%; height: {}px; border: 1px solid #8884; border-radius: 8px"
        return (f'<iframe src="{html.escape(self.url)}" title="lmpanel" '
                f'style="{style.format(self.height)}"></iframe>')

    def __repr__(self) -> str:
        return f"<lmpanel at {self.url}>"


def show(
    model: Path | str | None = None,
    *,
    lesson: str | None = None,
    height: int = HEIGHT,
    proxy: str | None = None,
) -> Cell:
    """The page, for a cell; every cell has a session of its own, one model serves them all.

    `model` is a model folder, else the one that was built last; `lesson` the name of a lesson to
    open. `proxy` is an address in which "{port}" stands for the server's port, for notebooks on
    another machine. Raises NotAvailable without a model, BadArgument for a height below 200 or a
    proxy without "{port}".
    """
    if height < 200:
        raise BadArgument(f"A page of {height} pixels shows nothing.", "Give at least 200.")
    if proxy is not None and "{port}" not in proxy:
        raise BadArgument("The proxy has no {port}.", 'Give an address like "/proxy/{port}/".')
    url = _server(model).url
    if proxy is not None:
        url = proxy.replace("{port}", url.rstrip("/").rpartition(":")[2])
    return Cell(f"{url}?{urlencode({'lesson': lesson})}" if lesson else url, height)


def stop() -> None:
    """Stop serving; the cells that are shown stay empty when they are loaded again."""
    for server in _servers.values():
        server.stop()
    _servers.clear()


def _server(named: Path | str | None):
    """The server of this model: the first cell starts it."""
    model = find_model(named)
    if model not in _servers:
        from lmpanel.native import NativeServer

        _servers[model] = NativeServer(model).begin()
        atexit.register(stop)
    return _servers[model]
