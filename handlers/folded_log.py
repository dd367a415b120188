"""Log lines that strangers can cause: the first of a kind at once, then one a minute that says how many there were."""

import asyncio
from collections.abc import Callable
from typing import Final

A_MINUTE: Final = 60.0


class FoldedLog:
    """Counts by kind; `write(kind, times)` writes a line. There are as many kinds as callers name, never as senders."""

    def __init__(self, write: Callable[[str, int], None]) -> None:
        self._write = write
        self._since: dict[str, int] = {}  # by kind: how many since its last line, less than a minute ago

    def note(self, kind: str) -> None:
        """One more of a kind."""
        if kind in self._since:
            self._since[kind] += 1
        else:
            self._line(kind, 1)

    def _line(self, kind: str, times: int) -> None:
        self._write(kind, times)
        self._since[kind] = 0
        asyncio.get_running_loop().call_later(A_MINUTE, self._a_minute_later, kind)

    def _a_minute_later(self, kind: str) -> None:
        if times := self._since.pop(kind):
            self._line(kind, times)
