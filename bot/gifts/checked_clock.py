"""Clock skew: this machine's clock is compared with the date of every answer, and never believed alone.

Anybody can set the machine's clock by an hour or a year; the monotonic one nobody can. A dated answer tells what a
service's clock showed at a monotonic reading, and so what it shows now. The time is the machine's as long as a service
confirms it, and else a service's: it is therefore never further than `TOLERANCE` from what a service says, whatever is
done to the machine's clock between two answers. What cannot be undone waits until nobody contradicts the machine.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

import structlog

from bot.gifts.ports import Clock

log = structlog.get_logger(__name__)

TOLERANCE: Final = timedelta(minutes=5)  # Slack's own, for what it signs
UNSURE: Final = timedelta(minutes=1)  # until it is looked again what time it is
_LATELY: Final = timedelta(minutes=10)  # since a service answered
_BETWEEN_QUESTIONS: Final = timedelta(minutes=1)
_POSSIBLE_YEARS: Final = range(2026, 3000)


@dataclass(frozen=True, slots=True)
class _Word:
    """What a service's clock shows when the monotonic one shows 0, in seconds since 1970, and what the machine's did.

    `heard_at` is the monotonic reading at which that was so.
    """

    at_zero: float
    machine_at_zero: float
    heard_at: float

    def time(self, reading: float) -> datetime:
        return datetime.fromtimestamp(self.at_zero + reading, UTC)


class CheckedClock:
    """The time by which everything goes: this machine's, as far as the services that answer the bot confirm it."""

    def __init__(self, machine: Clock) -> None:
        self._machine = machine
        self._words: dict[str, _Word] = {}  # by service; whoever answered first is believed first
        self._ask: Callable[[], Awaitable[object]] | None = None
        self._asked_at = -math.inf
        self._asking = asyncio.Lock()
        self._trouble_is_told = False

    def now(self) -> datetime:
        """The time now, in UTC."""
        if self._somebody_confirms:
            return self._machine.now()
        return next(iter(self._words.values())).time(self.monotonic())

    def monotonic(self) -> float:
        """Seconds since some moment in the past, which nobody can set: how long something takes, or how old it is."""
        return self._machine.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Come back after that many seconds."""
        await self._machine.sleep(seconds)

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        """Come back when the event is set, or after that many seconds."""
        await self._machine.wait(event, seconds)

    def hear(self, service: str, date: str | None, asked_at: float) -> None:
        """Note the `Date` of an answer; `asked_at` is the monotonic reading when it was asked for.

        One that cannot be read says nothing, nor does one that was on its way while the machine slept.
        Source: RFC 9110, section 6.6.1: the time at which the answer was made.
        """
        heard_at = self.monotonic()
        said = _read(date)
        if said is not None and heard_at - asked_at <= TOLERANCE.total_seconds():
            word = _Word(said.timestamp() - heard_at, self._machine_at_zero, heard_at)
            before, self._words[service] = self._words.get(service, word), word
            if self._confirms(word) and abs(word.at_zero - before.at_zero) > TOLERANCE.total_seconds():
                self._forget_what_was_said_before_the_machine_was_frozen()
            self._tell()

    def when_in_doubt(self, ask: Callable[[], Awaitable[object]]) -> None:
        """Let `ask` make a service answer whenever none has said lately what time it is."""
        self._ask = ask

    async def is_known(self) -> bool:
        """Whether a service has said what time it is since the machine's clock was set, or else says it now.

        Until then that clock may be wrong, or right and the monotonic one has missed something, as while it was halted.
        """
        if not self._is_known:
            await self._let_somebody_answer()
        return self._is_known

    async def is_sure(self) -> bool:
        """Whether a service has confirmed the machine's clock lately, or does so now, and none contradicts it.

        What cannot be undone, such as giving up, is done only then.
        """
        if not self._is_confirmed:
            await self._let_somebody_answer()
        return self._is_confirmed

    async def look(self) -> None:
        """Notice that the machine's clock was set, or set right, also while there is nothing to ask anybody for."""
        if self._trouble_is_told or not self._somebody_confirms:
            await self._let_somebody_answer()

    @property
    def trouble(self) -> str | None:
        """What is wrong with the machine's clock, for whoever runs it; None while nobody contradicts it."""
        for service, word in self._heard_lately.items():
            if not self._confirms(word):
                apart = (self._machine.now() - word.time(self.monotonic())).total_seconds()
                return f"this machine's clock is {abs(apart):.0f} s {'ahead of' if apart > 0 else 'behind'} {service}'s"
        return None

    def _tell(self) -> None:
        """Say it once when the clock begins to differ, and once when it is right again."""
        trouble = self.trouble
        if trouble and not self._trouble_is_told:
            log.warning("clock_differs", trouble=trouble)
        elif self._trouble_is_told and not trouble:
            log.warning("clock_is_right_again")
        self._trouble_is_told = trouble is not None

    def _forget_what_was_said_before_the_machine_was_frozen(self) -> None:
        """The monotonic clock has missed some time, as that of a virtual machine that was halted does."""
        self._words = {service: word for service, word in self._words.items() if self._confirms(word)}

    async def _let_somebody_answer(self) -> None:
        async with self._asking:  # whoever comes meanwhile hears the same answer
            if self._ask and self.monotonic() - self._asked_at >= _BETWEEN_QUESTIONS.total_seconds():
                self._asked_at = self.monotonic()
                await self._ask()

    def _confirms(self, word: _Word) -> bool:
        return abs(self._machine.now() - word.time(self.monotonic())) <= TOLERANCE

    @property
    def _somebody_confirms(self) -> bool:
        return not self._words or any(map(self._confirms, self._words.values()))

    @property
    def _machine_at_zero(self) -> float:
        return self._machine.now().timestamp() - self.monotonic()

    @property
    def _is_known(self) -> bool:
        now, apart = self._machine_at_zero, TOLERANCE.total_seconds()
        return self._somebody_confirms or any(abs(w.machine_at_zero - now) <= apart for w in self._words.values())

    @property
    def _heard_lately(self) -> Mapping[str, _Word]:
        since = self.monotonic() - _LATELY.total_seconds()
        return {service: word for service, word in self._words.items() if word.heard_at >= since}

    @property
    def _is_confirmed(self) -> bool:
        lately = self._heard_lately.values()
        return not self._words or (bool(lately) and all(map(self._confirms, lately)))


def _read(date: str | None) -> datetime | None:
    try:
        said = parsedate_to_datetime(date or "")
    except (ValueError, OverflowError):
        return None
    if said.year not in _POSSIBLE_YEARS:
        return None
    return said.replace(tzinfo=said.tzinfo or UTC)
