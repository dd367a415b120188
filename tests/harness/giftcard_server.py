"""What the tests of the gift card clients share: a clock, and a server that stands where the service should be."""

import asyncio
import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx
from aiohttp import web

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
TLS = httpx.create_ssl_context()  # made once: it takes longer than a test

Page = Callable[[web.Request], web.StreamResponse | Awaitable[web.StreamResponse]]


class Clock:
    """A clock on which only sleeping takes time. Where it is put forward, that time has passed."""

    def __init__(self) -> None:
        self._time = NOON
        self._passed = 0.0
        self.slept: list[float] = []

    @property
    def time(self) -> datetime:
        """What it shows."""
        return self._time

    @time.setter
    def time(self, time: datetime) -> None:
        self._passed += max((time - self._time).total_seconds(), 0)
        self._time = time

    def now(self) -> datetime:
        """The time now."""
        return self.time

    def seconds(self) -> float:
        """The time now, in seconds."""
        return self.time.timestamp()

    def monotonic(self) -> float:
        """Seconds since noon that have passed; putting the clock back takes none of them away."""
        return self._passed

    async def sleep(self, seconds: float) -> None:
        """Let that much time pass, at once."""
        self.slept.append(seconds)
        wakes = self.time + timedelta(seconds=seconds)
        await asyncio.sleep(0)
        self.time = max(self.time, wakes)

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        """Nobody waits here."""
        raise NotImplementedError


@asynccontextmanager
async def something_else(page: Page) -> AsyncGenerator[tuple[str, list[httpx.Request]]]:
    """A server that answers everything with the same page, and writes down what it was asked."""
    asked: list[httpx.Request] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        asked.append(await noted(request))
        answered = page(request)
        return await answered if inspect.isawaitable(answered) else answered

    app = web.Application()
    app.add_routes([web.route("*", "/{path:.*}", answer)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/v2/", asked
    finally:
        await runner.cleanup()


async def noted(request: web.Request) -> httpx.Request:
    """A request as a server saw it."""
    headers = list(request.headers.items())
    return httpx.Request(request.method, str(request.url), headers=headers, content=await request.read())
