"""What is sent to Runa: the exact bytes, under the right headers, the same on every try."""

import asyncio
import json
from dataclasses import replace
from decimal import Decimal

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.giftcards.runa.adapter import Runa
from bot.giftcards.runa.adapter import client as connected
from bot.giftcards.runa.contract import CONTRACT
from bot.giftcards.runa.settings import PLAYGROUND_TEMPLATES
from bot.gifts.model.currencies import PLACES
from bot.gifts.model.money import Money
from bot.gifts.model.outcomes import OutcomeUnknown, Placed, Unavailable
from bot.sandbox.simulator import Fault
from bot.sandbox.simulator.giftcards.runa.api import ORDER
from tests.harness.giftcard_server import NOON, TLS, Clock, something_else
from tests.harness.runa_server import TEMPLATE, TWENTY_FIVE, Dashboard, an_order, at_work, exactly, reply, says, written
from tests.runa.test_runa_contract import check_request

OF_TEMPLATE = f'{{"type":"TEMPLATE","template_id":"{TEMPLATE}"}}'


OF_MANY = '{"type":"MULTIPLE","values":["PGWT-GB","HTHR-GB"]}'


@pytest.mark.parametrize(
    ("value", "country", "body"),
    [
        (Money(2500, "GBP", 2), "GB", exactly("25", OF_MANY)),
        (Money(100, "GBP", 2), "GB", exactly("1", '{"type":"SINGLE","value":"PGWT-GB"}')),
        (Money(1250, "GBP", 2), "GB", exactly("12.5", '{"type":"SINGLE","value":"PGWT-GB"}')),
        (Money(1999, "USD", 2), "US", exactly("19.99", '{"type":"SINGLE","value":"BLRG-US"}', "USD")),
        (Money(3000, "JPY", 0), "JP", exactly("3000", '{"type":"MULTIPLE","values":["SKRT-JP","KNBN-JP"]}', "JPY")),
        (Money(6000, "JPY", 0), "JP", exactly("6000", '{"type":"SINGLE","value":"SKRT-JP"}', "JPY")),
    ],
)
async def test_the_body_is_exactly_this(shop: Dashboard, value: Money, country: str, body: bytes) -> None:
    """One item of all that is sold at this value, the balance, and the gift's id where lists show it."""
    order = await shop.order("key-1", value, country)
    answer = await shop.places(order)
    assert shop.service.requests == [body]
    (made,) = shop.service.orders
    assert (answer.order_id, answer.value) == (made.id, value)
    assert (made.face_value, made.currency, made.country) == (value.major, value.currency, country)


async def test_with_a_template_the_catalogue_is_not_read(desk: Dashboard) -> None:
    """What recipients choose from is settled: one call makes the order."""
    await desk.placed()
    assert desk.service.requests == [exactly("25", OF_TEMPLATE)]
    assert len(desk.service.asked) == 1


async def test_a_template_is_for_its_currency_only() -> None:
    """In a currency without one, recipients choose among everything."""
    async with at_work({"USD": PLAYGROUND_TEMPLATES["USD"]}) as desk:
        await desk.placed()
        assert desk.service.requests == [exactly("25", OF_MANY)]


async def test_what_is_kept_is_what_is_sent(desk: Dashboard) -> None:
    """The body is sent as it was kept, whatever the client would write today."""
    kept = await desk.order()
    order = replace(kept, body=kept.body.replace(",", ", "))
    await desk.places(order)
    assert desk.service.requests == [order.body.encode()]


async def test_every_call_carries_its_headers() -> None:
    """Key and version with each; an order has its idempotency key and asks to be done at once; nothing has more."""
    async with something_else(says(reply())) as (url, asked), connected(SecretStr("XXkey"), url, 5) as connection:
        client = Runa(connection, {}, Clock())
        order = replace(await an_order(Runa(connection, PLAYGROUND_TEMPLATES, Clock())), provider_id="O-1")
        await client.place(order)
        await client.link(order)
        await client.find(order)
        await written(client, "key-1", TWENTY_FIVE, "GB")
    sent = [{name: value for name, value in request.headers.items() if name.startswith("x-")} for request in asked]
    of_any = {"x-api-key": "XXkey", "x-api-version": "2024-02-05"}
    assert sent == [of_any | {"x-idempotency-key": "key-1", "x-execution-mode": "sync"}, of_any, of_any, of_any]
    assert [request.headers.get("Content-Type") for request in asked] == ["application/json", None, None, None]
    assert [f"{request.method} {request.url.raw_path.decode()}" for request in asked] == [
        "POST /v2/order",
        "GET /v2/order/O-1",
        "GET /v2/order?limit=500",
        "GET /v2/product?is_orderable=true&countries_redeemable_in=GB&limit=500",
    ]
    for request in asked:
        assert b"XXkey" not in request.content + request.url.raw_path
        check_request(request)


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 10**12), st.sampled_from(sorted(PLACES)))
def test_every_amount_is_written_exactly(minor: int, currency: str) -> None:
    """No amount that can be asked for is changed by the way it is written."""
    client = Runa(httpx.AsyncClient(verify=TLS), {currency: "PT-1"}, Clock())
    order = asyncio.run(an_order(client, value=Money(minor, currency, PLACES[currency])))
    (item,) = json.loads(order.body, parse_float=Decimal)["items"]
    assert Decimal(item["face_value"]) == Money(minor, currency, PLACES[currency]).major


async def test_the_same_key_is_the_same_order(desk: Dashboard) -> None:
    """However often it is sent, there is one order; another key makes another."""
    first = await desk.places(await desk.order("key-1"))
    assert await desk.places(await desk.order("key-1")) == first
    assert await desk.places(await desk.order("key-2")) != first
    assert [order.idempotency_key for order in desk.service.orders] == ["key-1", "key-2"]


async def test_the_body_stays_the_same_while_everything_goes_wrong(desk: Dashboard) -> None:
    """Five tries with five accidents, and the sixth: one body, one key, one order."""
    order = await desk.order()
    faults = [Fault.ERROR_BEFORE, Fault.RATE_LIMITED, Fault.REPLY_LOST, Fault.ERROR_AFTER, Fault.REPLY_LOST]
    for fault in faults:
        desk.service.faults.arm(ORDER, fault)
        assert isinstance(await desk.places(order), OutcomeUnknown | Unavailable)
    assert isinstance(await desk.places(order), Placed)
    assert desk.service.requests == [order.body.encode()] * 6
    assert {request.headers["X-Idempotency-Key"] for request in desk.service.asked} == {"key-1"}
    assert len(desk.service.orders) == 1


async def test_orders_are_evenly_apart(desk: Dashboard) -> None:
    """300 a minute are allowed, failures included: the first goes at once, each of the others in its turn."""
    await asyncio.gather(*(desk.placed(f"key-{number}") for number in range(10)))
    assert desk.clock.slept == pytest.approx([0.21 * turn for turn in range(1, 10)])
    assert desk.clock.now() == NOON + 9 * CONTRACT.order_interval
