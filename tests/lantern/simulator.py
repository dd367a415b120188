"""Lantern on this machine."""

import itertools
import secrets
import time
from decimal import Decimal
from typing import Any, ClassVar, Final

from aiohttp import web

from bot.sandbox.simulator.giftcards.service import Clock, GiftCardService, Item, Order, RefusedOrder, parsed

ORDER: Final = "POST /vouchers"
VOUCHER: Final = "GET /vouchers/{id}"


class LanternApi(GiftCardService):
    """It makes vouchers, and shows them."""

    provider: ClassVar = "lantern"
    version: ClassVar = "/api"
    order_call: ClassVar = ORDER
    link_host: ClassVar = "cards.lantern.test"
    calls_with_links: ClassVar = frozenset({ORDER, VOUCHER})

    def __init__(self, *, clock: Clock = time.time) -> None:
        super().__init__(clock=clock)
        self.api_key = secrets.token_hex(16)
        self._numbers = itertools.count(1)

    def environment(self) -> dict[str, str]:
        """Give the environment variables that make a bot order here."""
        return {"GIFTBOT_PROVIDER": self.provider, "LANTERN_TOKEN": self.api_key, "LANTERN_URL": self.base_url}

    def amount(self, value: Decimal) -> float:
        """Write a value in minor units, of a currency that has a hundred of them."""
        return int(value * 100)

    def idempotency_key(self, request: web.Request, _body: Any) -> str | None:
        """Give the key of a request for an order, which is in its header."""
        return request.headers.get("Idempotency-Key")

    def check_caller(self, request: web.Request) -> None:
        """Refuse a caller without the right token."""
        if request.headers.get("Authorization") != f"Bearer {self.api_key}":
            raise RefusedOrder("token", 401, "Who are you?")

    def error(self, refused: RefusedOrder) -> dict[str, Any]:
        """Write an error: for people, without a type."""
        return {"error": str(refused)}

    def routes(self) -> list[web.RouteDef]:
        """Give the routes of this contract."""
        return [
            web.get(f"{self.version}/me", self.guarded(self._me)),
            web.post(f"{self.version}/vouchers", self.guarded(self._order)),
            web.get(f"{self.version}/vouchers/{{id}}", self.guarded(self._show)),
        ]

    async def _me(self, _request: web.Request) -> web.Response:
        return self.answer("GET /me", {"name": "The Company"})

    async def _order(self, request: web.Request) -> web.Response:
        key, body = request.headers["Idempotency-Key"], await request.read()
        order = next((order for order in self.orders if order.idempotency_key == key), None)
        if order is not None and order.body != body:
            raise RefusedOrder("conflict", 409, "This key is that of another voucher: do not send it again")
        if order is None:
            self.check_refusal()
            order = self._make(key, body)
        return self.answer(ORDER, self._voucher(order), about=order, status=201)

    async def _show(self, request: web.Request) -> web.Response:
        order = next((order for order in self.orders if order.id == request.match_info["id"]), None)
        if order is None:
            raise RefusedOrder("voucher", 404, "There is no such voucher")
        return self.answer(VOUCHER, self._voucher(order), about=order)

    def _make(self, key: str, body: bytes) -> Order:
        asked, number = parsed(body), next(self._numbers)
        link = f"https://{self.link_host}/{secrets.token_urlsafe(12)}"
        item = Item(f"C-{number}", Decimal(asked["amount_minor"]) / 100, link)
        order = Order(f"V-{number}", key, body, asked["country"], asked["currency"], (item,), self._clock())
        self.orders.append(order)
        return order

    def _voucher(self, order: Order) -> dict[str, Any]:
        amount = {"amount_minor": self.amount(order.face_value), "currency": order.currency}
        return {"id": order.id, **amount, "url": order.items[0].link}
