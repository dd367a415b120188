"""Keeps the bot: the real one, as a process, which is started, killed and started again."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

from bot.sandbox.bot_process import Bot, started
from bot.sandbox.playground.shared_clock import MovableClock
from bot.sandbox.simulator.slack.socket_mode import SocketMode

State = Literal["starting", "connected", "away", "dead"]

SECONDS_TO_CONNECT: Final = 30.0
WORDS: Final[dict[State, str]] = {
    "starting": "The bot is starting.",
    "connected": "The bot is connected.",
    "away": "The bot has lost its connection and tries again.",
    "dead": "The bot is not running.",
}


class Keeper:
    """The one who has the bot's process in hand."""

    def __init__(self, settings: Mapping[str, str], folder: Path, clock: MovableClock, socket: SocketMode) -> None:
        self._settings = settings
        self._folder = folder
        self._clock = clock
        self._socket = socket
        self._bot: Bot | None = None
        self._was_connected = False
        self._in_hand = asyncio.Lock()
        self._is_over = False

    @property
    def state(self) -> State:
        """What the bot is doing, as far as Slack and the process table can tell."""
        if self._bot is None or not self._bot.is_alive:
            return "dead"
        if self._socket.is_connected:
            return "connected"
        return "away" if self._was_connected else "starting"

    @property
    def words(self) -> str:
        """The same in a sentence."""
        return WORDS[self.state]

    @property
    def process_id(self) -> int | None:
        """The id of the bot's process, once there was one."""
        return self._bot.pid if self._bot else None

    async def start(self) -> None:
        """Start the bot and wait until it is connected.

        Raises:
            BotDoesNotStart: it ended, or did not connect in time.
        """
        async with self._in_hand:
            if not self._is_over:
                await self._start()

    async def restart(self) -> None:
        """Kill the bot with -9, and start it again, as `start` does."""
        async with self._in_hand:
            await self.kill()
            if not self._is_over:
                await self._start()

    async def _start(self) -> None:
        self._was_connected = False
        self._bot = bot = await started(
            self._settings, self._folder, "bot.sandbox.playground.bot_entrypoint", listens=True
        )
        self.tell_time()
        ending = asyncio.create_task(bot.ended())
        connecting = asyncio.create_task(self._socket.connected(SECONDS_TO_CONNECT))
        await asyncio.wait([ending, connecting], return_when=asyncio.FIRST_COMPLETED)
        for task in (ending, connecting):
            task.cancel()
        if not self._socket.is_connected:
            raise BotDoesNotStart(bot.last_words())
        self._was_connected = True

    def tell_time(self) -> None:
        """Let the bot's clock show what ours shows."""
        if self._bot is not None:
            self._bot.hear(str(self._clock.ahead))

    async def kill(self) -> None:
        """Kill the bot with -9, and wait until Slack has noticed that it is gone."""
        if self._bot is not None:
            await self._bot.kill()
            await self._socket.gone()

    async def reconnected(self) -> None:
        """Wait until the bot is connected again by itself."""
        await self._socket.connected(SECONDS_TO_CONNECT)

    async def stop(self) -> None:
        """Stop the bot as an operator does, and start it no more."""
        self._is_over = True
        async with self._in_hand:
            if self._bot is not None:
                await self._bot.stop()


class BotDoesNotStart(Exception):
    """The bot did not come up; the message is the end of its log."""
