"""Lantern's client: POST /vouchers makes one, GET /vouchers/{id} shows it, both with its link."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated

import httpx
from pydantic import Field, SecretStr, TypeAdapter

from bot.giftcards.api import Api, Reply
from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.gift import Gift, Request
from bot.gifts.model.money import Money
from bot.gifts.model.order import Order
from bot.gifts.model.outcomes import LinkReady, NotYet, OutcomeUnknown, Placed, Rejected, Unavailable
from bot.gifts.model.product import Product
from bot.gifts.outages import Outages
from bot.gifts.ports import Clock
from tests.lantern.contract import CONTRACT


class _Voucher(Reply):
    id: Annotated[str, Field(pattern=r"^V-[0-9]{1,20}$")]  # it becomes part of an address
    amount_minor: int
    currency: str
    url: SecretStr | None = None


_VOUCHER = TypeAdapter(_Voucher)


class Lantern:
    """The service, paid on account."""

    has_catalogue = False
    key_life: timedelta | None = CONTRACT.key_life

    def __init__(self, http: httpx.AsyncClient, brand: str, clock: Clock, outages: Outages | None = None) -> None:
        self._api = Api(http, CONTRACT, clock, outages)
        self._brand = brand

    async def countries(self) -> frozenset[str]:
        """There is no catalogue."""
        return frozenset()

    async def products(self, country: str) -> Mapping[str, tuple[Product, ...]]:  # noqa: ARG002 - there is none
        """There is no catalogue."""
        return {}

    def names_products(self, request: Request) -> bool:  # noqa: ARG002 - it never does
        """The recipient chooses."""
        return False

    def body(self, request: Request, gift: Gift, key: str, choose_from: Sequence[Product]) -> str:  # noqa: ARG002 - the key is a header
        """One voucher."""
        value = request.value
        voucher = {"amount_minor": value.minor, "currency": value.currency, "country": request.country}
        return json.dumps({**voucher, "brand": self._brand, "memo": gift.id})

    async def turn(self) -> None:
        """Wait until the limit lets one more order through."""
        await self._api.turn()

    async def place(self, order: Order) -> Placed | Rejected | Unavailable | OutcomeUnknown:
        """Make the voucher; the same key gives the same one, for ever."""
        reply = await self._api.order("vouchers", order.body, _VOUCHER, {"Idempotency-Key": order.key})
        if not isinstance(reply, _Voucher):
            return reply
        value = Money(reply.amount_minor, reply.currency, order.value.exponent)
        return Placed(reply.id, value, LinkReady(reply.url, value) if reply.url else None)

    async def link(self, order: Order) -> LinkReady | NotYet | Rejected | Unavailable | OutcomeUnknown:
        """Fetch the voucher again."""
        reply = await self._api.get(f"vouchers/{order.provider_id}", _VOUCHER)
        if not isinstance(reply, _Voucher):
            return reply
        if reply.id != order.provider_id:
            return OutcomeUnknown("another voucher", Reason.ANSWER_UNREADABLE)
        value = Money(reply.amount_minor, reply.currency, order.value.exponent)
        return LinkReady(reply.url, value) if reply.url else NotYet()

    async def payout(self, order: Order) -> None:
        """It never says."""

    async def price(self, request: Request, choose_from: Sequence[Product]) -> None:
        """It never says."""

    async def balance(self, currency: str) -> None:
        """It never says."""

    async def find(self, order: Order) -> None:
        """There is no list."""
