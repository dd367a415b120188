"""The promises put to the test: a board of switches, each of which says in a sentence what came of it."""

from bot.sandbox.playground.actions import DroppedSocket, LaterOn, Restart
from bot.sandbox.playground.call_faults import mishaps
from bot.sandbox.playground.environment import Stage
from bot.sandbox.playground.order_faults import KilledWhileOrdering, LateLinks
from bot.sandbox.playground.switch import Json, Switch
from bot.sandbox.simulator import CannotDoThat


class Switchboard:
    """All switches, in the order in which they are drawn."""

    def __init__(self, stage: Stage) -> None:
        switches: list[Switch] = [
            *mishaps(stage),
            LateLinks(stage.simulator.giftcards),
            KilledWhileOrdering(stage),
            Restart(stage.keeper),
            DroppedSocket(stage.simulator.slack, stage.keeper),
            LaterOn(stage, 1, "Tomorrow"),
            LaterOn(stage, 30, "In 30 days"),
        ]
        self._switches = {switch.name: switch for switch in switches}

    def shown(self) -> list[Json]:
        """Give all switches as the page draws them."""
        return [switch.shown() for switch in self._switches.values()]

    async def flip(self, name: str, *, on: bool) -> None:
        """Put a switch on or off."""
        if name not in self._switches:
            raise CannotDoThat("There is no such switch.")
        await self._switches[name].flip(on=on)
