"""A task that does not wait for its turn: what it asks for is under way before others draw."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from typing import Any


def begun(coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """A task for `coroutine` that has run up to its first wait; before Python 3.12 it is only
    scheduled.

    >>> said = []
    >>> async def work():
    ...     said.append("asked")
    ...     await asyncio.sleep(0)
    >>> async def main():
    ...     task = begun(work())
    ...     await task
    >>> asyncio.run(main())
    >>> said
    ['asked']
    """
    if sys.version_info < (3, 12):
        return asyncio.ensure_future(coroutine)
    return asyncio.Task(coroutine, loop=asyncio.get_event_loop(), eager_start=True)
