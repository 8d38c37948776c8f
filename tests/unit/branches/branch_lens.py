"""The branches lens as the tests use it: its rows, its actions, and a tree with two branches."""

from __future__ import annotations

import asyncio

from lmpanel.document import Document
from lmpanel.views.lens import Lens


def lens_of(session) -> Lens:
    session.explorer.tab = "branches"
    return Lens(session)


def rows_of(session) -> list[dict]:
    return lens_of(session).payload()["rows"]


def place(session, document) -> tuple[int, int]:
    """Where a document is in the tree, as the page names it."""
    return session.branches.tree.find(document.ids).number, len(document)


async def do(session, verb, *arguments):
    result = Lens(session).actions()[verb](*arguments)
    if asyncio.iscoroutine(result):
        await result


async def forked(session) -> tuple[Document, Document]:
    """Two documents of the student that part: ...5 7 and ...5 8 9; the second is current."""
    start = session.explorer.document
    for document in (start.append(5), start.append(5, 7), start.append(5, 8, 9)):
        session.changes.change(document, "test")
        await session.measurement.settle()
    return start.append(5, 7), start.append(5, 8, 9)
