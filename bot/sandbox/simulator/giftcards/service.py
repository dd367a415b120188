"""What every simulated gift card API has, whatever its contract: a key, a ledger, a rate limit, refusals, nonsense.

A contract is a subclass in a folder of its own, with its routes and the shape of its replies.
"""

import json
import time
from abc import ABC, abstractmethod
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from http import HTTPStatus
from typing import Any, ClassVar, Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.sandbox.simulator.faults import Call, Faults, middleware
from bot.sandbox.simulator.giftcards.malformed_replies import OF_LINKS_ONLY, Junk, spoiled
from bot.sandbox.simulator.server import HOST, LocalServer

Clock = Callable[[], float]
Responder = Callable[[web.Request], Awaitable[web.Response]]

ORDER: Final = "POST /order"
REST: Final = {"Retry-After": "5"}

MINUTE: Final = 60.0


class Pending(StrEnum):
    """How the service shows a link that is not there yet."""

    NO_ROWS = "no_rows"  # nothing at all: the order is still being worked on
    NULL_URL = "null_url"
    NO_URL = "no_url"


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
    return {"type": kind, "message": message, "help": f"https://developer.giftcards.test/errors#{kind}"}


class GiftCardService(ABC):
    """A gift card API on this machine."""

    provider: ClassVar[str]  # its name in GIFTBOT_PROVIDER
    version: ClassVar = "/v2"
    order_call: ClassVar = ORDER  # the call that makes an order, as `name_of` names it
    tells_of_claims: ClassVar = False  # whether the contract says what became of a link
    link_host: ClassVar[str]
    calls_with_links: ClassVar[frozenset[str]]

    def __init__(self, *, clock: Clock = time.time) -> None:
        self.api_key = ""
        self.faults = Faults()
        self.calls: list[Call] = []
        self.requests: list[bytes] = []
        self.orders: list[Order] = []
        self.turned_away = 0  # requests for orders that `block` answered
        self.orders_a_minute = 300
        self._clock = clock
        self._refusals: deque[tuple[str, int]] = deque()
        self._asked_at: deque[float] = deque()
        self._junk: dict[str, deque[Junk]] = defaultdict(deque)
        self._blocked: Callable[[], web.Response] | None = None
        self.links_after()
        app = web.Application(middlewares=[self._gateway, *self.middlewares()])
        app.add_routes(self.routes())
        self._server = LocalServer(app, clock)
        self._port = 0

    @property
    def base_url(self) -> str:
        """Give the base URL of the API."""
        return f"http://{HOST}:{self._port}{self.version}"

    @property
    def link_hosts(self) -> tuple[str, ...]:
        """Give the hosts that its links are on."""
        return (self.link_host,)

    @property
    def links(self) -> list[str]:
        """Give every link that was ever bought: none of them may be seen by anybody but its recipient."""
        return [item.link for order in self.orders for item in order.items]

    @abstractmethod
    def routes(self) -> list[web.RouteDef]:
        """Give the routes of this contract."""

    @abstractmethod
    def environment(self) -> dict[str, str]:
        """Give the environment variables that make a bot order here."""

    @abstractmethod
    def amount(self, value: Decimal) -> float | str:
        """Write a value as the replies of this contract do."""

    @abstractmethod
    def idempotency_key(self, request: web.Request, body: Any) -> str | None:
        """Give the key of a request for an order."""

    @abstractmethod
    def check_caller(self, request: web.Request) -> None:
        """Refuse a caller without the right key."""

    def status_of(self, link: str) -> str | None:  # noqa: ARG002 - most contracts never say
        """Give what became of a link, as the reward page shows it; None where the contract never says."""
        return None

    def redeem(self, link: str) -> None:  # noqa: ARG002 - likewise
        """Let whoever has the link open it and take the money; ValueError when that is not possible."""
        raise ValueError("the contract has no redeeming")

    def middlewares(self) -> list[Middleware]:
        """Give what stands between the network and the routes."""
        return [middleware(self)]

    async def start(self, port: int = 0) -> None:
        """Start to listen."""
        self._port = await self._server.start(port)

    async def stop(self) -> None:
        """Stop listening."""
        await self._server.stop()

    def refuse_next(self, kind: str, status: int, *, times: int = 1) -> None:
        """Refuse the next new orders with a typed error, as insufficient_funds, 400."""
        self._refusals.extend([(kind, status)] * times)

    def block(self, status: int, body: str = "", content_type: str = "text/html") -> None:
        """Let a gateway in front of the service answer every call in its own way, until `unblock`."""
        self._blocked = lambda: web.Response(status=status, text=body, content_type=content_type)

    def unblock(self) -> None:
        """Let calls through to the service."""
        self._blocked = None

    @web.middleware
    async def _gateway(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if self._blocked is None:
            return await handler(request)
        self.turned_away += self.name_of(request) == self.order_call
        return self._blocked()

    def links_after(self, *, seconds: float = 0.0, polls: int = 0, shown_as: Pending = Pending.NO_ROWS) -> None:
        """Let links come late: some time after the order, and only after some polls."""
        self._late_seconds, self._late_polls, self._pending = seconds, polls, shown_as

    def answer_next(self, call: str, junk: Junk) -> None:
        """Answer the next call of that name with nonsense, after its work is done."""
        if call not in self.calls_with_links and junk in OF_LINKS_ONLY:
            raise ValueError(f"{call} gives no links")
        self._junk[call].append(junk)

    def clear_junk(self) -> None:
        """Answer sensibly again."""
        self._junk.clear()

    def name_of(self, request: web.Request) -> str | None:
        """Name a call by its HTTP method and its path without the version."""
        resource = request.match_info.route.resource
        return None if resource is None else f"{request.method} {resource.canonical.removeprefix(self.version)}"

    async def arguments_of(self, request: web.Request) -> dict[str, Any]:
        """Read what the caller sent: what is in the path, the JSON of the body, and the key of an order."""
        if request.method != "POST":
            return dict(request.match_info)
        content = await request.read()
        if self.name_of(request) == self.order_call:
            self.requests.append(content)
        body = parsed(content)
        return {**request.match_info, "body": body, "idempotency_key": self.idempotency_key(request, body)}

    def error(self, refused: RefusedOrder) -> dict[str, Any]:
        """Write what the service says about a call that it refuses."""
        return refused.body

    def refusal(self, status: int) -> dict[str, Any]:
        """Write an error as the service does; being too fast has a shape of its own."""
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            return {"error": "Too many requests"}
        return error_body("internal_server_error", "Something went wrong on our side")

    def guarded(self, work: Responder) -> Responder:
        """Let only the right callers in, and answer what is refused on the way."""

        async def answer(request: web.Request) -> web.Response:
            try:
                self.check_caller(request)
                return await work(request)
            except RefusedOrder as refused:
                return web.json_response(self.error(refused), status=refused.status)

        return answer

    def too_fast(self) -> web.Response | None:
        """Count a request for an order, whatever comes of it, and refuse it when there were too many."""
        now = self._clock()
        self._asked_at.append(now)
        while self._asked_at[0] <= now - MINUTE:
            self._asked_at.popleft()
        if len(self._asked_at) <= self.orders_a_minute:
            return None
        return web.json_response(self.refusal(429), status=429, headers=REST)

    def check_refusal(self) -> None:
        """Refuse a new order if that was switched on."""
        if self._refusals:
            kind, status = self._refusals.popleft()
            raise RefusedOrder(kind, status, kind.replace("_", " ").capitalize())

    def answer(self, call: str, reply: Any, *, about: Order | None = None, status: int = 200) -> web.Response:
        """Send a reply about an order, or the nonsense that was switched on for this call."""
        if not self._junk[call]:
            return web.json_response(reply, status=status)
        other = next((order for order in self.orders if order is not about), None)
        itself = about.face_value if about else Decimal(1)
        junk = spoiled(
            reply,
            self._junk[call].popleft(),
            other_id=other.id if other else "O-000000",
            other_amount=self.amount(other.face_value if other else itself * 10),
        )
        if isinstance(junk, str):
            return web.Response(text=junk, content_type="text/html")
        return web.json_response(junk, status=status)


def parsed(body: bytes) -> Any:
    """Read JSON, or give None if it is none."""
    try:
        return json.loads(body)
    except ValueError:
        return None
