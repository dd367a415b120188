"""Anybody who can reach the port: idle, half and junk requests cost the bot little, and whoever signs is served.

All of it with the real process, whose files are limited as an operator's may be.
"""

import asyncio
import gzip
import json
import os
import re
import resource
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import pytest

from bot.input_limits import LARGEST_REQUEST, TIME_TO_SIGN, UNVERIFIED_AT_ONCE
from handlers.inbound.http import EVENTS_PATH, HEALTH_PATH
from tests.harness.office import Office, eventually

pytestmark = [
    pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux shows what a process uses"),
    pytest.mark.usefixtures("many_files"),
]

FILES = 256  # that the process may open
CROWD = 1_000
POST = b"POST /slack/events HTTP/1.1\r\nHost: bot.example\r\n"
UNREAD = b"Content-Length: 100\r\n\r\n" + b"x" * 100
HALVES = [
    b"",
    b"P",
    POST,
    POST + b"Content-Length: 100\r\n\r\n" + b"x" * 99,
    POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhel",
    b"GET /healthz HTTP/1.1\r\nHost: bot.ex",
]
JUNK = {
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(200)),
    "no request": b"GIFT ME\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "a scan": b"GET /.env HTTP/1.1\r\nHost: bot.example\r\n\r\n",
    "another method": b"PUT /slack/events HTTP/1.1\r\nHost: bot.example\r\nContent-Length: 0\r\n\r\n",
    "a tunnel": b"CONNECT bot.example:443 HTTP/1.1\r\nHost: bot.example\r\n\r\n",
    "a WebSocket": POST + b"Upgrade: websocket\r\nConnection: upgrade\r\n\r\n",
    "nothing": POST + b"Content-Length: 0\r\n\r\n",
    "a negative length": POST + b"Content-Length: -1\r\n\r\n",
    "two lengths": POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a huge length": POST + b"Content-Length: 99999999999\r\n\r\n" + b"x" * 100,
    "chunks that are none": POST + b"Transfer-Encoding: chunked\r\n\r\nnonsense\r\n\r\n",
    "no gzip": POST + b"Content-Encoding: gzip\r\n" + UNREAD,
    "gzip": POST + b"Content-Length: 31\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"ssl_check=1"),
    "no ASCII": POST + b"X-Slack-Signature: \xff\xfe\r\nX-Slack-Request-Timestamp: \xd9\xa3\r\n" + UNREAD,
    "no time": POST + b"X-Slack-Signature: v0=0\r\nX-Slack-Request-Timestamp: 1e9\r\n" + UNREAD,
    "a long header": POST + b"A: " + b"x" * 9_000 + b"\r\n\r\n",
    "many headers": POST + b"".join(b"A%d: x\r\n" % number for number in range(1_000)) + b"\r\n",
}


class Strangers:
    """Whoever connects to the bot, from this machine."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._writers: list[asyncio.StreamWriter] = []

    async def connect(self, words: bytes = b"") -> "Stranger":
        """One more, who says that much, and stays as long as the bot likes."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._writers.append(writer)
        writer.write(words)
        return Stranger(reader, writer)

    def leave(self) -> None:
        """All of them hang up."""
        for writer in self._writers:
            writer.transport.abort()


class Stranger:
    """One of them."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @property
    def is_out(self) -> bool:
        """Whether the bot has hung up."""
        return self._reader.at_eof() or self._reader.exception() is not None

    async def answer(self) -> bytes:
        """All that the bot says until it hangs up."""
        with suppress(ConnectionError):
            return await self._reader.read()
        return b""

    async def drips(self) -> None:
        """Say one letter after the other, for as long as the bot listens."""
        with suppress(ConnectionError):
            while not self.is_out:
                self._writer.write(b"x")
                await self._writer.drain()
                await asyncio.sleep(0.2)


@asynccontextmanager
async def besieged(office: Office, port: int) -> AsyncGenerator[tuple[int, Strangers]]:
    """The bot's process, by its id, and strangers at its door; its log is short, however many they were."""
    limited = ("sh", "-c", f'ulimit -n {FILES} && exec "$0" "$@"')
    process = await office.process("--http", "--port", str(port), under=limited)
    strangers = Strangers(port)
    try:
        async with asyncio.timeout(90):
            await _listens(port)
            office.delivery = office.slack.use_http(f"http://127.0.0.1:{port}{EVENTS_PATH}")
            yield process.pid, strangers
            assert open_files(process.pid) < FILES
    finally:
        strangers.leave()
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 20) == 0
    log = office.log.read_text()
    assert "Traceback" not in log
    assert len(log.splitlines()) < 30, log


async def test_a_crowd_that_says_nothing(office: Office, unused_tcp_port: int) -> None:
    """Four times as many connections as the bot may have files: they give way, gifts travel, and the bot is at rest."""
    async with besieged(office, unused_tcp_port) as (pid, strangers):
        crowd = [await strangers.connect() for _ in range(CROWD)]
        await office.asks()
        crowd += [await strangers.connect(POST) for _ in range(CROWD)]
        await office.approves()
        await office.delivered()
        await eventually(lambda: all(stranger.is_out for stranger in crowd[:CROWD]))
        await is_at_rest(pid)
    assert len(office.giftcards.orders) == 1


async def test_no_file_is_left(office: Office, unused_tcp_port: int) -> None:
    """Somebody else has taken them all: nobody is let in, nothing is tried again and again, and then all is well."""
    async with besieged(office, unused_tcp_port) as (pid, strangers):
        soft, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE, (open_files(pid), FILES))
        waiting = [await strangers.connect(POST) for _ in range(100)]
        await eventually(lambda: "EMFILE" in office.log.read_text())
        await is_at_rest(pid)
        assert not any(stranger.is_out for stranger in waiting)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (soft, hard))
        await office.asks()
        await office.approves()
        await office.delivered()


async def test_half_requests_end(office: Office, unused_tcp_port: int) -> None:
    """Who does not go on is hung up on in seconds, and a letter now and then earns nobody more."""
    async with besieged(office, unused_tcp_port) as (_, strangers):
        halves = [await strangers.connect(half) for half in HALVES]
        challenge = json.dumps({"type": "url_verification", "challenge": "abc"}).encode()
        signed = headers(office, challenge, len(challenge)) + challenge
        slow = [
            await strangers.connect(POST + b"A: "),
            await strangers.connect(headers(office, b"", 1_000)),
            await strangers.connect(signed + headers(office, b"", 1_000)),
        ]
        await office.asks()
        async with asyncio.timeout(3 * TIME_TO_SIGN):
            answers = await asyncio.gather(*(half.answer() for half in halves))
            await asyncio.gather(*(stranger.drips() for stranger in slow))
        assert {answer.partition(b"\r\n")[0] for answer in answers} == {b"", b"HTTP/1.1 401 Unauthorized"}


async def test_junk(office: Office, unused_tcp_port: int) -> None:
    """Each kind fifty times: refused, hung up on, and never an accident of the server's."""
    async with besieged(office, unused_tcp_port) as (_, strangers):
        for kind, junk in JUNK.items():
            fifty = [await strangers.connect(junk) for _ in range(50)]
            answers = await asyncio.gather(*(stranger.answer() for stranger in fifty))
            assert all(re.match(rb"HTTP/1\.[01] 4[01]\d |$", answer) for answer in answers), kind
            assert any(answers), kind
        await office.asks()
        await office.approves()
        await office.delivered()


async def test_bodies_that_fill_the_memory(office: Office, unused_tcp_port: int) -> None:
    """With headers that look signed, many large bodies are begun and not ended: only so much of them is kept."""
    most = UNVERIFIED_AT_ONCE // LARGEST_REQUEST
    async with besieged(office, unused_tcp_port) as (_, strangers):
        unsigned = headers(office, b"", LARGEST_REQUEST)
        bodies = [await strangers.connect(unsigned + b"x" * (LARGEST_REQUEST - 1)) for _ in range(most + 20)]
        await eventually(lambda: sum(stranger.is_out for stranger in bodies) >= 20)
        await office.asks()
        await office.approves()
        await office.delivered()


def headers(office: Office, body: bytes, length: int) -> bytes:
    """The beginning of a request that looks signed; it is, where this is its body."""
    assert office.delivery
    signature = office.delivery.sign(body, int(time.time()))
    lines = [*signature.items(), ("Content-Length", length)]
    return POST + "".join(f"{name}: {value}\r\n" for name, value in lines).encode() + b"\r\n"


async def is_at_rest(pid: int) -> None:
    """It computes far less than all the time."""
    before, began = cpu_seconds(pid), time.monotonic()
    await asyncio.sleep(2)
    assert cpu_seconds(pid) - before < (time.monotonic() - began) / 2


def open_files(pid: int) -> int:
    """How many files a process has open."""
    return len([*Path(f"/proc/{pid}/fd").iterdir()])


def cpu_seconds(pid: int) -> float:
    """How long a process has been computing."""
    ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


async def _listens(port: int) -> None:
    async with httpx.AsyncClient() as http:
        while True:
            with suppress(httpx.ConnectError):
                await http.get(f"http://127.0.0.1:{port}{HEALTH_PATH}")
                return
            await asyncio.sleep(0.05)
