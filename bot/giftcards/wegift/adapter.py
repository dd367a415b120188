"""The WeGift contract of 2022, as its page "Make your first order" describes it: create-order and get-links."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Annotated

import httpx
from pydantic import Field, SecretStr, TypeAdapter

from bot.giftcards.api import Api, Reply, money_of, number_of
from bot.giftcards.wegift.contract import CONTRACT
from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.gift import Gift, Request
from bot.gifts.model.order import Order
from bot.gifts.model.outcomes import LinkReady, NotYet, OutcomeUnknown, Placed, Rejected, Unavailable
from bot.gifts.model.product import Product
from bot.gifts.outages import Outages
from bot.gifts.ports import Clock


class _Item(Reply):
    order_id: str
    country: str
    currency: str
    face_value: Decimal


class _Order(Reply):
    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,100}$")]  # it becomes part of an address
    items: list[_Item]
    countries: frozenset[str] = frozenset()


class _Link(Reply):
    order_id: str
    currency: str
    face_value: Decimal
    token_url: SecretStr | None = None


_ORDER = TypeAdapter(_Order)
_LINKS = TypeAdapter(list[_Link])


class WeGift:
    """The service, paid with one saved card; orders are spaced so that its limit is never met."""

    def __init__(self, http: httpx.AsyncClient, card_id: str, clock: Clock, outages: Outages | None = None) -> None:
        self._api = Api(http, CONTRACT, clock, outages)
        self.card_id = card_id

    @property
    def has_catalogue(self) -> bool:
        """The document leaves the choice to the recipient."""
        return False

    @property
    def key_life(self) -> timedelta | None:
        """As documented."""
        return CONTRACT.key_life

    async def countries(self) -> frozenset[str]:
        """The document describes no list of them."""
        return frozenset()

    async def products(self, country: str) -> Mapping[str, tuple[Product, ...]]:  # noqa: ARG002 - there is nothing to look at
        """The document describes no catalogue."""
        return {}

    def names_products(self, request: Request) -> bool:  # noqa: ARG002 - it never does
        """Without products in an order, the recipient chooses among all."""
        return False

    def body(self, request: Request, gift: Gift, key: str, choose_from: Sequence[Product]) -> str:  # noqa: ARG002 - the document has no place for its id
        """The exact body of the order for one gift of a request."""
        return order_body(request, key, self.card_id)

    async def turn(self) -> None:
        """Wait until the limit lets one more order through."""
        await self._api.turn()

    async def place(self, order: Order) -> Placed | Rejected | Unavailable | OutcomeUnknown:
        """Create the order; the service answers the same key with the same order."""
        reply = await self._api.order("order", order.body, _ORDER)
        if not isinstance(reply, _Order):
            return reply
        if len(reply.items) != 1 or reply.items[0].order_id != reply.id:
            return OutcomeUnknown("not one item of one order", Reason.ANSWER_UNREADABLE)
        value = money_of(reply.items[0].face_value, reply.items[0].currency)
        if value is None:
            return OutcomeUnknown("no amount", Reason.ANSWER_UNREADABLE)
        return Placed(reply.id, value, countries=reply.countries | {reply.items[0].country})

    async def link(self, order: Order) -> LinkReady | NotYet | Rejected | Unavailable | OutcomeUnknown:
        """Fetch the order's only link; before the order is complete there is none, or one without its address."""
        assert order.provider_id is not None, "links are fetched of orders that were placed"
        reply = await self._api.get(f"order/{order.provider_id}/links", _LINKS)
        if not isinstance(reply, list):
            return reply
        if len(reply) > 1 or any(row.order_id != order.provider_id for row in reply):
            return OutcomeUnknown("not the one link of this order", Reason.ANSWER_UNREADABLE)
        if not reply or reply[0].token_url is None:
            return NotYet()
        value = money_of(reply[0].face_value, reply[0].currency)
        if value is None:
            return OutcomeUnknown("no amount", Reason.ANSWER_UNREADABLE)
        return LinkReady(reply[0].token_url, value)

    async def payout(self, order: Order) -> None:
        """The document does not say whether a link was used."""

    async def price(self, request: Request, choose_from: Sequence[Product]) -> None:
        """The document describes no estimate."""

    async def balance(self, currency: str) -> None:
        """Orders are paid by card, so there is none."""

    async def find(self, order: Order) -> None:
        """The document describes no way to list orders."""


def order_body(request: Request, key: str, card_id: str) -> str:
    """One item, in the document's own words."""
    order = {
        "items": [{"country": request.country, "face_value": number_of(request.value)}],
        "idempotency_key": key,
        "card_id": card_id,
    }
    return json.dumps(order, separators=(",", ":"))


def client(key: SecretStr, url: str, timeout: float) -> httpx.AsyncClient:
    """An HTTP client with what every call to this contract has to carry; `timeout` in seconds of silence."""
    return httpx.AsyncClient(
        base_url=url, headers={"X-API-KEY": key.get_secret_value()}, timeout=timeout, follow_redirects=False
    )
