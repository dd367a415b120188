"""Waiting for something to become true without asking again and again: whoever changes something rings."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


class Bell:
    """Wakes everybody who waits, at every change."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Tell everybody who waits that something has changed."""
        self._rung.set()
        self._rung = asyncio.Event()

    async def until(self, look: Callable[[], Found | None], timeout: float) -> Found:  # noqa: ASYNC109
        """Look at every change until there is something to see; TimeoutError if there never is."""
        async with asyncio.timeout(timeout):
            while not (found := look()):
                await self._rung.wait()
            return found
