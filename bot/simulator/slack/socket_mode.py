"""Socket Mode: the WebSocket on which Slack sends envelopes and the bot acknowledges them."""

import asyncio
import itertools
import json
import secrets
import uuid
from dataclasses import dataclass
from typing import Final

from aiohttp import WSMsgType, web

from bot.simulator.bell import Bell
from bot.simulator.slack.delivery import ACK_SECONDS, AppDidNotRespond, Kind
from bot.simulator.slack.records import Json
from bot.simulator.slack.workspace import Workspace

CONNECTION_SECONDS: Final = 18060  # what Slack promises a connection, roughly
GOODBYE_SECONDS: Final = 1.0


@dataclass(frozen=True)
class Link:
    """One open connection to the bot."""

    socket: web.WebSocketResponse
    request: web.Request

    def cut(self) -> None:
        """Drop the connection without a word."""
        if self.request.transport is not None:
            self.request.transport.abort()


class SocketMode:
    """Slack's end of the sockets, and the tickets that open them."""

    def __init__(self, workspace: Workspace, *, ack_seconds: float = ACK_SECONDS) -> None:
        self.ack_seconds = ack_seconds
        self._workspace = workspace
        self._tickets: set[str] = set()
        self._links: list[Link] = []
        self._turn = itertools.count()
        self._acknowledged: dict[str, asyncio.Future[Json]] = {}
        self._copies = 1
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

    async def connected(self, timeout: float = 5.0) -> None:  # noqa: ASYNC109
        """Wait until a bot is connected."""
        await self._bell.until(lambda: self._links or None, timeout)

    @property
    def is_connected(self) -> bool:
        """Whether a bot is connected."""
        return bool(self._links)

    async def gone(self, timeout: float = 5.0) -> None:  # noqa: ASYNC109
        """Wait until no bot is connected."""
        await self._bell.until(lambda: not self._links or None, timeout)

    def drop_socket(self) -> None:
        """Drop every connection without a word."""
        for link in self._links:
            link.cut()
        self._links = []
        self._bell.ring()

    def deliver_twice(self) -> None:
        """Send the next envelope twice, with the same envelope_id."""
        self._copies = 2

    async def deliver(self, kind: Kind, payload: Json) -> Json:
        """Send an envelope on one of the connections and give the payload of its acknowledgement."""
        if not self._links:
            raise AppDidNotRespond("dispatch_failed")
        link = self._links[next(self._turn) % len(self._links)]
        envelope_id = str(uuid.uuid4())
        envelope = {
            "envelope_id": envelope_id,
            "type": kind.value,
            "payload": payload,
            "accepts_response_payload": kind is not Kind.EVENTS_API,
        }
        copies, self._copies = self._copies, 1
        acknowledged: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._acknowledged[envelope_id] = acknowledged
        try:
            async with asyncio.timeout(self.ack_seconds):
                for _ in range(copies):
                    await link.socket.send_json(envelope)
                return await acknowledged
        except (ConnectionError, TimeoutError) as error:
            raise AppDidNotRespond("operation_timeout") from error
        finally:
            del self._acknowledged[envelope_id]

    async def close(self) -> None:
        """Say goodbye on every connection."""
        for link in list(self._links):
            await link.socket.close()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=403)
        self._tickets.remove(ticket)
        socket = web.WebSocketResponse(timeout=GOODBYE_SECONDS)
        await socket.prepare(request)
        link = Link(socket, request)
        await socket.send_json(self._hello())
        self._links.append(link)
        self._bell.ring()
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._read(message.data)
        finally:
            self._links = [other for other in self._links if other is not link]
            self._bell.ring()
        return socket

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._links) + 1,
            "debug_info": {
                "host": "applink-simulator",
                "build_number": 1,
                "approximate_connection_time": CONNECTION_SECONDS,
            },
            "connection_info": {"app_id": self._workspace.app_id},
        }

    def _read(self, text: str) -> None:
        answer = json.loads(text)
        waiting = self._acknowledged.get(answer.get("envelope_id", ""))
        if waiting is not None and not waiting.done():
            waiting.set_result(answer.get("payload") or {})
