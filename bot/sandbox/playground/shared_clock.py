"""The time of the playground: that of this machine, until somebody moves it on."""

import asyncio
import time
from datetime import UTC, datetime, timedelta


class MovableClock:
    """A clock that can be moved on; who waits by it wakes up then. Naps are as long as they really are.

    Where it is moved on, time passes, also by the monotonic one; where it is moved back, only what it shows changes.
    """

    def __init__(self) -> None:
        self.ahead = 0.0
        self._passed = 0.0
        self._moved = asyncio.Event()

    def move_to(self, ahead: float) -> None:
        """Be that many seconds ahead of this machine's time from now on."""
        self._passed += max(ahead - self.ahead, 0)
        self.ahead = ahead
        self._moved.set()
        self._moved = asyncio.Event()

    def time(self) -> float:
        """The time now, in seconds since 1970."""
        return time.time() + self.ahead

    def now(self) -> datetime:
        """The time now, in UTC."""
        return datetime.now(UTC) + timedelta(seconds=self.ahead)

    def monotonic(self) -> float:
        """Seconds since some moment in the past, with those by which the clock was moved on."""
        return time.monotonic() + self._passed

    async def sleep(self, seconds: float) -> None:
        """Come back after that many seconds."""
        await asyncio.sleep(seconds)

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        """Come back when the event is set, the clock was moved, or after that many seconds."""
        waits = [asyncio.create_task(one.wait()) for one in (event, self._moved)]
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
