"""Socket Mode: the WebSocket on which Slack sends envelopes and the bot acknowledges them."""

import asyncio
import itertools
import json
import secrets
import uuid
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from aiohttp import WSMsgType, web

from bot.sandbox.simulator.condition import Bell
from bot.sandbox.simulator.slack.delivery import ACK_SECONDS, AppDidNotRespond, Kind
from bot.sandbox.simulator.slack.records import Json
from bot.sandbox.simulator.slack.workspace import Workspace

CONNECTION_SECONDS: Final = 18060  # what Slack promises a connection, roughly
GOODBYE_SECONDS: Final = 1.0
PING_SECONDS: Final = 10.0
QUIET_SECONDS: Final = 0.1
HOST: Final = "applink-simulator"


class Goodbye(StrEnum):
    """Why Slack asks for another connection in the place of this one."""

    WARNING = "warning"  # it closes in about ten seconds
    REFRESH = "refresh_requested"  # it closes now


@dataclass
class Link:
    """One open connection to the bot."""

    socket: web.WebSocketResponse
    request: web.Request
    is_half_open: bool = False
    is_ending: bool = False

    def cut(self) -> None:
        """Drop the connection without a word."""
        if self.request.transport is not None:
            self.request.transport.abort()

    def goes_dead(self) -> None:
        """Let everything that either end sends be lost from now on, and neither end be told."""
        self.is_half_open = True
        assert self.request.transport is not None, "it is open until somebody closes it"
        self.request.transport.pause_reading()

    async def send(self, content: Json) -> None:
        """Send something to the bot."""
        if not self.is_half_open:
            await self.socket.send_json(content)

    async def ends(self, why: Goodbye, seconds: float) -> None:
        """Ask for another connection, and close this one after that many seconds, at its end without anything new."""
        await self.send({"type": "disconnect", "reason": why.value, "debug_info": {"host": HOST}})
        await asyncio.sleep(seconds - QUIET_SECONDS)
        self.is_ending = True
        await asyncio.sleep(min(seconds, QUIET_SECONDS))
        await self.socket.close()


@dataclass
class Envelope:
    """A payload on its way: it has to be acknowledged on a connection that brought it."""

    links: list[Link]
    acknowledged: asyncio.Future[Json]


class SocketMode:
    """Slack's end of the sockets, and the tickets that open them."""

    def __init__(self, workspace: Workspace, *, ack_seconds: float = ACK_SECONDS) -> None:
        self.ack_seconds = ack_seconds
        self._workspace = workspace
        self._tickets: set[str] = set()
        self.links: list[Link] = []
        self._turn = itertools.count()
        self._on_their_way: dict[str, Envelope] = {}
        self._copies = 1
        self._refused = 0
        self._silent = 0
        self._bell = Bell()

    def issue_url(self) -> str:
        """Give the URL of one connection; it works once."""
        ticket = secrets.token_hex(16)
        self._tickets.add(ticket)
        origin = self._workspace.origin.replace("http://", "ws://")
        return f"{origin}/link/?ticket={ticket}&app_id={self._workspace.app_id}"

    def routes(self) -> list[web.RouteDef]:
        """Give the route of the WebSocket."""
        return [web.get("/link/", self._serve)]

    async def connected(self, timeout: float = 5.0, *, times: int = 1) -> None:  # noqa: ASYNC109
        """Wait until a bot is connected, or connected that many times."""
        await self._bell.until(lambda: len(self.links) >= times or None, timeout)

    @property
    def is_connected(self) -> bool:
        """Whether a bot is connected."""
        return bool(self.links)

    async def gone(self, timeout: float = 5.0) -> None:  # noqa: ASYNC109
        """Wait until no bot is connected."""
        await self._bell.until(lambda: not self.links or None, timeout)

    def drop_socket(self) -> None:
        """Drop every connection without a word."""
        for link in self.links:
            link.cut()
        self.links = []
        self._bell.ring()

    def refuse_tickets(self, times: int) -> None:
        """Refuse the next connections although their tickets are good; a ticket is used up all the same."""
        self._refused = times

    def say_no_hello(self, times: int) -> None:
        """Let the next connections open, and then say and send nothing on them."""
        self._silent = times

    def deliver_twice(self) -> None:
        """Send the next envelope twice, with the same envelope_id, on two connections if there are."""
        self._copies = 2

    async def deliver(self, kind: Kind, payload: Json) -> Json:
        """Send an envelope on one of the connections and give the payload of its acknowledgement."""
        usable = [link for link in self.links if not link.is_ending]
        if not usable:
            raise AppDidNotRespond("dispatch_failed")
        copies, self._copies = self._copies, 1
        links = [usable[next(self._turn) % len(usable)] for _ in range(copies)]
        envelope_id = str(uuid.uuid4())
        envelope = {
            "envelope_id": envelope_id,
            "type": kind.value,
            "payload": payload,
            "accepts_response_payload": kind is not Kind.EVENTS_API,
        }
        acknowledged: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._on_their_way[envelope_id] = Envelope(links, acknowledged)
        try:
            async with asyncio.timeout(self.ack_seconds):
                for link in links:
                    await link.send(envelope)
                return await acknowledged
        except (ConnectionError, TimeoutError) as error:
            raise AppDidNotRespond("operation_timeout") from error
        finally:
            del self._on_their_way[envelope_id]

    async def close(self) -> None:
        """Say goodbye on every connection."""
        for link in list(self.links):
            await link.socket.close()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=403)
        self._tickets.remove(ticket)
        if self._refused:
            self._refused -= 1
            return web.Response(status=503)
        socket = web.WebSocketResponse(timeout=GOODBYE_SECONDS, heartbeat=PING_SECONDS)
        try:
            await socket.prepare(request)
        except ConnectionError:  # the client may die at any moment: nobody here minds
            return web.Response()  # reaches nobody
        link = Link(socket, request)
        try:
            with suppress(ConnectionError):  # likewise
                await self._greet(link)
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._read(link, message.data)
        finally:
            self.links = [other for other in self.links if other is not link]
            self._bell.ring()
        return socket

    async def _greet(self, link: Link) -> None:
        if self._silent:
            self._silent -= 1
            return
        await link.send(self._hello())
        self.links.append(link)
        self._bell.ring()

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.links) + 1,
            "debug_info": {
                "host": HOST,
                "build_number": 1,
                "approximate_connection_time": CONNECTION_SECONDS,
            },
            "connection_info": {"app_id": self._workspace.app_id},
        }

    def _read(self, link: Link, text: str) -> None:
        answer = json.loads(text)
        envelope = self._on_their_way.get(answer.get("envelope_id", ""))
        if envelope is not None and link in envelope.links and not envelope.acknowledged.done():
            envelope.acknowledged.set_result(answer.get("payload") or {})
