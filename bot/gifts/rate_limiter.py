"""Lets callers through one by one, evenly, so that no service's limit is met; one that asks for a rest gets it."""

import math
import re
from datetime import timedelta

from bot.gifts.ports import Clock


class RateLimiter:
    """Turns `interval` apart. Even spacing keeps every window under its limit, not only aligned ones.

    After a rest, `at_once` of them may come together; a window then has at most that many more.
    """

    def __init__(self, clock: Clock, interval: timedelta, at_once: int = 1) -> None:
        self._clock = clock
        self._interval = interval.total_seconds()
        self._early = self._interval * (at_once - 1)
        self._next = -math.inf  # when the next turn is, by the monotonic clock

    async def turn(self) -> None:
        """Wait until it is this caller's turn."""
        now = self._clock.monotonic()
        mine = max(now, self._next)
        self._next = mine + self._interval
        if mine - self._early > now:
            await self._clock.sleep(mine - self._early - now)

    def hold(self, rest: timedelta) -> None:
        """Let nobody new through for that long: the service asked for a rest."""
        self._next = max(self._next, self._clock.monotonic() + rest.total_seconds() + self._early)


LONGEST_REST = timedelta(hours=1)  # what asks for more is asked again after that


def parse_retry_after(retry_after: str, shortest: timedelta) -> timedelta:
    """What a Retry-After header asks for (in seconds), within reason; `shortest` where it says nothing sensible."""
    seconds = int(retry_after) if re.fullmatch(r"\d{1,9}", retry_after.strip(), re.ASCII) else 0
    return min(max(timedelta(seconds=seconds), shortest), LONGEST_REST)
