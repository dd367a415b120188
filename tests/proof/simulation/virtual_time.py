"""A loop on which waiting takes no time, a clock that can jump by weeks, and that of a machine, which may be wrong."""

import asyncio
import selectors
from contextlib import suppress
from datetime import UTC, datetime, timedelta

_BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


class _NobodyToWaitFor(selectors.DefaultSelector):
    """Nothing comes from outside: what a loop would sleep through is over at once."""

    def __init__(self) -> None:
        super().__init__()
        self.slept = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("everybody in this world waits for somebody else")
        self.slept += max(timeout, 0)
        return []


class TimelessLoop(asyncio.SelectorEventLoop):
    """An event loop whose time is what it would have slept."""

    def __init__(self) -> None:
        self._nobody = _NobodyToWaitFor()
        super().__init__(self._nobody)

    def time(self) -> float:
        """Seconds since the loop began."""
        return self._nobody.slept


class WorldClock:
    """The time in the world, which services go by; `jump` lets it pass in a moment, as for a machine that sleeps."""

    def __init__(self) -> None:
        self._jumped = timedelta()
        self._passed = 0.0

    def now(self) -> datetime:
        """The time now, in UTC."""
        return _BEGINNING + self._jumped + timedelta(seconds=asyncio.get_running_loop().time())

    def monotonic(self) -> float:
        """Seconds since the beginning, but for those in which a whole machine stood still."""
        return self._passed + asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        """Come back after that many seconds."""
        await asyncio.sleep(seconds)

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        """Come back when the event is set, or after that many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await event.wait()

    def jump(self, by: timedelta, *, is_noticed: bool = True) -> None:
        """Let time pass in which nobody does anything; a machine that was frozen has not noticed."""
        self._jumped += by
        self._passed += by.total_seconds() if is_noticed else 0


class MachineClock:
    """The clock of the bot's machine, which somebody may set."""

    def __init__(self, world: WorldClock) -> None:
        self._world = world
        self.wrong = timedelta()
        self.monotonic = world.monotonic
        self.sleep = world.sleep
        self.wait = world.wait

    def now(self) -> datetime:
        """What it shows, in UTC."""
        return self._world.now() + self.wrong
