"""How Slack reaches the bot over signed HTTP; Socket Mode is in socket_mode.py."""

import asyncio
import json
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Final

import structlog
from aiohttp import web
from pydantic import SecretStr
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import Clock, SignatureVerifier
from yarl import URL

from bot.gifts.checked_clock import CheckedClock
from bot.input_limits import LARGEST_REQUEST
from bot.signed_endpoint import Endpoint
from handlers.inbound.http_server import HttpServer

log = structlog.get_logger(__name__)

EVENTS_PATH = "/slack/events"
HEALTH_PATH = "/healthz"
_SIGNATURE = "X-Slack-Signature"
_GOODBYE = 1.0  # seconds for closing
_AS_READ = "socket_mode"  # Bolt's word for a request that was read, and is known to be Slack's
_CERTIFICATE_CHECK = b"ssl_check=1"  # Slack asks now and then whether our certificate is good, and signs nothing
# Bolt stumbles over what Slack would not send
_UNREADABLE = (AttributeError, LookupError, RecursionError, TypeError, ValueError)


class StartupError(Exception):
    """Slack cannot reach us; the message says why, for whoever starts the bot."""


class HttpReceiver:
    """HTTP: Slack posts signed requests to /slack/events; /healthz says whether the bot works, and counts refusals."""

    def __init__(
        self,
        app: AsyncApp,
        signing_secret: SecretStr,
        address: tuple[str, int],
        illness: Callable[[], str | None],
        clock: CheckedClock,
        refusals: Mapping[str, int],
        others: Iterable[Endpoint] = (),
    ) -> None:
        self._host, self._port = address
        self._illness = illness
        self._refusals = refusals
        self._clock = clock
        events = SlackEvents(app, signing_secret, clock)
        self._server = HttpServer([events, *others], {HEALTH_PATH: self._health})

    async def start(self) -> None:
        """Listen.

        Raises:
            StartupError: the address cannot be used.
        """
        try:
            await self._server.start(self._host, self._port)
        except OSError as error:
            raise StartupError(f"{self._host}:{self._port} cannot be used: {error.strerror}.") from error
        log.info("listening", url=self.url)

    @property
    def url(self) -> str:
        """Where it listens; a port of 0 has become a free one."""
        host, port = self._server.address
        return f"http://{host}:{port}"

    async def stop(self, seconds: float) -> None:
        """Stop listening, and let what was taken be answered."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._server.stop(_GOODBYE), seconds)

    def _health(self) -> web.Response:
        illness = self._illness()
        notes: dict[str, object] = {"clock": trouble} if (trouble := self._clock.trouble) else {}
        if self._refusals:
            notes["refused"] = dict(self._refusals)
        return web.json_response({"status": illness or "ok", **notes}, status=503 if illness else 200)


class SlackEvents(Clock):
    """What Slack posts, and the clock that its signatures go by: not this machine's alone, which may be wrong.

    Source: docs.slack.dev, "Verifying requests from Slack".
    """

    path: Final = EVENTS_PATH
    largest: Final = LARGEST_REQUEST
    refusal: Final = HTTPStatus.UNAUTHORIZED
    timestamp: Final = "X-Slack-Request-Timestamp"
    signature: Final = {_SIGNATURE: re.compile("v0=[0-9a-f]{64}")}

    def __init__(self, app: AsyncApp, signing_secret: SecretStr, clock: CheckedClock) -> None:
        self._app = app
        self._clock = clock
        self._signatures = SignatureVerifier(signing_secret.get_secret_value(), self)

    def now(self) -> float:
        """The time that services confirm, so that a wrong clock of ours keeps nobody out."""
        return self._clock.now().timestamp()

    def is_signed(self, headers: Mapping[str, str], body: bytes) -> bool:
        """The signature is of this body, which has to be text."""
        return self._signatures.is_valid(body, headers[self.timestamp], headers[_SIGNATURE])

    def needs_no_signature(self, body: bytes) -> bool:
        """Slack's look at the certificate."""
        return _CERTIFICATE_CHECK in body.split(b"&")

    async def answer(self, body: bytes) -> web.Response:
        """Hand it to Bolt."""
        try:
            payload = _read(body.decode())
            response = await self._app.async_dispatch(AsyncBoltRequest(body=payload, mode=_AS_READ))
        except _UNREADABLE as error:
            log.info("unreadable_request", error=type(error).__name__)
            return web.Response(status=HTTPStatus.BAD_REQUEST)
        return await to_aiohttp_response(response)


def _read(body: str) -> dict[str, Any]:
    """What Slack says: JSON, or a form, whose `payload` is JSON if it has one."""
    if body.startswith("{"):
        return dict(json.loads(body))
    form = URL.build(query_string=body, encoded=True).query  # ten times as fast as urllib, which Bolt would use
    return dict(json.loads(form["payload"]) if "payload" in form else form)
