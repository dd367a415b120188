"""One call to a gift card service, and what its answer means, whatever the contract.

A 4xx with one of the contract's own words for an order that is not made is a final no to this one call. A lost
connection, a timeout, a 5xx, a redirect, an answer that cannot be read or is not the contract's (but a gateway's, say),
and one that is about us and not about the order leave it unknown whether anything was done. Only 429 and a connection
that never came about say that nothing was.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from decimal import Decimal
from typing import TypeVar

import httpx
import structlog
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from bot.giftcards.contract import Contract
from bot.giftcards.limited_body import ENCODING, Unreadable, body_of
from bot.gifts.checked_clock import CheckedClock
from bot.gifts.model.errors import Invalid
from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.money import Money, from_major
from bot.gifts.model.outcomes import OutcomeUnknown, Rejected, Unavailable
from bot.gifts.outages import Outages
from bot.gifts.ports import Clock
from bot.gifts.rate_limiter import RateLimiter, parse_retry_after

log = structlog.get_logger(__name__)

DEADLINE = 30.0  # seconds for a whole call; a socket that trickles cannot stretch it
# What is turned away at the door, whatever the body: it is about who asks, and from where, and every order meets it.
# Source: RFC 9110, sections 15.5.2, 15.5.4, 15.5.8, 15.5.11 and 15.5.22; RFC 7725.
_AT_THE_DOOR: Mapping[int, Reason] = {
    httpx.codes.UNAUTHORIZED: Reason.NOT_AUTHORIZED,
    httpx.codes.FORBIDDEN: Reason.NOT_LET_THROUGH,
    httpx.codes.PROXY_AUTHENTICATION_REQUIRED: Reason.NOT_LET_THROUGH,
    httpx.codes.GONE: Reason.NOT_LET_THROUGH,
    httpx.codes.UPGRADE_REQUIRED: Reason.NOT_LET_THROUGH,
    httpx.codes.UNAVAILABLE_FOR_LEGAL_REASONS: Reason.NOT_LET_THROUGH,
}
_ORDERS, _READS = "gift card orders", "gift card reads"  # what can fail by itself


class Reply(BaseModel):
    """The base of all replies: unknown fields are welcome, and a reply is never quoted in an error."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class Cursors(Reply):
    """Where a list goes on."""

    after: str | None = None


class Pagination(Reply):
    """What a page of a list says about the others."""

    cursors: Cursors = Cursors()


R = TypeVar("R")
M = TypeVar("M", bound=Reply)


class Api:
    """A service at one base URL; orders are spaced so that its limit is never met. `outages` hears what fails."""

    def __init__(
        self, http: httpx.AsyncClient, contract: Contract, clock: Clock, outages: Outages | None = None
    ) -> None:
        self._http = http
        self._contract = contract
        self._outages = outages or Outages(clock)
        self._pace = RateLimiter(clock, contract.order_interval)

    async def turn(self) -> None:
        """Wait until the limit lets one more order through."""
        await self._pace.turn()

    async def order(
        self, path: str, body: str, reply: TypeAdapter[R], headers: Mapping[str, str] | None = None
    ) -> R | Rejected | Unavailable | OutcomeUnknown:
        """POST an order; a 429 gives every further order a rest."""
        answer = await self._call(self._posting(path, body, headers), reply, DEADLINE, _ORDERS)
        if isinstance(answer, Unavailable):
            self._pace.hold(answer.after)
        return answer

    async def post(
        self,
        path: str,
        body: str,
        reply: TypeAdapter[R],
        deadline: float = DEADLINE,
    ) -> R | Rejected | Unavailable | OutcomeUnknown:
        """POST a question that is JSON and orders nothing; `deadline` in seconds for the whole call."""
        return await self._call(self._posting(path, body), reply, deadline)

    async def get(
        self,
        path: str,
        reply: TypeAdapter[R],
        query: Mapping[str, str | int] | None = None,
        deadline: float = DEADLINE,
    ) -> R | Rejected | Unavailable | OutcomeUnknown:
        """GET something; what is refused there says nothing about what can be ordered."""
        answer = await self._call(self._http.build_request("GET", path, params=query), reply, deadline)
        if isinstance(answer, Rejected) and not answer.reason.can_retry:
            return Rejected(Reason.ORDER_REFUSED, answer.detail)
        return answer

    def _posting(self, path: str, body: str, headers: Mapping[str, str] | None = None) -> httpx.Request:
        json = {"Content-Type": "application/json", **(headers or {})}
        return self._http.build_request("POST", path, content=body, headers=json)

    async def _call(
        self, request: httpx.Request, reply: TypeAdapter[R], deadline: float, what: str = _READS
    ) -> R | Rejected | Unavailable | OutcomeUnknown:
        answer = await self._answer(request, reply, deadline)
        if isinstance(answer, Unavailable | OutcomeUnknown):
            self._outages.failed(what, answer.detail)
        else:
            self._outages.worked(what)
        return answer

    async def _answer(
        self, request: httpx.Request, reply: TypeAdapter[R], deadline: float
    ) -> R | Rejected | Unavailable | OutcomeUnknown:
        request.headers["Accept-Encoding"] = ENCODING
        try:
            async with asyncio.timeout(deadline), _sent(self._http, request) as response:
                body = await body_of(response)
        except Unreadable as error:
            return OutcomeUnknown(f"{request.method}: {error}", Reason.ANSWER_UNREADABLE)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return Unavailable(f"{request.method}: not reached, {type(error).__name__}")
        except (httpx.RequestError, httpx.InvalidURL, TimeoutError) as error:  # the URL is a redirect's
            return OutcomeUnknown(f"{request.method}: no reply, {type(error).__name__}")
        return meaning(response, body, reply, self._contract)


def hear_dates(http: httpx.AsyncClient, clock: CheckedClock) -> None:
    """Let a clock hear when each answer of the service was made."""

    async def asked(request: httpx.Request) -> None:
        request.extensions["asked_at"] = clock.monotonic()

    async def answered(response: httpx.Response) -> None:
        clock.hear("the gift card service", response.headers.get("Date"), response.request.extensions["asked_at"])

    http.event_hooks = {"request": [asked], "response": [answered]}


def readable(rows: Sequence[object], kind: type[M]) -> list[M]:
    """The rows of a list that can be read; one that breaks the contract hides no other."""
    read = []
    for row in rows:
        with suppress(ValidationError):
            read.append(kind.model_validate(row))
    return read


def number_of(value: Money) -> int | float:
    """Major units as a JSON number: 25, 10.5."""
    return int(value.major) if value.major == value.major.to_integral_value() else float(value.major)


def money_of(major: Decimal, currency: str) -> Money | None:
    """Money as a reply has it, or None where that is no amount."""
    try:
        return from_major(major, currency)
    except Invalid:
        return None


@asynccontextmanager
async def _sent(http: httpx.AsyncClient, request: httpx.Request) -> AsyncGenerator[httpx.Response]:
    """The reply to a request, as it comes in."""
    response = await http.send(request, stream=True)
    try:
        yield response
    finally:
        await response.aclose()


def meaning(
    response: httpx.Response, body: bytes, reply: TypeAdapter[R], contract: Contract
) -> R | Rejected | Unavailable | OutcomeUnknown:
    """What an answer says about this one call; the body of a success is read as `reply`."""
    status = response.status_code
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return Unavailable("429", parse_retry_after(response.headers.get("Retry-After", ""), contract.shortest_rest))
    if response.is_server_error:
        return OutcomeUnknown(str(status))
    if response.is_client_error:
        return _refusal(status, body, contract)
    if not response.is_success:
        return OutcomeUnknown(f"{status}, not followed", Reason.ANSWER_UNREADABLE)
    try:
        return reply.validate_json(body)
    except ValidationError as error:
        faults = ", ".join(sorted({".".join(map(str, fault["loc"])) or fault["type"] for fault in error.errors()}))
        return OutcomeUnknown(f"{status}, unreadable: {faults}", Reason.ANSWER_UNREADABLE)


def _refusal(status: int, body: bytes, contract: Contract) -> Rejected | OutcomeUnknown:
    word = contract.word_of(status, body) or ""
    detail = f"{status} {word[:60]}" if word else f"{status}, none of the contract's errors"
    log.warning(
        "refused_by_gift_card_service", status=status, type=word or None, answer=body[:500].decode("utf-8", "replace")
    )
    if word in contract.refusals:
        return Rejected(contract.refusals[word], detail)
    if word in contract.never_again:
        return OutcomeUnknown(detail, contract.never_again[word], may_repeat=False)
    no_word = contract.no_word.get(word)
    return OutcomeUnknown(detail, no_word or _AT_THE_DOOR.get(status, Reason.ANSWER_UNREADABLE))
