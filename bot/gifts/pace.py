"""PURE but for the clock: lets callers through one by one, evenly, so that a service's limit is never met."""

from datetime import datetime, timedelta

from bot.gifts.ports import Clock


class Pace:
    """Turns at least `interval` apart. Even spacing keeps every window under its limit, not only aligned ones."""

    def __init__(self, clock: Clock, interval: timedelta) -> None:
        self._clock = clock
        self._interval = interval
        self._next: datetime | None = None

    async def turn(self) -> None:
        """Wait until it is this caller's turn."""
        now = self._clock.now()
        mine = max(now, self._next or now)
        self._next = mine + self._interval
        if mine > now:
            await self._clock.sleep((mine - now).total_seconds())

    def hold(self, seconds: float) -> None:
        """Let nobody new through for that long: the service asked for a rest."""
        rest_ends = self._clock.now() + timedelta(seconds=seconds)
        self._next = max(self._next or rest_ends, rest_ends)
