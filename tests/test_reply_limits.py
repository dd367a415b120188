"""Replies of Slack's and the gift card service's, or of a proxy in between: read so far, unpacked, and no further."""

import gzip
import json
import tracemalloc
import zlib
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from typing import Any

import httpx
import pytest
from aiohttp import web
from pydantic import TypeAdapter
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from structlog.testing import capture_logs

from bot.giftcards.api import Api
from bot.giftcards.runa.contract import CONTRACT
from bot.gifts.model.outcomes import OutcomeUnknown
from bot.input_limits import LARGEST_ENVELOPE, LARGEST_REPLY
from bot.sandbox.simulator import AppDidNotRespond, Fault
from handlers.slack_api.responses import classify
from handlers.slack_api.session import slack_session
from tests.harness.giftcard_server import TLS, Clock, Page, something_else
from tests.harness.office import Office, eventually

ANYTHING = TypeAdapter(Any)
GOOD = json.dumps({"ok": True, "padding": "x" * 1000}).encode()
FITS = b'{"ok": true, "padding": "' + b"x" * (LARGEST_REPLY - 27) + b'"}'


@cache
def bomb(wbits: int) -> bytes:
    """A few hundred kilobytes that unpack to ten times the limit."""
    packing = zlib.compressobj(9, wbits=wbits)
    mebibyte = b" " * (1 << 20)
    return b"".join([*(packing.compress(mebibyte) for _ in range(10 * LARGEST_REPLY >> 20)), packing.flush()])


def packed(body: bytes, encoding: str, status: int = 200) -> Page:
    """A page that says how it is packed, whatever was asked for."""
    headers = {"Content-Type": "application/json", "Content-Encoding": encoding}
    return lambda _: web.Response(status=status, body=body, headers=headers)


def plain(body: bytes) -> Page:
    """A page as it is."""
    return lambda _: web.Response(body=body, content_type="application/json")


async def endless(request: web.Request) -> web.StreamResponse:
    """A page that never ends."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    while True:
        await response.write(b" " * 65536)


@asynccontextmanager
async def slack(page: Page) -> AsyncGenerator[AsyncWebClient]:
    """A client of Slack's, and what it takes for Slack."""
    async with something_else(page) as (url, _), slack_session(20) as session:
        yield AsyncWebClient("xoxb-1", url, session=session, retry_handlers=[])


async def from_slack(page: Page) -> Any:
    """What becomes of a page that answers one of Slack's methods."""
    async with slack(page) as client:
        return await classify(client.auth_test())


async def from_service(page: Page) -> Any:
    """What becomes of a page that answers a call to the gift card service."""
    async with something_else(page) as (url, _), httpx.AsyncClient(base_url=url, verify=TLS) as http:
        return await Api(http, CONTRACT, Clock()).get("order/O-1", ANYTHING)


@contextmanager
def little_memory() -> Iterator[None]:
    """No more than some limits' worth at any moment."""
    tracemalloc.start()
    yield
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 5 * LARGEST_REPLY


TOO_MUCH: dict[str, Callable[[], Page]] = {
    "a byte too many": lambda: plain(FITS + b" "),
    "no end": lambda: endless,
    "gzip": lambda: packed(bomb(31), "gzip"),
    "an error in gzip": lambda: packed(bomb(31), "gzip", status=500),
    "a refusal in gzip": lambda: packed(bomb(31), "gzip", status=403),
    "deflate": lambda: packed(bomb(15), "deflate"),
    "bare deflate": lambda: packed(bomb(-15), "deflate"),
    "gzip in gzip": lambda: packed(gzip.compress(bomb(31)), "gzip, gzip"),
    "no gzip": lambda: packed(b"\x1f\x8bnot gzip", "gzip"),
    "half of it": lambda: packed(gzip.compress(GOOD)[:-40], "gzip"),
    "brotli": lambda: packed(b"whatever", "br"),
    "something new": lambda: packed(b"whatever", "zip9000"),
    "deep JSON": lambda: plain(b"[" * 100_000),
    "a number of 100,000 digits": lambda: plain(b'{"ok": ' + b"9" * 100_000 + b"}"),
    "half a character": lambda: plain(b'{"ok": true, "x": "\xff"}'),
}


@pytest.mark.parametrize("reads", [from_slack, from_service])
@pytest.mark.parametrize("kind", TOO_MUCH)
async def test_nobody_knows_what_too_large_a_reply_says(kind: str, reads: Callable[[Page], Any]) -> None:
    """It is not read to its end, costs little memory, and leaves open what was done."""
    page = TOO_MUCH[kind]()
    with little_memory():
        answer = await reads(page)
    assert isinstance(answer, OutcomeUnknown)


@pytest.mark.parametrize(
    "page", [plain(FITS), packed(gzip.compress(FITS), "gzip"), packed(gzip.compress(FITS), "GZIP")]
)
async def test_what_fits_is_read(page: Page) -> None:
    """Up to the last byte, packed or not."""
    with little_memory():
        assert await from_service(page) == json.loads(FITS)
        from_us = await from_slack(page)
    assert isinstance(from_us, AsyncSlackResponse)
    assert from_us.data == json.loads(FITS)


async def test_a_reply_that_is_a_bomb_makes_no_second_order(office: Office) -> None:
    """The order was made and its reply is too large: the same bytes go out again, and there is one order."""
    async with office.open():
        office.giftcards.faults.arm("POST /order", Fault.BOMB)
        await office.asks()
        await office.approves()
        await office.delivered()
    first, second = office.giftcards.requests
    assert first == second
    assert len(office.giftcards.orders) == 1


async def test_a_bomb_from_a_response_url(office: Office) -> None:
    """What is said about a list that was shown anew is read no further than anything else."""
    async with office.open():
        await office.asks()
        await office.mia.types("/gift status")
        bomb = office.slack.faults.arm("response_url", Fault.BOMB)
        await office.mia.clicks("Cancel request", on=office.mia.private_replies[-1], confirm=True)
        with capture_logs() as logs:
            await eventually(lambda: bool(bomb.hits))
            await eventually(lambda: any(line["event"] == "reply_not_shown" for line in logs))
    assert office.states() == ["cancelled"]


async def test_an_envelope_that_is_too_large(office: Office) -> None:
    """Its connection ends, the next one is there, and everybody else is served."""
    async with office.open():
        with pytest.raises(AppDidNotRespond):
            await office.mia.types("/gift @Rob 25 GBP " + "x" * LARGEST_ENVELOPE)
        await office.slack.socket_mode.connected(timeout=10)
        await office.asks(who=office.eve)
        await office.approves()
        await office.delivered()
