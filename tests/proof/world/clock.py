"""A loop on which waiting takes no time, and a clock that can jump by weeks."""

import asyncio
import selectors
from contextlib import suppress
from datetime import UTC, datetime, timedelta

_BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


class _NobodyToWaitFor(selectors.DefaultSelector):
    """Nothing comes from outside: what a loop would sleep through is over at once."""

    def __init__(self) -> None:
        super().__init__()
        self.slept = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("everybody in this world waits for somebody else")
        self.slept += max(timeout, 0)
        return []


class TimelessLoop(asyncio.SelectorEventLoop):
    """An event loop whose time is what it would have slept."""

    def __init__(self) -> None:
        self._nobody = _NobodyToWaitFor()
        super().__init__(self._nobody)

    def time(self) -> float:
        """Seconds since the loop began."""
        return self._nobody.slept


class WorldClock:
    """The time in the world; `jump` is a machine that slept, or whose clock was set."""

    def __init__(self) -> None:
        self._jumped = timedelta()

    def now(self) -> datetime:
        """The time now, in UTC."""
        return _BEGINNING + self._jumped + timedelta(seconds=asyncio.get_running_loop().time())

    async def sleep(self, seconds: float) -> None:
        """Come back after that many seconds."""
        await asyncio.sleep(seconds)

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        """Come back when the event is set, or after that many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await event.wait()

    def jump(self, by: timedelta) -> None:
        """Let time pass in which nobody does anything."""
        self._jumped += by
