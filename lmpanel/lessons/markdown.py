"""Markdown as a safe tree of plain data: paragraphs, lists, emphasis, code, links of this site.

A node is a text or `[tag, children, …]`. Raw HTML is text; a link or picture that leads elsewhere
is a problem. Knows nothing about lessons but the terms that `[[…]]` may name. Parsed by
markdown-it-py, which is imported when it is first needed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import cache
from typing import Any

from lmpanel.number_text import grouped

MAX_NESTING = 12
MAX_TEXT = 20_000

Node = Any
"""A text, or a list: the tag, its children, and for some tags an attribute."""

_BLOCKS = {
    "paragraph": "p", "bullet_list": "ul", "ordered_list": "ol", "list_item": "li",
    "blockquote": "quote", "heading": "h", "table": "table", "thead": "thead", "tbody": "tbody",
    "tr": "tr", "th": "th", "td": "td", "em": "em", "strong": "strong",
}  # fmt: skip
_TERM = re.compile(r"\[\[([^\[\]|]{1,60})(?:\|([^\[\]]{1,80}))?\]\]")
_OWN_PATH = re.compile(r"(?![/\\])[\w./?=&%#@+~-]+", re.ASCII)


@cache
def _parser() -> Any:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": MAX_NESTING})
    parser.enable("table")
    # What leads elsewhere is told by `_own`, with its line, instead of being left as it stands.
    parser.validateLink = lambda url: True
    return parser


def is_own(url: str) -> bool:
    """Whether a link or picture stays inside this site: a path without scheme and host.

    >>> is_own("lessons/a.png"), is_own("//evil"), is_own("java" + "script:x"), is_own("../a")
    (True, False, False, False)
    """
    return bool(_OWN_PATH.fullmatch(url)) and ".." not in url.split("?")[0].split("/")


def tree(
    text: str,
    line: int = 1,
    terms: Collection[str] = (),
    complain: Callable[[int, str], None] = lambda line, reason: None,
) -> list[Node]:
    """The nodes of a Markdown text whose first line is `line` of its file.

    >>> tree("A *b* `c`\\n\\n- <i>")
    [['p', ['A ', ['em', ['b']], ' ', ['code', ['c']]]], ['ul', [['li', [['p', ['<i>']]]]]]]
    """
    if len(text) > MAX_TEXT:
        most = grouped(MAX_TEXT)
        complain(line, f"the text has {grouped(len(text))} characters; {most} are the most")
        return []
    builder = _Builder(line, terms, complain)
    builder.add(_parser().parse(text))
    return builder.root


class _Builder:
    def __init__(self, line: int, terms: Collection[str], complain: Callable[[int, str], None]):
        self.first, self.line = line, line
        self.terms, self.complain = terms, complain
        self.root: list[Node] = []
        self.open: list[list[Node]] = [self.root]

    def add(self, tokens: list[Any]) -> None:
        for token in tokens:
            if token.map:
                self.line = self.first + token.map[0]
            if token.type == "inline":
                self.add(token.children)
            elif token.nesting > 0:
                self._begin(token)
            elif token.nesting < 0:
                self.open.pop()
            else:
                self._leaf(token)

    def _begin(self, token: Any) -> None:
        name = token.type.removesuffix("_open")
        if name == "link":
            node = self._link(str(token.attrs.get("href", "")))
        elif name == "ordered_list" and token.attrs.get("start", 1) != 1:
            node = ["ol", [], int(token.attrs["start"])]
        else:
            node = [_BLOCKS[name], []]
        self.open[-1].append(node)
        self.open.append(node[1])

    def _link(self, url: str) -> Node:
        if is_own(url):
            return ["a", [], url]
        self.complain(
            self.line,
            f"the link to {url[:80]} leads elsewhere; only links inside this site are possible",
        )
        return ["em", []]

    def _leaf(self, token: Any) -> None:
        into = self.open[-1]
        if token.type == "text":
            self._text(token.content)
        elif token.type == "softbreak":
            into.append(" ")
            self.line += 1
        elif token.type == "hardbreak":
            into.append(["br", []])
        elif token.type == "hr":
            into.append(["hr", []])
        elif token.type == "code_inline":
            into.append(["code", [token.content]])
        elif token.type in ("fence", "code_block"):
            into.append(["pre", [token.content]])
        elif token.type == "image":
            self._image(token)

    def _image(self, token: Any) -> None:
        url = str(token.attrs.get("src", ""))
        if not is_own(url):
            self.complain(self.line, f"the picture {url[:80]} is not one of this site")
        elif not token.content.strip():
            self.complain(self.line, f"the picture {url[:80]} has no description in [ ]")
        else:
            self.open[-1].append(["img", [token.content], url])

    def _text(self, text: str) -> None:
        into, end = self.open[-1], 0
        for match in _TERM.finditer(text):
            name = match[1].strip().lower()
            if name not in self.terms:
                self.complain(self.line, f"[[{match[1]}]] is not a term of the glossary")
            if match.start() > end:
                into.append(text[end : match.start()])
            into.append(["term", [match[2] or match[1]], name])
            end = match.end()
        if text[end:]:
            into.append(text[end:])


def plain(nodes: list[Node]) -> str:
    """The text of nodes alone.

    >>> plain(tree("A *b*\\n\\nc"))
    'A b c'
    """
    parts: list[str] = []
    for node in nodes:
        if isinstance(node, str):
            parts.append(node)
        else:
            inner = plain(node[1])
            parts.append(f"{inner} " if node[0] in ("p", "li", "h", "pre", "td", "th") else inner)
    return "".join(parts).strip() if nodes and not isinstance(nodes[0], str) else "".join(parts)
