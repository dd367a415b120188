"""What can happen to a call between the bot and a service."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from email.utils import formatdate
from typing import Any, TypeVar

from bot.gifts.checked_clock import CheckedClock
from bot.gifts.model.outcomes import OutcomeUnknown, Unavailable
from tests.proof.simulation.fault_schedule import Fate, Mishap
from tests.proof.simulation.virtual_time import WorldClock

T = TypeVar("T")
Journal = Callable[[str], None]
DEADLINE = 20.0  # seconds that a caller waits
_ANSWERED = {Mishap.NONE, Mishap.BUSY, Mishap.ERROR_BEFORE, Mishap.ERROR_AFTER}


class Dead(BaseException):
    """This life of the bot is over; nothing that it still holds may act."""


class Life:
    """One life of the bot's process, from a start to a death, with the clock that it goes by."""

    def __init__(self, clock: CheckedClock, journal: Journal) -> None:
        self.clock = clock
        self.over: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._journal = journal

    def ends(self, where: str) -> None:
        """Die here."""
        if not self.over.done():
            self._journal(f"the bot dies {where}")
            self.over.set_result(None)

    def checks(self) -> None:
        """Let only the living act."""
        if self.over.done():
            raise Dead


class Network:
    """The way to the services, and how many calls are on it."""

    def __init__(self, clock: WorldClock, fate: Fate, journal: Journal) -> None:
        self._clock = clock
        self._fate = fate
        self.journal = journal
        self.on_the_way = 0

    async def call(
        self,
        life: Life,
        service: str,
        name: str,
        work: Callable[[], T],
        late: float = 0,
        *,
        is_look_up: bool = False,
    ) -> T | Unavailable | OutcomeUnknown:
        """Let a service do some work, or not; a request may arrive up to `late` seconds after it was sent.

        Answers are dated. A look-up may take longer than other calls.
        """
        life.checks()
        asked_at, mishap = life.clock.monotonic(), self._fate.mishap(service)
        self.journal(f"{name} {mishap}")
        self.on_the_way += 1
        try:
            await self._clock.sleep(self._fate.delay(is_look_up=is_look_up))
            answer = await self._outcome(mishap, life, name, work, late)
        finally:
            self.on_the_way -= 1
        if mishap in _ANSWERED:
            life.clock.hear(service, formatdate(self._clock.now().timestamp(), usegmt=True), asked_at)
        return answer

    async def _outcome(
        self, mishap: Mishap, life: Life, name: str, work: Callable[[], T], late: float
    ) -> T | Unavailable | OutcomeUnknown:
        match mishap:
            case Mishap.NOT_REACHED:
                return Unavailable("not reached")
            case Mishap.BUSY:
                return Unavailable("429", timedelta(seconds=self._fate.between(1, 30)))
            case Mishap.ERROR_BEFORE:
                return OutcomeUnknown("500")
            case Mishap.REQUEST_LOST:
                return await self._no_reply()
            case Mishap.REQUEST_LATE:
                self._arrives_later(work, late)
                return await self._no_reply()
            case Mishap.DIES_BEFORE:
                self._arrives_later(work, late)
                return await self._dies(life, f"while {name} is on its way")
        answer = work()
        match mishap:
            case Mishap.ERROR_AFTER:
                return OutcomeUnknown("500")
            case Mishap.REPLY_LOST:
                return await self._no_reply()
            case Mishap.DIES_AFTER:
                return await self._dies(life, f"after {name}")
        return answer

    async def _no_reply(self) -> OutcomeUnknown:
        await self._clock.sleep(DEADLINE)
        return OutcomeUnknown("no reply")

    async def _dies(self, life: Life, where: str) -> OutcomeUnknown:
        life.ends(where)
        return await self._no_reply()

    def _arrives_later(self, work: Callable[[], object], late: float) -> None:
        """What a dead or impatient caller has sent may still arrive."""
        if late and self._fate.happens(0.7):
            self.on_the_way += 1
            asyncio.get_running_loop().call_later(self._fate.between(0, late), self._arrives, work)

    def _arrives(self, work: Callable[[], object]) -> None:
        self.on_the_way -= 1
        self.journal("what was late arrives")
        work()


def certain(answer: T | Unavailable | OutcomeUnknown) -> T | Unavailable:
    """For calls that can be repeated without harm, not knowing is the same as not done."""
    return Unavailable(answer.detail) if isinstance(answer, OutcomeUnknown) else answer
