"""The real process, whoever reads its log: a full disk, nobody any more, or somebody who has stalled; and floods."""

import asyncio
import fcntl
import json
import os
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager

import httpx
import pytest

from bot.sandbox.simulator import Fault
from tests.harness.office import Office, listening

TOO_MANY = 525  # requests that Slack has not signed
Reader = Callable[[], AbstractContextManager[int]]


@contextmanager
def full_disk() -> Generator[int]:
    """Standard error on a disk that is full."""
    descriptor = os.open("/dev/full", os.O_WRONLY)
    yield descriptor
    os.close(descriptor)


@contextmanager
def nobody() -> Generator[int]:
    """A pipe whose reader has gone."""
    out, descriptor = os.pipe()
    os.close(out)
    yield descriptor
    os.close(descriptor)


@contextmanager
def stalled() -> Generator[int]:
    """A pipe whose reader does not read, and which is full already."""
    out, descriptor = os.pipe()
    os.write(descriptor, b"x" * fcntl.fcntl(descriptor, fcntl.F_GETPIPE_SZ))
    yield descriptor
    os.close(descriptor)
    os.close(out)


READERS = pytest.mark.parametrize("reader", [full_disk, nobody, stalled])
CLOSED = ("sh", "-c", 'exec "$@" 2>&-', "sh")  # starts a program without a standard error


@READERS
async def test_a_gift_is_delivered_whoever_reads_the_log(office: Office, reader: Reader) -> None:
    """The bot starts, clicks are answered, what goes wrong is logged in vain, and it stops as it should."""
    with reader() as office.reader:
        async with office.started(giftbot_log_level="DEBUG"):
            await _is_given(office)


async def test_a_gift_is_delivered_without_a_standard_error(office: Office) -> None:
    """Nothing is written into whatever file or connection has its number instead."""
    process = await office.process(under=CLOSED)
    await office.slack.socket_mode.connected(timeout=30)
    await _is_given(office)
    process.terminate()
    assert await asyncio.wait_for(process.wait(), 10) == 0
    assert office.ledger.is_whole()


@READERS
async def test_why_it_does_not_start_is_said_by_its_exit_code(office: Office, reader: Reader) -> None:
    """Wrong settings are 2, and what else keeps it from starting is 1; nobody waits for a reader."""
    with reader() as office.reader:
        wrong = await office.process(giftbot_countries="ZZ")
        assert await asyncio.wait_for(wrong.wait(), 20) == 2
        refused = await office.process(slack_bot_token="xoxb-wrong-token")
        assert await asyncio.wait_for(refused.wait(), 20) == 1


async def test_a_reader_who_comes_back_reads_everything(office: Office) -> None:
    """What was logged while he stalled waits for him, line by line."""
    out, office.reader = os.pipe()
    os.write(office.reader, b"x" * (fcntl.fcntl(office.reader, fcntl.F_GETPIPE_SZ) - 1) + b"\n")
    async with office.started():
        os.close(office.reader)
        await _is_given(office)
        reading = asyncio.create_task(asyncio.to_thread(_all_of, out))
    _, *lines = (await reading).splitlines()
    events = [json.loads(line)["event"] for line in lines]
    assert events.index("started") < events.index("outage_began") < events.index("outage_ended")
    assert "stopping" in events


async def test_a_flood_of_unsigned_requests_is_two_lines(office: Office, unused_tcp_port: int) -> None:
    """The first is told at once, and how many came after it later; signed clicks are answered meanwhile."""
    process = await office.process("--http", "--port", str(unused_tcp_port), giftbot_log_level="DEBUG")
    await listening(unused_tcp_port)
    url = f"http://127.0.0.1:{unused_tcp_port}/slack/events"
    office.slack.use_http(url)
    async with httpx.AsyncClient() as stranger:
        for number in range(TOO_MANY):
            reply = await stranger.post(url, content=f"token=forged&number={number}")
            assert reply.status_code == httpx.codes.UNAUTHORIZED
    await _is_given(office)
    process.terminate()
    assert await asyncio.wait_for(process.wait(), 10) == 0
    lines = [json.loads(line) for line in office.log.read_text().splitlines()]
    flood = [line.get("repeated") for line in lines if line["event"] == "request_refused"]
    assert flood == [None, TOO_MANY - 1]


async def _is_given(office: Office) -> None:
    """A gift travels to Rob, with one thing going wrong on its way; people have patience with a busy machine."""
    office.mia.patience = office.abe.patience = office.rob.patience = 20
    office.giftcards.faults.arm("POST /order", Fault.ERROR_BEFORE)
    await office.asks()
    await office.approves()
    await office.delivered()


def _all_of(descriptor: int) -> str:
    """Everything that comes until the other end is closed."""
    with os.fdopen(descriptor, encoding="utf-8") as file:
        return file.read()
