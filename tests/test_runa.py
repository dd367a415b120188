"""The client of the live contract: what is sent, what each answer, or none, is taken to mean, and the whole story."""

import asyncio
import copy
import itertools
import json
import re
import selectors
import sqlite3
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.giftcards.catalogue import FRESH
from bot.giftcards.runa import ORDER_INTERVAL, PLAYGROUND_TEMPLATES, VERSION, Runa
from bot.giftcards.runa import client as connected
from bot.gifts.gift import Gift, GiftState, Request
from bot.gifts.link import is_trusted
from bot.gifts.money import Money
from bot.gifts.order import Order
from bot.gifts.ports import Absent, LinkReady, NotYet, OrderFailed, OutcomeUnknown, Placed, Rejected, Unavailable
from bot.gifts.reasons import Reason
from bot.simulator import Fault, Junk, Moment, Pending, RunaApi, Simulator
from bot.simulator import Order as Made
from bot.simulator.giftcards.runa import DETAILS, LIST, ORDER
from bot.simulator.giftcards.runa_catalogue import Product
from tests.counter import NOON, TLS, Clock, Page, noted, something_else
from tests.office import Office, TurnableClock
from tests.test_runa_contract import check_reply, check_request

Json = dict[str, Any]

TWENTY_FIVE = Money(2500, "GBP")
TEMPLATE = PLAYGROUND_TEMPLATES["GBP"]
UNREADABLE = Reason.ANSWER_UNREADABLE


class Noting(RunaApi):
    """The service, with a note of all that it was asked, and of all that it said in earnest."""

    def __init__(self, *, clock: Callable[[], float], production: bool = False) -> None:
        super().__init__(clock=clock, production=production)
        self.asked: list[httpx.Request] = []
        self.said: list[httpx.Response] = []
        self.refusals_of_links: list[tuple[str, int]] = []
        self._nonsense: list[web.StreamResponse] = []

    def middlewares(self) -> list[Middleware]:
        """Give what stands between the network and the routes."""
        return [self._note, *super().middlewares()]

    def answer(self, call: str, reply: Any, *, about: Made | None = None, status: int = 200) -> web.Response:
        """Send a reply, or the nonsense that was switched on, of which no contract is expected."""
        response = super().answer(call, reply, about=about, status=status)
        if response.text != json.dumps(reply):
            self._nonsense.append(response)
        return response

    @web.middleware
    async def _note(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        asked = await noted(request)
        self.asked.append(asked)
        response = await handler(request)
        if self.refusals_of_links and self.name_of(request) == DETAILS:
            kind, status = self.refusals_of_links.pop(0)
            response = web.json_response({"type": kind, "message": "no"}, status=status)
        if isinstance(response, web.Response) and response.body and response not in self._nonsense:
            self.said.append(httpx.Response(response.status, text=response.text or "", request=asked))
        return response

    def check(self) -> None:
        """Hold everything to the contract."""
        for request in self.asked:
            check_request(request)
        for response in self.said:
            if not _is_beyond(response):
                check_reply(response)


def _is_beyond(response: httpx.Response) -> bool:
    """Whether the contract has no word for it, and a service may still say it.

    That it is asked too often for other things than orders, that an order failed at once, or that one is complete
    and has no link.
    """
    call, said = response.request, response.json()
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        return call.method == "GET"
    items = said.get("items", ()) if isinstance(said, dict) else ()
    failed_at_once = call.method == "POST" and said.get("status") == "FAILED"
    return failed_at_once or any("payout" in item and not item["payout"].get("url") for item in items)


@dataclass
class Desk:
    """The client at work, with the service and the clock that it uses."""

    client: Runa
    service: Noting
    clock: Clock
    answers: list[Any] = field(default_factory=list)

    async def order(self, key: str = "key-1", value: Money = TWENTY_FIVE, country: str = "GB") -> Order:
        """An order as it is kept before it is sent."""
        return await an_order(self.client, key, value, country)

    async def places(self, order: Order) -> Any:
        """Send an order."""
        self.answers.append(await self.client.place(order))
        return self.answers[-1]

    async def placed(self, key: str = "key-1") -> Order:
        """An order that the service has."""
        order = await self.order(key)
        answer = await self.places(order)
        assert isinstance(answer, Placed)
        return replace(order, provider_id=answer.order_id)

    async def fetches(self, order: Order) -> Any:
        """Ask for an order's link."""
        self.answers.append(await self.client.link(order))
        return self.answers[-1]

    async def finds(self, order: Order) -> Any:
        """Look for an order among all of them."""
        self.answers.append(await self.client.find(order))
        return self.answers[-1]

    @property
    def looked_at(self) -> list[str]:
        """Every page of the catalogue that was asked for: the part of its query that differs."""
        pages = [request.url.params for request in self.service.asked if request.url.path == "/v2/product"]
        return [f"{page['countries_redeemable_in']} {page.get('after', '')}".strip() for page in pages]


async def written(client: Runa, key: str, value: Money, country: str) -> str | Rejected | Unavailable:
    """The body of an order, if there is anything to order; the gift is known by its key here."""
    gift = Gift(f"gift of {key}", "request-1", "UROB", GiftState.APPROVED)
    return await client.body(Request("request-1", "UMIA", (gift,), value, country, "thanks", NOON), gift, key)


async def an_order(
    client: Runa, key: str = "key-1", value: Money = TWENTY_FIVE, country: str = "GB", provider_id: str | None = None
) -> Order:
    """An order as it is kept before it is sent, or after."""
    body = await written(client, key, value, country)
    assert isinstance(body, str), body
    return Order(key, f"gift of {key}", 1, body, value, country, NOON, provider_id)


@asynccontextmanager
async def http(url: str, key: str, patience: float = 5.0) -> AsyncGenerator[httpx.AsyncClient]:
    """A connection to a service as the client's own is made, only faster."""
    headers = {"X-Api-Key": key, "X-Api-Version": VERSION}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=patience, verify=TLS) as connection:
        yield connection


@asynccontextmanager
async def at_work(templates: Mapping[str, str], *, production: bool = False) -> AsyncGenerator[Desk]:
    """Everything is well; in the end, no answer has shown the API key or a link, and the contract was kept."""
    clock = Clock()
    service = Noting(clock=clock.seconds, production=production)
    await service.start()
    async with http(service.base_url, service.api_key) as connection:
        desk = Desk(Runa(connection, templates, clock), service, clock)
        yield desk
    await service.stop()
    service.check()
    printed = f"{desk.answers} {[str(answer) for answer in desk.answers]}"
    assert [secret for secret in (service.api_key, *service.links) if secret in printed] == []


@pytest.fixture
async def desk() -> AsyncGenerator[Desk]:
    """The client in the playground, which has a template for each currency."""
    async with at_work(PLAYGROUND_TEMPLATES) as desk:
        yield desk


@pytest.fixture
async def shop() -> AsyncGenerator[Desk]:
    """The client in production without templates: what can be ordered is in the catalogue."""
    async with at_work({}, production=True) as desk:
        yield desk


@dataclass
class Stranger:
    """The client, talking to something that is not the service."""

    client: Runa
    clock: Clock
    asked: list[httpx.Request]

    async def places(self) -> Any:
        """Send an order to whatever that is."""
        return await self.client.place(await an_order(self.client))

    async def fetches(self, provider_id: str = "O-1") -> Any:
        """Ask it for a link."""
        return await self.client.link(await an_order(self.client, provider_id=provider_id))

    async def finds(self) -> Any:
        """Look for the order of key-1 there."""
        return await self.client.find(await an_order(self.client))

    async def writes(self, value: Money = TWENTY_FIVE) -> Any:
        """Write an order from what its catalogue says."""
        return await written(self.client, "key-1", value, "GB")

    @property
    def paths(self) -> list[str]:
        """Where it was asked."""
        return [request.url.path for request in self.asked]


@asynccontextmanager
async def stranger(page: Page, templates: Mapping[str, str] = PLAYGROUND_TEMPLATES) -> AsyncGenerator[Stranger]:
    """A server that answers everything with the same page; what the client asks of it keeps to the contract."""
    clock = Clock()
    async with something_else(page) as (url, asked), http(url, "XXkey") as connection:
        yield Stranger(Runa(connection, templates, clock), clock, asked)
    for request in asked:
        check_request(request)


def says(content: Any, status: int = 200, **headers: str) -> Page:
    """A page with the same words for everybody."""
    text = content if isinstance(content, str | bytes) else json.dumps(content)
    body = text if isinstance(text, bytes) else text.encode()
    named = {"Content-Type": "application/json"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: web.Response(status=status, body=body, headers=named)


# ---------------------------------------------------------------- what is sent

OF_TEMPLATE = f'{{"type":"TEMPLATE","template_id":"{TEMPLATE}"}}'
OF_MANY = '{"type":"MULTIPLE","values":["PGWT-GB","HTHR-GB"]}'


def exactly(face_value: str, products: str, currency: str = "GBP") -> bytes:
    """The bytes of an order."""
    return (
        f'{{"payment_method":{{"type":"ACCOUNT_BALANCE","currency":"{currency}"}},"items":[{{"face_value":{face_value},'
        f'"distribution_method":{{"type":"PAYOUT_LINK"}},"products":{products}}}],'
        '"description":"gift of key-1","metadata":{"gift":"gift of key-1","request":"request-1"}}'
    ).encode()


@pytest.mark.parametrize(
    ("value", "country", "body"),
    [
        (Money(2500, "GBP"), "GB", exactly("25", OF_MANY)),
        (Money(100, "GBP"), "GB", exactly("1", '{"type":"SINGLE","value":"PGWT-GB"}')),
        (Money(1250, "GBP"), "GB", exactly("12.5", '{"type":"SINGLE","value":"PGWT-GB"}')),
        (Money(1999, "USD"), "US", exactly("19.99", '{"type":"SINGLE","value":"BLRG-US"}', "USD")),
        (Money(3000, "JPY"), "JP", exactly("3000", '{"type":"MULTIPLE","values":["SKRT-JP","KNBN-JP"]}', "JPY")),
        (Money(6000, "JPY"), "JP", exactly("6000", '{"type":"SINGLE","value":"SKRT-JP"}', "JPY")),
    ],
)
async def test_the_body_is_exactly_this(shop: Desk, value: Money, country: str, body: bytes) -> None:
    """One item of all that is sold at this value, the balance, and the gift's id where lists show it."""
    order = await shop.order("key-1", value, country)
    answer = await shop.places(order)
    assert shop.service.requests == [body]
    (made,) = shop.service.orders
    assert (answer.order_id, answer.value) == (made.id, value)
    assert (made.face_value, made.currency, made.country) == (value.major, value.currency, country)


async def test_with_a_template_the_catalogue_is_not_read(desk: Desk) -> None:
    """What recipients choose from is settled: one call makes the order."""
    await desk.placed()
    assert desk.service.requests == [exactly("25", OF_TEMPLATE)]
    assert len(desk.service.asked) == 1


async def test_a_template_is_for_its_currency_only() -> None:
    """In a currency without one, recipients choose among everything."""
    async with at_work({"USD": PLAYGROUND_TEMPLATES["USD"]}) as desk:
        await desk.placed()
        assert desk.service.requests == [exactly("25", OF_MANY)]


async def test_what_is_kept_is_what_is_sent(desk: Desk) -> None:
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
        "GET /v2/order?limit=100",
        "GET /v2/product?is_orderable=true&countries_redeemable_in=GB&limit=500",
    ]
    for request in asked:
        assert b"XXkey" not in request.content + request.url.raw_path
        check_request(request)


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 10**12), st.sampled_from(["GBP", "JPY", "KWD"]))
def test_every_amount_is_written_exactly(minor: int, currency: str) -> None:
    """No amount that can be asked for is changed by the way it is written."""
    client = Runa(httpx.AsyncClient(verify=TLS), {currency: "PT-1"}, Clock())
    order = asyncio.run(an_order(client, value=Money(minor, currency)))
    (item,) = json.loads(order.body, parse_float=Decimal)["items"]
    assert Decimal(item["face_value"]) == Money(minor, currency).major


async def test_the_same_key_is_the_same_order(desk: Desk) -> None:
    """However often it is sent, there is one order; another key makes another."""
    first = await desk.places(await desk.order("key-1"))
    assert await desk.places(await desk.order("key-1")) == first
    assert await desk.places(await desk.order("key-2")) != first
    assert [order.idempotency_key for order in desk.service.orders] == ["key-1", "key-2"]


async def test_the_body_stays_the_same_while_everything_goes_wrong(desk: Desk) -> None:
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


async def test_orders_are_evenly_apart(desk: Desk) -> None:
    """300 a minute are allowed, failures included: the first goes at once, each of the others in its turn."""
    await asyncio.gather(*(desk.placed(f"key-{number}") for number in range(10)))
    assert desk.clock.slept == pytest.approx([0.21 * turn for turn in range(1, 10)])
    assert desk.clock.now() == NOON + 9 * ORDER_INTERVAL


# ---------------------------------------------------------------- the catalogue


def a_product(code: str, **changes: Any) -> Product:
    """A British gift card of any value from a pound to a thousand, or otherwise."""
    usual = Product(code, code, "GBP", ("GB",), "fashion", "1.00", "1000.00")
    return replace(usual, **changes)


def row(code: str = "AAAA-GB", **changes: Any) -> Json:
    """A product as the catalogue lists it, with all that its contract requires."""
    denominations = {"type": "open", "minimum_value": "1.00", "maximum_value": "1000.00", "available_list": None}
    return {
        "name": code,
        "code": code,
        "currency": "GBP",
        "state": "LIVE",
        "is_orderable": True,
        "payout_type": "gift_card",
        "categories": ["fashion"],
        "countries_redeemable_in": ["GB"],
        "customer_service": {},
        "discount_multiplier": "0.00",
        "gift_card": {"denominations": denominations},
    } | changes


def catalogue(*rows: Any, after: str | None = None) -> Json:
    """A page of the catalogue."""
    return {"catalog": list(rows), "pagination": {"cursors": {"after": after} if after else {}, "page": {"limit": 500}}}


@pytest.mark.parametrize(
    "other",
    [
        a_product("OTHR-GB", is_orderable=False),
        a_product("OTHR-GB", payout_type="payment"),
        a_product("OTHR-GB", payout_type="subscription"),
        a_product("OTHR-GB", currency="EUR"),
        a_product("OTHR-GB", countries=("IE",)),
        a_product("OTHR-GB", smallest="25.01"),
        a_product("OTHR-GB", largest="24.99"),
        a_product("OTHR-GB", values=("10.00", "24.99", "250.00")),
    ],
    ids=lambda other: str(other).partition("'fashion', ")[2],
)
async def test_what_cannot_be_had_is_not_ordered(shop: Desk, other: Product) -> None:
    """Beside one product that can be had, it is left out; where there is nothing else, nothing is ordered."""
    shop.service.catalogue.products = [other, a_product("PGWT-GB")]
    await shop.placed()
    assert shop.service.requests == [exactly("25", '{"type":"SINGLE","value":"PGWT-GB"}')]
    shop.clock.time += FRESH
    shop.service.catalogue.products = [other, a_product("JPJP-JP", currency="JPY")]
    answer = await written(shop.client, "key-2", TWENTY_FIVE, "GB")
    assert answer == Rejected(Reason.NOT_OFFERED, "no product for 25.00 GBP in GB")


@pytest.mark.parametrize(
    "other",
    [
        a_product("OTHR-GB", smallest="25.00"),
        a_product("OTHR-GB", largest="25.00"),
        a_product("OTHR-GB", smallest="25.00", largest="25.00"),
        a_product("OTHR-GB", values=("25.00",)),
        a_product("OTHR-GB", values=("10", "25", "50")),
        a_product("OTHR-GB", countries=("IE", "GB", "US")),
    ],
    ids=lambda other: str(other).partition("'fashion', ")[2],
)
async def test_what_can_just_be_had_is_offered(shop: Desk, other: Product) -> None:
    """The ends of a range belong to it, and a value is the same however it is written."""
    shop.service.catalogue.products = [a_product("PGWT-GB"), other]
    await shop.placed()
    assert shop.service.requests == [exactly("25", '{"type":"MULTIPLE","values":["PGWT-GB","OTHR-GB"]}')]


async def test_every_page_is_read(shop: Desk) -> None:
    """Of 1,001 products none is forgotten, and each stands where the service has it."""
    codes = [f"P{number:04}-GB" for number in range(1001)]
    shop.service.catalogue.products = [a_product(code) for code in codes]
    order = await shop.order()
    assert json.loads(order.body)["items"][0]["products"] == {"type": "MULTIPLE", "values": codes}
    assert shop.looked_at == ["GB", "GB P0499-GB", "GB P0999-GB", "GB P1000-GB"]


async def test_the_catalogue_is_remembered_for_an_hour(shop: Desk) -> None:
    """Each country's once, and not longer."""
    for _ in range(3):
        await shop.order()
    assert shop.looked_at == ["GB", "GB HTHR-GB"]
    await shop.order(value=Money(3000, "JPY"), country="JP")
    assert shop.looked_at[2:] == ["JP", "JP KNBN-JP"]
    shop.clock.time += FRESH - timedelta(seconds=1)
    await shop.order()
    assert len(shop.looked_at) == 4
    shop.clock.time += timedelta(seconds=1)
    shop.service.catalogue.products = [a_product("NEWS-GB")]
    assert '"value":"NEWS-GB"' in (await shop.order()).body


async def test_a_product_that_slips_to_the_next_page_is_named_once() -> None:
    """A page that repeats what the last one had, since the list changed meanwhile, makes no order with doubles."""
    pages = {None: catalogue(row("AAAA-GB"), row("BBBB-GB"), after="B"), "B": catalogue(row("BBBB-GB"), row("CCCC-GB"))}
    page: Page = lambda request: web.json_response(pages[request.query.get("after")])  # noqa: E731 - a page
    async with stranger(page, {}) as here:
        order = await an_order(here.client)
    assert json.loads(order.body)["items"][0]["products"]["values"] == ["AAAA-GB", "BBBB-GB", "CCCC-GB"]


async def test_an_endless_catalogue_is_not_read_for_ever() -> None:
    """A cursor that leads to the same page again and again ends at some time, in an order that could be sent."""
    async with stranger(says(catalogue(row("AAAA-GB"), after="AAAA-GB")), {}) as here:
        answer = await asyncio.wait_for(here.writes(), 10)
        assert len(here.asked) <= 100
    assert isinstance(answer, Unavailable) or json.loads(answer)["items"][0]["products"]["value"] == "AAAA-GB"


async def test_a_catalogue_that_always_has_more_is_not_read_for_ever() -> None:
    """Neither is one whose every page is new."""
    numbers = itertools.count()

    def page(_: web.Request) -> web.Response:
        code = f"P{next(numbers)}-GB"
        return web.json_response(catalogue(row(code), after=code))

    async with stranger(page, {}) as here:
        assert isinstance(await asyncio.wait_for(here.writes(), 10), str | Unavailable)
        assert len(here.asked) <= 100


STRANGE_PRODUCTS = {
    "a payout of a new kind": row("OTHR-GB", payout_type="crypto", gift_card=None, crypto={"chain": "GB"}),
    "a payment": row("OTHR-GB", payout_type="payment", gift_card=None, payment={}),
    "a gift card that says nothing": row("OTHR-GB", gift_card=None),
    "more to tell": row("OTHR-GB", currency="EUR", sustainability={"score": 7}),
    "no fixed values": row("OTHR-GB", gift_card={"denominations": {"type": "fixed", "available_list": None}}),
    "a state of a new kind": row("OTHR-GB", is_orderable=False, state="RETIRED"),
    "nowhere": row("OTHR-GB", countries_redeemable_in=[]),
}


@pytest.mark.parametrize("other", STRANGE_PRODUCTS.values(), ids=STRANGE_PRODUCTS.keys())
async def test_a_strange_product_hides_no_other(other: Json) -> None:
    """What the contract may bring one day is left out, and the gift is ordered of the rest."""
    async with stranger(says(catalogue(other, row("AAAA-GB"))), {}) as here:
        assert '"products":{"type":"SINGLE","value":"AAAA-GB"}' in await here.writes()


ODD_PRODUCTS = {
    "no code": row() | {"code": None},
    "no currency": row("OTHR-GB", currency=None),
    "a gift card without values": row("OTHR-GB", gift_card={"denominations": None}),
    "a value that is no number": row("OTHR-GB", gift_card={"denominations": {"type": "open", "minimum_value": "NaN"}}),
    "countries that are one": row("OTHR-GB", countries_redeemable_in="GB"),
    "nothing": None,
}


@pytest.mark.parametrize("other", ODD_PRODUCTS.values(), ids=ODD_PRODUCTS.keys())
async def test_a_product_that_breaks_the_contract_stops_no_order(other: Any) -> None:
    """One mistake in a catalogue of thousands is left out: it must not stop every order of a country."""
    async with stranger(says(catalogue(other, row("AAAA-GB"))), {}) as here:
        assert '"products":{"type":"SINGLE","value":"AAAA-GB"}' in str(await here.writes())


@pytest.mark.parametrize("fault", [Fault.ERROR_BEFORE, Fault.REPLY_LOST, Fault.RATE_LIMITED])
async def test_a_catalogue_that_cannot_be_read_is_read_again(shop: Desk, fault: Fault) -> None:
    """Nothing was ordered, nothing is remembered, and the next look succeeds."""
    shop.service.faults.arm("GET /product", fault)
    assert isinstance(await written(shop.client, "key-1", TWENTY_FIVE, "GB"), Unavailable)
    await shop.placed()


async def test_a_catalogue_whose_second_page_fails_is_not_half_remembered() -> None:
    """Half a choice is no choice: it is read anew from its beginning."""
    tries = itertools.count()

    def page(request: web.Request) -> web.Response:
        if "after" not in request.query:
            return web.json_response(catalogue(row("AAAA-GB"), after="A"))
        return web.json_response(catalogue(row("BBBB-GB")), status=500 if next(tries) == 0 else 200)

    async with stranger(page, {}) as here:
        assert isinstance(await here.writes(), Unavailable)
        assert '"values":["AAAA-GB","BBBB-GB"]' in await here.writes()


async def test_a_catalogue_that_asks_for_a_rest_gets_it(shop: Desk) -> None:
    """A 429 says how long to wait: whoever asks again is told so."""
    shop.service.faults.arm("GET /product", Fault.RATE_LIMITED, seconds=60)
    answer = await written(shop.client, "key-1", TWENTY_FIVE, "GB")
    assert isinstance(answer, Unavailable)
    assert answer.after == 60


@pytest.mark.parametrize(
    ("kind", "status", "reason"),
    [
        ("unauthorized", 401, Reason.NOT_AUTHORIZED),
        ("ordering_restricted", 403, Reason.ORDERING_RESTRICTED),
        ("version_removed", 410, Reason.ORDER_REFUSED),
    ],
)
async def test_a_catalogue_that_refuses_us_is_not_asked_for_a_day(kind: str, status: int, reason: Reason) -> None:
    """The service says for good why we cannot order: a person should read that now, and not tomorrow."""
    async with stranger(says({"type": kind, "message": "no"}, status), {}) as here:
        answer = await here.writes()
    assert isinstance(answer, Rejected)
    assert answer.reason is reason


# ---------------------------------------------------------------- refusals

REFUSALS = [
    ("unauthorized", 401, Reason.NOT_AUTHORIZED),
    ("invalid_api_key", 401, Reason.NOT_AUTHORIZED),
    ("forbidden", 403, Reason.NOT_AUTHORIZED),
    ("ordering_restricted", 403, Reason.ORDERING_RESTRICTED),
    ("not_found", 404, Reason.ORDER_REFUSED),
    ("version_removed", 410, Reason.ORDER_REFUSED),
    ("validation_error", 422, Reason.NOT_OFFERED),
    ("bad_request", 400, Reason.ORDER_REFUSED),
    ("invalid_version", 400, Reason.ORDER_REFUSED),
    ("insufficient_funds", 400, Reason.INSUFFICIENT_FUNDS),
    ("product_validation_error", 400, Reason.NOT_OFFERED),
    ("currency_mismatch", 400, Reason.NOT_OFFERED),
    ("payment_method_unavailable", 400, Reason.CARD_REFUSED),
    ("invalid_execution_mode", 400, Reason.ORDER_REFUSED),
    ("insecure_protocol", 400, Reason.ORDER_REFUSED),
    ("pagination_error", 400, Reason.ORDER_REFUSED),
    ("something_new", 400, Reason.ORDER_REFUSED),
    ("something_new", 402, Reason.CARD_REFUSED),
    ("something_new", 409, Reason.ORDER_REFUSED),
    ("insufficient_funds", 402, Reason.INSUFFICIENT_FUNDS),
    ("insufficient_funds", 422, Reason.INSUFFICIENT_FUNDS),
    ("unauthorized", 400, Reason.NOT_AUTHORIZED),
]


@pytest.mark.parametrize(("kind", "status", "reason"), REFUSALS)
async def test_a_typed_refusal_is_final(kind: str, status: int, reason: Reason) -> None:
    """The service says no, in a word that tells why; the word decides, whatever the status and the rest."""
    refusal = {"type": kind, "message": "insufficient_funds", "help": None, "details": [{"type": "x"}], "new": [1]}
    async with stranger(says(refusal, status)) as here:
        assert await here.places() == Rejected(reason, f"{status} {kind}")


@pytest.mark.parametrize("status", [500, 501, 502, 503, 504, 520, 599])
@pytest.mark.parametrize("kind", ["internal_server_error", "timeout", "insufficient_funds", "unauthorized"])
async def test_a_type_on_the_service_s_own_trouble_is_no_refusal(kind: str, status: int) -> None:
    """A 5xx leaves it open whether anything was done, whatever else it says."""
    async with stranger(says({"type": kind, "message": "no"}, status)) as here:
        assert await here.places() == OutcomeUnknown(str(status))
        assert await here.fetches() == OutcomeUnknown(str(status))


@pytest.mark.parametrize("kind", ["internal_server_error", "timeout"])
@pytest.mark.parametrize("status", [400, 408])
async def test_trouble_of_the_service_is_no_refusal_under_any_status(kind: str, status: int) -> None:
    """These types are of 500 and 504, where the order may exist: with another status they mean no less."""
    async with stranger(says({"type": kind, "message": "try again"}, status)) as here:
        assert isinstance(await here.places(), OutcomeUnknown)


@pytest.mark.parametrize("charset", ["hex", "zlib", "undefined", "idna", "punycode", "none-such", "utf-16", '"'])
async def test_a_refusal_in_any_alphabet_is_read(charset: str) -> None:
    """What a header says about the letters accidents nobody."""
    refusal = says({"type": "insufficient_funds", "message": "no"}, 400, Content_Type=f"text/plain; charset={charset}")
    async with stranger(refusal) as here:
        assert await here.places() == Rejected(Reason.INSUFFICIENT_FUNDS, "400 insufficient_funds")


async def test_a_refusal_stays_one_under_its_key(desk: Desk) -> None:
    """It is remembered with the key; a new key, which only a person asks for, is a new question."""
    desk.service.refuse_next("insufficient_funds", 400)
    refused = Rejected(Reason.INSUFFICIENT_FUNDS, "400 insufficient_funds")
    assert [await desk.places(await desk.order()) for _ in range(3)] == [refused] * 3
    assert desk.service.orders == []
    await desk.placed("key-2")


async def test_a_balance_that_is_too_low_is_said_so(shop: Desk) -> None:
    """By the account itself."""
    shop.service.balances["GBP"] = Decimal(24)
    assert await shop.places(await shop.order()) == Rejected(Reason.INSUFFICIENT_FUNDS, "400 insufficient_funds")


async def test_a_template_that_is_not_there_is_not_offered() -> None:
    """The service has the last word about what can be ordered."""
    async with at_work({"GBP": "PT-OF-YESTERDAY"}) as desk:
        assert await desk.places(await desk.order()) == Rejected(Reason.NOT_OFFERED, "400 product_validation_error")


async def test_a_template_of_another_currency_is_not_offered() -> None:
    """Pounds do not pay for dollars."""
    async with at_work({"GBP": PLAYGROUND_TEMPLATES["USD"]}) as desk:
        assert await desk.places(await desk.order()) == Rejected(Reason.NOT_OFFERED, "400 currency_mismatch")


async def test_a_part_of_a_pound_is_not_for_many() -> None:
    """What recipients choose from comes in whole amounts; the service says so, should it ever be asked."""
    async with at_work(PLAYGROUND_TEMPLATES) as desk:
        answer = await desk.places(await desk.order(value=Money(2550, "GBP")))
        assert answer == Rejected(Reason.NOT_OFFERED, "400 product_validation_error")


async def test_a_wrong_key_is_refused(desk: Desk) -> None:
    """With another API key, neither orders nor links, and nothing can be found."""
    order = await desk.placed()
    async with http(desk.service.base_url, "XX-not-ours") as connection:
        other = Runa(connection, PLAYGROUND_TEMPLATES, desk.clock)
        assert await other.place(await desk.order("key-2")) == Rejected(Reason.NOT_AUTHORIZED, "401 unauthorized")
        assert await other.link(order) == Rejected(Reason.NOT_AUTHORIZED, "401 unauthorized")
        assert isinstance(await other.find(order), Unavailable)
    assert len(desk.service.orders) == 1


async def test_a_key_that_was_used_with_another_body_is_no_refusal(desk: Desk) -> None:
    """The order of this key may exist (after a backup was restored): a new key could order it twice."""
    await desk.placed()
    other = await desk.places(await desk.order(value=Money(5000, "GBP")))
    assert other == OutcomeUnknown("idempotency_validation_error", Reason.ANSWER_DIFFERS)
    assert len(desk.service.orders) == 1


# ---------------------------------------------------------------- still in progress


async def _held_back(desk: Desk) -> tuple[asyncio.Task[Any], asyncio.Event]:
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


async def test_an_order_in_progress_is_no_refusal_as_400(desk: Desk) -> None:
    """The first try with this key is still being worked on: it is asked again, and there is one order."""
    first, end = await _held_back(desk)
    assert await desk.places(await desk.order()) == OutcomeUnknown("idempotency_in_progress")
    end.set()
    assert await desk.places(await desk.order()) == await first
    assert len(desk.service.orders) == 1


async def test_an_order_in_progress_is_no_refusal_as_102(desk: Desk) -> None:
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
        assert await here.places() == OutcomeUnknown("idempotency_in_progress")
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


# ---------------------------------------------------------------- too fast


@pytest.mark.parametrize(("asked", "rest"), [(1, 5.0), (5, 5.0), (30, 30.0)])
async def test_a_429_gives_every_order_a_rest(desk: Desk, asked: int, rest: float) -> None:
    """At least five seconds, or what the service asks for; then the order is placed as if nothing had been."""
    desk.service.faults.arm(ORDER, Fault.RATE_LIMITED, seconds=asked)
    assert await desk.places(await desk.order("key-1")) == Unavailable("429", rest)
    assert desk.service.orders == []
    await desk.placed("key-2")
    assert desk.clock.slept == [rest]
    await desk.placed("key-1")
    assert desk.clock.slept == [rest, 0.21]


@pytest.mark.parametrize(
    "content",
    ['{"error": "rate exceeded"}', "", "[]", "<html>", '{"type": "insufficient_funds"}', '{"type": "too_fast"}'],
)
async def test_a_429_is_known_by_its_status(content: str) -> None:
    """It has a shape of its own, which nobody needs to read; and it is never a refusal."""
    async with stranger(says(content, 429)) as here:
        assert await here.places() == Unavailable("429", 5.0)
        assert await here.fetches() == Unavailable("429", 5.0)


async def test_a_429_that_is_remembered_under_its_key_is_never_a_refusal(desk: Desk) -> None:
    """The documents do not say whether it is: the same key is asked for ever, and nothing is ordered."""
    desk.service.idempotency.keeps_429 = True
    desk.service.faults.arm(ORDER, Fault.RATE_LIMITED)
    for _ in range(4):
        assert await desk.places(await desk.order()) == Unavailable("429", 5.0)
    assert desk.service.orders == []


async def test_links_do_not_wait_for_orders(desk: Desk) -> None:
    """The limit is on orders: a gift that is ordered is delivered meanwhile."""
    order = await desk.placed()
    desk.service.faults.arm(ORDER, Fault.RATE_LIMITED, seconds=60)
    await desk.places(await desk.order("key-2"))
    slept = len(desk.clock.slept)
    assert isinstance(await desk.fetches(order), LinkReady)
    assert len(desk.clock.slept) == slept


# ---------------------------------------------------------------- nobody knows


@pytest.mark.parametrize(
    ("fault", "detail", "made"),
    [
        (Fault.ERROR_BEFORE, "500", 0),
        (Fault.ERROR_AFTER, "500", 1),
        (Fault.REPLY_LOST, "POST: no reply, RemoteProtocolError", 1),
    ],
)
async def test_without_an_answer_nobody_knows(desk: Desk, fault: Fault, detail: str, made: int) -> None:
    """The order may exist or not; asked again in the same way, the service tells, and there is one order."""
    desk.service.faults.arm(ORDER, fault)
    assert await desk.places(await desk.order()) == OutcomeUnknown(detail)
    assert len(desk.service.orders) == made
    assert isinstance(await desk.places(await desk.order()), Placed)
    assert len(desk.service.orders) == 1


@pytest.mark.parametrize("fault", [Fault.ERROR_BEFORE, Fault.ERROR_AFTER])
async def test_a_500_that_is_remembered_under_its_key_is_never_a_refusal(desk: Desk, fault: Fault) -> None:
    """In the other reading, the same key never gets another answer; whoever asks is still told that nobody knows."""
    desk.service.idempotency.keeps_5xx = True
    desk.service.faults.arm(ORDER, fault)
    order = await desk.order()
    assert [await desk.places(order) for _ in range(4)] == [OutcomeUnknown("500")] * 4
    found = await desk.finds(order)
    assert isinstance(found, Placed if fault is Fault.ERROR_AFTER else Absent)


@pytest.mark.parametrize("fault", [Fault.ERROR_BEFORE, Fault.REPLY_LOST])
async def test_a_link_is_asked_for_again(desk: Desk, fault: Fault) -> None:
    """A lost answer loses no link."""
    order = await desk.placed()
    desk.service.faults.arm(DETAILS, fault)
    assert isinstance(await desk.fetches(order), OutcomeUnknown)
    assert isinstance(await desk.fetches(order), LinkReady)


async def test_a_service_that_is_not_there_was_not_reached() -> None:
    """Nothing was done where nobody answered the door."""
    service = RunaApi()
    await service.start()
    url = service.base_url
    await service.stop()
    async with http(url, "XXkey") as connection:
        client = Runa(connection, PLAYGROUND_TEMPLATES, Clock())
        order = await an_order(client, provider_id="O-1")
        assert await client.place(order) == Unavailable("POST: not reached, ConnectError")
        assert await client.link(order) == Unavailable("GET: not reached, ConnectError")
        assert isinstance(await client.find(order), Unavailable)
        nothing = await written(Runa(connection, {}, Clock()), "key-1", TWENTY_FIVE, "GB")
        assert isinstance(nothing, Unavailable)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(status: int) -> None:
    """Neither the API key nor the order goes where the service, or somebody in its place, points."""
    page: Page = lambda _: web.Response(status=status, headers={"Location": "/elsewhere"})  # noqa: E731 - a page
    async with something_else(page) as (url, asked), connected(SecretStr("XXkey"), url, 5) as connection:
        client = Runa(connection, PLAYGROUND_TEMPLATES, Clock())
        order = await an_order(client, provider_id="O-1")
        assert isinstance(await client.place(order), OutcomeUnknown)
        assert isinstance(await client.link(order), OutcomeUnknown)
        assert isinstance(await client.find(order), Unavailable)
        assert isinstance(await written(Runa(connection, {}, Clock()), "k", TWENTY_FIVE, "GB"), Unavailable)
    assert [request.url.path for request in asked] == ["/v2/order", "/v2/order/O-1", "/v2/order", "/v2/product"]


@pytest.mark.parametrize("status", [300, 302, 304, 307])
async def test_a_redirect_is_no_answer_even_with_an_order_in_it(status: int) -> None:
    """What comes along with a redirect is not what was asked for."""
    async with stranger(says(reply(), status, Location="https://elsewhere.test/v2/order")) as here:
        assert isinstance(await here.places(), OutcomeUnknown)
        assert isinstance(await here.fetches(), OutcomeUnknown)


@pytest.mark.parametrize("location", ["", "//", "http://[", "http://x:99999/", "\\", "mailto:x@y.test", "/\u00e9"])
async def test_a_redirect_to_nowhere_is_no_accident(location: str) -> None:
    """Whatever it points to, it is not gone to."""
    async with stranger(says("", 307, Location=location)) as here:
        assert isinstance(await here.places(), OutcomeUnknown)
        assert isinstance(await here.fetches(), OutcomeUnknown)
    assert here.paths == ["/v2/order", "/v2/order/O-1"]


# ---------------------------------------------------------------- what an order looks like


def reply(**changes: Any) -> Json:
    """A reply to an order, changed; what belongs to its item or payout is changed there."""
    payout = {
        "status": "ACTIVE",
        "status_updated_at": "2030-01-01T12:00:00.000Z",
        "url": "https://spend.runa.test/one-secret-link",
        "expiry_date": None,
    }
    item = {
        "id": "E-1",
        "distribution_method": {"type": "PAYOUT_LINK"},
        "products": {"type": "TEMPLATE", "template_id": TEMPLATE, "values": ["AAAA-GB", "BBBB-GB"]},
        "face_value": "25.00",
        "price": "24.10",
        "payout": _changed(payout, changes, "url"),
        "currency": "GBP",
    }
    order = {
        "id": "O-1",
        "status": "COMPLETED",
        "created_at": "2030-01-01T12:00:00.000Z",
        "completed_at": "2030-01-01T12:00:01.000Z",
        "description": "gift of key-1",
        "payment_method": {"type": "ACCOUNT_BALANCE", "currency": "GBP"},
        "currency": "GBP",
        "total_price": "24.10",
        "total_discount": "0.90",
        "items": [_changed(item, changes, "face_value", "payout", "item_currency")],
        "transaction_detail": {"GBP": {"value": "25.00", "fx": None}},
        "metadata": {"gift": "gift of key-1", "request": "request-1"},
    }
    return order | changes


def _changed(part: Json, changes: Json, *names: str) -> Json:
    """A part of a reply with the changes that are meant for it, which are used up."""
    return part | {name.removeprefix("item_"): changes.pop(name) for name in names if name in changes}


async def test_an_order_that_is_complete_brings_its_link() -> None:
    """One call: the id, the value and the link; nothing that prints the answer prints the link."""
    async with stranger(says(reply())) as here:
        link = LinkReady(SecretStr("https://spend.runa.test/one-secret-link"), TWENTY_FIVE)
        answers = [await here.places(), await here.fetches()]
    assert answers == [Placed("O-1", TWENTY_FIVE, link), link]
    assert "one-secret-link" not in f"{answers} {answers[0]} {answers[1]}"


@pytest.mark.parametrize("status", [200, 201, 202])
async def test_an_order_that_is_being_worked_on_is_placed(status: int) -> None:
    """It has an id, by which it is asked for again, and nothing else."""
    async with stranger(says({"id": "O-1", "status": "PROCESSING", "message": "wait"}, status)) as here:
        assert await here.places() == Placed("O-1")
        assert await here.fetches() == NotYet()


@pytest.mark.parametrize("status", [200, 201, 202])
async def test_an_order_that_failed_is_refused(status: int) -> None:
    """Nothing was sold, which is final: at once, or when it is asked for again."""
    async with stranger(says({"id": "O-1", "status": "FAILED", "message": "no"}, status)) as here:
        assert await here.places() == Rejected(Reason.ORDER_REFUSED, "O-1 failed")
        assert await here.fetches() == OrderFailed("O-1 failed")


@pytest.mark.parametrize("status", ["CANCELLED", "QUEUED", "completed", "", None, 1, ["FAILED"]])
async def test_an_order_in_an_unknown_status_may_exist(status: Any) -> None:
    """A word that nobody knows is neither a yes nor a no."""
    async with stranger(says(reply(status=status))) as here:
        for answer in (await here.places(), await here.fetches()):
            assert isinstance(answer, OutcomeUnknown)
            assert answer.reason is UNREADABLE


async def test_an_order_that_is_being_worked_on_has_no_link_yet() -> None:
    """It may still come to nothing: what it shows before its end is not handed over."""
    async with stranger(says(reply(status="PROCESSING"))) as here:
        assert await here.places() == Placed("O-1")
        assert await here.fetches() == NotYet()


@pytest.mark.parametrize("url", [None, ""])
async def test_an_order_without_its_link_is_placed_all_the_same(url: str | None) -> None:
    """The link is asked for later."""
    async with stranger(says(reply(url=url))) as here:
        assert await here.places() == Placed("O-1", TWENTY_FIVE)
        assert await here.fetches() == NotYet()


async def test_an_order_with_a_payout_that_says_nothing_is_placed_all_the_same() -> None:
    """Neither has that a link."""
    async with stranger(says(reply(payout={}))) as here:
        assert await here.places() == Placed("O-1", TWENTY_FIVE)
        assert await here.fetches() == NotYet()


async def test_what_is_new_in_a_reply_is_passed_over() -> None:
    """Unknown fields, at every place, and known ones that nobody reads."""
    new = reply(new={"deeply": [None]}, metadata=7, transaction_detail=[], completed_at=None, url="https://x.test/1")
    new["items"][0] |= {"new": 1, "products": {"type": "UNKNOWN"}, "price": None, "distribution_method": None}
    new["items"][0]["payout"] |= {"status": "OF_A_NEW_KIND", "new": 1, "expiry_date": 7}
    async with stranger(says(new)) as here:
        assert await here.places() == Placed("O-1", TWENTY_FIVE, LinkReady(SecretStr("https://x.test/1"), TWENTY_FIVE))


@pytest.mark.parametrize("currency", ["USD", "gbp", "", "GBPX"])
async def test_another_currency_is_told_as_it_is(currency: str) -> None:
    """Whoever compares sees that it is another order."""
    async with stranger(says(reply(currency=currency, item_currency=currency))) as here:
        answers = [await here.places(), await here.fetches()]
    for answer in answers:
        assert isinstance(answer, OutcomeUnknown) or answer.value != TWENTY_FIVE


@pytest.mark.parametrize("currency", ["USD", "JPY"])
async def test_a_link_in_another_currency_than_its_order_is_not_ours(currency: str) -> None:
    """The link's own currency is that of the item: 25 of something else are not 25 pounds."""
    async with stranger(says(reply(item_currency=currency))) as here:
        answers = [await here.places(), await here.fetches()]
    for answer in answers:
        assert isinstance(answer, OutcomeUnknown) or answer.value != TWENTY_FIVE


async def test_an_order_that_says_that_it_is_another_gift_s_is_not_ours() -> None:
    """The gift's id went out with the order, and it comes back: another one's link is not this one's."""
    async with stranger(says(reply(description="gift of key-2", metadata={"gift": "gift of key-2"}))) as here:
        assert isinstance(await here.places(), OutcomeUnknown)
        assert isinstance(await here.fetches(), OutcomeUnknown)


@pytest.mark.parametrize("status", ["FAILED", "PROCESSING"])
async def test_what_became_of_another_gift_s_order_says_nothing_of_ours(status: str) -> None:
    """A failure that is another's is no reason to order anew."""
    async with stranger(says({"id": "O-1", "status": status, "description": "gift of key-2"})) as here:
        assert isinstance(await here.places(), OutcomeUnknown)
        assert isinstance(await here.fetches(), OutcomeUnknown)


@pytest.mark.parametrize("amount", ["250.00", "25.01", "24", 26, 19.99, 0.07])
async def test_another_amount_is_told_as_it_is(amount: Any) -> None:
    """The service says that the order has another value; whoever asked compares."""
    async with stranger(says(reply(face_value=amount))) as here:
        value = Money(int(Decimal(str(amount)) * 100), "GBP")
        link = LinkReady(SecretStr("https://spend.runa.test/one-secret-link"), value)
        assert [await here.places(), await here.fetches()] == [Placed("O-1", value, link), link]


@pytest.mark.parametrize("amount", ["25", "25.0", "25.00", "25.0000", "2.5E1", 25, 25.0])
async def test_the_same_amount_is_the_same_however_it_is_written(amount: Any) -> None:
    """As text, as a number, with or without pence."""
    async with stranger(says(reply(face_value=amount))) as here:
        assert (await here.places()).value == TWENTY_FIVE


TWICE = reply()["items"] * 2
NONSENSE: dict[str, tuple[int, Any]] = {
    "nothing": (200, ""),
    "null": (200, "null"),
    "a list": (200, "[]"),
    "an object": (200, "{}"),
    "words": (200, "OK"),
    "cut off": (200, json.dumps(reply())[:40]),
    "twice": (200, json.dumps(reply()) * 2),
    "not UTF-8": (200, b"\xff\xfe\xfd"),
    "with a byte order mark": (200, b"\xef\xbb\xbf{}"),
    "nested too deeply": (200, "[" * 5000),
    "no content": (204, ""),
    "no id": (200, {name: value for name, value in reply().items() if name != "id"}),
    "no items": (200, reply(items=[])),
    "items that are missing": (200, {name: value for name, value in reply().items() if name != "items"}),
    "accepted and complete": (202, {"id": "O-1", "status": "COMPLETED"}),
    "items that are none": (200, reply(items="O-1")),
    "items that are null": (200, reply(items=None)),
    "an item that is null": (200, reply(items=[None])),
    "two items": (200, reply(items=TWICE)),
    "a payout that is null": (200, reply(payout=None)),
    "a link that is a number": (200, reply(url=7)),
    "a link that is a list": (200, reply(url=["https://spend.runa.test/one-secret-link"])),
    "an id that is a path": (200, reply(id="../../account")),
    "an empty id": (200, reply(id="")),
    "an id that is a number": (200, reply(id=1)),
    "an id that is null": (200, reply(id=None)),
    "an id with a line break": (200, reply(id="O-1\n")),
    "an id with a query": (200, reply(id="O-1?limit=1")),
    "an id in other letters": (200, reply(id="\u041e-1")),
    "an endless id": (200, reply(id="O" * 101)),
    "no amount": (200, reply(face_value=None)),
    "an amount of nothing": (200, reply(face_value=0)),
    "an amount below nothing": (200, reply(face_value="-25.00")),
    "an amount finer than a penny": (200, reply(face_value="25.001")),
    "an amount finer than a penny, by very little": (200, reply(face_value="25." + "0" * 40 + "1")),
    "an amount that is no number": (200, reply(face_value="NaN")),
    "an amount that is no number, as JSON has none": (200, reply(face_value=float("nan"))),
    "an amount without end": (200, reply(face_value="Infinity")),
    "an amount without end, as JSON has none": (200, reply(face_value=float("inf"))),
    "an absurd amount": (200, reply(face_value=1e30)),
    "an amount beyond numbers": (200, reply(face_value="1E999999")),
    "an amount below numbers": (200, reply(face_value="1E-999999")),
    "an amount of very many digits": (200, json.dumps(reply()).replace('"25.00"', "1" * 5000)),
    "an amount of very many digits, as text": (200, reply(face_value="1" * 5000)),
    "an amount of very many decimal places": (200, json.dumps(reply()).replace('"25.00"', f"0.{'0' * 5000}1")),
    "an amount that is true": (200, reply(face_value=True)),
    "no currency": (200, reply(currency=None)),
    "a page of a proxy": (502, "<html>Bad Gateway</html>"),
    "too busy": (503, ""),
    "too late": (504, {"type": "timeout", "message": "…"}),
    "an order on a 500": (500, reply()),
    "a refusal without a type": (400, {"message": "no"}),
    "a refusal of another type": (400, {"type": 7}),
    "a refusal of no type": (400, {"type": None}),
    "a refusal that is a list": (403, "[]"),
    "a refusal that is a page": (404, "<html>Not Found</html>"),
    "a refusal that is an order": (400, reply()),
    "a refusal that is nothing": (401, ""),
    "a refusal in the shape of a 429": (400, {"error": "rate exceeded"}),
}


@pytest.mark.parametrize(("status", "content"), NONSENSE.values(), ids=NONSENSE.keys())
async def test_nonsense_means_that_nobody_knows(status: int, content: Any) -> None:
    """Whatever comes back from the service's address, nothing is taken for an order or for a refusal of one."""
    async with stranger(says(content, status)) as here:
        answers = [await here.places(), await here.fetches()]
        found = await here.finds()
    async with stranger(says(content, status), {}) as here:
        written_of = await here.writes()
    assert [type(answer) for answer in (*answers, written_of)] == [OutcomeUnknown, OutcomeUnknown, Unavailable]
    assert isinstance(found, Unavailable), "it is no list of orders"
    assert "one-secret-link" not in f"{answers}"


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
async def test_an_answer_that_cannot_be_unpacked_means_that_nobody_knows(encoding: str) -> None:
    """It says that it is packed, and is not, or not in a way that anybody knows."""
    async with stranger(says(b"\x00\x01 no such thing", Content_Encoding=encoding)) as here:
        assert isinstance(await here.places(), OutcomeUnknown)
        assert isinstance(await here.fetches(), OutcomeUnknown)


# ---------------------------------------------------------------- replies, spoiled in every way

SPOILS: list[Any] = [
    None,
    True,
    0,
    -1,
    25,
    26,
    10**30,
    1e300,
    float("nan"),
    float("inf"),
    "",
    "x",
    "NaN",
    "-25.00",
    "25.001",
    "1E999999",
    "1E-999999",
    "26.00",
    "GBP",
    "JPY",
    "USD",
    "O-2",
    "../x",
    "COMPLETED",
    "PROCESSING",
    "FAILED",
    "x" * 5000,
    "\u0000",
    "https://elsewhere.test/another-secret-link",
    [],
    {},
    [[]],
    {"url": "https://elsewhere.test/another-secret-link"},
]


def _steps(value: Any) -> Iterator[tuple[Any, ...]]:
    """The ways to everything in a reply."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in inside:
        yield (step,)
        yield from ((step, *more) for more in _steps(part))


@st.composite
def spoiled(draw: st.DrawFn) -> Any:
    """A good reply in which one to four things are wrong."""
    spoils: Any = copy.deepcopy(reply())
    for _ in range(draw(st.integers(1, 4))):
        ways = [*_steps(spoils)]
        if not ways:
            return spoils
        *way, last = draw(st.sampled_from(ways))
        inside = spoils
        for step in way:
            inside = inside[step]
        match draw(st.sampled_from(["other", "gone", "again", "new"])):
            case "other":
                inside[last] = copy.deepcopy(draw(st.sampled_from(SPOILS)))
            case "gone":
                del inside[last]
            case "again" if isinstance(inside, list):
                inside.append(copy.deepcopy(inside[last]))
            case "again" | "new" if isinstance(inside, dict):
                inside[f"new_{last}"] = copy.deepcopy(inside[last])
    return spoils


Kiosk = Callable[[Any], tuple[Any, Any]]


@pytest.fixture
def kiosk() -> Iterator[Kiosk]:
    """One stranger for many replies: what an order and its link are taken to be."""
    shown: list[Any] = [None]

    def page(request: web.Request) -> Any:
        return says(shown[0])(request)

    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        here = runner.run(stack.enter_async_context(stranger(page)))

        async def answers(content: Any) -> tuple[Any, Any]:
            shown[0] = content
            here.asked.clear()
            return await here.places(), await here.fetches()

        yield lambda content: runner.run(answers(content))
        runner.run(stack.aclose())


def _is_of(link: LinkReady, shown: Any) -> bool:
    """Whether a link with its value is that of the only item of what was shown."""
    (item,) = shown["items"]
    return (
        link.link.get_secret_value() == item["payout"]["url"]
        and link.value.major == Decimal(str(item["face_value"]))
        and link.value.currency == shown.get("currency", "")
    )


def test_no_spoiled_reply_is_taken_for_more_than_it_says(kiosk: Kiosk) -> None:
    """Nothing raises; no order without its id, no link but the order's own, no refusal but of what failed."""

    @settings(max_examples=200, deadline=None)
    @given(spoiled())
    def check(shown: Any) -> None:
        placed, link = kiosk(shown)
        assert isinstance(placed, Placed | Rejected | OutcomeUnknown)
        assert isinstance(link, LinkReady | NotYet | OrderFailed | OutcomeUnknown)
        if isinstance(placed, Placed):
            assert re.fullmatch(r"[A-Za-z0-9_-]{1,100}", placed.order_id)
            assert placed.order_id == shown["id"]
            assert placed.value is None or shown["status"] == "COMPLETED"
            assert placed.ready is None or (placed.ready.value == placed.value and _is_of(placed.ready, shown))
        if isinstance(link, LinkReady):
            assert shown["id"] == "O-1"
            assert _is_of(link, shown)
        if isinstance(placed, Rejected) or isinstance(link, OrderFailed):
            assert shown["status"] == "FAILED"
        assert "secret-link" not in f"{placed} {link}"

    check()


WORDS = st.sampled_from(["id", "status", "items", "currency", "payout", "url", "face_value", "COMPLETED", "O-1"])
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=5)
ANYTHING = st.recursive(
    LEAVES, lambda part: st.lists(part, max_size=3) | st.dictionaries(WORDS, part, max_size=4), max_leaves=8
)


def test_no_json_at_all_is_an_accident(kiosk: Kiosk) -> None:
    """Whatever can be written, nothing raises, and nothing is an order with a link."""

    @settings(max_examples=60, deadline=None)
    @given(ANYTHING)
    def check(shown: Any) -> None:
        placed, link = kiosk(json.dumps(shown))
        assert isinstance(placed, Placed | Rejected | OutcomeUnknown)
        assert isinstance(link, NotYet | OrderFailed | OutcomeUnknown)

    check()


# ---------------------------------------------------------------- links


async def test_the_link_is_the_order_s_and_is_not_printed(desk: Desk) -> None:
    """It comes with the order, and the same again later; nothing that prints the answers prints the link."""
    order = await desk.order()
    placed = await desk.places(order)
    answer = await desk.fetches(replace(order, provider_id=placed.order_id))
    assert placed.ready == answer
    assert answer.value == TWENTY_FIVE
    assert [answer.link.get_secret_value()] == desk.service.links
    assert is_trusted(answer.link, desk.service.link_hosts)
    assert f"{placed} {placed!r} {answer} {answer!r}".count(desk.service.links[0]) == 0


@pytest.mark.parametrize("shown_as", Pending)
async def test_a_link_that_is_not_made_yet_is_asked_for_later(desk: Desk, shown_as: Pending) -> None:
    """Still processing, or complete with an empty address or none at all: the order exists, its link does not."""
    desk.service.links_after(polls=2, shown_as=shown_as)
    order = await desk.placed()
    assert desk.answers[0].ready is None
    assert [await desk.fetches(order), await desk.fetches(order)] == [NotYet(), NotYet()]
    assert isinstance(await desk.fetches(order), LinkReady)


async def test_an_order_may_fail_after_it_was_placed(desk: Desk) -> None:
    """Then nothing was sold, and asking for it again says so for ever; so does its key."""
    desk.service.fail_next()
    desk.service.links_after(polls=1)
    order = await desk.placed()
    assert await desk.fetches(order) == NotYet()
    failed = OrderFailed(f"{order.provider_id} failed")
    assert [await desk.fetches(order), await desk.fetches(order)] == [failed, failed]
    assert await desk.places(order) == Placed(str(order.provider_id))
    assert desk.service.orders == []


async def test_an_order_that_fails_at_once_is_refused(desk: Desk) -> None:
    """And its key says so again."""
    desk.service.fail_next()
    answer = await desk.places(await desk.order())
    assert isinstance(answer, Rejected)
    assert answer.reason is Reason.ORDER_REFUSED
    assert await desk.places(await desk.order()) == answer
    assert desk.service.orders == []


@pytest.mark.parametrize("call", [ORDER, DETAILS])
@pytest.mark.parametrize("junk", [Junk.NOT_JSON, Junk.NO_ID, Junk.TWO_LINKS])
async def test_an_answer_that_cannot_be_used_is_asked_for_again(desk: Desk, call: str, junk: Junk) -> None:
    """A page, an order without an id, two links for one gift: nothing that could be handed over, this time."""
    order = await desk.order()
    work = desk.places
    if call == DETAILS:
        order, work = await desk.placed(), desk.fetches
    desk.service.answer_next(call, junk)
    answer = await work(order)
    assert isinstance(answer, OutcomeUnknown)
    assert answer.reason is UNREADABLE
    assert isinstance(await work(order), Placed | LinkReady)
    assert len(desk.service.orders) == 1


async def test_another_order_s_link_is_not_used(desk: Desk) -> None:
    """The service answers with an order that was not asked for."""
    await desk.placed("key-1")
    order = await desk.placed("key-2")
    desk.service.answer_next(DETAILS, Junk.OTHER_ORDER_ID)
    answer = await desk.fetches(order)
    assert isinstance(answer, OutcomeUnknown)
    assert answer.reason is UNREADABLE


@pytest.mark.parametrize("call", [ORDER, DETAILS])
@pytest.mark.parametrize("junk", [Junk.FOREIGN_HOST, Junk.HTTP])
async def test_a_link_that_leads_elsewhere_is_not_trusted(desk: Desk, call: str, junk: Junk) -> None:
    """The client gives what came, and the list of hosts does not let it pass."""
    order = await desk.placed()
    desk.service.answer_next(call, junk)
    answer = await (desk.places if call == ORDER else desk.fetches)(order)
    ready = answer.ready if isinstance(answer, Placed) else answer
    assert isinstance(ready, LinkReady)
    assert not is_trusted(ready.link, desk.service.link_hosts)


async def test_an_order_that_the_service_does_not_know_has_no_link(desk: Desk) -> None:
    """A refusal, with its type."""
    order = replace(await desk.order(), provider_id="O-000000")
    assert await desk.fetches(order) == Rejected(Reason.ORDER_REFUSED, "404 not_found")


# ---------------------------------------------------------------- looking for an order


def listed(*rows: Any, after: str | None = None) -> Json:
    """A page of the list of orders."""
    return {"items": list(rows), "pagination": {"cursors": {"after": after} if after else {}, "page": {"limit": 100}}}


def complete(order_id: str, description: Any = "gift of key-1", **more: Any) -> Json:
    """A row of an order that is complete."""
    order = reply(id=order_id, description=description) | more
    del order["items"]
    return order


def incomplete(order_id: str, status: str, **more: Any) -> Json:
    """A row of an order that is not, which says little."""
    return {"id": order_id, "status": status, "message": "…", **more}


async def test_an_order_is_found_by_its_gift_over_many_pages(desk: Desk) -> None:
    """Behind more orders than a page has, among others that are not complete, the first and the last."""
    for number in range(105):
        await desk.placed(f"key-{number}")
    desk.service.links_after(polls=1000)
    await desk.placed("key-late")
    for number in (104, 50, 0):
        order = await desk.order(f"key-{number}")
        assert await desk.finds(order) == Placed(desk.service.orders[number].id)
    pages = [request.url.params.get("after") for request in desk.service.asked if request.method == "GET"]
    assert len(pages) == 1 + 1 + 2
    assert await desk.finds(await desk.order("key-105")) == Absent()
    found = await desk.finds(await desk.order("key-7"))
    assert isinstance(await desk.fetches(replace(await desk.order("key-7"), provider_id=found.order_id)), LinkReady)


async def test_an_order_that_is_not_complete_is_not_found(desk: Desk) -> None:
    """Its row says too little to know it: whoever asked has to look, and nothing is ordered."""
    desk.service.links_after(polls=1000)
    order = await desk.placed()
    assert await desk.finds(order) == Absent()


async def test_an_empty_list_has_nothing(desk: Desk) -> None:
    """Nothing was ever ordered."""
    assert await desk.finds(await desk.order()) == Absent()
    assert len(desk.service.asked) == 1


@pytest.mark.parametrize(
    "other",
    [
        complete("O-2", "gift of key-11"),
        complete("O-2", "gift of key-"),
        complete("O-2", " gift of key-1"),
        complete("O-2", "GIFT OF KEY-1"),
        complete("O-2", None),
        complete("O-2", "", metadata={"gift": "gift of key-1"}),
        incomplete("O-2", "PROCESSING"),
        incomplete("O-2", "FAILED"),
        complete("O-2", "gift of key-2", new={"x": 1}, total_price=None, payment_method=None),
    ],
    ids=lambda other: f"{other['status']} {other.get('description')}",
)
async def test_another_gift_s_order_is_passed_over(other: Json) -> None:
    """What is nearly the same is another; in any shape it hides nothing."""
    async with stranger(says(listed(other))) as here:
        assert await here.finds() == Absent()
    async with stranger(says(listed(other, complete("O-1"), other))) as here:
        assert await here.finds() == Placed("O-1")


@pytest.mark.parametrize(
    "odd",
    [
        incomplete("O-2", "CANCELLED"),
        complete("O-2", "gift of key-2", status="REFUNDED"),
        complete("O-2", "gift of key-2", currency=None),
        complete("O-2", 7),
        complete("order/2", "gift of key-2"),
    ],
    ids=lambda odd: f"{odd['id']} {odd['status']} {odd.get('description')}",
)
async def test_one_odd_order_does_not_hide_all_others(odd: Json) -> None:
    """An order that nobody asked about, in a status that came later, or otherwise odd, is passed over."""
    async with stranger(says(listed(odd, complete("O-1")))) as here:
        assert await here.finds() == Placed("O-1")


async def test_an_attempt_that_failed_is_not_taken_for_the_order() -> None:
    """Should the service one day show more of a failed order, it is still not what was bought with a later try."""
    failed = incomplete("O-1", "FAILED", description="gift of key-1")
    async with stranger(says(listed(failed, complete("O-2")))) as here:
        assert await here.finds() == Placed("O-2")


async def test_a_page_that_cannot_be_read_leaves_it_open(desk: Desk) -> None:
    """What was not seen is not absent."""
    for number in range(101):
        await desk.placed(f"key-{number}")
    order = await desk.order("key-0")
    desk.service.answer_next(LIST, Junk.NOT_JSON)
    assert isinstance(await desk.finds(order), Unavailable)
    for fault in (Fault.ERROR_BEFORE, Fault.REPLY_LOST, Fault.RATE_LIMITED):
        desk.service.faults.arm(LIST, fault)
        assert isinstance(await desk.finds(order), Unavailable)
    assert await desk.finds(order) == Placed(desk.service.orders[0].id)


async def test_a_second_page_that_cannot_be_read_leaves_it_open() -> None:
    """Neither is what stands on a later page."""
    pages: dict[str | None, web.Response] = {None: web.json_response(listed(complete("O-2", "other"), after="O-2"))}
    page: Page = lambda request: pages.get(request.query.get("after")) or web.Response(status=500)  # noqa: E731 - a page
    async with stranger(page) as here:
        assert isinstance(await here.finds(), Unavailable)
        assert len(here.asked) == 2


async def test_a_list_that_asks_for_a_rest_gets_it(desk: Desk) -> None:
    """A 429 says how long to wait: whoever asks again is told so."""
    desk.service.faults.arm(LIST, Fault.RATE_LIMITED, seconds=60)
    answer = await desk.finds(await desk.order())
    assert isinstance(answer, Unavailable)
    assert answer.after == 60


async def test_an_endless_list_is_not_read_for_ever() -> None:
    """A cursor that leads to the same page again and again is noticed at some time."""
    async with stranger(says(listed(complete("O-2", "other"), after="O-2"))) as here:
        assert isinstance(await asyncio.wait_for(here.finds(), 15), Absent | Unavailable)
        assert len(here.asked) <= 1000


@pytest.mark.parametrize(
    ("pagination", "answer"),
    [
        ({"cursors": {}, "page": {}}, Absent()),
        ({"cursors": {"after": None, "before": None}, "page": {"limit": 100}}, Absent()),
        ({"cursors": {"after": ""}, "page": {}}, Absent()),
        ({"cursors": {"before": "O-1"}, "page": {}, "new": 1}, Absent()),
        (7, Unavailable),
        ({"cursors": {"after": 7}}, Unavailable),
        ({"cursors": []}, Unavailable),
    ],
)
async def test_the_end_of_the_list_is_where_no_cursor_leads_on(pagination: Any, answer: Any) -> None:
    """A cursor that cannot be read is no end."""
    async with stranger(says({"items": [complete("O-2", "other")], "pagination": pagination})) as here:
        found = await here.finds()
        assert found == answer or (answer is Unavailable and isinstance(found, Unavailable))
        assert len(here.asked) == 1


async def test_an_empty_page_is_the_end_whatever_its_cursor_says() -> None:
    """Nothing follows where nothing is."""
    async with stranger(says(listed(after="O-9"))) as here:
        assert await here.finds() == Absent()
        assert len(here.asked) == 1


# ---------------------------------------------------------------- the whole story


@pytest.fixture
def clock() -> TurnableClock:
    """The office's clock, to be turned."""
    return TurnableClock()


@pytest.fixture
def service(clock: TurnableClock) -> Noting:
    """The gift card service of the office: the playground, with a template for each currency."""
    return Noting(clock=clock.time)


@pytest.fixture
async def office(tmp_path: Path, clock: TurnableClock, service: Noting) -> AsyncGenerator[Office]:
    """A company whose gift card service takes notes; in the end the contract was kept."""
    simulator = Simulator(clock=clock.time, provider="runa")
    simulator.giftcards = service
    async with simulator:
        yield Office(simulator, tmp_path, clock)
    assert service.asked
    service.check()


def production(service: Noting) -> None:
    """Let the service be the real thing, where there are no templates."""
    service.production = True
    service.api_key = f"wg{service.api_key[2:]}"


def keys(service: Noting) -> list[str]:
    """The keys of all tries, in order."""
    return [request.headers["X-Idempotency-Key"] for request in service.asked if request.method == "POST"]


def gets(service: Noting) -> list[str]:
    """Every look at orders, in order."""
    paths = [request.url.path for request in service.asked if request.method == "GET"]
    return [path for path in paths if path.startswith("/v2/order")]


async def _let_pass(office: Office, **time: float) -> None:
    """Let time pass in steps, so that everything due in it is tried."""
    for _ in range(4):
        await office.rests()
        office.clock.turn(**{unit: amount / 3 for unit, amount in time.items()})
        await asyncio.sleep(0.05)


def _found_in_files(office: Office, secret: str) -> list[str]:
    """Which files of the company hold something."""
    return [path.name for path in office.folder.iterdir() if secret.encode() in path.read_bytes()]


@pytest.mark.usefixtures("bot")
async def test_a_gift_is_one_call(office: Office, service: Noting) -> None:
    """The order brings its link, which goes from memory to Rob: nothing else is asked."""
    await office.asks()
    await office.approves()
    assert await office.delivered() == service.links[0]
    await office.finishes()
    assert len(service.requests) == 1
    assert gets(service) == []
    ((gift_id, request_id),) = office.rows("SELECT id, request_id FROM gifts")
    body = json.loads(service.requests[0])
    assert (body["description"], body["metadata"]) == (gift_id, {"gift": gift_id, "request": request_id})


@pytest.mark.usefixtures("bot")
async def test_an_order_that_is_complete_later_is_delivered_then(office: Office, service: Noting) -> None:
    """The service says that it is working on it; the bot asks for the order again until its link is there."""
    service.links_after(polls=2)
    await office.asks()
    await office.approves()
    await office.until("ordered")
    for _ in range(3):
        await office.rests()
        office.clock.turn(seconds=10)
    assert await office.delivered() == service.links[0]
    assert len(service.requests) == 1
    assert gets(service) == [f"/v2/order/{service.orders[0].id}"] * 3


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(("kind", "status"), [("validation_error", 400), ("unauthorized", 401), ("not_found", 404)])
async def test_a_link_that_is_refused_can_be_asked_for_again(
    office: Office, service: Noting, kind: str, status: int
) -> None:
    """The money is spent: no word of the service takes the way to it from those who decide."""
    service.links_after(polls=1)
    service.refusals_of_links = [(kind, status)]
    await office.asks()
    await office.approves()
    await office.abe.sees_message("needs somebody")
    assert office.states() == ["parked"]
    await office.abe.clicks("Retry", confirm=True)
    assert await office.delivered() == service.links[0]
    assert len(service.requests) == len(service.orders) == 1


@pytest.mark.usefixtures("bot")
async def test_an_order_that_fails_later_is_placed_anew_by_a_person(office: Office, service: Noting) -> None:
    """The gift fails after it was ordered; Mia and Abe read why, and Retry places one new order under a new key."""
    service.fail_next()
    service.links_after(polls=1)
    await office.asks()
    await office.approves()
    await office.until("ordered")
    await office.rests()
    office.clock.turn(seconds=10)
    trouble = await office.abe.sees_message("needs somebody")
    assert "@Rob: the gift card service refused the order." in trouble.text_shown
    await office.mia.sees_message("needs somebody")
    assert office.states() == ["failed"]
    assert len(service.requests) == 1

    await office.abe.clicks("Retry", confirm=True)
    await office.rests()
    office.clock.turn(seconds=10)
    await office.rests()
    office.clock.turn(seconds=10)
    assert await office.delivered() == service.links[0]
    await office.mia.sees_message("@Rob has your gift")
    first, second = keys(service)
    assert first != second
    assert service.requests[0] == service.requests[1]
    assert len(service.orders) == 1
    assert len(office.rob.messages()) == 1
    assert office.rows("SELECT attempt FROM gifts") == [(2,)]


@pytest.mark.usefixtures("bot")
async def test_an_order_that_fails_at_once_is_placed_anew_by_a_person(office: Office, service: Noting) -> None:
    """The same where the service says so in its first reply."""
    service.fail_next()
    await office.asks()
    await office.approves()
    await office.abe.sees_message("needs somebody")
    assert office.states() == ["failed"]
    await office.abe.clicks("Retry", confirm=True)
    await office.delivered()
    assert len(set(keys(service))) == 2
    assert len(service.orders) == 1


@asynccontextmanager
async def _a_month_later(office: Office, service: Noting, fault: Fault) -> AsyncGenerator[None]:
    """The first try had no answer, and the bot was away until its key is too old."""
    service.faults.arm(ORDER, fault)
    async with office.open():
        await office.asks()
        await office.approves()
        await eventually_asked(office, service)
    office.clock.turn(days=29, seconds=1)
    sent = len(service.requests)
    async with office.open():
        yield
    assert len(service.requests) == sent, "an old key is not sent"


async def eventually_asked(office: Office, service: Noting) -> None:
    """Wait until the service was asked to order, and what came of it was written down."""
    await office.rests()
    assert service.requests


async def test_an_old_order_is_found_and_delivered(office: Office, service: Noting) -> None:
    """It is looked for in the list, by the gift's id, and its link is fetched; there is one order."""
    async with _a_month_later(office, service, Fault.REPLY_LOST):
        assert await office.delivered() == service.links[0]
        await office.until("delivered")
    assert gets(service) == ["/v2/order", f"/v2/order/{service.orders[0].id}"]
    assert len(service.orders) == 1


async def test_an_old_order_that_is_not_found_is_parked(office: Office, service: Noting) -> None:
    """Nothing is sent, nothing can be retried, and Abe is told to look."""
    async with _a_month_later(office, service, Fault.ERROR_BEFORE):
        trouble = await office.abe.sees_message("needs somebody")
        assert "too long to ask about this order again" in trouble.text_shown
        assert trouble.buttons == []
        assert office.states() == ["parked"]
    assert service.orders == []


async def test_an_old_order_waits_for_a_list_that_cannot_be_read(office: Office, service: Noting) -> None:
    """For a day the bot looks again by itself; then Abe's Retry looks once more, and finds it."""
    service.faults.arm(LIST, Fault.ERROR_BEFORE, times=1000)
    async with _a_month_later(office, service, Fault.REPLY_LOST):
        await office.rests()
        assert office.states() == ["approved"]
        await _let_pass(office, hours=25)
        trouble = await office.abe.sees_message("needs somebody")
        assert "the order may exist" in trouble.text_shown
        assert office.states() == ["parked"]
        service.faults.clear()
        await office.abe.clicks("Retry", confirm=True)
        assert await office.delivered() == service.links[0]
    assert len(service.orders) == 1


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(("fault", "made"), [(Fault.ERROR_BEFORE, 0), (Fault.ERROR_AFTER, 1)])
async def test_a_key_that_answers_500_for_ever_is_parked_and_never_ordered_twice(
    office: Office, service: Noting, fault: Fault, made: int
) -> None:
    """After a day Abe is asked; each Retry asks under the same key, until that is too old and the list is searched."""
    service.idempotency.keeps_5xx = True
    service.faults.arm(ORDER, fault)
    await office.asks()
    await office.approves()
    await _let_pass(office, hours=25)
    trouble = await office.abe.sees_message("needs somebody")
    assert "Retry asks about the same order again and never orders twice." in trouble.text_shown
    assert trouble.buttons == ["Retry"]
    tries = len(service.requests)

    await office.abe.clicks("Retry", confirm=True)
    await _let_pass(office, hours=25)
    await office.until("parked")
    assert len(service.requests) > tries
    assert len(set(keys(service))) == len(set(service.requests)) == 1
    assert len(service.orders) == made

    await office.rests()
    office.clock.turn(days=29)
    tries = len(service.requests)
    await office.abe.clicks("Retry", confirm=True)
    if made:
        assert await office.delivered() == service.links[0]
    else:
        await office.abe.sees_message("too long to ask about this order again")
    assert len(service.requests) == tries
    assert len(service.orders) == made


async def test_the_link_is_in_memory_only_while_slack_is_down(office: Office, service: Noting) -> None:
    """Ordered and not delivered: the link is in no file, while the bot runs and after; then it is fetched again."""
    async with office.open():
        await office.asks()
        await office.abe.sees_message("would like to thank")
        await office.ana.sees_message("would like to thank")
        office.slack.faults.arm("chat.postMessage", Fault.ERROR_BEFORE, times=1000)
        await office.approves()
        await office.until("ordered")
        await _let_pass(office, minutes=30)
        secret = service.links[0].rpartition("/")[2]
        assert _found_in_files(office, secret) == []
        assert _found_in_files(office, service.orders[0].id) != [], "the search is blind"
        assert office.rob.messages() == []
    assert _found_in_files(office, secret) == []
    office.slack.faults.clear()
    office.clock.turn(minutes=10)
    async with office.open():
        assert await office.delivered() == service.links[0]
        await office.finishes()
    assert _found_in_files(office, secret) == []
    assert len(service.requests) == len(service.orders) == 1


async def test_a_restart_between_order_and_delivery_loses_no_link(office: Office, service: Noting) -> None:
    """What was in memory is gone, and is asked for by the order's id: one order, one message."""
    async with office.open():
        await office.asks()
        await office.abe.sees_message("would like to thank")
        office.slack.faults.arm("conversations.open", Fault.ERROR_BEFORE, times=1000)
        await office.approves()
        await office.until("ordered")
        await office.rests()
    looked_up = len(gets(service))
    office.slack.faults.clear()
    office.clock.turn(minutes=10)
    async with office.open():
        assert await office.delivered() == service.links[0]
        await office.until("delivered")
    assert gets(service)[looked_up:] == [f"/v2/order/{service.orders[0].id}"]
    assert len(service.requests) == len(service.orders) == 1
    assert len(office.rob.messages()) == 1


async def test_a_restart_between_two_tries_changes_no_byte(office: Office, service: Noting) -> None:
    """The order was written from a catalogue that has changed since: it is sent as it was kept, and is one order."""
    production(service)
    service.faults.arm(ORDER, Fault.REPLY_LOST, times=2)
    async with office.open():
        await office.asks()
        await office.approves()
        await eventually_asked(office, service)
    service.catalogue.products = [a_product("NEWS-GB"), a_product("ELSE-GB")]
    office.clock.turn(hours=2)
    async with office.open():
        await office.rests()
        office.clock.turn(minutes=10)
        assert await office.delivered() == service.links[0]
    assert len(service.requests) >= 3
    assert len(set(service.requests)) == len(set(keys(service))) == len(service.orders) == 1
    assert b'"values":["PGWT-GB","HTHR-GB"]' in service.requests[0]


async def test_a_crash_while_an_order_is_noted_leaves_a_way_on(office: Office, service: Noting) -> None:
    """Its id was kept and the gift's step was not: no order can be placed just now, and the known one is delivered."""
    service.faults.arm(ORDER, Fault.REPLY_LOST)
    async with office.open():
        await office.asks()
        await office.approves()
        await eventually_asked(office, service)
    with closing(sqlite3.connect(office.database)) as connection, connection:
        connection.execute("UPDATE orders SET provider_id = ?", (service.orders[0].id,))
    service.faults.arm(ORDER, Fault.ERROR_BEFORE, times=1000)
    office.clock.turn(minutes=10)
    async with office.open():
        assert await office.delivered() == service.links[0]
    assert len(service.orders) == 1


async def test_a_catalogue_that_is_away_costs_time_only(office: Office, service: Noting) -> None:
    """Nothing is written and nothing is sent until it is known what can be ordered."""
    production(service)
    service.faults.arm("GET /product", Fault.ERROR_BEFORE, times=2)
    async with office.open():
        await office.asks()
        await office.approves()
        for _ in range(3):
            await office.rests()
            office.clock.turn(seconds=20)
        await office.delivered()
    assert len(service.requests) == 1


async def test_a_gift_that_nobody_sells_is_said_at_once(office: Office, service: Noting) -> None:
    """Nothing in the catalogue has this value: Abe reads so, and nothing was sent."""
    production(service)
    service.catalogue.products = [a_product("PGWT-GB", smallest="50.00")]
    async with office.open():
        await office.asks()
        await office.approves()
        trouble = await office.abe.sees_message("needs somebody")
        assert "offers no gift of this value in this country" in trouble.text_shown
        assert trouble.buttons == []
    assert service.requests == []
