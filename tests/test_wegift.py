"""The WeGift client against the service's API: what is sent, and what each answer, or none, is taken to mean."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.giftcards.wegift.adapter import WeGift, order_body
from bot.giftcards.wegift.contract import CONTRACT
from bot.gifts.model.currencies import PLACES
from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.gift import Gift, GiftState, Request
from bot.gifts.model.money import Money
from bot.gifts.model.order import Order
from bot.gifts.model.outcomes import LinkReady, NotYet, OutcomeUnknown, Placed, Rejected, Unavailable
from bot.gifts.model.redemption_link import is_trusted
from bot.gifts.rate_limiter import RateLimiter
from bot.sandbox.simulator import Fault, Junk, Moment, Pending
from bot.sandbox.simulator.giftcards.wegift.api import LINKS, ORDER, WeGiftApi
from tests.harness.giftcard_server import NOON, TLS, Clock, Page, something_else

TWENTY_FIVE = Money(2500, "GBP", 2)
BRITAIN = frozenset({"GB"})


@dataclass
class Dashboard:
    """The client at work, with the service and the clock that it uses."""

    client: WeGift
    service: WeGiftApi
    clock: Clock
    answers: list[Any] = field(default_factory=list)

    def order(self, key: str = "key-1", value: Money = TWENTY_FIVE, country: str = "GB") -> Order:
        """An order as it is kept before it is sent."""
        return an_order(self.client, key, value, country)

    async def places(self, order: Order) -> Any:
        """Send an order in its turn."""
        await self.client.turn()
        self.answers.append(await self.client.place(order))
        return self.answers[-1]

    async def placed(self, key: str = "key-1") -> Order:
        """An order that the service has."""
        order = self.order(key)
        answer = await self.places(order)
        assert isinstance(answer, Placed)
        return replace(order, provider_id=answer.order_id)

    async def fetches(self, order: Order) -> Any:
        """Ask for an order's link."""
        self.answers.append(await self.client.link(order))
        return self.answers[-1]


def an_order(client: WeGift, key: str = "key-1", value: Money = TWENTY_FIVE, country: str = "GB") -> Order:
    """An order as it is kept before it is sent."""
    gift = Gift("g", "r", "UROB", GiftState.APPROVED)
    request = Request("r", "UMIA", (gift,), value, country, "thank you", NOON)
    return Order(key, gift.id, 1, order_body(request, key, client.card_id), value, country, NOON)


@asynccontextmanager
async def http(url: str, key: str, patience: float = 5.0) -> AsyncGenerator[httpx.AsyncClient]:
    """The connection to a service."""
    async with httpx.AsyncClient(base_url=url, headers={"X-API-KEY": key}, timeout=patience, verify=TLS) as client:
        yield client


@pytest.fixture
async def desk() -> AsyncGenerator[Dashboard]:
    """Everything is well; in the end, no answer has shown the API key or a link."""
    clock = Clock()
    service = WeGiftApi(clock=clock.seconds)
    await service.start()
    async with http(service.base_url, service.api_key) as connection:
        desk = Dashboard(WeGift(connection, service.card_id, clock), service, clock)
        yield desk
    await service.stop()
    printed = repr(desk.answers)
    assert [secret for secret in (service.api_key, *service.links) if secret in printed] == []


# ---------------------------------------------------------------- what is sent


@pytest.mark.parametrize(
    ("value", "country", "items"),
    [
        (Money(2500, "GBP", 2), "GB", b'[{"country":"GB","face_value":25}]'),
        (Money(2550, "GBP", 2), "GB", b'[{"country":"GB","face_value":25.5}]'),
        (Money(1, "EUR", 2), "DE", b'[{"country":"DE","face_value":0.01}]'),
        (Money(30000, "JPY", 0), "JP", b'[{"country":"JP","face_value":30000}]'),
        (Money(100000000, "USD", 2), "US", b'[{"country":"US","face_value":1000000}]'),
        (Money(1999, "USD", 2), "US", b'[{"country":"US","face_value":19.99}]'),
    ],
)
async def test_the_body_is_exactly_this(desk: Dashboard, value: Money, country: str, items: bytes) -> None:
    """One item, the key and the card; whole amounts are written whole, yen have no hundredths."""
    order = desk.order("key-1", value, country)
    answer = await desk.places(order)
    card = desk.service.card_id.encode()
    assert desk.service.requests == [b'{"items":' + items + b',"idempotency_key":"key-1","card_id":"' + card + b'"}']
    (made,) = desk.service.orders
    assert answer == Placed(made.id, value, countries=frozenset({country}))
    assert made.face_value == value.major


async def test_what_is_kept_is_what_is_sent(desk: Dashboard) -> None:
    """The body is sent as it was kept, whatever the client would write today."""
    order = replace(desk.order(), body=desk.order().body.replace(",", ", "))
    await desk.places(order)
    assert desk.service.requests == [order.body.encode()]


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 10**12), st.sampled_from(sorted(PLACES)))
def test_every_amount_is_written_exactly(minor: int, currency: str) -> None:
    """No amount that can be asked for is changed by the way it is written."""
    client = WeGift(httpx.AsyncClient(verify=TLS), "card", Clock())
    body = an_order(client, value=Money(minor, currency, PLACES[currency])).body
    (item,) = json.loads(body, parse_float=Decimal)["items"]
    assert Decimal(item["face_value"]) == Money(minor, currency, PLACES[currency]).major


async def test_the_same_key_is_the_same_order(desk: Dashboard) -> None:
    """However often it is sent, there is one order; another key makes another."""
    first = await desk.places(desk.order("key-1"))
    assert await desk.places(desk.order("key-1")) == first
    assert await desk.places(desk.order("key-2")) != first
    assert [order.idempotency_key for order in desk.service.orders] == ["key-1", "key-2"]


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("kind", "status", "reason"),
    [
        ("insufficient_funds", 400, Reason.INSUFFICIENT_FUNDS),
        ("insufficient_funds", 402, Reason.INSUFFICIENT_FUNDS),
        ("payment_method_unavailable", 400, Reason.CARD_REFUSED),
        ("validation_error", 422, Reason.NOT_OFFERED),
        ("product_validation_error", 400, Reason.NOT_OFFERED),
        ("currency_mismatch", 400, Reason.CURRENCY_MISMATCH),
        ("bad_request", 400, Reason.ORDER_REFUSED),
        ("not_found", 404, Reason.ORDER_REFUSED),
    ],
)
async def test_a_typed_refusal_is_final(desk: Dashboard, kind: str, status: int, reason: Reason) -> None:
    """The service says no, in a word that tells why, and nothing was ordered."""
    desk.service.refuse_next(kind, status)
    assert await desk.places(desk.order()) == Rejected(reason, f"{status} {kind}")
    assert desk.service.orders == []


@pytest.mark.parametrize(
    ("kind", "status", "reason"),
    [
        ("unauthorized", 401, Reason.NOT_AUTHORIZED),
        ("invalid_api_key", 401, Reason.NOT_AUTHORIZED),
        ("forbidden", 403, Reason.NOT_AUTHORIZED),
        ("ordering_restricted", 403, Reason.ORDERING_RESTRICTED),
        ("version_removed", 410, Reason.OUT_OF_DATE),
        ("card_declined", 402, Reason.ANSWER_UNREADABLE),
        ("something_new", 400, Reason.ANSWER_UNREADABLE),
        ("something_new", 403, Reason.NOT_LET_THROUGH),
    ],
)
async def test_what_is_not_about_the_order_is_no_refusal_of_it(
    desk: Dashboard, kind: str, status: int, reason: Reason
) -> None:
    """Who is not let in, or is answered in words that the contract does not have, does not know if it was ordered."""
    desk.service.refuse_next(kind, status)
    assert await desk.places(desk.order()) == OutcomeUnknown(f"{status} {kind}", reason)
    assert isinstance(await desk.places(desk.order()), Placed)


@pytest.mark.parametrize("body", ["", "<html>no</html>", '{"message": "Unauthorized"}'])
@pytest.mark.parametrize(("status", "reason"), [(401, Reason.NOT_AUTHORIZED), (403, Reason.NOT_LET_THROUGH)])
async def test_a_gateway_has_no_shape_of_its_own(desk: Dashboard, status: int, reason: Reason, body: str) -> None:
    """The contract does not say how it refuses a key, and a firewall knows no contract."""
    desk.service.block(status, body)
    assert await desk.places(desk.order()) == OutcomeUnknown(f"{status}, none of the contract's errors", reason)
    desk.service.unblock()
    assert isinstance(await desk.places(desk.order()), Placed)


async def test_another_card_is_refused(desk: Dashboard) -> None:
    """A card that is not saved at the service cannot pay."""
    order = desk.order()
    order = replace(order, body=order.body.replace(desk.service.card_id, "wg000000"))
    assert await desk.places(order) == Rejected(Reason.CARD_REFUSED, "400 payment_method_unavailable")


async def test_a_country_that_is_not_offered_is_refused(desk: Dashboard) -> None:
    """The service has the last word about where it has gifts."""
    answer = await desk.places(desk.order("key-1", Money(2500, "BRL", 2), "BR"))
    assert answer == Rejected(Reason.NOT_OFFERED, "422 validation_error")


async def test_a_wrong_key_is_refused(desk: Dashboard) -> None:
    """With another API key, neither orders nor links."""
    order = await desk.placed()
    async with http(desk.service.base_url, "wg-not-ours") as connection:
        stranger = WeGift(connection, desk.service.card_id, desk.clock)
        turned_away = OutcomeUnknown("401 unauthorized", Reason.NOT_AUTHORIZED)
        assert await stranger.place(desk.order("key-2")) == turned_away
        assert await stranger.link(order) == turned_away
    assert len(desk.service.orders) == 1


@pytest.mark.parametrize("status", [400, 409])
async def test_an_order_in_progress_is_no_refusal(desk: Dashboard, status: int) -> None:
    """The first try with this key is still being worked on: it is asked again."""
    desk.service.refuse_next("idempotency_in_progress", status)
    assert await desk.places(desk.order()) == OutcomeUnknown(f"{status} idempotency_in_progress")


async def test_a_key_that_was_used_with_another_body_is_no_refusal(desk: Dashboard) -> None:
    """The order of this key may exist (after a backup was restored): a new key could order it twice."""
    desk.service.refuse_next("idempotency_validation_error", 400)
    assert not isinstance(await desk.places(desk.order()), Rejected)


# ---------------------------------------------------------------- too fast


@pytest.mark.parametrize(("asked", "rest"), [(1, 5.0), (5, 5.0), (30, 30.0)])
async def test_a_429_gives_every_order_a_rest(desk: Dashboard, asked: int, rest: float) -> None:
    """At least five seconds, or what the service asks for; then the order is placed as if nothing had been."""
    desk.service.faults.arm(ORDER, Fault.RATE_LIMITED, seconds=asked)
    assert await desk.places(desk.order("key-1")) == Unavailable("429", timedelta(seconds=rest))
    assert desk.service.orders == []
    await desk.placed("key-2")
    assert desk.clock.slept == [rest]
    await desk.placed("key-1")
    assert desk.clock.slept == [rest, pytest.approx(0.21)]


@pytest.mark.parametrize(
    "after", ["", "soon", "-1", "1.5", "Wed, 21 Oct 2030 07:28:00 GMT", "9" * 12, "9" * 30, "9" * 400]
)
async def test_an_odd_retry_after_is_no_accident(after: str) -> None:
    """What is no number of seconds means the shortest rest, and an absurd number means no longer than a day."""
    page: Page = lambda _: web.Response(status=429, headers={"Retry-After": after})  # noqa: E731 - a page
    async with something_else(page) as (url, _), http(url, "wgkey") as connection:
        clock = Clock()
        client = WeGift(connection, "card", clock)
        answer = await client.place(an_order(client))
        assert isinstance(answer, Unavailable)
        assert timedelta(seconds=5) <= answer.after <= timedelta(days=1)
        await client.turn()
        assert clock.slept == [answer.after.total_seconds()]


async def test_links_do_not_wait_for_orders(desk: Dashboard) -> None:
    """The limit is on orders: a gift that is ordered is delivered meanwhile."""
    order = await desk.placed()
    desk.service.faults.arm(ORDER, Fault.RATE_LIMITED, seconds=60)
    await desk.places(desk.order("key-2"))
    slept = len(desk.clock.slept)
    assert isinstance(await desk.fetches(order), LinkReady)
    assert len(desk.clock.slept) == slept


async def test_orders_are_evenly_apart(desk: Dashboard) -> None:
    """The first goes at once, each of the others in its turn, also when all come together."""
    await asyncio.gather(*(desk.placed(f"key-{number}") for number in range(10)))
    times = [order.created_at - NOON.timestamp() for order in desk.service.orders]
    assert len(times) == 10
    assert desk.clock.slept == pytest.approx([0.21 * turn for turn in range(1, 10)])
    assert desk.clock.now() == NOON + 9 * CONTRACT.order_interval


async def test_the_limit_of_the_service_is_never_met(desk: Dashboard) -> None:
    """Of 310 orders at once, not one is too fast for a service that takes 300 a minute."""
    for number in range(310):
        await desk.placed(f"key-{number}")
    assert len(desk.service.orders) == 310
    assert desk.clock.now() - NOON >= timedelta(minutes=1)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 200), min_size=2, max_size=6), st.lists(st.floats(0, 90), min_size=6, max_size=6))
def test_no_minute_has_more_than_300_orders(crowds: list[int], pauses: list[float]) -> None:
    """Any window of a minute is under the limit, not only those that begin at a full minute."""
    clock = Clock()
    turns: list[datetime] = []

    async def order(pace: RateLimiter) -> None:
        await pace.turn()
        turns.append(clock.now())

    async def story() -> None:
        pace = RateLimiter(clock, CONTRACT.order_interval)
        for crowd, pause in zip(crowds, pauses, strict=False):
            await asyncio.gather(*(order(pace) for _ in range(crowd)))
            await clock.sleep(pause)

    asyncio.run(story())
    assert len(turns) == sum(crowds[: len(pauses)])
    for earlier, later in zip(turns, turns[300:], strict=False):
        assert later - earlier >= timedelta(minutes=1)


# ---------------------------------------------------------------- nobody knows


@pytest.mark.parametrize(
    ("fault", "detail", "made"),
    [
        (Fault.ERROR_BEFORE, "500", 0),
        (Fault.ERROR_AFTER, "500", 1),
        (Fault.REPLY_LOST, "POST: no reply, RemoteProtocolError", 1),
    ],
)
async def test_without_an_answer_nobody_knows(desk: Dashboard, fault: Fault, detail: str, made: int) -> None:
    """The order may exist or not; asked again in the same way, the service tells, and there is one order."""
    desk.service.faults.arm(ORDER, fault)
    assert await desk.places(desk.order()) == OutcomeUnknown(detail)
    assert len(desk.service.orders) == made
    assert isinstance(await desk.places(desk.order()), Placed)
    assert len(desk.service.orders) == 1
    assert desk.service.requests[0] == desk.service.requests[1]


@pytest.mark.parametrize("fault", [Fault.ERROR_BEFORE, Fault.REPLY_LOST])
async def test_a_link_is_asked_for_again(desk: Dashboard, fault: Fault) -> None:
    """A lost answer loses no link."""
    order = await desk.placed()
    desk.service.faults.arm(LINKS, fault)
    assert isinstance(await desk.fetches(order), OutcomeUnknown)
    assert isinstance(await desk.fetches(order), LinkReady)


async def test_a_slow_answer_is_not_waited_for(desk: Dashboard) -> None:
    """Past its patience the client does not know; the order that came late is still the only one."""
    made = asyncio.Event()

    async def watch(_: str, moment: Moment) -> None:
        if moment is Moment.AFTER:
            made.set()

    desk.service.faults.watcher = watch
    desk.service.faults.arm(ORDER, Fault.SLOW, seconds=0.3)
    async with http(desk.service.base_url, desk.service.api_key, patience=0.1) as connection:
        hasty = WeGift(connection, desk.service.card_id, desk.clock)
        assert await hasty.place(desk.order()) == OutcomeUnknown("POST: no reply, ReadTimeout")
        await asyncio.wait_for(made.wait(), 5)
    assert len(desk.service.orders) == 1
    await desk.placed()
    assert len(desk.service.orders) == 1


async def test_a_service_that_is_not_there_was_not_reached() -> None:
    """Nothing was done where nobody answered the door."""
    service = WeGiftApi()
    await service.start()
    url = service.base_url
    await service.stop()
    async with http(url, "wgkey") as connection:
        client = WeGift(connection, "card", Clock())
        assert await client.place(an_order(client)) == Unavailable("POST: not reached, ConnectError")
        order = replace(an_order(client), provider_id="O-1")
        assert await client.link(order) == Unavailable("GET: not reached, ConnectError")


# ---------------------------------------------------------------- nonsense

UNREADABLE = Reason.ANSWER_UNREADABLE


@pytest.mark.parametrize("junk", [Junk.NOT_JSON, Junk.NO_ID])
async def test_an_answer_that_cannot_be_read_means_that_nobody_knows(desk: Dashboard, junk: Junk) -> None:
    """The order exists, and the answer does not say so: asked again, it does."""
    desk.service.answer_next(ORDER, junk)
    answer = await desk.places(desk.order())
    assert isinstance(answer, OutcomeUnknown)
    assert answer.reason is UNREADABLE
    assert isinstance(await desk.places(desk.order()), Placed)
    assert len(desk.service.orders) == 1


async def test_another_amount_is_told_as_it_is(desk: Dashboard) -> None:
    """The service says that the order has another value; whoever asked compares."""
    desk.service.answer_next(ORDER, Junk.OTHER_AMOUNT)
    assert await desk.places(desk.order()) == Placed(
        desk.service.orders[0].id, Money(25000, "GBP", 2), countries=BRITAIN
    )


async def test_another_order_s_id_is_told_as_it_is(desk: Dashboard) -> None:
    """Two keys with one order: the storage refuses the second."""
    first = await desk.placed("key-1")
    desk.service.answer_next(ORDER, Junk.OTHER_ORDER_ID)
    assert await desk.places(desk.order("key-2")) == Placed(str(first.provider_id), TWENTY_FIVE, countries=BRITAIN)


@pytest.mark.parametrize("junk", [Junk.NOT_JSON, Junk.OTHER_ORDER_ID, Junk.TWO_LINKS])
async def test_links_that_are_not_this_order_s_one_link_are_not_used(desk: Dashboard, junk: Junk) -> None:
    """Another order's link, two links, or a page in their place: nothing that could be handed over."""
    order = await desk.placed()
    desk.service.answer_next(LINKS, junk)
    answer = await desk.fetches(order)
    assert isinstance(answer, OutcomeUnknown)
    assert answer.reason is UNREADABLE
    assert isinstance(await desk.fetches(order), LinkReady)


@pytest.mark.parametrize("junk", [Junk.FOREIGN_HOST, Junk.HTTP])
async def test_a_link_that_leads_elsewhere_is_not_trusted(desk: Dashboard, junk: Junk) -> None:
    """The client gives what came, and the list of hosts does not let it pass."""
    order = await desk.placed()
    desk.service.answer_next(LINKS, junk)
    answer = await desk.fetches(order)
    assert isinstance(answer, LinkReady)
    assert not is_trusted(answer.link, desk.service.link_hosts)


async def test_a_link_of_another_value_is_told_as_it_is(desk: Dashboard) -> None:
    """A link that is worth something else is seen as such."""
    order = await desk.placed()
    desk.service.answer_next(LINKS, Junk.OTHER_AMOUNT)
    answer = await desk.fetches(order)
    assert isinstance(answer, LinkReady)
    assert answer.value == Money(25000, "GBP", 2)


# ---------------------------------------------------------------- links


async def test_the_link_is_the_order_s_and_is_not_printed(desk: Dashboard) -> None:
    """The link, with its value; nothing that prints the answer prints the link."""
    order = await desk.placed()
    answer = await desk.fetches(order)
    assert isinstance(answer, LinkReady)
    assert answer.value == TWENTY_FIVE
    assert [answer.link.get_secret_value()] == desk.service.links
    assert is_trusted(answer.link, desk.service.link_hosts)
    assert f"{answer} {answer!r}".count(desk.service.links[0]) == 0


@pytest.mark.parametrize("shown_as", Pending)
async def test_a_link_that_is_not_made_yet_is_asked_for_later(desk: Dashboard, shown_as: Pending) -> None:
    """No row, an empty address or none at all: the order exists, its link does not."""
    desk.service.links_after(polls=2, shown_as=shown_as)
    order = await desk.placed()
    assert [await desk.fetches(order), await desk.fetches(order)] == [NotYet(), NotYet()]
    assert isinstance(await desk.fetches(order), LinkReady)


async def test_an_order_that_the_service_does_not_know_has_no_link(desk: Dashboard) -> None:
    """A refusal, with its type."""
    order = replace(desk.order(), provider_id="O-000000")
    assert await desk.fetches(order) == Rejected(Reason.ORDER_REFUSED, "404 not_found")


# ---------------------------------------------------------------- a service that is something else


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(status: int) -> None:
    """Neither the API key nor the order goes where the service, or somebody in its place, points."""
    page: Page = lambda _: web.Response(status=status, headers={"Location": "/elsewhere"})  # noqa: E731 - a page
    async with something_else(page) as (url, asked), http(url, "wgkey") as connection:
        client = WeGift(connection, "card", Clock())
        assert isinstance(await client.place(an_order(client)), OutcomeUnknown)
        assert isinstance(await client.link(replace(an_order(client), provider_id="O-1")), OutcomeUnknown)
    assert [request.url.path for request in asked] == ["/v2/order", "/v2/order/O-1/links"]


def reply(**changes: Any) -> str:
    """A reply to an order, changed."""
    item = {"order_id": "O-1", "country": "GB", "currency": "GBP", "face_value": 25}
    item |= {name: value for name, value in changes.items() if name in item}
    return json.dumps({"id": "O-1", "items": [item]} | {k: v for k, v in changes.items() if k not in item})


NONSENSE = {
    "nothing": (200, ""),
    "null": (200, "null"),
    "a list": (200, "[]"),
    "an object": (200, "{}"),
    "words": (200, "OK"),
    "cut off": (200, reply()[:40]),
    "not UTF-8": (200, b"\xff\xfe\xfd"),
    "nested too deeply": (200, "[" * 5000),
    "no content": (204, ""),
    "no items": (200, reply(items=[])),
    "items that are none": (200, reply(items="O-1")),
    "two items": (200, reply(items=[json.loads(reply())["items"][0]] * 2)),
    "an item of another order": (200, reply(order_id="O-2")),
    "an id that is a path": (200, reply(id="../../account", order_id="../../account")),
    "an empty id": (200, reply(id="", order_id="")),
    "an id that is a number": (200, reply(id=1, order_id=1)),
    "an id with a line break": (200, reply(id="O-1\n", order_id="O-1\n")),
    "an endless id": (200, reply(id="O" * 101, order_id="O" * 101)),
    "no amount": (200, reply(face_value=None)),
    "an amount of nothing": (200, reply(face_value=0)),
    "an amount below nothing": (200, reply(face_value=-25)),
    "an amount finer than a penny": (200, reply(face_value=25.001)),
    "an amount finer than a penny, by very little": (200, reply(face_value="25." + "0" * 40 + "1")),
    "an amount that is no number": (200, reply(face_value="NaN")),
    "an amount without end": (200, reply(face_value="Infinity")),
    "an absurd amount": (200, reply(face_value=1e30)),
    "an amount beyond numbers": (200, reply(face_value="1E999999")),
    "no currency": (200, reply(currency=None)),
    "a page of a proxy": (502, "<html>Bad Gateway</html>"),
    "too busy": (503, ""),
    "a refusal without a type": (400, '{"message": "no"}'),
    "a refusal of another type": (400, '{"type": 7}'),
    "a refusal that is a list": (400, "[]"),
    "a refusal that is a page": (404, "<html>Not Found</html>"),
}


@pytest.mark.parametrize(("status", "text"), NONSENSE.values(), ids=NONSENSE.keys())
async def test_nonsense_means_that_nobody_knows(status: int, text: str | bytes) -> None:
    """Whatever comes back from the service's address, nothing is taken for an order or for a refusal of one."""
    body = text if isinstance(text, bytes) else text.encode()
    page: Page = lambda _: web.Response(status=status, body=body, content_type="application/json")  # noqa: E731 - a page
    async with something_else(page) as (url, _), http(url, "wgkey") as connection:
        client = WeGift(connection, "card", Clock())
        assert isinstance(await client.place(an_order(client)), OutcomeUnknown)


async def test_a_currency_that_does_not_exist_is_not_ours() -> None:
    """Whoever compares sees that it is another order."""
    page: Page = lambda _: web.Response(text=reply(currency="gbp"), content_type="application/json")  # noqa: E731 - a page
    async with something_else(page) as (url, _), http(url, "wgkey") as connection:
        client = WeGift(connection, "card", Clock())
        answer = await client.place(an_order(client))
        assert isinstance(answer, Placed)
        assert answer.value != TWENTY_FIVE
