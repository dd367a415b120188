"""The link of an order at Runa, and whose it is."""

from dataclasses import replace

import pytest

from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.outcomes import LinkReady, NotYet, OrderFailed, OutcomeUnknown, Placed, Rejected
from bot.gifts.model.redemption_link import is_trusted
from bot.sandbox.simulator import Junk, Pending
from bot.sandbox.simulator.giftcards.runa.api import DETAILS, ORDER
from tests.harness.runa_server import TWENTY_FIVE, UNREADABLE, Dashboard


async def test_the_link_is_the_order_s_and_is_not_printed(desk: Dashboard) -> None:
    """It comes with the order, and the same again later; nothing that prints the answers prints the link."""
    order = await desk.order()
    placed = await desk.places(order)
    answer = await desk.fetches(replace(order, provider_id=placed.order_id))
    assert placed.ready == answer
    assert answer.value == TWENTY_FIVE
    assert [answer.link.get_secret_value()] == desk.service.links
    assert is_trusted(answer.link, desk.service.link_hosts)
    assert f"{placed} {placed!r} {answer} {answer!r}".count(desk.service.links[0]) == 0


@pytest.mark.parametrize("shown_as", Pending)
async def test_a_link_that_is_not_made_yet_is_asked_for_later(desk: Dashboard, shown_as: Pending) -> None:
    """Still processing, or complete with an empty address or none at all: the order exists, its link does not."""
    desk.service.links_after(polls=2, shown_as=shown_as)
    order = await desk.placed()
    assert desk.answers[0].ready is None
    assert [await desk.fetches(order), await desk.fetches(order)] == [NotYet(), NotYet()]
    assert isinstance(await desk.fetches(order), LinkReady)


async def test_an_order_may_fail_after_it_was_placed(desk: Dashboard) -> None:
    """Then nothing was sold, and asking for it again says so for ever; so does its key."""
    desk.service.fail_next()
    desk.service.links_after(polls=1)
    order = await desk.placed()
    assert await desk.fetches(order) == NotYet()
    failed = OrderFailed(f"{order.provider_id} failed")
    assert [await desk.fetches(order), await desk.fetches(order)] == [failed, failed]
    assert await desk.places(order) == Placed(str(order.provider_id))
    assert desk.service.orders == []


async def test_an_order_that_fails_at_once_has_failed(desk: Dashboard) -> None:
    """And its key says so again."""
    desk.service.fail_next()
    answer = await desk.places(await desk.order())
    assert isinstance(answer, OrderFailed)
    assert await desk.places(await desk.order()) == answer
    assert desk.service.orders == []


@pytest.mark.parametrize("call", [ORDER, DETAILS])
@pytest.mark.parametrize("junk", [Junk.NOT_JSON, Junk.NO_ID, Junk.TWO_LINKS])
async def test_an_answer_that_cannot_be_used_is_asked_for_again(desk: Dashboard, call: str, junk: Junk) -> None:
    """A page, an order without an id, two links for one gift: nothing that could be handed over, this time."""
    order = await desk.order()
    work = desk.places
    if call == DETAILS:
        order, work = await desk.placed(), desk.fetches
    desk.service.answer_next(call, junk)
    answer = await work(order)
    assert isinstance(answer, OutcomeUnknown)
    assert answer.reason is UNREADABLE
    assert isinstance(await work(order), Placed | LinkReady)
    assert len(desk.service.orders) == 1


async def test_another_order_s_link_is_not_used(desk: Dashboard) -> None:
    """The service answers with an order that was not asked for."""
    await desk.placed("key-1")
    order = await desk.placed("key-2")
    desk.service.answer_next(DETAILS, Junk.OTHER_ORDER_ID)
    answer = await desk.fetches(order)
    assert isinstance(answer, OutcomeUnknown)
    assert answer.reason is UNREADABLE


@pytest.mark.parametrize("call", [ORDER, DETAILS])
@pytest.mark.parametrize("junk", [Junk.FOREIGN_HOST, Junk.HTTP])
async def test_a_link_that_leads_elsewhere_is_not_trusted(desk: Dashboard, call: str, junk: Junk) -> None:
    """The client gives what came, and the list of hosts does not let it pass."""
    order = await desk.placed()
    desk.service.answer_next(call, junk)
    answer = await (desk.places if call == ORDER else desk.fetches)(order)
    ready = answer.ready if isinstance(answer, Placed) else answer
    assert isinstance(ready, LinkReady)
    assert not is_trusted(ready.link, desk.service.link_hosts)


async def test_an_order_that_the_service_does_not_know_has_no_link(desk: Dashboard) -> None:
    """A refusal, with its type."""
    order = replace(await desk.order(), provider_id="O-000000")
    assert await desk.fetches(order) == Rejected(Reason.ORDER_REFUSED, "404 not_found")
