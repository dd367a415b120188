"""`python -m bot.sandbox.playground.bot_entrypoint`: what `giftbot run` runs, by a clock that can be moved.

Each line on standard input says how many seconds the clock is ahead; the first is there before the bot starts.
When standard input ends, whoever started it is gone, and the bot stops as it does on SIGTERM.
"""

import asyncio
import signal
import sys

from bot.app import run
from bot.giftcards.account import Account
from bot.logs import set_up_logs
from bot.sandbox.playground.shared_clock import MovableClock
from bot.settings import SocketSettings, read_settings


async def _follow(lines: asyncio.StreamReader, clock: MovableClock) -> None:
    async for line in lines:
        clock.move_to(float(line))
    signal.raise_signal(signal.SIGTERM)


async def _run(settings: SocketSettings, account: Account) -> None:
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    clock = MovableClock()
    clock.move_to(float(await lines.readline()))
    following = asyncio.create_task(_follow(lines, clock))
    await run(settings, account, clock=clock)
    following.cancel()


def main() -> None:
    """Run the bot until it is told to stop."""
    settings, account = read_settings(SocketSettings)
    set_up_logs(settings, account)
    asyncio.run(_run(settings, account))


if __name__ == "__main__":
    main()
