"""What every simulated gift card API has, whatever its contract: a key, a ledger, a rate limit, refusals.

A contract is a subclass in its own file, with its routes and the shape of its replies.
"""

import json
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from bot.simulator.faults import Call, Faults, middleware
from bot.simulator.server import HOST, LocalServer

Clock = Callable[[], float]

MINUTE: Final = 60.0
CURRENCIES: Final = {
    **dict.fromkeys(("AT", "BE", "DE", "ES", "FI", "FR", "GR", "IE", "IT", "LU", "NL", "PT"), "EUR"),
    "AU": "AUD",
    "CA": "CAD",
    "CH": "CHF",
    "CZ": "CZK",
    "DK": "DKK",
    "GB": "GBP",
    "IN": "INR",
    "JP": "JPY",
    "NO": "NOK",
    "NZ": "NZD",
    "PL": "PLN",
    "SE": "SEK",
    "SG": "SGD",
    "US": "USD",
}


@dataclass(frozen=True)
class Item:
    """One gift card of an order, with the link that is its money."""

    id: str
    face_value: Decimal
    link: str


@dataclass(frozen=True)
class Order:
    """An order that was really made and charged."""

    id: str
    idempotency_key: str
    body: bytes
    country: str
    currency: str
    items: tuple[Item, ...]
    created_at: float

    @property
    def face_value(self) -> Decimal:
        """Give the value of the whole order."""
        return sum((item.face_value for item in self.items), Decimal(0))


class RefusedOrder(Exception):
    """The service says no, with a type that a program can decide on."""

    def __init__(self, kind: str, status: int, message: str, details: list[dict[str, Any]] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body: dict[str, Any] = error_body(kind, message)
        if details is not None:
            self.body["details"] = details


def error_body(kind: str, message: str) -> dict[str, Any]:
    """Write a typed error."""
    return {"type": kind, "message": message, "help": f"https://developer.wegift.test/errors#{kind}"}


class GiftCardService:
    """A gift card API on this machine."""

    version = ""

    def __init__(self, *, clock: Clock = time.time) -> None:
        self.faults = Faults()
        self.calls: list[Call] = []
        self.requests: list[bytes] = []
        self.orders: list[Order] = []
        self.orders_a_minute = 300
        self._clock = clock
        self._refusals: deque[tuple[str, int]] = deque()
        self._asked_at: deque[float] = deque()
        app = web.Application(middlewares=[middleware(self)])
        app.add_routes(self.routes())
        self._server = LocalServer(app)
        self._port = 0

    @property
    def base_url(self) -> str:
        """Give the base URL of the API."""
        return f"http://{HOST}:{self._port}{self.version}"

    @property
    def links(self) -> list[str]:
        """Give every link that was ever bought: none of them may be seen by anybody but its recipient."""
        return [item.link for order in self.orders for item in order.items]

    def routes(self) -> list[web.RouteDef]:
        """Give the routes of this contract."""
        raise NotImplementedError

    async def start(self, port: int = 0) -> None:
        """Start to listen."""
        self._port = await self._server.start(port)

    async def stop(self) -> None:
        """Stop listening."""
        await self._server.stop()

    def refuse_next(self, kind: str, status: int, *, times: int = 1) -> None:
        """Refuse the next new orders with a typed error, as insufficient_funds, 400."""
        self._refusals.extend([(kind, status)] * times)

    def name_of(self, request: web.Request) -> str | None:
        """Name a call by its HTTP method and its path without the version."""
        resource = request.match_info.route.resource
        return None if resource is None else f"{request.method} {resource.canonical.removeprefix(self.version)}"

    async def arguments_of(self, request: web.Request) -> dict[str, Any]:
        """Read what the caller sent: what is in the path, and the JSON of the body."""
        if request.method != "POST":
            return dict(request.match_info)
        self.requests.append(await request.read())
        return {**request.match_info, "body": parsed(self.requests[-1])}

    def refusal(self, status: int) -> dict[str, Any]:
        """Write an error as the service does; being too fast has a shape of its own."""
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            return {"error": "Too many requests"}
        return error_body("internal_server_error", "Something went wrong on our side")

    def too_fast(self) -> web.Response | None:
        """Count a request for an order, whatever comes of it, and refuse it when there were too many."""
        now = self._clock()
        self._asked_at.append(now)
        while self._asked_at[0] <= now - MINUTE:
            self._asked_at.popleft()
        if len(self._asked_at) <= self.orders_a_minute:
            return None
        return web.json_response(self.refusal(429), status=429, headers={"Retry-After": "5"})

    def check_refusal(self) -> None:
        """Refuse a new order if that was switched on."""
        if self._refusals:
            kind, status = self._refusals.popleft()
            raise RefusedOrder(kind, status, kind.replace("_", " ").capitalize())


def parsed(body: bytes) -> Any:
    """Read JSON, or give None if it is none."""
    try:
        return json.loads(body)
    except ValueError:
        return None
