"""What is done to the bot at once: it is killed, cut off, or finds itself on another day."""

import asyncio
from abc import abstractmethod
from typing import Final

from bot.sandbox.playground.bot_supervisor import BotDoesNotStart, Keeper
from bot.sandbox.playground.environment import Stage
from bot.sandbox.playground.switch import State, Switch
from bot.sandbox.simulator import Slack

DAY: Final = 86400.0


class Act(Switch):
    """Something that is done at once, and tells of it as it goes."""

    kind = "act"
    _said = ""
    _is_on = False

    @property
    def state(self) -> State:
        """Whether it is being done, or was done."""
        if self._is_on:
            return "on"
        return "happened" if self._said else "off"

    @property
    def said(self) -> str:
        """What has come of it so far."""
        return self._said

    async def flip(self, *, on: bool) -> None:
        """Do it, unless it is just being done."""
        if not on or self._is_on:
            return
        self._is_on = True
        try:
            await self.do()
        finally:
            self._is_on = False

    @abstractmethod
    async def do(self) -> None:
        """Do it."""


class Restart(Act):
    """The bot is killed and started again."""

    def __init__(self, keeper: Keeper) -> None:
        super().__init__("kill", "Kill the bot with -9", "The process ends like in a power cut, and is started again.")
        self._keeper = keeper

    async def do(self) -> None:
        """Kill it, and start it again."""
        loop = asyncio.get_running_loop()
        self._said = "The bot was killed with -9 and is being started again."
        began = loop.time()
        try:
            await self._keeper.restart()
        except BotDoesNotStart as failed:
            self._said = f"The bot was killed with -9 and does not come up again. {failed}"
        else:
            seconds = loop.time() - began
            self._said = f"The bot was killed with -9, was back after {seconds:.1f} s, and goes on with its list."


class DroppedSocket(Act):
    """The connection between Slack and the bot is lost."""

    def __init__(self, slack: Slack, keeper: Keeper) -> None:
        super().__init__(
            "drop_socket",
            "Drop the connection",
            "The socket between Slack and the bot breaks without a word; the bot has to notice and to connect again.",
        )
        self._slack = slack
        self._keeper = keeper

    async def do(self) -> None:
        """Drop it, and wait until it is there again."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        self._slack.socket_mode.drop_socket()
        self._said = "The connection was dropped; a click now reaches nobody, and Slack says so."
        try:
            await self._keeper.reconnected()
        except TimeoutError:
            self._said = "The connection was dropped, and the bot has not come back."
        else:
            self._said = f"The connection was dropped, and the bot was back after {loop.time() - began:.1f} s."


class LaterOn(Act):
    """The clock is moved on, for everybody."""

    def __init__(self, stage: Stage, days: int, label: str) -> None:
        super().__init__(
            f"clock_{days}", label, "The clock moves on for Slack, the gift card service and the bot alike."
        )
        self._stage = stage
        self._days = days

    async def do(self) -> None:
        """Move it, and let the bot know."""
        clock = self._stage.clock
        clock.move_to(clock.ahead + self._days * DAY)
        self._stage.keeper.tell_time()
        self._said = f"It is {clock.now():%A, %d %B %Y} now, for Slack, the gift card service and the bot."
