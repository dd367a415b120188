"""A counter of Runa's client, a service that notes everything, and strangers who answer anything."""

import json
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.giftcards.runa.adapter import VERSION, Runa
from bot.giftcards.runa.settings import PLAYGROUND_TEMPLATES
from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.gift import Gift, GiftState, Request
from bot.gifts.model.money import Money
from bot.gifts.model.order import Order
from bot.gifts.model.outcomes import Placed, Rejected, Unavailable
from bot.sandbox.simulator import Order as Made
from bot.sandbox.simulator.giftcards.runa.api import DETAILS, RunaApi
from bot.sandbox.simulator.giftcards.runa.catalogue import Product
from tests.harness.giftcard_server import NOON, TLS, Clock, Page, noted, something_else
from tests.runa.test_runa_contract import check_reply, check_request

Json = dict[str, Any]


TWENTY_FIVE = Money(2500, "GBP", 2)


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
        return (call.method, call.url.path) != ("POST", "/v2/order")
    items = said.get("items", ()) if isinstance(said, dict) else ()
    failed_at_once = call.method == "POST" and said.get("status") == "FAILED"
    return failed_at_once or any("payout" in item and not item["payout"].get("url") for item in items)


@dataclass
class Dashboard:
    """The client at work, with the service and the clock that it uses."""

    client: Runa
    service: Noting
    clock: Clock
    answers: list[Any] = field(default_factory=list)

    async def order(self, key: str = "key-1", value: Money = TWENTY_FIVE, country: str = "GB") -> Order:
        """An order as it is kept before it is sent."""
        return await an_order(self.client, key, value, country)

    async def places(self, order: Order) -> Any:
        """Send an order in its turn."""
        await self.client.turn()
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
    request = Request("request-1", "UMIA", (gift,), value, country, "thanks", NOON)
    products = await client.products(country) if client.names_products(request) else {}
    if isinstance(products, Rejected | Unavailable):
        return products
    offered = [product for product in products.get(value.currency, ()) if product.offers(value)]
    if client.names_products(request) and not offered:
        return Rejected(Reason.NOT_OFFERED, "nothing")
    return client.body(request, gift, key, offered)


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
async def at_work(templates: Mapping[str, str], *, production: bool = False) -> AsyncGenerator[Dashboard]:
    """Everything is well; in the end, no answer has shown the API key or a link, and the contract was kept."""
    clock = Clock()
    service = Noting(clock=clock.seconds, production=production)
    await service.start()
    async with http(service.base_url, service.api_key) as connection:
        desk = Dashboard(Runa(connection, templates, clock), service, clock)
        yield desk
    await service.stop()
    service.check()
    printed = f"{desk.answers} {[str(answer) for answer in desk.answers]}"
    assert [secret for secret in (service.api_key, *service.links) if secret in printed] == []


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


def exactly(face_value: str, products: str, currency: str = "GBP") -> bytes:
    """The bytes of an order."""
    return (
        f'{{"payment_method":{{"type":"ACCOUNT_BALANCE","currency":"{currency}"}},"items":[{{"face_value":{face_value},'
        f'"distribution_method":{{"type":"PAYOUT_LINK"}},"products":{products}}}],'
        '"description":"gift of key-1","metadata":{"gift":"gift of key-1","request":"request-1"}}'
    ).encode()


def a_product(code: str, **changes: Any) -> Product:
    """A British gift card of any value from a pound to a thousand, or otherwise."""
    usual = Product(code, code, "GBP", ("GB",), "fashion", "1.00", "1000.00")
    return replace(usual, **changes)


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


def production(service: Noting) -> None:
    """Let the service be the real thing, where there are no templates."""
    service.production = True
    service.api_key = f"wg{service.api_key[2:]}"


def playground(service: Noting) -> None:
    """Let the service be the one for trying out, where each currency has a template and money never runs out."""
    service.production = False
    service.balance_never_runs_out = True
    service.api_key = f"XX{service.api_key[2:]}"
