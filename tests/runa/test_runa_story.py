"""The whole story with Runa: late, failed, lost and found again, and one order in the end."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from bot.sandbox.simulator import Fault
from bot.sandbox.simulator.giftcards.runa.api import LIST, ORDER
from tests.harness.office import Office, TurnableClock, office_with
from tests.harness.runa_server import Noting, a_product, production


@pytest.fixture
def clock() -> TurnableClock:
    """The office's clock, to be turned."""
    return TurnableClock()


@pytest.fixture
def service(clock: TurnableClock) -> Noting:
    """The gift card service of the office: the playground, with a template for each currency."""
    return Noting(clock=clock.time)


@pytest.fixture
async def office(tmp_path: Path, clock: TurnableClock, service: Noting) -> AsyncGenerator[Office]:
    """A company whose gift card service takes notes; in the end the contract was kept."""
    async with office_with(service, tmp_path, clock) as office:
        yield office
    assert service.asked
    service.check()


def keys(service: Noting) -> list[str]:
    """The keys of all tries, in order."""
    return [request.headers["X-Idempotency-Key"] for request in service.asked if is_order(request)]


def is_order(request: httpx.Request) -> bool:
    """Whether somebody tries to order."""
    return (request.method, request.url.path) == ("POST", "/v2/order")


def gets(service: Noting) -> list[str]:
    """Every look at orders, in order."""
    paths = [request.url.path for request in service.asked if request.method == "GET"]
    return [path for path in paths if path.startswith("/v2/order")]


async def _let_pass(office: Office, **time: float) -> None:
    """Let time pass in steps, so that everything due in it is tried."""
    for _ in range(4):
        await office.rests()
        office.clock.turn(**{unit: amount / 3 for unit, amount in time.items()})
        await asyncio.sleep(0.05)


def _found_in_files(office: Office, secret: str) -> list[str]:
    """Which files of the company hold something."""
    return [path.name for path in office.folder.iterdir() if secret.encode() in path.read_bytes()]


@pytest.mark.usefixtures("bot")
async def test_a_gift_is_one_call(office: Office, service: Noting) -> None:
    """The order brings its link, which goes from memory to Rob: nothing else is asked."""
    await office.asks()
    await office.approves()
    assert await office.delivered() == service.links[0]
    await office.finishes()
    assert len(service.requests) == 1
    assert gets(service) == []
    ((gift_id, request_id),) = office.ledger.gifts("id", "request_id")
    body = json.loads(service.requests[0])
    assert (body["description"], body["metadata"]) == (gift_id, {"gift": gift_id, "request": request_id})


@pytest.mark.usefixtures("bot")
async def test_an_order_that_is_complete_later_is_delivered_then(office: Office, service: Noting) -> None:
    """The service says that it is working on it; the bot asks for the order again until its link is there."""
    service.links_after(polls=2)
    await office.asks()
    await office.approves()
    await office.until("ordered")
    for _ in range(3):
        await office.rests()
        office.clock.turn(seconds=10)
    assert await office.delivered() == service.links[0]
    assert len(service.requests) == 1
    assert gets(service) == [f"/v2/order/{service.orders[0].id}"] * 3


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(("kind", "status"), [("validation_error", 400), ("not_found", 404)])
async def test_a_link_that_is_refused_can_be_asked_for_again(
    office: Office, service: Noting, kind: str, status: int
) -> None:
    """The money is spent: no word of the service takes the way to it from those who decide."""
    service.links_after(polls=1)
    service.refusals_of_links = [(kind, status)]
    await office.asks()
    await office.approves()
    await office.abe.sees_message("needs somebody")
    assert office.states() == ["needs_review"]
    await office.abe.clicks("Retry", confirm=True)
    assert await office.delivered() == service.links[0]
    assert len(service.requests) == len(service.orders) == 1


@pytest.mark.usefixtures("bot")
async def test_a_link_that_is_withheld_is_waited_for(office: Office, service: Noting) -> None:
    """A key that is not accepted just now says nothing about the link: it comes by itself, and nobody has to act."""
    service.links_after(polls=1)
    service.refusals_of_links = [("unauthorized", 401)]
    await office.asks()
    await office.approves()
    await office.until("ordered")
    for _ in range(2):
        await office.rests()
        office.clock.turn(seconds=10)
    assert await office.delivered() == service.links[0]
    assert not any("needs somebody" in message.text_shown for message in office.abe.messages())


@pytest.mark.usefixtures("bot")
async def test_an_order_that_fails_later_is_placed_anew_by_a_person(office: Office, service: Noting) -> None:
    """The gift fails after it was ordered; Mia and Abe read why, and Retry places one new order under a new key."""
    service.fail_next()
    service.links_after(polls=1)
    await office.asks()
    await office.approves()
    await office.until("ordered")
    await office.rests()
    office.clock.turn(seconds=10)
    trouble = await office.abe.sees_message("needs somebody")
    assert "@Rob: the gift card service refused the order." in trouble.text_shown
    await office.mia.sees_message("needs somebody")
    assert office.states() == ["failed"]
    assert len(service.requests) == 1

    await office.abe.clicks("Retry", confirm=True)
    await office.rests()
    office.clock.turn(seconds=10)
    await office.rests()
    office.clock.turn(seconds=10)
    assert await office.delivered() == service.links[0]
    await office.mia.sees_message("@Rob has your gift")
    first, second = keys(service)
    assert first != second
    assert service.requests[0] == service.requests[1]
    assert len(service.orders) == 1
    assert len(office.rob.messages()) == 1
    assert office.ledger.gifts("attempt") == [2]


@pytest.mark.usefixtures("bot")
async def test_an_order_that_fails_at_once_is_placed_anew_by_a_person(office: Office, service: Noting) -> None:
    """The same where the service says so in its first reply."""
    service.fail_next()
    await office.asks()
    await office.approves()
    await office.abe.sees_message("needs somebody")
    assert office.states() == ["failed"]
    await office.abe.clicks("Retry", confirm=True)
    await office.delivered()
    assert len(set(keys(service))) == 2
    assert len(service.orders) == 1


@asynccontextmanager
async def _a_month_later(office: Office, service: Noting, fault: Fault) -> AsyncGenerator[None]:
    """The first try had no answer, and the bot was away until its key is too old."""
    service.faults.arm(ORDER, fault)
    async with office.open():
        await office.asks()
        await office.approves()
        await eventually_asked(office, service)
    office.clock.turn(days=29, seconds=1)
    sent = len(service.requests)
    async with office.open():
        yield
    assert len(service.requests) == sent, "an old key is not sent"


async def eventually_asked(office: Office, service: Noting) -> None:
    """Wait until the service was asked to order, and what came of it was written down."""
    await office.rests()
    assert service.requests


async def test_an_old_order_is_found_and_delivered(office: Office, service: Noting) -> None:
    """It is looked for in the list, by the gift's id, and its link is fetched; there is one order."""
    async with _a_month_later(office, service, Fault.REPLY_LOST):
        assert await office.delivered() == service.links[0]
        await office.until("delivered")
    assert gets(service) == ["/v2/order", f"/v2/order/{service.orders[0].id}"]
    assert len(service.orders) == 1


async def test_an_old_order_that_is_not_found_has_failed(office: Office, service: Noting) -> None:
    """Nothing is sent by itself after so long: Abe reads that there is no order, and can order it anew."""
    async with _a_month_later(office, service, Fault.ERROR_BEFORE):
        trouble = await office.abe.sees_message("needs somebody")
        assert "its list has no such order: nothing was ordered" in trouble.text_shown
        assert trouble.buttons == ["Retry", "Close"]
        assert office.states() == ["failed"]
    assert service.orders == []


async def test_an_old_order_waits_for_a_list_that_cannot_be_read(office: Office, service: Noting) -> None:
    """For an hour the bot looks again by itself; then Abe's Retry looks once more, and finds it."""
    service.faults.arm(LIST, Fault.ERROR_BEFORE, times=1000)
    async with _a_month_later(office, service, Fault.REPLY_LOST):
        await office.rests()
        assert office.states() == ["approved"]
        await _let_pass(office, minutes=65)
        trouble = await office.abe.sees_message("needs somebody")
        assert "the order may exist" in trouble.text_shown
        assert office.states() == ["needs_review"]
        service.faults.clear()
        await office.abe.clicks("Retry", confirm=True)
        assert await office.delivered() == service.links[0]
    assert len(service.orders) == 1


@pytest.mark.usefixtures("bot")
async def test_a_key_that_answers_500_for_ever_does_not_hide_its_order(office: Office, service: Noting) -> None:
    """After half a minute the order is looked for in the list, and adopted: nobody has to do anything."""
    service.idempotency.keeps_5xx = True
    service.faults.arm(ORDER, Fault.ERROR_AFTER)
    await office.asks()
    await office.approves()
    await office.lets_pass(1, seconds=40)
    assert await office.delivered() == service.links[0]
    assert len(service.orders) == len(set(keys(service))) == 1
    assert "needs somebody" not in "".join(message.text_shown for message in office.abe.messages())


@pytest.mark.usefixtures("bot")
async def test_a_key_that_answers_500_for_ever_is_given_up_once_the_list_lacks_it(
    office: Office, service: Noting
) -> None:
    """It was tried anew after a first look: then Abe reads that nothing was ordered, and Retry takes a new key."""
    service.idempotency.keeps_5xx = True
    service.faults.arm(ORDER, Fault.ERROR_BEFORE)
    await office.asks()
    await office.approves()
    await office.lets_pass(8, minutes=5)
    trouble = await office.abe.sees_message("needs somebody")
    assert "its list has no such order: nothing was ordered" in trouble.text_shown
    await office.mia.sees_message("needs somebody")
    assert len(set(keys(service))) == 1
    await office.abe.clicks("Retry", confirm=True)
    assert await office.delivered() == service.links[0]
    assert (len(service.orders), len(set(keys(service)))) == (1, 2)


async def test_the_link_is_in_memory_only_while_slack_is_down(office: Office, service: Noting) -> None:
    """Ordered and not delivered: the link is in no file, while the bot runs and after; then it is fetched again."""
    async with office.open():
        await office.asks()
        await office.abe.sees_message("would like to thank")
        await office.ana.sees_message("would like to thank")
        office.slack.faults.arm("chat.postMessage", Fault.ERROR_BEFORE, times=1000)
        await office.approves()
        await office.until("ordered")
        await _let_pass(office, minutes=30)
        secret = service.links[0].rpartition("/")[2]
        assert _found_in_files(office, secret) == []
        assert _found_in_files(office, service.orders[0].id) != [], "the search is blind"
        assert office.rob.messages() == []
    assert _found_in_files(office, secret) == []
    office.slack.faults.clear()
    office.clock.turn(minutes=10)
    async with office.open():
        await office.rests()
        office.clock.turn(minutes=5)  # first Slack is to show what it has
        assert await office.delivered() == service.links[0]
        await office.finishes()
    assert _found_in_files(office, secret) == []
    assert len(service.requests) == len(service.orders) == 1


async def test_a_restart_between_order_and_delivery_loses_no_link(office: Office, service: Noting) -> None:
    """What was in memory is gone, and is asked for by the order's id: one order, one message."""
    async with office.open():
        await office.asks()
        await office.abe.sees_message("would like to thank")
        office.slack.faults.arm("conversations.open", Fault.ERROR_BEFORE, times=1000)
        await office.approves()
        await office.until("ordered")
        await office.rests()
    looked_up = len(gets(service))
    office.slack.faults.clear()
    office.clock.turn(minutes=10)
    async with office.open():
        assert await office.delivered() == service.links[0]
        await office.until("delivered")
    assert gets(service)[looked_up:] == [f"/v2/order/{service.orders[0].id}"]
    assert len(service.requests) == len(service.orders) == 1
    assert len(office.rob.messages()) == 1


async def test_a_restart_between_two_tries_changes_no_byte(office: Office, service: Noting) -> None:
    """The order was written from a catalogue that has changed since: it is sent as it was kept, and is one order."""
    production(service)
    service.faults.arm(ORDER, Fault.REPLY_LOST, times=2)
    service.faults.arm(LIST, Fault.ERROR_BEFORE, times=1000)
    async with office.open():
        await office.asks()
        await office.approves()
        await eventually_asked(office, service)
    service.catalogue.products = [a_product("NEWS-GB"), a_product("ELSE-GB")]
    office.clock.turn(hours=2)
    async with office.open():
        await office.rests()
        office.clock.turn(seconds=20)
        assert await office.delivered() == service.links[0]
    assert len(service.requests) >= 3
    assert len(set(service.requests)) == len(set(keys(service))) == len(service.orders) == 1
    assert b'"values":["PGWT-GB","HTHR-GB"]' in service.requests[0]


async def test_a_crash_while_an_order_is_noted_leaves_a_way_on(office: Office, service: Noting) -> None:
    """Its id was kept and the gift's step was not: no order can be placed just now, and the known one is delivered."""
    service.faults.arm(ORDER, Fault.REPLY_LOST)
    async with office.open():
        await office.asks()
        await office.approves()
        await eventually_asked(office, service)
    office.intruder.notes_order(service.orders[0].id)
    service.faults.arm(ORDER, Fault.ERROR_BEFORE, times=1000)
    office.clock.turn(minutes=10)
    async with office.open():
        assert await office.delivered() == service.links[0]
    assert len(service.orders) == 1


async def test_a_catalogue_that_is_away_costs_time_only(office: Office, service: Noting) -> None:
    """Nothing is written and nothing is sent until it is known what can be ordered."""
    production(service)
    service.faults.arm("GET /product", Fault.ERROR_BEFORE, times=2)
    async with office.open():
        await office.asks()
        await office.approves()
        for _ in range(3):
            await office.rests()
            office.clock.turn(seconds=20)
        await office.delivered()
    assert len(service.requests) == 1


async def test_a_gift_that_nobody_sells_is_said_at_once(office: Office, service: Noting) -> None:
    """Nothing in the catalogue has this value any more: Abe reads so, and nothing was sent."""
    production(service)
    async with office.open():
        await office.asks()
        await office.abe.sees_message("would like to thank")
        service.catalogue.products = [a_product("PGWT-GB", smallest="50.00")]
        office.clock.turn(hours=2)
        await office.rests()
        await office.approves()
        trouble = await office.abe.sees_message("needs somebody")
        assert "offers no such gift of this value in this country" in trouble.text_shown
        assert trouble.buttons == ["Close"]
    assert service.requests == []
