"""The HTTP server by itself: who gives way to whom, and what is kept. Who is told what is in test_http."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot.input_limits import MOST_CONNECTIONS
from handlers.inbound.http_server import HttpServer
from tests.harness.office import eventually

pytestmark = pytest.mark.usefixtures("many_files")

HEAD = b"POST /post HTTP/1.1\r\nHost: bot.example\r\n"
FORGED = b"Signature: forged\r\n"
TAKEN = b"HTTP/1.1 200 OK"


def a_request(signature: bytes = b"Signature: good\r\n") -> bytes:
    """What somebody sends who signs, or does not."""
    return HEAD + b"Time: %d\r\n%bContent-Length: 2\r\n\r\nhi" % (time.time(), signature)


@dataclass
class Post:
    """An endpoint whose answers wait until the test lets them go."""

    path: str = "/post"
    largest: int = 100
    refusal: int = HTTPStatus.UNAUTHORIZED
    timestamp: str = "Time"
    signature: Mapping[str, re.Pattern[str]] = field(default_factory=lambda: {"Signature": re.compile("good|forged")})
    in_hand: int = 0
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)

    def now(self) -> float:
        """The time of day."""
        return time.time()

    def is_signed(self, headers: Mapping[str, str], body: bytes) -> bool:
        """It is the right one."""
        return headers["Signature"] == "good" and body == b"hi"

    def needs_no_signature(self, body: bytes) -> bool:
        """Only this."""
        return body == b"ping"

    async def answer(self, _body: bytes) -> web.StreamResponse:
        """Wait, and answer."""
        self.in_hand += 1
        await self.may_answer.wait()
        return web.Response()


class Client:
    """Somebody with a connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def says(self, words: bytes) -> None:
        """Send something."""
        self._writer.write(words)

    async def hears(self) -> bytes:
        """The status line of the next answer; nothing, when the connection is closed before."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            return (await self._reader.readuntil(b"\r\n\r\n")).partition(b"\r\n")[0]
        return b""

    async def is_hung_up_on(self) -> bool:
        """Whether the server closes the connection, having nothing more to say."""
        with suppress(ConnectionError):
            return await self._reader.read() == b""
        return True


class Town:
    """The server, and everybody who connects to it."""

    def __init__(self, server: HttpServer, post: Post) -> None:
        self.post = post
        self._server = server
        self._writers: list[asyncio.StreamWriter] = []

    async def comes(self, words: bytes = b"", address: str = "127.0.0.1") -> Client:
        """Somebody connects from an address, and sends something."""
        reader, writer = await asyncio.open_connection(*self._server.address, local_addr=(address, 0))
        self._writers.append(writer)
        writer.write(words)
        return Client(reader, writer)

    async def crowd(self, size: int, words: bytes = b"") -> list[Client]:
        """Many do, from one address."""
        return [await self.comes(words) for _ in range(size)]

    def leaves(self) -> None:
        """Everybody hangs up."""
        for writer in self._writers:
            writer.transport.abort()


@asynccontextmanager
async def opened() -> AsyncGenerator[Town]:
    """The server at work, until everybody has left."""
    post = Post()
    server = HttpServer([post], {"/page": lambda: web.Response(text="a page")})
    await server.start("127.0.0.1", 0)
    town = Town(server, post)
    try:
        yield town
    finally:
        post.may_answer.set()
        town.leaves()
        await server.stop(1)


@pytest.fixture
async def town() -> AsyncGenerator[Town]:
    """The server at work."""
    async with opened() as town:
        yield town


async def test_a_connection_is_kept_for_who_signs(town: Town) -> None:
    """And for nobody else: not for a page, a ping, a forgery, nor for what is unsigned."""
    town.post.may_answer.set()
    client = await town.comes()
    for _ in range(3):
        client.says(a_request())
        assert await client.hears() == TAKEN
    for words in (
        a_request(FORGED),
        a_request(b""),
        HEAD + b"Content-Length: 4\r\n\r\nping",
        b"HEAD /page HTTP/1.1\r\nHost: x\r\n\r\n",
    ):
        stranger = await town.comes(words)
        assert await stranger.hears()
        assert await stranger.is_hung_up_on()


async def test_a_request_in_hand_does_not_give_way(town: Town) -> None:
    """However many come while it is answered."""
    client = await town.comes(a_request())
    await eventually(lambda: town.post.in_hand == 1)
    crowd = await town.crowd(2 * MOST_CONNECTIONS)
    assert await crowd[0].is_hung_up_on()
    town.post.may_answer.set()
    assert await client.hears() == TAKEN
    client.says(a_request())
    assert await client.hears() == TAKEN


async def test_who_signed_before_gives_way_last(town: Town) -> None:
    """A proxy's connection that is idle for a moment outlives a crowd from the very same address."""
    town.post.may_answer.set()
    proxy = await town.comes(a_request())
    assert await proxy.hears() == TAKEN
    crowd = await town.crowd(2 * MOST_CONNECTIONS)
    assert await crowd[0].is_hung_up_on()
    proxy.says(a_request())
    assert await proxy.hears() == TAKEN


async def test_a_crowd_pushes_out_its_own(town: Town) -> None:
    """Somebody slow at another address, who came first, is still heard."""
    town.post.may_answer.set()
    request = a_request()
    slow = await town.comes(request[:20], address="127.0.0.2")
    crowd = await town.crowd(2 * MOST_CONNECTIONS)
    assert await crowd[0].is_hung_up_on()
    slow.says(request[20:])
    assert await slow.hears() == TAKEN


async def test_who_comes_when_everybody_is_being_served_waits(town: Town) -> None:
    """And is served as soon as there is room."""
    clients = await town.crowd(MOST_CONNECTIONS, a_request())
    await eventually(lambda: town.post.in_hand == MOST_CONNECTIONS)
    late = await town.crowd(50, a_request())
    town.post.may_answer.set()
    assert {await client.hears() for client in clients} == {TAKEN}
    assert {await client.hears() for client in late} == {TAKEN}


async def test_what_is_refused_is_counted(town: Town) -> None:
    """Each is a line; the log writer folds those of a kind."""
    with capture_logs() as logs:
        for client in await town.crowd(100, a_request(FORGED)):
            assert await client.hears() == b"HTTP/1.1 401 Unauthorized"
    assert Counter((line["event"], line["why"]) for line in logs) == {("request_refused", "not signed"): 100}
