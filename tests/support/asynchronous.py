"""Tests of code that needs a running event loop."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable


def asynchronous(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Run an `async def` test in an event loop of its own."""

    @functools.wraps(test)
    def in_a_loop(*args, **kwargs) -> None:
        asyncio.run(test(*args, **kwargs))

    return in_a_loop
