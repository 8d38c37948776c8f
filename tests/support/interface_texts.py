"""Every text that the code hands to the table of what the interface says (lmpanel/wording.json).

Reads the sources: `t("…")`, `tParts("…")`, `later("…")` and `many(n, "…", "…")` in Python and
JavaScript, and what index.html marks with data-t and data-t-label.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
SITE = REPOSITORY / "site"
PACKAGE = REPOSITORY / "lmpanel"
SAYING = {"t", "tParts", "later", "many"}
ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]+)\}|x([0-9a-fA-F]{2})|[\s\S])")
REGEX_AFTER = set("(,=:[!&|?{};>")


@dataclass(frozen=True)
class Literal:
    """A string of a JavaScript source: `call` is the function in whose arguments it stands."""

    text: str
    call: str
    at: int
    template: bool
    compared: bool


def interface_texts() -> dict[str, str]:
    """English text → a file that says it."""
    texts = dict.fromkeys(html_texts(SITE / "index.html"), "site/index.html")
    for path in sorted(SITE.rglob("*.js")):
        texts |= dict.fromkeys(javascript_texts(path), str(path.relative_to(REPOSITORY)))
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.name != "wording.py":
            texts |= dict.fromkeys(python_texts(path), str(path.relative_to(REPOSITORY)))
    return texts


def python_texts(path: Path) -> Iterator[str]:
    """Literals in the calls of one module. Raises ValueError for an f-string."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in SAYING:
            continue
        for argument in node.args[1 if node.func.id == "many" else 0:]:
            yield from _constants(argument, path)


def _constants(node: ast.expr, path: Path) -> Iterator[str]:
    if isinstance(node, ast.JoinedStr):
        raise ValueError(f"{path.name}:{node.lineno}: a text with values of its own in it")
    if isinstance(node, ast.IfExp):
        yield from _constants(node.body, path)
        yield from _constants(node.orelse, path)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def javascript_texts(path: Path) -> Iterator[str]:
    """Literals in the calls of one module. Raises ValueError for a template with values in it."""
    if path.name == "wording.js":
        return
    source = path.read_text(encoding="utf-8")
    for literal in literals(source):
        if literal.call not in SAYING or literal.compared:
            continue
        if literal.template:
            line = source.count("\n", 0, literal.at) + 1
            raise ValueError(f"{path.name}:{line}: a text with values of its own in it")
        yield literal.text


def literals(source: str) -> list[Literal]:
    """Every string of a JavaScript source.

    >>> [(one.text, one.call) for one in literals('t(a ? "A" : "B", { n: "c" }); // t("D")')]
    [('A', 't'), ('B', 't'), ('c', '{')]
    >>> [one.text for one in literals("x = /[\\"]/; h(`${t('In')}`)") if one.call == "t"]
    ['In']
    """
    found: list[Literal] = []
    _scan(source, 0, "", found)
    return found


def _scan(source: str, at: int, until: str, found: list[Literal]) -> int:
    """Read up to the bracket `until` that closes a place of a template; where it is."""
    calls: list[str] = []
    last = ""
    while at < len(source):
        char = source[at]
        if source.startswith(("//", "/*"), at):
            end = source.find("\n" if source[at + 1] == "/" else "*/", at + 2)
            at = len(source) if end < 0 else end + (0 if source[at + 1] == "/" else 2)
            continue
        if char in "\"'`" or (char == "/" and (not last or last in REGEX_AFTER)):
            at = _string(source, at, calls, found)
            last = '"'
            continue
        if char == until and not calls:
            return at
        if char in "([{":
            calls.append(_caller(source[:at]) if char == "(" else "{" if char == "{" else
                         (calls[-1] if calls else ""))
        elif char in ")]}" and calls:
            calls.pop()
        if not char.isspace():
            last = "(" if source[:at + 1].endswith("return") else char
        at += 1
    return at


def _caller(before: str) -> str:
    return (re.search(r"([\w$]*)$", before[-80:].rstrip()) or [""])[0]


def _string(source: str, at: int, calls: list[str], found: list[Literal]) -> int:
    """Read the literal that begins here; what stands behind it."""
    quote, begin, text, places = source[at], at, "", False
    at += 1
    in_class = False
    while source[at] != quote or in_class:
        if source[at] == "\\":
            escape = ESCAPE.match(source, at)
            text += _escaped(escape)
            at = escape.end()
        elif quote == "`" and source.startswith("${", at):
            places = True
            at = _scan(source, at + 2, "}", found) + 1
        else:
            if quote == "/":
                in_class = source[at] == "[" or (in_class and source[at] != "]")
            text += source[at]
            at += 1
    if quote != "/":
        compared = bool(re.search(r"[!=]==?\s*$", source[max(0, begin - 6):begin]))
        found.append(Literal(text, calls[-1] if calls else "", begin, places, compared))
    return at + 1


def _escaped(escape: re.Match) -> str:
    code = next(filter(None, escape.groups()), None)
    return chr(int(code, 16)) if code else {"n": "\n", "t": "\t"}.get(escape[0][1], escape[0][1])


def html_texts(path: Path) -> list[str]:
    """What a page marks as text of the interface."""
    reader = _Marked()
    reader.feed(path.read_text(encoding="utf-8"))
    return reader.texts


class _Marked(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._marked = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        self._marked = "data-t" in values
        if "data-t-label" in values:
            self.texts.append(values["aria-label"])

    def handle_data(self, data: str) -> None:
        if self._marked:
            self.texts.append(data)
            self._marked = False
