"""PURE but for the clock: lets callers through one by one, evenly, so that a service's limit is never met."""

from datetime import datetime, timedelta

from bot.gifts.ports import Clock


class Pace:
    """Turns `interval` apart. Even spacing keeps every window under its limit, not only aligned ones.

    After a rest, `at_once` of them may come together; a window then has at most that many more.
    """

    def __init__(self, clock: Clock, interval: timedelta, at_once: int = 1) -> None:
        self._clock = clock
        self._interval = interval
        self._early = interval * (at_once - 1)
        self._next: datetime | None = None

    async def turn(self) -> None:
        """Wait until it is this caller's turn."""
        now = self._clock.now()
        mine = max(now, self._next or now)
        self._next = mine + self._interval
        if mine - self._early > now:
            await self._clock.sleep((mine - self._early - now).total_seconds())

    def hold(self, seconds: float) -> None:
        """Let nobody new through for that long: the service asked for a rest."""
        rest_ends = self._clock.now() + timedelta(seconds=seconds) + self._early
        self._next = max(self._next or rest_ends, rest_ends)
