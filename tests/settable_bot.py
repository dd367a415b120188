"""`python -m tests.settable_bot PORT`: what `giftbot run --http` runs, on a machine whose clock a test can set.

Each line on standard input says how many seconds the clock is ahead of the time; nothing else of the machine changes.
"""

import asyncio
import sys
from datetime import datetime, timedelta

from bot.app import run
from bot.clock import SystemClock
from bot.logs import set_up_logs
from bot.settings import HttpSettings, read_settings


class SettableClock(SystemClock):
    """The clock of this machine, off by something."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        """What it shows, in UTC."""
        return super().now() + self.ahead


async def _follow(lines: asyncio.StreamReader, clock: SettableClock) -> None:
    async for line in lines:
        clock.ahead = timedelta(seconds=float(line))


async def _run(port: int) -> None:
    settings, account = read_settings(HttpSettings)
    set_up_logs(settings, account)
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    clock = SettableClock()
    following = asyncio.create_task(_follow(lines, clock))
    await run(settings, account, ("127.0.0.1", port), clock)
    following.cancel()


if __name__ == "__main__":
    asyncio.run(_run(int(sys.argv[1])))
