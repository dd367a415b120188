"""How Slack reaches the bot: Socket Mode, or signed HTTP."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.gifts.ports import Clock
from handlers.slack_answers import answer_of

log = structlog.get_logger(__name__)

EVENTS_PATH = "/slack/events"
HEALTH_PATH = "/healthz"
LARGEST_REQUEST = 1024 * 1024  # bytes; Slack's own are far below
_PING = 5  # seconds
_LOOK = 5.0  # seconds between two looks of the watchdog
_DEAF = 4  # looks without a connection until a new address is asked for
_GOODBYE = 1.0  # seconds for closing; slack_sdk can hang there for ever


class NoWayIn(Exception):
    """Slack cannot reach us; the message says why, for whoever starts the bot."""


class SocketIntake:
    """Socket Mode: one WebSocket that Slack sends everything through, watched so that it never stays closed."""

    def __init__(self, app: AsyncApp, app_token: str, clock: Clock) -> None:
        self._app = app
        self._client = SocketModeClient(app_token, app.logger, app.client, ping_interval=_PING)
        self._client.socket_mode_request_listeners.append(self._on_envelope)
        self._clock = clock
        self._in_hand: set[asyncio.Task[None]] = set()
        self._watchdog: asyncio.Task[None] | None = None
        self._closing = False

    async def start(self) -> None:
        """Connect, and keep connected.

        Raises:
            NoWayIn: Slack does not accept the app-level token, or cannot be reached.
        """
        answer = await answer_of(self._app.client.apps_connections_open(app_token=self._client.app_token))
        if not isinstance(answer, AsyncSlackResponse):
            raise NoWayIn(f"Slack does not let us in with SLACK_APP_TOKEN: {answer.detail}.")
        self._client.wss_uri = answer["url"]
        self._watchdog = asyncio.create_task(self._watch())
        await self._client.connect()  # type: ignore[no-untyped-call] # slack_sdk has no types here

    async def stop(self, seconds: float) -> None:
        """Take nothing new, let what was taken be acknowledged, then hang up."""
        self._closing = True
        if self._in_hand:
            await asyncio.wait(self._in_hand, timeout=seconds)
        if self._watchdog:
            self._watchdog.cancel()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._client.close(), _GOODBYE)  # type: ignore[no-untyped-call] # nor here

    async def _on_envelope(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        if self._closing:
            return
        task = asyncio.create_task(self._handle(client, request))
        self._in_hand.add(task)
        task.add_done_callback(self._in_hand.discard)
        await task

    async def _handle(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        response = await run_async_bolt_app(self._app, request)
        await send_async_response(client, request, response, start_time=0.0)

    async def _watch(self) -> None:
        """slack_sdk tries a refused address again and again; without one it asks Slack for a new one."""
        silent = 0
        while True:
            await self._clock.sleep(_LOOK)
            silent = 0 if await self._client.is_connected() else silent + 1
            if silent and silent % _DEAF == 0:
                log.warning("socket_silent", seconds=silent * _LOOK)
                self._client.wss_uri = None


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
        response = await self._app.async_dispatch(await to_bolt_request(request))
        return await to_aiohttp_response(response)

    async def _on_health(self, _: web.Request) -> web.Response:
        if self._is_healthy():
            return web.json_response({"status": "ok"})
        return web.json_response({"status": "the worker has not looked at its list for a while"}, status=503)
