"""The WeGift contract: POST /order and GET /order/{id}/links, as "Make your first order" describes them."""

import itertools
import secrets
import time
from collections import defaultdict, deque
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from aiohttp import web

from bot.simulator.giftcards.junk import OF_LINKS_ONLY, Junk, spoiled
from bot.simulator.giftcards.service import (
    CURRENCIES,
    Clock,
    GiftCardService,
    Item,
    Order,
    RefusedOrder,
    error_body,
    parsed,
)
from bot.simulator.giftcards.wegift_replies import link_row, number, order_reply, validate

LINK_HOST: Final = "gifts.wegift.test"
ORDER: Final = "POST /order"
LINKS: Final = "GET /order/{id}/links"


class Pending(StrEnum):
    """How the service shows a link that is not there yet."""

    NO_ROWS = "no_rows"
    NULL_URL = "null_url"
    NO_URL = "no_url"


class WeGiftApi(GiftCardService):
    """WeGift's API of 2022 on this machine."""

    version = "/v2"

    def __init__(self, *, clock: Clock = time.time) -> None:
        super().__init__(clock=clock)
        self.api_key = f"wg{secrets.token_hex(16)}"
        self.card_id = f"wg{secrets.token_hex(3)}"
        self.link_hosts = (LINK_HOST,)
        self._replies: dict[str, dict[str, Any]] = {}
        self._polls: dict[str, int] = defaultdict(int)
        self._junk: dict[str, deque[Junk]] = defaultdict(deque)
        self._numbers = itertools.count(1)
        self.links_after()

    def links_after(self, *, seconds: float = 0.0, polls: int = 0, shown_as: Pending = Pending.NO_ROWS) -> None:
        """Let links come late: some time after the order, and only after some polls."""
        self._late_seconds, self._late_polls, self._pending = seconds, polls, shown_as

    def answer_next(self, call: str, junk: Junk) -> None:
        """Answer the next call of that name with nonsense, after its work is done."""
        if call != LINKS and junk in OF_LINKS_ONLY:
            raise ValueError(f"{call} gives no links")
        self._junk[call].append(junk)

    def clear_junk(self) -> None:
        """Answer sensibly again."""
        self._junk.clear()

    def routes(self) -> list[web.RouteDef]:
        """Give the routes of this contract."""
        return [
            web.post(f"{self.version}/order", self._order),
            web.get(f"{self.version}/order/{{id}}/links", self._links),
        ]

    async def _order(self, request: web.Request) -> web.Response:
        if (refused := self.too_fast()) is not None:
            return refused
        body = await request.read()
        try:
            self._check_key(request)
            order = self._find_or_make(body)
        except RefusedOrder as refused_order:
            return web.json_response(refused_order.body, status=refused_order.status)
        return self._answer(ORDER, self._replies[order.id], order)

    async def _links(self, request: web.Request) -> web.Response:
        try:
            self._check_key(request)
        except RefusedOrder as refused:
            return web.json_response(refused.body, status=refused.status)
        order = next((order for order in self.orders if order.id == request.match_info["id"]), None)
        if order is None:
            return web.json_response(error_body("not_found", "Order not found"), status=404)
        return self._answer(LINKS, self._rows(order), order)

    def _check_key(self, request: web.Request) -> None:
        if request.headers.get("X-API-KEY") != self.api_key:
            raise RefusedOrder("unauthorized", 401, "Invalid API key")

    def _answer(self, call: str, reply: Any, order: Order) -> web.Response:
        if not self._junk[call]:
            return web.json_response(reply)
        other = next((one for one in self.orders if one is not order), None)
        junk = spoiled(
            reply,
            self._junk[call].popleft(),
            other_id=other.id if other else "O-000000",
            other_amount=number(other.face_value if other else order.face_value * 10),
        )
        if isinstance(junk, str):
            return web.Response(text=junk, content_type="text/html")
        return web.json_response(junk)

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
            Item(self._id("E"), Decimal(str(item["face_value"])), f"https://{LINK_HOST}/r/{secrets.token_urlsafe(12)}")
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
