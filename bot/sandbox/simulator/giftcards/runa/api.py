"""Runa's contract of 2024-02-05, as its OpenAPI document has it: orders, each with its links."""

import json
import secrets
import time
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.sandbox.simulator.giftcards.runa import replies
from bot.sandbox.simulator.giftcards.runa.account import RunaAccount
from bot.sandbox.simulator.giftcards.runa.body import invalid, understood
from bot.sandbox.simulator.giftcards.runa.idempotency import Idempotency, Remembered, is_of_the_service
from bot.sandbox.simulator.giftcards.runa.orders import PayoutStatus, Placed, RedemptionStatus
from bot.sandbox.simulator.giftcards.runa.pages import page
from bot.sandbox.simulator.giftcards.runa.webhooks import Webhooks
from bot.sandbox.simulator.giftcards.service import ORDER, REST, Clock, Item, Order, Pending, RefusedOrder, parsed

__all__ = ["DETAILS", "LIST", "ORDER", "RunaApi"]

DETAILS: Final = "GET /order/{id}"
LIST: Final = "GET /order"
KEY: Final = "X-Idempotency-Key"
TRIGGERS: Final = {"insufficient_funds": 400, "internal_server_error": 500}
CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class RunaApi(RunaAccount):
    """Runa's API of 2024 on this machine: a playground, or like the real thing in production."""

    provider = "runa"
    tells_of_claims = True
    link_host = "spend.runa.test"
    calls_with_links = frozenset({ORDER, DETAILS})

    def __init__(self, *, clock: Clock = time.time, production: bool = False) -> None:
        super().__init__(clock=clock, production=production)
        self.idempotency = Idempotency(clock)
        self.links_expire = True
        self._to_fail = 0
        self._placed: dict[str, Placed] = {}
        self.webhooks: Webhooks | None = None

    async def stop(self) -> None:
        """Stop listening, and send nothing more."""
        if self.webhooks:
            await self.webhooks.stop()
        await super().stop()

    def webhooks_to(self, url: str, secret: str) -> Webhooks:
        """Send webhooks from now on, and give what sends them; the playground has none."""
        if not self.production:
            raise ValueError("there are no webhooks in the playground")
        self.webhooks = Webhooks(url, secret, self._settles)
        return self.webhooks

    async def change_product(self, code: str, **changes: Any) -> None:
        """Change a product, as Runa does from time to time."""
        before = self.catalogue.find(code)
        if before is None:
            raise ValueError(f"there is no product {code}")
        after = replace(before, **changes)
        self.catalogue.products = [after if one is before else one for one in self.catalogue.products]
        if self.webhooks:
            await self.webhooks.send(replies.product_update(before, after, self._clock()))

    def fail_next(self, *, times: int = 1) -> None:
        """Let the next new orders come to nothing: at once, or after PROCESSING when links come late."""
        self._to_fail += times

    def claim(self, order: Order) -> None:
        """Let the recipients of an order take their money."""
        self._become(order, PayoutStatus.CLAIMED)

    def expire(self, order: Order) -> None:
        """Let the links of an order expire."""
        self._become(order, PayoutStatus.EXPIRED)

    def cancel(self, order: Order) -> None:
        """Let support cancel the links of an order."""
        self._become(order, PayoutStatus.CANCELLED)

    def reinstate(self, order: Order) -> None:
        """Let support make the links of an order good again."""
        for payout in self._placed[order.id].payouts.values():
            payout.status, payout.since = PayoutStatus.ACTIVE, self._clock()

    def payout(self, link: str) -> RedemptionStatus:
        """Give what became of a link; KeyError for one that was never bought."""
        payouts = {known: payout for placed in self._placed.values() for known, payout in placed.payouts.items()}
        return payouts[link]

    def status_of(self, link: str) -> str:
        """Give what became of a link, as the reward page shows it."""
        return self.payout(link).status.value

    def redeem(self, link: str) -> None:
        """Let whoever has the link open it and take the money; ValueError when that is no longer possible."""
        self.payout(link).become(PayoutStatus.CLAIMED, self._clock())

    def idempotency_key(self, request: web.Request, _body: Any) -> str | None:
        """Give the key of a request for an order, which is in its header."""
        return request.headers.get(KEY)

    def middlewares(self) -> list[Middleware]:
        """Give what stands between the network and the routes: the keys are watched before anything goes wrong."""
        return [self._watch_key, *super().middlewares()]

    def routes(self) -> list[web.RouteDef]:
        """Give the routes of this contract."""
        return [
            *super().routes(),
            web.post(f"{self.version}/order", self.guarded(self._order)),
            web.get(f"{self.version}/order", self.guarded(self._list)),
            web.get(f"{self.version}/order/{{id}}", self.guarded(self._details)),
        ]

    @web.middleware
    async def _watch_key(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Know which keys are in progress, and remember errors that came about on the way."""
        key = request.headers.get(KEY)
        if key is None or self.name_of(request) != ORDER:
            return await handler(request)
        is_new = not self.idempotency.knows(key)
        with self.idempotency.worked_on(key, request):
            response = await handler(request)
        if is_new and is_of_the_service(response.status) and isinstance(response, web.Response):
            self.idempotency.keep(key, await request.read(), response.status, json.loads(response.text or "null"))
        return response

    async def _order(self, request: web.Request) -> web.Response:
        if (refused := self.too_fast()) is not None:
            return refused
        key, body = request.headers.get(KEY), await request.read()
        if not key:
            raise invalid([(("header", KEY), "field required")])
        if self.idempotency.is_in_progress(key, by=request):
            return self._in_progress(request)
        first = self.idempotency.recall(key, body) or self._first(request, key, body)
        if first.status >= HTTPStatus.BAD_REQUEST:
            rest = REST if first.status == HTTPStatus.TOO_MANY_REQUESTS else None
            return web.json_response(first.reply, status=first.status, headers=rest)
        about = self._placed[first.reply["id"]].order
        return self.answer(ORDER, first.reply, about=about, status=first.status)

    def _in_progress(self, request: web.Request) -> web.Response:
        if self.idempotency.in_progress == "400":
            message = "We are already processing an order for this idempotency key"
            raise RefusedOrder("idempotency_in_progress", 400, message)
        if request.transport is not None:
            request.transport.write(b"HTTP/1.1 102 Processing\r\n\r\n")
            request.transport.close()
        return web.Response()  # reaches nobody

    def _first(self, request: web.Request, key: str, body: bytes) -> Remembered:
        mode = request.headers.get("X-Execution-Mode", "async")
        try:
            placed = self._place(request, mode, key, body)
        except RefusedOrder as refused:
            return self.idempotency.keep(key, body, refused.status, refused.body)
        reply = self._shown(placed)
        if mode == "async" or reply["status"] == "PROCESSING":
            if self.webhooks:
                self.webhooks.announce(placed)
            return self.idempotency.keep(key, body, 202, replies.accepted(placed))
        return self.idempotency.keep(key, body, 200, reply)

    def _place(self, request: web.Request, mode: str, key: str, body: bytes) -> Placed:
        asked = parsed(body)
        basket = understood(asked, self.catalogue)
        if mode not in {"async", "sync"} or (mode == "sync" and len(basket.lines) > 1):
            raise RefusedOrder("invalid_execution_mode", 400, "Invalid execution mode.")
        trigger = request.headers.get("X-Trigger-Error", "")
        if trigger in TRIGGERS and not self.production:
            raise RefusedOrder(trigger, TRIGGERS[trigger], "As you asked for")
        self.check_refusal()
        self.check_funds(basket)
        order = Order(
            id=_id("O", 26),
            idempotency_key=key,
            body=body,
            country=basket.country,
            currency=basket.currency,
            items=tuple(Item(_id("E", 9), line.face_value, self._link()) for line in basket.lines),
            created_at=self._clock(),
        )
        placed = Placed(order, asked, basket, fails=self._to_fail > 0)
        self._placed[order.id] = placed
        self._book(placed)
        return placed

    def _book(self, placed: Placed) -> None:
        if placed.fails:
            self._to_fail -= 1
            return
        self.orders.append(placed.order)
        self.pay(placed.basket)

    def _link(self) -> str:
        return f"https://{self.link_host}/{secrets.token_urlsafe(24)}"

    def _shown(self, placed: Placed) -> dict[str, Any]:
        """Write an order as it is now."""
        if self._settles(placed):
            return replies.failed(placed) if placed.fails else replies.details(placed, links_expire=self.links_expire)
        if placed.fails or self._pending is Pending.NO_ROWS:
            return replies.processing(placed)
        return replies.details(placed, links_expire=self.links_expire, without_link=self._pending)

    def _settles(self, placed: Placed) -> bool:
        return placed.settles(self._clock(), seconds=self._late_seconds, polls=self._late_polls)

    def _become(self, order: Order, status: PayoutStatus) -> None:
        for payout in self._placed[order.id].payouts.values():
            payout.become(status, self._clock())

    async def _details(self, request: web.Request) -> web.Response:
        placed = self._placed.get(request.match_info["id"])
        if placed is None:
            raise RefusedOrder("not_found", 404, "The requested resource does not exist")
        reply = self._shown(placed)
        placed.polls += 1
        return self.answer(DETAILS, reply, about=placed.order)

    async def _list(self, request: web.Request) -> web.Response:
        newest_first = [*reversed(self._placed.values())]
        shown, pagination = page(newest_first, request.query, name_of=lambda placed: placed.order.id, limit=100)
        return self.answer(LIST, {"items": [self._row(placed) for placed in shown], "pagination": pagination})

    def _row(self, placed: Placed) -> dict[str, Any]:
        shown = self._shown(placed)
        return replies.row(placed) if shown["status"] == "COMPLETED" else shown


def _id(prefix: str, length: int) -> str:
    return f"{prefix}-{''.join(secrets.choice(CROCKFORD) for _ in range(length))}"
