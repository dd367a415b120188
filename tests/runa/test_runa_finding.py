"""Looking for an order whose key is too old to be sent."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from bot.gifts.model.outcomes import Absent, LinkReady, Placed, Unavailable
from bot.sandbox.simulator import Fault, Junk
from bot.sandbox.simulator.giftcards.runa.api import LIST
from tests.harness.giftcard_server import Page
from tests.harness.runa_server import Dashboard, Json, reply, says, stranger


def listed(*rows: Any, after: str | None = None) -> Json:
    """A page of the list of orders."""
    return {"items": list(rows), "pagination": {"cursors": {"after": after} if after else {}, "page": {"limit": 100}}}


def complete(order_id: str, description: Any = "gift of key-1", **more: Any) -> Json:
    """A row of an order that is complete."""
    order = reply(id=order_id, description=description) | more
    del order["items"]
    return order


def incomplete(order_id: str, status: str, **more: Any) -> Json:
    """A row of an order that is not, which says little."""
    return {"id": order_id, "status": status, "message": "…", **more}


async def test_an_order_is_found_by_its_gift_over_many_pages(desk: Dashboard) -> None:
    """Behind more orders than a page has: the first one, the last one, and one that is not there at all."""
    for number in range(505):
        await desk.placed(f"key-{number}")
    for number in (504, 250, 0):
        order = await desk.order(f"key-{number}")
        assert await desk.finds(order) == Placed(desk.service.orders[number].id)
    pages = [request.url.params.get("after") for request in desk.service.asked if request.method == "GET"]
    assert len(pages) == 1 + 1 + 2
    assert await desk.finds(await desk.order("key-505")) == Absent()
    found = await desk.finds(await desk.order("key-7"))
    assert isinstance(await desk.fetches(replace(await desk.order("key-7"), provider_id=found.order_id)), LinkReady)


async def test_an_order_that_is_not_complete_may_be_the_one(desk: Dashboard) -> None:
    """Its row says too little to know it: as long as it is worked on, nobody can say that there is no order."""
    desk.service.links_after(polls=3)
    order = await desk.placed()
    assert isinstance(await desk.finds(order), Unavailable)
    assert isinstance(await desk.finds(await desk.order("key-2")), Unavailable)
    for _ in range(3):
        await desk.fetches(order)
    assert await desk.finds(order) == Placed(desk.service.orders[0].id)
    assert await desk.finds(await desk.order("key-2")) == Absent()


async def test_an_empty_list_has_nothing(desk: Dashboard) -> None:
    """Nothing was ever ordered."""
    assert await desk.finds(await desk.order()) == Absent()
    assert len(desk.service.asked) == 1


@pytest.mark.parametrize(
    "other",
    [
        complete("O-2", "gift of key-11"),
        complete("O-2", "gift of key-"),
        complete("O-2", " gift of key-1"),
        complete("O-2", "GIFT OF KEY-1"),
        complete("O-2", None),
        complete("O-2", "", metadata={"gift": "gift of key-1"}),
        incomplete("O-2", "PROCESSING", description="gift of key-2"),
        incomplete("O-2", "FAILED"),
        complete("O-2", "gift of key-2", status="REFUNDED"),
        complete("O-2", "gift of key-2", new={"x": 1}, total_price=None, payment_method=None),
    ],
    ids=lambda other: f"{other['status']} {other.get('description')}",
)
async def test_another_gift_s_order_is_passed_over(other: Json) -> None:
    """What is nearly the same is another; in any shape it hides nothing."""
    async with stranger(says(listed(other))) as here:
        assert await here.finds() == Absent()
    async with stranger(says(listed(other, complete("O-1"), other))) as here:
        assert await here.finds() == Placed("O-1")


@pytest.mark.parametrize(
    "odd",
    [
        incomplete("O-2", "PROCESSING"),
        incomplete("O-2", "CANCELLED"),
        complete("O-2", 7),
        {"status": "COMPLETED"},
        7,
    ],
    ids=str,
)
async def test_one_odd_order_does_not_hide_all_others(odd: Any) -> None:
    """One that does not say whose it is hides no other; but it may be the one that is missing."""
    async with stranger(says(listed(odd, complete("O-1")))) as here:
        assert await here.finds() == Placed("O-1")
    async with stranger(says(listed(odd, complete("O-2", "gift of key-2")))) as here:
        assert isinstance(await here.finds(), Unavailable)


@pytest.mark.parametrize("odd", [{"status": "REFUNDED"}, {"currency": None}, {"total_price": "much"}])
async def test_an_odd_order_of_the_gift_is_found(odd: Json) -> None:
    """However little of it can be read: it is there, and another one would be a second."""
    async with stranger(says(listed(complete("O-1", **odd)))) as here:
        assert await here.finds() == Placed("O-1")


async def test_an_order_under_an_odd_id_is_never_taken_for_absent() -> None:
    """Nothing can be fetched under such an address, and nothing is ordered because of it."""
    async with stranger(says(listed(complete("../order", "gift of key-1")))) as here:
        assert isinstance(await here.finds(), Unavailable)


async def test_an_attempt_that_failed_is_not_taken_for_the_order() -> None:
    """Should the service one day show more of a failed order, it is still not what was bought with a later try."""
    failed = incomplete("O-1", "FAILED", description="gift of key-1")
    async with stranger(says(listed(failed, complete("O-2")))) as here:
        assert await here.finds() == Placed("O-2")


async def test_a_page_that_cannot_be_read_leaves_it_open(desk: Dashboard) -> None:
    """What was not seen is not absent."""
    order = await desk.placed("key-0")
    desk.service.answer_next(LIST, Junk.NOT_JSON)
    assert isinstance(await desk.finds(order), Unavailable)
    for fault in (Fault.ERROR_BEFORE, Fault.REPLY_LOST, Fault.RATE_LIMITED):
        desk.service.faults.arm(LIST, fault)
        assert isinstance(await desk.finds(order), Unavailable)
    assert await desk.finds(order) == Placed(desk.service.orders[0].id)


async def test_a_second_page_that_cannot_be_read_leaves_it_open() -> None:
    """Neither is what stands on a later page."""
    pages: dict[str | None, web.Response] = {None: web.json_response(listed(complete("O-2", "other"), after="O-2"))}
    page: Page = lambda request: pages.get(request.query.get("after")) or web.Response(status=500)  # noqa: E731 - a page
    async with stranger(page) as here:
        assert isinstance(await here.finds(), Unavailable)
        assert len(here.asked) == 2


async def test_a_list_that_asks_for_a_rest_gets_it(desk: Dashboard) -> None:
    """A 429 says how long to wait: whoever asks again is told so."""
    desk.service.faults.arm(LIST, Fault.RATE_LIMITED, seconds=60)
    answer = await desk.finds(await desk.order())
    assert isinstance(answer, Unavailable)
    assert answer.after == timedelta(minutes=1)


async def test_an_endless_list_is_not_read_for_ever() -> None:
    """A cursor that leads to the same page again and again is noticed at some time."""
    async with stranger(says(listed(complete("O-2", "other"), after="O-2"))) as here:
        assert isinstance(await here.finds(), Unavailable)
        assert len(here.asked) == 2


@pytest.mark.parametrize(
    ("pagination", "answer"),
    [
        ({"cursors": {}, "page": {}}, Absent()),
        ({"cursors": {"after": None, "before": None}, "page": {"limit": 100}}, Absent()),
        ({"cursors": {"after": ""}, "page": {}}, Absent()),
        ({"cursors": {"before": "O-1"}, "page": {}, "new": 1}, Absent()),
        (7, Unavailable),
        ({"cursors": {"after": 7}}, Unavailable),
        ({"cursors": []}, Unavailable),
    ],
)
async def test_the_end_of_the_list_is_where_no_cursor_leads_on(pagination: Any, answer: Any) -> None:
    """A cursor that cannot be read is no end."""
    async with stranger(says({"items": [complete("O-2", "other")], "pagination": pagination})) as here:
        found = await here.finds()
        assert found == answer or (answer is Unavailable and isinstance(found, Unavailable))
        assert len(here.asked) == 1


async def test_an_empty_page_is_the_end_whatever_its_cursor_says() -> None:
    """Nothing follows where nothing is."""
    async with stranger(says(listed(after="O-9"))) as here:
        assert await here.finds() == Absent()
        assert len(here.asked) == 1
