"""The contract that is live today: Runa 2024-02-05. One gift is one `sync` order, whose reply carries the link."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Literal

import httpx
from pydantic import Field, SecretStr, TypeAdapter

from bot.giftcards.api import Api, Pagination, Reply, money_of, number_of, readable
from bot.giftcards.runa import catalogue
from bot.giftcards.runa.contract import CONTRACT
from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.gift import Gift, Request
from bot.gifts.model.money import Money, nothing
from bot.gifts.model.order import Order
from bot.gifts.model.outcomes import (
    Absent,
    LinkReady,
    NotYet,
    OrderFailed,
    OutcomeUnknown,
    Placed,
    Rejected,
    Unavailable,
)
from bot.gifts.model.product import Product
from bot.gifts.model.redemption_link import RedemptionStatus
from bot.gifts.outages import Outages
from bot.gifts.ports import Clock

VERSION = "2024-02-05"
_CARD_DEADLINE = 3.0  # seconds; a card is not kept waiting for what it would also say
_PAYOUTS = {
    "ACTIVE": RedemptionStatus.ACTIVE,
    "CLAIMED": RedemptionStatus.CLAIMED,
    "CANCELLED": RedemptionStatus.CANCELLED,
    "EXPIRED": RedemptionStatus.EXPIRED,
}
_ORDER_ID = r"^[A-Za-z0-9_-]{1,100}$"  # it becomes part of an address
_ROWS = 500  # the most that GET /order gives at once
_MOST_PAGES = 2000


class _Payout(Reply):
    url: SecretStr | None = None
    status: str = "ACTIVE"


class _Item(Reply):
    face_value: Decimal
    currency: str | None = None
    payout: _Payout


class _Order(Reply):
    """An order in any of its shapes: completed ones have items, others say little."""

    id: Annotated[str, Field(pattern=_ORDER_ID)]
    status: Literal["COMPLETED", "FAILED", "PROCESSING"]
    currency: str = ""
    items: tuple[_Item, ...] = ()
    description: str | None = None

    @property
    def value(self) -> Money | None:
        """The value of its only item; None for an order of any other shape."""
        if len(self.items) != 1 or self.items[0].currency not in {None, self.currency}:
            return None
        return money_of(self.items[0].face_value, self.currency)

    @property
    def ready(self) -> LinkReady | None:
        """The link of its only item, once that has one."""
        link = self.items[0].payout.url if self.value else None
        return LinkReady(link, self.value, self.payout or RedemptionStatus.ACTIVE) if link and self.value else None

    @property
    def payout(self) -> RedemptionStatus | None:
        """What became of its link; None while there is none, and for a word that the contract does not have."""
        return _PAYOUTS.get(self.items[0].payout.status) if len(self.items) == 1 else None

    def is_of(self, order: Order) -> bool:
        """Whether it can be the order that was asked for: it says so, or says nothing about it."""
        return self.description in {None, order.gift_id}


class _Row(Reply):
    """An order as the list shows it: one that is not complete may say little, and those of other times anything."""

    id: str
    status: str
    description: str | None = None

    def is_of(self, order: Order) -> bool:
        """Whether it is an order of the same gift that has not come to nothing."""
        return self.description == order.gift_id and self.status != "FAILED"

    @property
    def hides_whose_it_is(self) -> bool:
        """Whether it may be any gift's: one that is still being worked on does not say."""
        return self.description is None and self.status not in {"COMPLETED", "FAILED"}


class _Orders(Reply):
    items: list[object]
    pagination: Pagination


class _Balance(Reply):
    balance: Decimal


class _Estimate(Reply):
    currency: str
    total_price: Decimal


_ORDER = TypeAdapter(_Order)
_ESTIMATE = TypeAdapter(_Estimate)
_BALANCE = TypeAdapter(_Balance)
_ORDERS = TypeAdapter(_Orders)


class Runa:
    """The service, paid from the account's balance; `templates` are what recipients choose from, by currency."""

    def __init__(
        self, http: httpx.AsyncClient, templates: Mapping[str, str], clock: Clock, outages: Outages | None = None
    ) -> None:
        self._api = Api(http, CONTRACT, clock, outages)
        self._templates = templates

    @property
    def has_catalogue(self) -> bool:
        """It has one."""
        return True

    @property
    def key_life(self) -> timedelta | None:
        """As documented."""
        return CONTRACT.key_life

    async def countries(self) -> frozenset[str] | Rejected | Unavailable:
        """The countries that anything can be spent in."""
        return await catalogue.countries(self._api)

    async def products(self, country: str) -> Mapping[str, tuple[Product, ...]] | Rejected | Unavailable:
        """Every gift card that can be ordered for a country, by currency."""
        return await catalogue.products(self._api, country)

    def names_products(self, request: Request) -> bool:
        """Without a chosen product, and without a template of the currency, an order names all to choose from."""
        return request.product is None and request.value.currency not in self._templates

    def body(self, request: Request, gift: Gift, key: str, choose_from: Sequence[Product]) -> str:  # noqa: ARG002 - this contract sends the key as a header
        """The exact body of the order for one gift of a request; the gift's id stands where lists show it."""
        item = {
            "face_value": number_of(request.value),
            "distribution_method": {"type": "PAYOUT_LINK"},
            "products": self._products(request, choose_from),
        }
        order = {
            "payment_method": {"type": "ACCOUNT_BALANCE", "currency": request.value.currency},
            "items": [item],
            "description": gift.id,
            "metadata": {"gift": gift.id, "request": request.id},
        }
        return json.dumps(order, separators=(",", ":"))

    async def turn(self) -> None:
        """Wait until the limit lets one more order through."""
        await self._api.turn()

    async def place(self, order: Order) -> Placed | OrderFailed | Rejected | Unavailable | OutcomeUnknown:
        """Create the order in one call; the same key is answered with the first reply for thirty days."""
        headers = {"X-Idempotency-Key": order.key, "X-Execution-Mode": "sync"}
        reply = await self._api.order("order", order.body, _ORDER, headers)
        if not isinstance(reply, _Order):
            return reply
        if not reply.is_of(order):
            return OutcomeUnknown(f"{reply.id} is of another gift", Reason.ANSWER_DIFFERS)
        if reply.status == "FAILED":
            return OrderFailed(f"{reply.id} failed")
        if reply.status == "PROCESSING":
            return Placed(reply.id)
        if reply.value is None:
            return OutcomeUnknown("not one item with its value", Reason.ANSWER_UNREADABLE)
        return Placed(reply.id, reply.value, reply.ready)

    async def link(self, order: Order) -> LinkReady | NotYet | OrderFailed | Rejected | Unavailable | OutcomeUnknown:
        """Fetch the order again, for its link; an order that was still being worked on may have failed since."""
        reply = await self._fetched(order)
        if not isinstance(reply, _Order):
            return reply
        if reply.status == "FAILED":
            return OrderFailed(f"{reply.id} failed")
        if reply.status == "PROCESSING":
            return NotYet()
        if reply.value is None:
            return OutcomeUnknown("not one item with its value", Reason.ANSWER_UNREADABLE)
        return reply.ready or NotYet()

    async def payout(self, order: Order) -> RedemptionStatus | Rejected | Unavailable | OutcomeUnknown:
        """Fetch the order again, for what became of its link."""
        reply = await self._fetched(order)
        if not isinstance(reply, _Order):
            return reply
        return reply.payout or OutcomeUnknown("no payout, or in no status that is known")

    async def balance(self, currency: str) -> Money | None:
        """What is left on the account in a currency."""
        reply = await self._api.get("balance", _BALANCE, {"currency": currency}, _CARD_DEADLINE)
        if not isinstance(reply, _Balance):
            return None
        return money_of(reply.balance, currency) if reply.balance > 0 else nothing(currency)  # overdrawn is empty

    async def price(self, request: Request, choose_from: Sequence[Product]) -> Money | None:
        """What Runa estimates for all gifts of a request; it cannot for templates, nor in the playground."""
        products = self._products(request, choose_from)
        if products["type"] == "TEMPLATE" or (request.product is None and not choose_from):
            return None
        asked = {
            "payment_method": {"type": "ACCOUNT_BALANCE", "currency": request.value.currency},
            "items": [{"face_value": number_of(request.value), "products": products}] * len(request.gifts),
        }
        reply = await self._api.post("order/estimate", json.dumps(asked), _ESTIMATE, deadline=_CARD_DEADLINE)
        if not isinstance(reply, _Estimate) or reply.currency != request.value.currency:
            return None
        return money_of(reply.total_price, reply.currency)

    async def find(self, order: Order) -> Placed | Absent | Unavailable:
        """Look through all orders for one that carries the gift's id and has not failed."""
        query: dict[str, str | int] = {"limit": _ROWS}
        cursors: set[str] = set()
        hidden = 0
        while len(cursors) < _MOST_PAGES:
            page = await self._api.get("order", _ORDERS, query)
            if isinstance(page, Unavailable):
                return page
            if not isinstance(page, _Orders):
                return Unavailable(f"the orders cannot be read: {page.detail}")
            rows = readable(page.items, _Row)
            if found := next((row for row in rows if row.is_of(order)), None):
                has_address = re.fullmatch(_ORDER_ID, found.id)
                return Placed(found.id) if has_address else Unavailable("it is listed under an odd id")
            hidden += len(page.items) - len(rows) + sum(row.hides_whose_it_is for row in rows)
            after = page.pagination.cursors.after
            if not after or not page.items:
                return Unavailable(f"{hidden} orders do not say whose they are") if hidden else Absent()
            if after in cursors:
                break
            cursors.add(after)
            query["after"] = after
        return Unavailable("the list of orders has no end")

    async def _fetched(self, order: Order) -> _Order | Rejected | Unavailable | OutcomeUnknown:
        assert order.provider_id is not None, "only orders that were placed are fetched"
        reply = await self._api.get(f"order/{order.provider_id}", _ORDER)
        if isinstance(reply, _Order) and (reply.id != order.provider_id or not reply.is_of(order)):
            return OutcomeUnknown("another order", Reason.ANSWER_UNREADABLE)
        return reply

    def _products(self, request: Request, choose_from: Sequence[Product]) -> dict[str, object]:
        """The chosen product; else the template of this currency, or all that can be ordered: the recipient chooses."""
        if request.product:
            return {"type": "SINGLE", "value": request.product.code}
        if template := self._templates.get(request.value.currency):
            return {"type": "TEMPLATE", "template_id": template}
        codes = [product.code for product in choose_from]
        return {"type": "SINGLE", "value": codes[0]} if len(codes) == 1 else {"type": "MULTIPLE", "values": codes}


def client(key: SecretStr, url: str, timeout: float) -> httpx.AsyncClient:
    """An HTTP client with what every call to this contract has to carry; `timeout` in seconds of silence."""
    return httpx.AsyncClient(
        base_url=url,
        headers={"X-Api-Key": key.get_secret_value(), "X-Api-Version": VERSION},
        timeout=timeout,
        follow_redirects=False,
    )
