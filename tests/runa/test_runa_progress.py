"""A key that Runa is still busy with, in every reading of its documents."""

import asyncio
import json
import selectors
from typing import Any

import pytest
from aiohttp import web

from bot.giftcards.runa.adapter import Runa
from bot.giftcards.runa.settings import PLAYGROUND_TEMPLATES
from bot.gifts.model.outcomes import OutcomeUnknown, Placed, Rejected
from bot.sandbox.simulator import Moment
from bot.sandbox.simulator.giftcards.runa.api import ORDER
from tests.harness.giftcard_server import Clock, Page, something_else
from tests.harness.runa_server import Dashboard, an_order, http, reply, says, stranger


async def _held_back(desk: Dashboard) -> tuple[asyncio.Task[Any], asyncio.Event]:
    """An order that the service is working on, until the event is set."""
    begun, end = asyncio.Event(), asyncio.Event()

    async def watch(call: str, moment: Moment) -> None:
        if call == ORDER and moment is Moment.AFTER and not begun.is_set():
            begun.set()
            await end.wait()

    desk.service.faults.watcher = watch
    first = asyncio.create_task(desk.places(await desk.order()))
    await begun.wait()
    return first, end


async def test_an_order_in_progress_is_no_refusal_as_400(desk: Dashboard) -> None:
    """The first try with this key is still being worked on: it is asked again, and there is one order."""
    first, end = await _held_back(desk)
    assert await desk.places(await desk.order()) == OutcomeUnknown("400 idempotency_in_progress")
    end.set()
    assert await desk.places(await desk.order()) == await first
    assert len(desk.service.orders) == 1


async def test_an_order_in_progress_is_no_refusal_as_102(desk: Dashboard) -> None:
    """In the other reading, it is said in a way that is no answer at all."""
    desk.service.idempotency.in_progress = "102"
    first, end = await _held_back(desk)
    assert await desk.places(await desk.order()) == OutcomeUnknown("POST: no reply, RemoteProtocolError")
    end.set()
    assert await desk.places(await desk.order()) == await first
    assert len(desk.service.orders) == 1


@pytest.mark.parametrize("status", [400, 409, 422])
async def test_an_order_in_progress_is_known_by_its_type(status: int) -> None:
    """By that alone."""
    async with stranger(says({"type": "idempotency_in_progress", "message": "wait"}, status)) as here:
        assert await here.places() == OutcomeUnknown(f"{status} idempotency_in_progress")
        assert not isinstance(await here.fetches(), Rejected)


def raw(*parts: bytes, then_close: bool = True, every: float = 0) -> Page:
    """A page that is written past the rules of HTTP, part by part; in the end it hangs up, or says nothing more."""

    async def page(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        for part in parts:
            request.transport.write(part)
            await asyncio.sleep(every)
        if then_close:
            request.transport.close()
        else:
            await asyncio.sleep(1000)
        return web.Response()

    return page


PROCESSING_102 = b"HTTP/1.1 102 Processing\r\n\r\n"


async def test_a_102_and_nothing_else_means_that_nobody_knows() -> None:
    """The server hangs up after it."""
    async with stranger(raw(PROCESSING_102)) as here:
        assert await here.places() == OutcomeUnknown("POST: no reply, RemoteProtocolError")


async def test_a_102_before_the_answer_changes_nothing() -> None:
    """As HTTP has it, that is no more than a word in between."""
    text = json.dumps(reply()).encode()
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(text), text)
    async with stranger(raw(PROCESSING_102, PROCESSING_102, answer)) as here:
        assert isinstance(await here.places(), Placed)


class _Hurried(selectors.DefaultSelector):
    """Waits a hundredth of the time."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait for what happens, but not as long."""
        found: list[tuple[selectors.SelectorKey, int]] = super().select(timeout / 100 if timeout else timeout)
        return found


class HurriedLoop(asyncio.SelectorEventLoop):
    """An event loop on which a minute passes in less than a second."""

    def __init__(self) -> None:
        super().__init__(_Hurried())

    def time(self) -> float:
        """The time, a hundred times as fast."""
        return super().time() * 100


SLOW_ANSWERS: dict[str, tuple[Page, str, float]] = {
    "silence": (raw(then_close=False), "ReadTimeout", 15),
    "102, then silence": (raw(PROCESSING_102, then_close=False), "ReadTimeout", 15),
    "102 for ever": (raw(*[PROCESSING_102] * 200, every=2), "TimeoutError", 30),
    "headers for ever": (raw(b"HTTP/1.1 200 OK\r\n", *[b"X-More: 1\r\n"] * 200, every=2), "TimeoutError", 30),
    "an answer that trickles": (
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", *[b" "] * 200, every=2),
        "TimeoutError",
        30,
    ),
    "an answer that stops": (
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{", then_close=False),
        "ReadTimeout",
        15,
    ),
}


@pytest.mark.parametrize(("page", "error", "seconds"), SLOW_ANSWERS.values(), ids=SLOW_ANSWERS.keys())
def test_nobody_waits_for_ever(page: Page, error: str, seconds: float) -> None:
    """Fifteen seconds of silence or thirty of anything end a call: whether it was done, nobody knows."""

    async def story() -> None:
        loop = asyncio.get_running_loop()
        async with something_else(page) as (url, _), http(url, "XXkey", 15) as connection:
            client = Runa(connection, PLAYGROUND_TEMPLATES, Clock())
            for call, order in (
                (client.place, await an_order(client)),
                (client.link, await an_order(client, provider_id="O-1")),
            ):
                began = loop.time()
                answer = await call(order)
                assert isinstance(answer, OutcomeUnknown)
                assert answer.detail.endswith(f": no reply, {error}")
                assert seconds - 1 <= loop.time() - began < seconds + 25

    with asyncio.Runner(loop_factory=HurriedLoop) as runner:
        runner.run(story())
