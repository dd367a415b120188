"""A small HTTP server on this machine only: how both simulated services are started and stopped."""

import time
from collections.abc import Callable
from email.utils import formatdate
from typing import Final

from aiohttp import web

HOST: Final = "127.0.0.1"
SECONDS_TO_FINISH: Final = 0.2  # what a fault still holds back when the simulator stops is not waited for


class LocalServer:
    """One aiohttp application, listening on 127.0.0.1; its answers are dated by a clock of its own."""

    def __init__(self, app: web.Application, clock: Callable[[], float] = time.time) -> None:
        async def date(_: web.Request, response: web.StreamResponse) -> None:
            response.headers["Date"] = formatdate(clock(), usegmt=True)

        app.on_response_prepare.append(date)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=SECONDS_TO_FINISH)

    async def start(self, port: int) -> int:
        """Start to listen, on any free port if the given one is 0, and give the port."""
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, port).start()
        bound: int = self._runner.addresses[0][1]
        return bound

    async def stop(self) -> None:
        """Stop listening and drop every connection."""
        await self._runner.cleanup()
