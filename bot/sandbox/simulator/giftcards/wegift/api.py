"""The WeGift contract: POST /order and GET /order/{id}/links, as "Make your first order" describes them."""

import itertools
import secrets
import time
from collections import defaultdict
from decimal import Decimal
from typing import Any, Final

from aiohttp import web

from bot.sandbox.simulator.giftcards.service import (
    ORDER,
    Clock,
    GiftCardService,
    Item,
    Order,
    Pending,
    RefusedOrder,
    parsed,
)
from bot.sandbox.simulator.giftcards.wegift.replies import CURRENCIES, link_row, number, order_reply, validate

__all__ = ["LINKS", "ORDER", "WeGiftApi"]

LINKS: Final = "GET /order/{id}/links"


class WeGiftApi(GiftCardService):
    """WeGift's API of 2022 on this machine."""

    provider = "wegift"
    link_host = "gifts.wegift.test"
    calls_with_links = frozenset({LINKS})

    def __init__(self, *, clock: Clock = time.time) -> None:
        super().__init__(clock=clock)
        self.api_key = f"wg{secrets.token_hex(16)}"
        self.card_id = f"wg{secrets.token_hex(3)}"
        self._replies: dict[str, dict[str, Any]] = {}
        self._polls: dict[str, int] = defaultdict(int)
        self._numbers = itertools.count(1)

    def environment(self) -> dict[str, str]:
        """Give the environment variables that make a bot order here."""
        return {
            "GIFTBOT_PROVIDER": self.provider,
            "WEGIFT_API_KEY": self.api_key,
            "WEGIFT_CARD_ID": self.card_id,
            "WEGIFT_API_URL": self.base_url,
            "GIFTBOT_LINK_HOSTS": ",".join(self.link_hosts),
        }

    def amount(self, value: Decimal) -> float:
        """Write a value as a number."""
        return number(value)

    def idempotency_key(self, _request: web.Request, body: Any) -> str | None:
        """Give the key of a request for an order, which is in its body."""
        return body.get("idempotency_key") if isinstance(body, dict) else None

    def check_caller(self, request: web.Request) -> None:
        """Refuse a caller without the right key."""
        if request.headers.get("X-API-KEY") != self.api_key:
            raise RefusedOrder("unauthorized", 401, "Invalid API key")

    def routes(self) -> list[web.RouteDef]:
        """Give the routes of this contract."""
        return [
            web.post(f"{self.version}/order", self.guarded(self._order)),
            web.get(f"{self.version}/order/{{id}}/links", self.guarded(self._links)),
        ]

    async def _order(self, request: web.Request) -> web.Response:
        if (refused := self.too_fast()) is not None:
            return refused
        order = self._find_or_make(await request.read())
        return self.answer(ORDER, self._replies[order.id], about=order)

    async def _links(self, request: web.Request) -> web.Response:
        order = next((order for order in self.orders if order.id == request.match_info["id"]), None)
        if order is None:
            raise RefusedOrder("not_found", 404, "Order not found")
        return self.answer(LINKS, self._rows(order), about=order)

    def _find_or_make(self, body: bytes) -> Order:
        """Give the order of this idempotency key, whatever else is in the body; make it if there is none."""
        asked = parsed(body)
        if not isinstance(asked, dict):
            raise RefusedOrder("bad_request", 400, "The body is not a JSON object")
        for order in self.orders:
            if order.idempotency_key == asked.get("idempotency_key"):
                return order
        validate(asked)
        if asked["card_id"] != self.card_id:
            raise RefusedOrder("payment_method_unavailable", 400, "Card not found")
        self.check_refusal()
        return self._make(asked, body)

    def _make(self, asked: dict[str, Any], body: bytes) -> Order:
        country = asked["items"][0]["country"]
        items = (
            Item(
                self._id("E"),
                Decimal(str(item["face_value"])),
                f"https://{self.link_host}/r/{secrets.token_urlsafe(12)}",
            )
            for item in asked["items"]
        )
        order = Order(
            id=self._id("O"),
            idempotency_key=asked["idempotency_key"],
            body=body,
            country=country,
            currency=CURRENCIES[country],
            items=tuple(items),
            created_at=self._clock(),
        )
        self.orders.append(order)
        self._replies[order.id] = order_reply(order, asked, payment_id=self._id("CP"))
        return order

    def _id(self, prefix: str) -> str:
        return f"{prefix}-{next(self._numbers):04}{secrets.token_hex(2).upper()}"

    def _rows(self, order: Order) -> list[dict[str, Any]]:
        self._polls[order.id] += 1
        polled_enough = self._polls[order.id] > self._late_polls
        ready = polled_enough and self._clock() >= order.created_at + self._late_seconds
        if not ready and self._pending is Pending.NO_ROWS:
            return []
        rows = [link_row(order, item) for item in order.items]
        for row in rows if not ready else []:
            row["token_url"] = None
            if self._pending is Pending.NO_URL:
                del row["token_url"]
        return rows
