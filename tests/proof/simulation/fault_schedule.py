"""Everything that chance decides; the same seed decides the same."""

from datetime import timedelta
from enum import StrEnum
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Mishap(StrEnum):
    """What can happen to a call."""

    NONE = "arrives"
    NOT_REACHED = "does not reach the service"
    BUSY = "is answered with 429"
    REQUEST_LOST = "is lost on its way"
    REQUEST_LATE = "arrives after everybody stopped waiting"
    REPLY_LOST = "arrives, its reply is lost"
    ERROR_BEFORE = "is answered with 500, nothing is done"
    ERROR_AFTER = "is answered with 500, although it is done"
    DIES_BEFORE = "is lost when the bot dies"
    DIES_AFTER = "arrives, and the bot dies"


class Delivery(StrEnum):
    """What can happen to a click."""

    ONCE = "arrives"
    LOST = "is lost"
    UNANSWERED = "arrives, its acknowledgement is lost"
    TWICE = "arrives twice"


_IN_AN_OUTAGE = (Mishap.NOT_REACHED, Mishap.REQUEST_LOST, Mishap.ERROR_BEFORE, Mishap.ERROR_AFTER, Mishap.REPLY_LOST)
_FAULTY_CLICKS = (Delivery.LOST, Delivery.UNANSWERED, Delivery.TWICE)
_WRONG_CLOCKS = (
    timedelta(hours=-1),
    timedelta(minutes=-4),
    timedelta(hours=1),
    timedelta(hours=2),
    timedelta(days=40),
    timedelta(days=365),
    timedelta(days=-365),
)
_PAUSES = (
    timedelta(minutes=2),
    timedelta(minutes=30),
    timedelta(hours=7),
    timedelta(hours=25),
    timedelta(days=28, hours=23),
    timedelta(days=29, hours=1),
    timedelta(days=30, minutes=1),
    timedelta(days=31),
    timedelta(days=40),
)


class Fate:
    """One seed's luck; once it is `calm`, nothing goes wrong any more."""

    def __init__(self, seed: int) -> None:
        self._dice = Random(seed)
        self.calm = False
        self.outages: set[str] = set()
        self._calls_fail = self._dice.choice((0.05, 0.15, 0.4))
        self._commits_kill = self._dice.choice((0.0, 0.01, 0.05))
        self._clicks_fail = self._dice.choice((0.0, 0.1, 0.4))
        self._longest_look_up = self._dice.choice((2.0, 2.0, 4.0))
        self.clock_is_set = self.happens(0.5)

    def happens(self, probability: float) -> bool:
        """Whether something of this probability comes about."""
        return self._dice.random() < probability

    def between(self, least: float, most: float) -> float:
        """A number between two others."""
        return self._dice.uniform(least, most)

    def count(self, least: int, most: int) -> int:
        """A whole number, both ends included."""
        return self._dice.randint(least, most)

    def some(self, things: list[T], least: int, most: int) -> list[T]:
        """Some of these, in any order."""
        return self._dice.sample(things, self.count(least, min(most, len(things))))

    def id(self) -> str:
        """An id that nobody can guess."""
        return f"{self._dice.getrandbits(128):032x}"

    def mishap(self, service: str) -> Mishap:
        """What happens to the next call to a service."""
        if self.calm:
            return Mishap.NONE
        if service in self.outages:
            return self._dice.choice(_IN_AN_OUTAGE)
        return self._dice.choice(list(Mishap)) if self.happens(self._calls_fail) else Mishap.NONE

    def click(self) -> Delivery:
        """What happens to the next click."""
        if self.calm or not self.happens(self._clicks_fail):
            return Delivery.ONCE
        return self._dice.choice(_FAULTY_CLICKS)

    def dies_at_commit(self) -> bool:
        """Whether the bot dies here, just before, in or after a commit."""
        return not self.calm and self.happens(self._commits_kill)

    def delay(self, *, is_look_up: bool) -> float:
        """How many seconds a call takes."""
        return self.between(0.02, self._longest_look_up if is_look_up and not self.calm else 2)

    def wrong_clock(self) -> timedelta:
        """How far a clock is ahead that somebody sets, perhaps rightly."""
        return timedelta() if self.happens(0.3) else self._dice.choice(_WRONG_CLOCKS)

    def pause(self) -> timedelta:
        """How long nobody does anything: minutes, hours, a day, or about a key's life."""
        return self._dice.choice(_PAUSES)

    def time_off(self) -> float:
        """How many seconds a dead bot stays dead."""
        return self.between(0.2, 3 if self.happens(0.7) else 120)
