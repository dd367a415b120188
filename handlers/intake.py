"""How Slack reaches the bot over signed HTTP; Socket Mode is in socket_mode.py."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp

log = structlog.get_logger(__name__)

EVENTS_PATH = "/slack/events"
HEALTH_PATH = "/healthz"
LARGEST_REQUEST = 1024 * 1024  # bytes; Slack's own are far below
_GOODBYE = 1.0  # seconds for closing
# Bolt reads a request before it looks who signed it, and stumbles over what Slack would not send.
_UNREADABLE = (AttributeError, LookupError, RecursionError, TypeError, ValueError)


class NoWayIn(Exception):
    """Slack cannot reach us; the message says why, for whoever starts the bot."""


class HttpIntake:
    """HTTP: Slack posts signed requests to /slack/events; /healthz says whether the bot works."""

    def __init__(
        self,
        app: AsyncApp,
        host: str,
        port: int,
        is_healthy: Callable[[], bool],
        other_routes: Iterable[web.RouteDef] = (),
    ) -> None:
        self._app = app
        self._host = host
        self._port = port
        self._is_healthy = is_healthy
        server = web.Application(client_max_size=LARGEST_REQUEST)
        server.add_routes(
            [web.post(EVENTS_PATH, self._on_request), web.get(HEALTH_PATH, self._on_health), *other_routes]
        )
        self._runner = web.AppRunner(server, access_log=None, shutdown_timeout=_GOODBYE)

    async def start(self) -> None:
        """Listen.

        Raises:
            NoWayIn: the address cannot be used.
        """
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError as error:
            raise NoWayIn(f"{self._host}:{self._port} cannot be used: {error.strerror}.") from error
        log.info("listening", url=self.url)

    @property
    def url(self) -> str:
        """Where it listens; a port of 0 has become a free one."""
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}"

    async def stop(self, seconds: float) -> None:
        """Stop listening, and let what was taken be answered."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._runner.cleanup(), seconds)

    async def _on_request(self, request: web.Request) -> web.Response:
        try:
            response = await self._app.async_dispatch(await to_bolt_request(request))
        except _UNREADABLE as error:
            log.info("unreadable_request", error=type(error).__name__)
            return web.Response(status=400)
        return await to_aiohttp_response(response)

    async def _on_health(self, _: web.Request) -> web.Response:
        if self._is_healthy():
            return web.json_response({"status": "ok"})
        return web.json_response({"status": "the worker has not looked at its list for a while"}, status=503)
