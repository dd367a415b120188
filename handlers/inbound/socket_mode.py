"""How Slack reaches the bot over Socket Mode: connections that are held so that there is always one to hear.

slack_sdk's client hangs up before it connects anew, notices a lost connection after five seconds and a dead one after
twenty, and tries a refused address for ever. Here the next connection opens before the last one ends, and two are held,
as Slack suggests: when one is lost, the other hears what comes meanwhile.
"""

import asyncio
import json
from http import HTTPStatus
from typing import Any

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.gifts.model.outcomes import OutcomeUnknown, Rejected, Unavailable
from bot.gifts.outages import Outages
from bot.gifts.ports import Clock
from bot.input_limits import LARGEST_ENVELOPE
from handlers.background_tasks import BackgroundTasks
from handlers.inbound.startup import insist
from handlers.slack_api.remedies import APP_TOKEN
from handlers.slack_api.responses import classify

log = structlog.get_logger(__name__)

CONNECTIONS = 2
_HEARTBEAT = 5.0  # seconds of silence until a ping; one that is not answered in half that time ends the connection
_PATIENCE = 5.0  # seconds for a connection to open and say hello
_LIFE = 60 * 60.0  # seconds; then a connection is replaced unasked, should Slack have forgotten it
_LINGER = 15.0  # seconds that a connection is heard after its time; Slack closes it some ten after its warning
_GOODBYE = 1.0  # seconds for closing
_LASTING = 30.0  # seconds; a connection that ends sooner is short
_SOCKET = "Socket Mode"  # as what can fail by itself
_RESTS = (0.0, 0.0, 1.0, 3.0, 7.0, 15.0)  # seconds before the next, after so many short ones in a row


class SocketModeReceiver:
    """Socket Mode: `session` opens the connections, `app` answers what comes through them."""

    def __init__(
        self, app: AsyncApp, app_token: str, session: aiohttp.ClientSession, clock: Clock, outages: Outages
    ) -> None:
        self._app = app
        self._app_token = app_token
        self._session = session
        self._clock = clock
        self._outages = outages
        self._lines: list[asyncio.Task[None]] = []
        self._connections: set[asyncio.Task[None]] = set()
        self._in_hand = BackgroundTasks()
        self._closing = False

    async def start(self) -> None:
        """Connect, and stay connected.

        Raises:
            StartupError: Slack does not accept the app-level token, or cannot be reached for a while.
        """
        address = await insist("apps.connections.open", self._address, APP_TOKEN, self._clock)
        addresses = [address, *[None] * (CONNECTIONS - 1)]
        self._lines = [asyncio.create_task(self._stay_connected(first)) for first in addresses]

    async def stop(self, seconds: float) -> None:
        """Take nothing new, let what was taken be acknowledged, then hang up."""
        self._closing = True
        for line in self._lines:
            line.cancel()
        await self._in_hand.finish(seconds)
        for connection in self._connections:
            connection.cancel()
        if ends := [*self._lines, *self._connections]:
            await asyncio.wait(ends, timeout=2 * _GOODBYE)

    async def _stay_connected(self, address: str | None) -> None:
        """One connection after another, for ever; the next one begins before the last one ends, if there is time."""
        short = 0
        while True:
            began = self._clock.monotonic()
            another = asyncio.Event()
            connection = asyncio.create_task(self._connect(address, another))
            self._connections.add(connection)
            connection.add_done_callback(self._connections.discard)
            while not another.is_set() and (left := began + _LIFE - self._clock.monotonic()) > 0:
                await self._clock.wait(another, left)
            asyncio.get_running_loop().call_later(_LINGER, connection.cancel)
            address = None
            short = 0 if self._clock.monotonic() - began > _LASTING else min(short + 1, len(_RESTS) - 1)
            await self._clock.sleep(_RESTS[short])

    async def _connect(self, address: str | None, another: asyncio.Event) -> None:
        """Hear everything on one connection until it closes; `another` is set when it needs a successor."""
        try:
            here = address or await self._address()
            if isinstance(here, str):
                await self._hear(here, another)
            else:
                await self._clock.sleep(here.after.total_seconds() if isinstance(here, Unavailable) else 0)
        except (aiohttp.ClientError, TimeoutError) as error:
            self._outages.failed(_SOCKET, type(error).__name__)
        except Exception:  # the last line of defence: a mistake here must not leave the bot deaf
            log.exception("connection_failed")
        finally:
            another.set()

    async def _address(self) -> str | Rejected | Unavailable | OutcomeUnknown:
        """Where to connect, once; it is a secret."""
        answer = await classify(self._app.client.apps_connections_open(app_token=self._app_token))
        return str(answer["url"]) if isinstance(answer, AsyncSlackResponse) else answer

    async def _hear(self, address: str, another: asyncio.Event) -> None:
        opening = self._session.ws_connect(
            address,
            heartbeat=_HEARTBEAT,
            max_msg_size=LARGEST_ENVELOPE,
            timeout=aiohttp.ClientWSTimeout(ws_close=_GOODBYE),
            proxy=self._app.client.proxy,
            ssl=self._app.client.ssl or True,
        )
        async with asyncio.timeout(_PATIENCE) as until_hello, opening as socket:
            async for message in socket:
                match _read(message):
                    case {"type": "hello"}:
                        until_hello.reschedule(None)
                        self._outages.worked(_SOCKET)
                        log.info("connected")
                    case {"type": "disconnect"}:
                        another.set()
                    case {"type": str(kind), "envelope_id": str(envelope_id), "payload": dict(payload)}:
                        self._take(socket, SocketModeRequest(kind, envelope_id, payload))

    def _take(self, socket: aiohttp.ClientWebSocketResponse, request: SocketModeRequest) -> None:
        if not self._closing:
            self._in_hand.run(self._answer(socket, request))

    async def _answer(self, socket: aiohttp.ClientWebSocketResponse, request: SocketModeRequest) -> None:
        response = await run_async_bolt_app(self._app, request)
        if response.status == HTTPStatus.OK:
            try:
                await socket.send_json(SocketModeResponse(request.envelope_id, _payload(response)).to_dict())
            except ConnectionError:
                log.warning("acknowledgement_lost", envelope=request.envelope_id)


def _read(message: aiohttp.WSMessage) -> object:
    try:
        return message.json()
    except (RecursionError, TypeError, ValueError):  # what is too large comes as an error, which is no text
        return None


def _payload(response: BoltResponse) -> Any:
    """What an acknowledgement carries: a JSON object, words, or nothing."""
    is_json = response.first_headers()["content-type"].startswith("application/json")
    return json.loads(response.body) if is_json else response.body or None
