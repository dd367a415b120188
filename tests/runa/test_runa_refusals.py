"""What a refusal of Runa means, what asks for a rest, and what leaves it open whether anything was done."""

from datetime import timedelta
from decimal import Decimal

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.giftcards.runa.adapter import Runa
from bot.giftcards.runa.adapter import client as connected
from bot.giftcards.runa.settings import PLAYGROUND_TEMPLATES
from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.money import Money
from bot.gifts.model.outcomes import Absent, LinkReady, OutcomeUnknown, Placed, Rejected, Unavailable
from bot.sandbox.simulator import Fault
from bot.sandbox.simulator.giftcards.runa.api import DETAILS, ORDER, RunaApi
from tests.harness.giftcard_server import Clock, Page, something_else
from tests.harness.runa_server import TWENTY_FIVE, Dashboard, an_order, at_work, http, reply, says, stranger, written

REFUSALS = [
    ("not_found", 404, Reason.ORDER_REFUSED),
    ("validation_error", 422, Reason.NOT_OFFERED),
    ("bad_request", 400, Reason.ORDER_REFUSED),
    ("insufficient_funds", 400, Reason.INSUFFICIENT_FUNDS),
    ("product_validation_error", 400, Reason.NOT_OFFERED),
    ("currency_mismatch", 400, Reason.CURRENCY_MISMATCH),
    ("payment_method_unavailable", 400, Reason.CARD_REFUSED),
    ("invalid_execution_mode", 400, Reason.ORDER_REFUSED),
    ("insecure_protocol", 400, Reason.ORDER_REFUSED),
    ("pagination_error", 400, Reason.ORDER_REFUSED),
    ("insufficient_funds", 402, Reason.INSUFFICIENT_FUNDS),
    ("insufficient_funds", 422, Reason.INSUFFICIENT_FUNDS),
]
NO_WORD_ABOUT_THE_ORDER = [
    ("unauthorized", 401, Reason.NOT_AUTHORIZED),
    ("unauthorized", 400, Reason.NOT_AUTHORIZED),
    ("invalid_api_key", 401, Reason.NOT_AUTHORIZED),
    ("forbidden", 403, Reason.NOT_AUTHORIZED),
    ("ordering_restricted", 403, Reason.ORDERING_RESTRICTED),
    ("version_removed", 410, Reason.OUT_OF_DATE),
    ("invalid_version", 400, Reason.OUT_OF_DATE),
    ("something_new", 400, Reason.ANSWER_UNREADABLE),
    ("something_new", 401, Reason.NOT_AUTHORIZED),
    ("something_new", 402, Reason.ANSWER_UNREADABLE),
    ("something_new", 409, Reason.ANSWER_UNREADABLE),
    ("Insufficient_Funds", 400, Reason.ANSWER_UNREADABLE),
    ("about:blank", 403, Reason.NOT_LET_THROUGH),
    ("https://gateway.test/problems/blocked", 403, Reason.NOT_LET_THROUGH),
    ("about:blank", 422, Reason.ANSWER_UNREADABLE),
]
SHAPES = ["", "[]", "<html>Forbidden</html>", '{"message": "Forbidden"}', '{"type": 7}', "\x00", '"unauthorized"']
AT_THE_DOOR = [
    (401, Reason.NOT_AUTHORIZED),
    (403, Reason.NOT_LET_THROUGH),
    (407, Reason.NOT_LET_THROUGH),
    (410, Reason.NOT_LET_THROUGH),
    (426, Reason.NOT_LET_THROUGH),
    (451, Reason.NOT_LET_THROUGH),
]


@pytest.mark.parametrize(("kind", "status", "reason"), REFUSALS)
async def test_a_typed_refusal_is_final(kind: str, status: int, reason: Reason) -> None:
    """The service says no, in a word that tells why; the word decides, whatever the status and the rest."""
    refusal = {"type": kind, "message": "insufficient_funds", "help": None, "details": [{"type": "x"}], "new": [1]}
    async with stranger(says(refusal, status)) as here:
        assert await here.places() == Rejected(reason, f"{status} {kind}")


@pytest.mark.parametrize(("kind", "status", "reason"), NO_WORD_ABOUT_THE_ORDER)
async def test_what_is_not_about_the_order_is_no_refusal_of_it(kind: str, status: int, reason: Reason) -> None:
    """Who is not let in, speaks an old version, or is answered in nobody's words, does not know if it was ordered."""
    async with stranger(says({"type": kind, "message": "no", "help": None}, status)) as here:
        assert await here.places() == OutcomeUnknown(f"{status} {kind}", reason)
        assert await here.fetches() == OutcomeUnknown(f"{status} {kind}", reason)


@pytest.mark.parametrize("content", SHAPES)
@pytest.mark.parametrize(("status", "reason"), AT_THE_DOOR)
async def test_a_gateway_has_no_shape_of_its_own(status: int, reason: Reason, content: str) -> None:
    """A firewall, a proxy or another service answers in the contract's place, with a page or with nothing."""
    unknown = OutcomeUnknown(f"{status}, none of the contract's errors", reason)
    async with stranger(says(content, status)) as here:
        assert await here.places() == unknown
        assert await here.fetches() == unknown


@pytest.mark.parametrize("kind", ["about:blank", "validation_error", "insufficient_funds", "unauthorized"])
@pytest.mark.parametrize("status", [400, 402, 409, 422])
async def test_a_gateway_s_own_error_is_no_refusal(kind: str, status: int) -> None:
    """RFC 9457 has a type as well, and says nothing of what became of the request behind the gateway."""
    problem = {"type": kind, "title": "No", "status": status, "detail": "not here", "instance": "/order"}
    async with stranger(says(problem, status, Content_Type="application/problem+json")) as here:
        unknown = OutcomeUnknown(f"{status}, none of the contract's errors", Reason.ANSWER_UNREADABLE)
        assert await here.places() == unknown


@pytest.mark.parametrize("status", [500, 501, 502, 503, 504, 520, 599])
@pytest.mark.parametrize("kind", ["internal_server_error", "timeout", "insufficient_funds", "unauthorized"])
async def test_a_type_on_the_service_s_own_trouble_is_no_refusal(kind: str, status: int) -> None:
    """A 5xx leaves it open whether anything was done, whatever else it says."""
    async with stranger(says({"type": kind, "message": "no"}, status)) as here:
        assert await here.places() == OutcomeUnknown(str(status))
        assert await here.fetches() == OutcomeUnknown(str(status))


@pytest.mark.parametrize("kind", ["internal_server_error", "timeout"])
@pytest.mark.parametrize("status", [400, 408])
async def test_trouble_of_the_service_is_no_refusal_under_any_status(kind: str, status: int) -> None:
    """These types are of 500 and 504, where the order may exist: with another status they mean no less."""
    async with stranger(says({"type": kind, "message": "try again"}, status)) as here:
        assert isinstance(await here.places(), OutcomeUnknown)


@pytest.mark.parametrize("charset", ["hex", "zlib", "undefined", "idna", "punycode", "none-such", "utf-16", '"'])
async def test_a_refusal_in_any_alphabet_is_read(charset: str) -> None:
    """What a header says about the letters accidents nobody."""
    refusal = says({"type": "insufficient_funds", "message": "no"}, 400, Content_Type=f"text/plain; charset={charset}")
    async with stranger(refusal) as here:
        assert await here.places() == Rejected(Reason.INSUFFICIENT_FUNDS, "400 insufficient_funds")


async def test_a_refusal_stays_one_under_its_key(desk: Dashboard) -> None:
    """It is remembered with the key; a new key, which only a person asks for, is a new question."""
    desk.service.refuse_next("insufficient_funds", 400)
    refused = Rejected(Reason.INSUFFICIENT_FUNDS, "400 insufficient_funds")
    assert [await desk.places(await desk.order()) for _ in range(3)] == [refused] * 3
    assert desk.service.orders == []
    await desk.placed("key-2")


async def test_a_balance_that_is_too_low_is_said_so(shop: Dashboard) -> None:
    """By the account itself."""
    shop.service.balances["GBP"] = Decimal(24)
    assert await shop.places(await shop.order()) == Rejected(Reason.INSUFFICIENT_FUNDS, "400 insufficient_funds")


async def test_a_template_that_is_not_there_is_not_offered() -> None:
    """The service has the last word about what can be ordered."""
    async with at_work({"GBP": "PT-OF-YESTERDAY"}) as desk:
        assert await desk.places(await desk.order()) == Rejected(Reason.NOT_OFFERED, "400 product_validation_error")


async def test_a_template_of_another_currency_is_not_offered() -> None:
    """Pounds do not pay for dollars."""
    async with at_work({"GBP": PLAYGROUND_TEMPLATES["USD"]}) as desk:
        assert await desk.places(await desk.order()) == Rejected(Reason.CURRENCY_MISMATCH, "400 currency_mismatch")


async def test_a_part_of_a_pound_is_not_for_many() -> None:
    """What recipients choose from comes in whole amounts; the service says so, should it ever be asked."""
    async with at_work(PLAYGROUND_TEMPLATES) as desk:
        answer = await desk.places(await desk.order(value=Money(2550, "GBP", 2)))
        assert answer == Rejected(Reason.NOT_OFFERED, "400 product_validation_error")


async def test_a_wrong_key_is_refused(desk: Dashboard) -> None:
    """With another API key, neither orders nor links, and nothing can be found."""
    order = await desk.placed()
    async with http(desk.service.base_url, "XX-not-ours") as connection:
        other = Runa(connection, PLAYGROUND_TEMPLATES, desk.clock)
        turned_away = OutcomeUnknown("401 unauthorized", Reason.NOT_AUTHORIZED)
        assert await other.place(await desk.order("key-2")) == turned_away
        assert await other.link(order) == turned_away
        assert isinstance(await other.find(order), Unavailable)
    assert len(desk.service.orders) == 1


async def test_a_key_that_was_used_with_another_body_is_no_refusal(desk: Dashboard) -> None:
    """The order of this key may exist (after a backup was restored): a new key could order it twice."""
    await desk.placed()
    other = await desk.places(await desk.order(value=Money(5000, "GBP", 2)))
    assert other == OutcomeUnknown("400 idempotency_validation_error", Reason.ANSWER_DIFFERS)
    assert len(desk.service.orders) == 1


@pytest.mark.parametrize(("asked", "rest"), [(1, 5.0), (5, 5.0), (30, 30.0)])
async def test_a_429_gives_every_order_a_rest(desk: Dashboard, asked: int, rest: float) -> None:
    """At least five seconds, or what the service asks for; then the order is placed as if nothing had been."""
    desk.service.faults.arm(ORDER, Fault.RATE_LIMITED, seconds=asked)
    assert await desk.places(await desk.order("key-1")) == Unavailable("429", timedelta(seconds=rest))
    assert desk.service.orders == []
    await desk.placed("key-2")
    assert desk.clock.slept == [rest]
    await desk.placed("key-1")
    assert desk.clock.slept == [rest, pytest.approx(0.21)]


@pytest.mark.parametrize(
    "content",
    ['{"error": "rate exceeded"}', "", "[]", "<html>", '{"type": "insufficient_funds"}', '{"type": "too_fast"}'],
)
async def test_a_429_is_known_by_its_status(content: str) -> None:
    """It has a shape of its own, which nobody needs to read; and it is never a refusal."""
    async with stranger(says(content, 429)) as here:
        assert await here.places() == Unavailable("429", timedelta(seconds=5))
        assert await here.fetches() == Unavailable("429", timedelta(seconds=5))


async def test_a_429_that_is_remembered_under_its_key_is_never_a_refusal(desk: Dashboard) -> None:
    """The documents do not say whether it is: the same key is asked for ever, and nothing is ordered."""
    desk.service.idempotency.keeps_429 = True
    desk.service.faults.arm(ORDER, Fault.RATE_LIMITED)
    for _ in range(4):
        assert await desk.places(await desk.order()) == Unavailable("429", timedelta(seconds=5))
    assert desk.service.orders == []


async def test_links_do_not_wait_for_orders(desk: Dashboard) -> None:
    """The limit is on orders: a gift that is ordered is delivered meanwhile."""
    order = await desk.placed()
    desk.service.faults.arm(ORDER, Fault.RATE_LIMITED, seconds=60)
    await desk.places(await desk.order("key-2"))
    slept = len(desk.clock.slept)
    assert isinstance(await desk.fetches(order), LinkReady)
    assert len(desk.clock.slept) == slept


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
    assert await desk.places(await desk.order()) == OutcomeUnknown(detail)
    assert len(desk.service.orders) == made
    assert isinstance(await desk.places(await desk.order()), Placed)
    assert len(desk.service.orders) == 1


@pytest.mark.parametrize("fault", [Fault.ERROR_BEFORE, Fault.ERROR_AFTER])
async def test_a_500_that_is_remembered_under_its_key_is_never_a_refusal(desk: Dashboard, fault: Fault) -> None:
    """In the other reading, the same key never gets another answer; whoever asks is still told that nobody knows."""
    desk.service.idempotency.keeps_5xx = True
    desk.service.faults.arm(ORDER, fault)
    order = await desk.order()
    assert [await desk.places(order) for _ in range(4)] == [OutcomeUnknown("500")] * 4
    found = await desk.finds(order)
    assert isinstance(found, Placed if fault is Fault.ERROR_AFTER else Absent)


@pytest.mark.parametrize("fault", [Fault.ERROR_BEFORE, Fault.REPLY_LOST])
async def test_a_link_is_asked_for_again(desk: Dashboard, fault: Fault) -> None:
    """A lost answer loses no link."""
    order = await desk.placed()
    desk.service.faults.arm(DETAILS, fault)
    assert isinstance(await desk.fetches(order), OutcomeUnknown)
    assert isinstance(await desk.fetches(order), LinkReady)


async def test_a_service_that_is_not_there_was_not_reached() -> None:
    """Nothing was done where nobody answered the door."""
    service = RunaApi()
    await service.start()
    url = service.base_url
    await service.stop()
    async with http(url, "XXkey") as connection:
        client = Runa(connection, PLAYGROUND_TEMPLATES, Clock())
        order = await an_order(client, provider_id="O-1")
        assert await client.place(order) == Unavailable("POST: not reached, ConnectError")
        assert await client.link(order) == Unavailable("GET: not reached, ConnectError")
        assert isinstance(await client.find(order), Unavailable)
        nothing = await written(Runa(connection, {}, Clock()), "key-1", TWENTY_FIVE, "GB")
        assert isinstance(nothing, Unavailable)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(status: int) -> None:
    """Neither the API key nor the order goes where the service, or somebody in its place, points."""
    page: Page = lambda _: web.Response(status=status, headers={"Location": "/elsewhere"})  # noqa: E731 - a page
    async with something_else(page) as (url, asked), connected(SecretStr("XXkey"), url, 5) as connection:
        client = Runa(connection, PLAYGROUND_TEMPLATES, Clock())
        order = await an_order(client, provider_id="O-1")
        assert isinstance(await client.place(order), OutcomeUnknown)
        assert isinstance(await client.link(order), OutcomeUnknown)
        assert isinstance(await client.find(order), Unavailable)
        assert isinstance(await written(Runa(connection, {}, Clock()), "k", TWENTY_FIVE, "GB"), Unavailable)
    assert [request.url.path for request in asked] == ["/v2/order", "/v2/order/O-1", "/v2/order", "/v2/product"]


@pytest.mark.parametrize("status", [300, 302, 304, 307])
async def test_a_redirect_is_no_answer_even_with_an_order_in_it(status: int) -> None:
    """What comes along with a redirect is not what was asked for."""
    async with stranger(says(reply(), status, Location="https://elsewhere.test/v2/order")) as here:
        assert isinstance(await here.places(), OutcomeUnknown)
        assert isinstance(await here.fetches(), OutcomeUnknown)


@pytest.mark.parametrize("location", ["", "//", "http://[", "http://x:99999/", "\\", "mailto:x@y.test", "/\u00e9"])
async def test_a_redirect_to_nowhere_is_no_accident(location: str) -> None:
    """Whatever it points to, it is not gone to."""
    async with stranger(says("", 307, Location=location)) as here:
        assert isinstance(await here.places(), OutcomeUnknown)
        assert isinstance(await here.fetches(), OutcomeUnknown)
    assert here.paths == ["/v2/order", "/v2/order/O-1"]
