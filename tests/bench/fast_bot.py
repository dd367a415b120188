"""The real bot as a process, on a clock that runs faster than the wall's, which the simulated services share."""

import asyncio
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime

from bot.app import giftbot
from bot.logs import set_up_logs
from bot.settings import HttpSettings, read_settings


class FastClock:
    """The time since `began`, in seconds since the epoch, `times` as fast as it really passes."""

    def __init__(self, began: float, times: float) -> None:
        self._began = began
        self._times = times

    def time(self) -> float:
        """The time now, in seconds."""
        return self._began + (time.time() - self._began) * self._times

    def now(self) -> datetime:
        """The time now, in UTC."""
        return datetime.fromtimestamp(self.time(), UTC)

    def monotonic(self) -> float:
        """Seconds since some moment in the past, as fast as those of the time."""
        return time.monotonic() * self._times

    async def sleep(self, seconds: float) -> None:
        """Come back after that many seconds of this clock."""
        await asyncio.sleep(seconds / self._times)

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        """Come back when the event is set, or after that many seconds of this clock."""
        with suppress(TimeoutError):
            await asyncio.wait_for(event.wait(), seconds / self._times)


async def _run(port: int, clock: FastClock) -> None:
    settings, account = read_settings(HttpSettings)
    set_up_logs(settings, account)
    async with giftbot(settings, account, ("127.0.0.1", port), clock) as bot:
        await bot.working


if __name__ == "__main__":
    asyncio.run(_run(int(sys.argv[1]), FastClock(float(sys.argv[2]), float(sys.argv[3]))))
