"""A bar chart of speeds as an SVG: no library, no fonts of its own, light and dark."""

from __future__ import annotations

from html import escape

from benchmark.report import Figure

WIDTH, ROW, LEFT, RIGHT = 640, 26, 210, 70
STYLE = """text { font: 13px system-ui, sans-serif; fill: #33312e; } .own { fill: #c2410c; }
.peer { fill: #a8a29e; } .title { font-weight: 600; }
@media (prefers-color-scheme: dark) { text { fill: #e7e5e4; } .own { fill: #fb923c; } }"""


def bars(title: str, figures: list[Figure]) -> str:
    """One bar for each figure, named by what stands before its colon, our own in another colour.

    >>> "<svg" in bars("tokens a second", [Figure("wllama 1: decode", "tok/s", 2, 1, 3)])
    True
    """
    widest = max(figure.high for figure in figures)
    scale = (WIDTH - LEFT - RIGHT) / widest
    rows = "".join(_row(number, figure, scale) for number, figure in enumerate(figures))
    height = ROW * (len(figures) + 1) + 14
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            f'role="img" aria-label="{escape(title)}"><style>{STYLE}</style>'
            f'<text class="title" x="0" y="18">{escape(title)}</text>{rows}</svg>\n')


def _row(number: int, figure: Figure, scale: float) -> str:
    y = ROW * (number + 1) + 8
    name = figure.name.split(":")[0]
    kind = "own" if name.startswith("lmpanel") else "peer"
    length = figure.median * scale
    middle = y + ROW / 2 - 3
    return (f'<text x="0" y="{middle + 5}">{escape(name)}</text>'
            f'<rect class="{kind}" x="{LEFT}" y="{y}" width="{length:.1f}" height="{ROW - 6}" '
            f'rx="3"/><line x1="{LEFT + figure.low * scale:.1f}" '
            f'x2="{LEFT + figure.high * scale:.1f}" y1="{middle}" y2="{middle}" '
            f'stroke="#57534e"/><text x="{LEFT + figure.high * scale + 8:.1f}" '
            f'y="{middle + 5}">{figure.median:.1f}</text>')
