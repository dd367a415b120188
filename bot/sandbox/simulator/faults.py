"""What can go wrong between a client and a server of the simulator, and the ledger of what was called.

One aiohttp middleware serves both servers. It names every call, lets a watcher look on before and after the
work, plays the armed fault and writes the call down. The client may die at any moment: nobody here minds.
"""

import asyncio
import json
import time
import zlib
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

_GZIP = 16 + zlib.MAX_WBITS
_MIB = 1 << 20
_BLOWN_UP_TO = 64  # MiB, in 300 KB


class Fault(StrEnum):
    """The ways in which a call can go wrong."""

    REPLY_LOST = "reply_lost"  # the work is done, the connection drops without a reply
    RATE_LIMITED = "rate_limited"  # 429 and Retry-After, the work is not done
    ERROR_BEFORE = "error_before"  # 500, the work is not done
    ERROR_AFTER = "error_after"  # 500, although the work is done
    SLOW = "slow"  # the work and its reply come late
    BOMB = "bomb"  # the work is done, and its reply unpacks to far more than there is to say


@dataclass(frozen=True)
class Answer:
    """What is answered in place of the service, by itself or by a gateway before it; the work `is_done` or not."""

    status: int
    body: str = ""
    content_type: str = "application/json"
    is_done: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


class Moment(StrEnum):
    """When a watcher is called."""

    BEFORE = "before"  # the request is read, nothing is done
    AFTER = "after"  # the work is done, the reply is not sent yet


class RequestLost(Exception):
    """Raised by a watcher before the work: the request never arrived, and nobody answers."""


Watcher = Callable[[str, Moment], Awaitable[None]]


@dataclass(frozen=True)
class Call:
    """One call as a server saw it, with the reply it sent; None when no reply was sent."""

    name: str
    arguments: dict[str, Any]
    reply: Any
    at: float


def _any(_arguments: dict[str, Any]) -> bool:
    return True


@dataclass(eq=False)
class Armed:
    """A fault that waits for its calls; `left` says for how many more, `hits` with which arguments they came."""

    fault: Fault | Answer
    left: int
    seconds: float
    only: Callable[[dict[str, Any]], bool]
    hits: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Faults:
    """The switchboard of one server: what goes wrong next, and who is watching."""

    watcher: Watcher | None = None
    _armed: dict[str, list[Armed]] = field(default_factory=lambda: defaultdict(list))

    def arm(
        self,
        call: str,
        fault: Fault | Answer,
        *,
        times: int = 1,
        seconds: float = 1.0,
        only: Callable[[dict[str, Any]], bool] = _any,
    ) -> Armed:
        """Let the next calls of that name go wrong, with `only` those whose arguments it says yes to.

        Seconds is the delay, or what Retry-After says.
        """
        armed = Armed(fault, times, seconds, only)
        self._armed[call].append(armed)
        return armed

    def disarm(self, call: str, armed: Armed) -> None:
        """Let the calls go well that this fault still waits for."""
        self._armed[call] = [other for other in self._armed[call] if other is not armed]

    def clear(self) -> None:
        """Let everything go well again."""
        self._armed.clear()

    def take(self, call: str, arguments: dict[str, Any]) -> tuple[Fault | Answer | None, float]:
        """Give the fault that is next for this call, once."""
        for armed in self._armed[call]:
            if armed.only(arguments):
                armed.left -= 1
                armed.hits.append(arguments)
                if not armed.left:
                    self.disarm(call, armed)
                return armed.fault, armed.seconds
        return None, 0.0

    async def watch(self, call: str, moment: Moment) -> None:
        """Tell the watcher, if there is one, and wait for it."""
        if self.watcher is not None:
            await self.watcher(call, moment)


class Service(Protocol):
    """What the middleware must know of a server."""

    faults: Faults
    calls: list[Call]

    def name_of(self, request: web.Request) -> str | None:
        """Give the name of the call, or None for what is no call."""

    async def arguments_of(self, request: web.Request) -> dict[str, Any]:
        """Give what the caller sent."""

    def refusal(self, status: int) -> dict[str, Any]:
        """Give the body of an error in the shape of this service."""


def middleware(service: Service) -> Middleware:
    """Build the middleware that plays the faults of a server and keeps its ledger."""

    @web.middleware
    async def play(request: web.Request, handler: Handler) -> web.StreamResponse:
        name = service.name_of(request)
        if name is None:
            return await handler(request)
        arguments = await service.arguments_of(request)
        fault, seconds = service.faults.take(name, arguments)
        try:
            await service.faults.watch(name, Moment.BEFORE)
        except RequestLost:
            return _hung_up(request)
        if _is_refused_unseen(fault):
            refused = _refused(service, fault, seconds)
            service.calls.append(Call(name, arguments, _body(refused), time.time()))
            return refused
        if fault is Fault.SLOW:
            await asyncio.sleep(seconds)
        response = await handler(request)
        if fault is Fault.ERROR_AFTER or isinstance(fault, Answer):
            response = _refused(service, fault, seconds)
        reply = None if fault is Fault.REPLY_LOST else _body(response)
        if fault is Fault.BOMB:
            response = _blown_up(response)
        service.calls.append(Call(name, arguments, reply, time.time()))
        await service.faults.watch(name, Moment.AFTER)
        return _hung_up(request) if fault is Fault.REPLY_LOST else response

    return play


def _hung_up(request: web.Request) -> web.Response:
    """Drop the connection; what is returned reaches nobody."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _is_refused_unseen(fault: Fault | Answer | None) -> bool:
    """Whether the call is answered before the service has seen it."""
    if isinstance(fault, Answer):
        return not fault.is_done
    return fault in {Fault.RATE_LIMITED, Fault.ERROR_BEFORE}


def _refused(service: Service, fault: Fault | Answer | None, seconds: float) -> web.Response:
    if isinstance(fault, Answer):
        return web.Response(
            status=fault.status, text=fault.body, content_type=fault.content_type, headers=fault.headers
        )
    if fault is Fault.RATE_LIMITED:
        after = {"Retry-After": str(max(1, round(seconds)))}
        return web.json_response(service.refusal(429), status=429, headers=after)
    return web.json_response(service.refusal(500), status=500)


def _blown_up(response: web.StreamResponse) -> web.Response:
    """The same reply, with so much space behind it that it fits into little only while it is packed."""
    assert isinstance(response, web.Response), "replies are not streamed"
    assert isinstance(response.body, bytes), "replies are JSON"
    packing = zlib.compressobj(1, wbits=_GZIP)
    space = b" " * _MIB
    packed = [packing.compress(response.body), *(packing.compress(space) for _ in range(_BLOWN_UP_TO))]
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    return web.Response(status=response.status, body=b"".join([*packed, packing.flush()]), headers=headers)


def _body(response: web.StreamResponse) -> Any:
    if not isinstance(response, web.Response) or response.content_type != "application/json":
        return None
    return json.loads(response.text or "null")
