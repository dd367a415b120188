"""From the first line in the terminal to the exit code: everything is set up, kept running, and taken down again."""

import asyncio
import signal
import webbrowser

from rich.console import Console

from bot.sandbox.playground.bot_supervisor import BotDoesNotStart
from bot.sandbox.playground.environment import open_stage
from bot.sandbox.playground.server import CannotListen, serve

WRONG = 1

_output = Console(highlight=False, soft_wrap=True)
_errors = Console(stderr=True, highlight=False, soft_wrap=True)


def play(provider: str, port: int, *, opens: bool) -> int:
    """Run the playground until Ctrl-C and give the exit code; `opens` the address in the user's browser."""
    try:
        return asyncio.run(_play(provider, port, opens=opens))
    except BotDoesNotStart as failed:
        _errors.print(f"The playground cannot start, because the bot does not.\n{failed}", markup=False)
    except CannotListen as taken:
        _errors.print(f"The playground cannot start: {taken}", markup=False)
    return WRONG


async def _play(provider: str, port: int, *, opens: bool) -> int:
    enough = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, enough.set)
    async with open_stage(provider) as stage, serve(stage, port) as address:
        starting = asyncio.create_task(stage.keeper.start())
        leaving = asyncio.create_task(enough.wait())
        await asyncio.wait([starting, leaving], return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()
            _output.print(f"The playground is open at\n\n  {address}\n\nuntil Ctrl-C.", markup=False)
            if opens:
                await asyncio.to_thread(webbrowser.open, address)
            await leaving
        starting.cancel()
    return 0
