"""Trouble with orders that no single call makes: the bot dies in the middle of one, or their links come late."""

import asyncio
from contextlib import suppress
from typing import Final

from bot.sandbox.playground.bot_supervisor import BotDoesNotStart
from bot.sandbox.playground.environment import Stage
from bot.sandbox.playground.fault_outcomes import of_order
from bot.sandbox.playground.switch import Json, State, Switch
from bot.sandbox.simulator import GiftCardService, Moment

LATE_SECONDS: Final = 8.0


class KilledWhileOrdering(Switch):
    """The bot is killed when the next order has been made, and before it can read the reply."""

    kind = "fault"

    def __init__(self, stage: Stage) -> None:
        super().__init__(
            "kill_while_ordering",
            "Kill -9 in the middle of the next order",
            "The gift card service makes the order, and the bot dies before it can read the reply.",
        )
        self._stage = stage
        self._made: Json | None = None
        self._is_on = False
        self._restarting: asyncio.Task[None] | None = None
        stage.simulator.giftcards.faults.watcher = self._watch

    @property
    def state(self) -> State:
        """Whether it is off, waits, or has had its moment."""
        if self._is_on:
            return "on"
        return "happened" if self._made else "off"

    @property
    def said(self) -> str:
        """What the bot did after its death."""
        if self._made is None:
            return ""
        return (
            "The order was made, and the bot was killed before it could know. It was started again. "
            f"{of_order(self._stage.simulator, self._made)}"
        )

    async def flip(self, *, on: bool) -> None:
        """Wait for the next order, or let it go well."""
        self._is_on, self._made = on, None

    async def _watch(self, call: str, moment: Moment) -> None:
        if self._is_on and call == self._stage.simulator.giftcards.order_call and moment is Moment.AFTER:
            self._is_on = False
            self._made = self._stage.simulator.giftcards.calls[-1].arguments
            await self._stage.keeper.kill()
            self._restarting = asyncio.create_task(self._restart())

    async def _restart(self) -> None:
        with suppress(BotDoesNotStart):  # the page shows that it is dead
            await self._stage.keeper.start()


class LateLinks(Switch):
    """Links come some seconds after their orders."""

    kind = "toggle"

    def __init__(self, giftcards: GiftCardService) -> None:
        super().__init__(
            "late_links",
            "Links come late",
            f"The gift card service confirms an order at once, and has its link {LATE_SECONDS:.0f} seconds later.",
        )
        self._giftcards = giftcards
        self._since: int | None = None

    @property
    def state(self) -> State:
        """Whether it is off or on."""
        return "off" if self._since is None else "on"

    @property
    def said(self) -> str:
        """How many orders were made that had to wait for their links."""
        late = 0 if self._since is None else len(self._giftcards.orders) - self._since
        if not late:
            return ""
        orders = "1 order has" if late == 1 else f"{late} orders have"
        return f"{orders} been confirmed without a link; the bot asks for it again, and orders nothing twice."

    async def flip(self, *, on: bool) -> None:
        """Let links come late or at once."""
        self._since = len(self._giftcards.orders) if on else None
        self._giftcards.links_after(seconds=LATE_SECONDS if on else 0.0)
