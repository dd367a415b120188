"""How a payload reaches the bot over signed HTTP, and what every way of delivery promises.

The Socket Mode way is in socket_mode.py. Both deliver a payload and give back the body of the acknowledgement.
"""

import asyncio
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Final, Protocol
from urllib.parse import urlencode

import aiohttp

from bot.sandbox.simulator.slack.records import Json
from bot.sandbox.simulator.slack.triggers import Clock

ACK_SECONDS: Final = 3.0


class Kind(StrEnum):
    """What a payload is, in the words of a Socket Mode envelope."""

    SLASH_COMMANDS = "slash_commands"
    INTERACTIVE = "interactive"
    EVENTS_API = "events_api"


class AppDidNotRespond(Exception):
    """The app was not there, was too late, or answered with something that is no acknowledgement."""


class Delivery(Protocol):
    """A way for a payload to reach the bot."""

    async def deliver(self, kind: Kind, payload: Json) -> Json:
        """Bring a payload to the bot and give what it acknowledged with, {} if nothing."""

    def deliver_twice(self) -> None:
        """Let the next payload arrive twice, as on a bad day."""

    async def close(self) -> None:
        """Let go of every connection."""


@dataclass(frozen=True)
class SentRequest:
    """A signed request as it went over the wire: enough to send it again."""

    body: bytes
    headers: dict[str, str]


class SignedHttp:
    """Slack as it calls a request URL: signed, and content with a 200 within three seconds."""

    def __init__(
        self, url: str, signing_secret: str, clock: Clock = time.time, *, ack_seconds: float = ACK_SECONDS
    ) -> None:
        self.url = url
        self.ack_seconds = ack_seconds
        self.last_request: SentRequest | None = None
        self._secret = signing_secret
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None
        self._copies = 1

    def sign(self, body: bytes, timestamp: int) -> dict[str, str]:
        """Give the headers that prove that a body comes from Slack."""
        base = b"v0:%d:%b" % (timestamp, body)
        digest = hmac.new(self._secret.encode(), base, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": str(timestamp), "X-Slack-Signature": f"v0={digest}"}

    async def deliver(self, kind: Kind, payload: Json) -> Json:
        """POST a payload and give the body of the 200."""
        body, content_type = encoded(kind, payload)
        request = SentRequest(body, {"Content-Type": content_type, **self.sign(body, int(self._clock()))})
        self.last_request = request
        copies, self._copies = self._copies, 1
        try:
            replies = [await self.send(request.body, request.headers) for _ in range(copies)]
        except (aiohttp.ClientError, TimeoutError) as error:
            raise AppDidNotRespond("operation_timeout") from error
        status, text = replies[0]
        if status != HTTPStatus.OK:
            raise AppDidNotRespond(f"http_status_{status}")
        return _acknowledgement(text)

    async def send(self, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        """POST raw bytes to the request URL and give the status and the text of the answer."""
        if self._session is None:
            self._session = aiohttp.ClientSession()
        timeout = aiohttp.ClientTimeout(total=self.ack_seconds)
        async with self._session.post(self.url, data=body, headers=headers, timeout=timeout) as response:
            return response.status, await response.text()

    def deliver_twice(self) -> None:
        """Send the next request twice, with the same signature."""
        self._copies = 2

    async def close(self) -> None:
        """Let go of every connection."""
        if self._session is not None:
            await self._session.close()
            await asyncio.sleep(0)  # lets the transports say goodbye


def encoded(kind: Kind, payload: Json) -> tuple[bytes, str]:
    """Give the body of a payload as Slack sends it, and its content type."""
    if kind is Kind.EVENTS_API:
        return json.dumps(payload).encode(), "application/json"
    fields: dict[str, Any] = payload if kind is Kind.SLASH_COMMANDS else {"payload": json.dumps(payload)}
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"


def _acknowledgement(text: str) -> Json:
    if not text:
        return {}
    try:
        body = json.loads(text)
    except json.JSONDecodeError:
        return {"text": text}
    return body if isinstance(body, dict) else {"text": text}
