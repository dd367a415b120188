"""How Slack reaches the bot over signed HTTP; Socket Mode is in socket_mode.py."""

import asyncio
import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import structlog
from aiohttp import web
from pydantic import SecretStr
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier
from yarl import URL

log = structlog.get_logger(__name__)

EVENTS_PATH = "/slack/events"
HEALTH_PATH = "/healthz"
LARGEST_REQUEST = 1024 * 1024  # bytes; Slack's own are far below
_GOODBYE = 1.0  # seconds for closing
_AS_READ = "socket_mode"  # Bolt's word for a request that was read, and is known to be Slack's
_CERTIFICATE_CHECK = b"ssl_check=1"  # Slack asks now and then whether our certificate is good, and signs nothing
# Bolt stumbles over what Slack would not send
_UNREADABLE = (AttributeError, LookupError, RecursionError, TypeError, ValueError)


class NoWayIn(Exception):
    """Slack cannot reach us; the message says why, for whoever starts the bot."""


class HttpIntake:
    """HTTP: Slack posts signed requests to /slack/events; /healthz says whether the bot works."""

    def __init__(
        self,
        app: AsyncApp,
        signing_secret: SecretStr,
        address: tuple[str, int],
        illness: Callable[[], str | None],
        other_routes: Iterable[web.RouteDef] = (),
    ) -> None:
        self._app = app
        self._signatures = SignatureVerifier(signing_secret.get_secret_value())
        self._host, self._port = address
        self._illness = illness
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
        body = await request.read()
        try:
            if not self._is_from_slack(body, request):
                log.info("not_signed_by_slack")
                return web.Response(status=200 if _CERTIFICATE_CHECK in body.split(b"&") else 401)
            payload = _read(body.decode())
            response = await self._app.async_dispatch(AsyncBoltRequest(body=payload, mode=_AS_READ))
        except _UNREADABLE as error:
            log.info("unreadable_request", error=type(error).__name__)
            return web.Response(status=400)
        return await to_aiohttp_response(response)

    def _is_from_slack(self, body: bytes, request: web.Request) -> bool:
        """Source: docs.slack.dev, "Verifying requests from Slack"."""
        timestamp = request.headers.get("X-Slack-Request-Timestamp")
        return self._signatures.is_valid(body, timestamp, request.headers.get("X-Slack-Signature"))

    async def _on_health(self, _: web.Request) -> web.Response:
        illness = self._illness()
        return web.json_response({"status": illness or "ok"}, status=503 if illness else 200)


def _read(body: str) -> dict[str, Any]:
    """What Slack says: JSON, or a form, whose `payload` is JSON if it has one."""
    if body.startswith("{"):
        return dict(json.loads(body))
    form = URL.build(query_string=body, encoded=True).query  # ten times as fast as urllib, which Bolt would use
    return dict(json.loads(form["payload"]) if "payload" in form else form)
