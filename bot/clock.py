"""The real clock."""

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime

_MONOTONIC = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # counts while the machine sleeps, where it can


class SystemClock:
    """The time of this machine, and waiting on the event loop."""

    def now(self) -> datetime:
        """The time now, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since the machine was started."""
        return time.clock_gettime(_MONOTONIC)

    async def sleep(self, seconds: float) -> None:
        """Come back after that many seconds."""
        await asyncio.sleep(seconds)

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        """Come back when the event is set, or after that many seconds."""
        with suppress(TimeoutError):
            await asyncio.wait_for(event.wait(), seconds)
