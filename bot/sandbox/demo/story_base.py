"""What every story is made of: people type, ask and receive, and it fails if the screen does not follow."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Final

from bot.sandbox.demo.environment import Stage
from bot.sandbox.demo.personas import PATIENCE
from bot.sandbox.demo.terminal import Screen
from bot.sandbox.simulator import CannotDoThat, Modal, Person, ShownMessage

DIRECT: Final = "direct messages"


class Scenes(ABC):
    """A story; `recipients` got a gift each in the end, and `in_review` gifts wait for a person."""

    def __init__(self, stage: Stage, screen: Screen) -> None:
        self.recipients: list[Person] = []
        self.in_review = 0
        self._stage = stage
        self._simulator = stage.simulator
        self._cast = stage.cast
        self._screen = screen

    async def tell(self) -> None:
        """Play it all.

        Raises:
            CannotDoThat, AppDidNotRespond: the bot does not do its part, or not in time.
        """
        try:
            await self._simulator.slack.socket_mode.connected(PATIENCE)
        except TimeoutError:
            raise CannotDoThat("the bot does not connect") from None
        await self._play()

    @abstractmethod
    async def _play(self) -> None:
        """Everything, in the order it happens."""

    async def _types(self, person: Person, line: str) -> None:
        self._screen.does(person, "types", line)
        await person.types(line)

    async def _fills_in(self, person: Person, line: str, more: Mapping[str, Any]) -> Modal:
        """Let somebody fill in what a command opened."""
        await self._types(person, line)
        form = await person.sees_modal("Send a gift", PATIENCE)
        await person.fills(more)
        return form

    async def _asks(self, line: str, more: Mapping[str, Any] | None = None) -> str:
        """Let Mia ask for a gift, and give the note of it."""
        mia = self._cast.mia
        form = await self._fills_in(mia, line, more or {})
        note = str(form.value("Note"))
        await mia.submits()
        await mia.sees_modal("Gift asked for", PATIENCE)
        await mia.closes()
        return note

    async def _receives(self, person: Person, what: str = "thanks you with a gift") -> ShownMessage:
        self.recipients.append(person)
        return await person.sees_message(what, PATIENCE)
