"""Orders on Runa's simulated API: what is accepted, what is told of them, what becomes of them and of their links."""

import json
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import httpx
import pytest

from bot.sandbox.simulator import Junk, Pending
from bot.sandbox.simulator.giftcards.runa.api import DETAILS, ORDER, RunaApi
from bot.sandbox.simulator.giftcards.runa.catalogue import TEMPLATES
from tests.simulator.test_runa_contract import body, caller, chosen, error, item, multiple, order, running, single

Json = dict[str, Any]


@pytest.fixture
async def api() -> AsyncIterator[RunaApi]:
    """The API in its playground."""
    async with running() as api:
        yield api


@pytest.fixture
async def http(api: RunaApi) -> AsyncIterator[httpx.AsyncClient]:
    """A client with the right headers for sync orders."""
    async with caller(api) as client:
        yield client


async def test_a_sync_order_brings_its_link(api: RunaApi, http: httpx.AsyncClient) -> None:
    """One call is enough, and the ledger has the bytes that were sent."""
    asked = body(description="gift g1", metadata={"gift": "g1"})
    placed = (await order(http, asked)).json()
    (made,) = api.orders
    (link,) = api.links
    assert (made.id, made.country, made.currency, made.face_value) == (placed["id"], "GB", "GBP", Decimal(25))
    assert made.idempotency_key == "k"
    assert json.loads(made.body) == asked
    assert (placed["status"], placed["description"], placed["metadata"]) == ("COMPLETED", "gift g1", {"gift": "g1"})
    assert (placed["currency"], placed["total_price"], placed["total_discount"]) == ("GBP", "25.00", "0.00")
    (shown,) = placed["items"]
    assert (shown["face_value"], shown["price"], shown["products"]) == ("25.00", "25.00", asked["items"][0]["products"])
    assert (shown["payout"]["status"], shown["payout"]["url"]) == ("ACTIVE", link)
    assert link.startswith("https://spend.runa.test/")
    assert (await http.get(f"/order/{made.id}")).json() == placed
    assert error(await http.get("/order/O-0")) == (404, "not_found")


async def test_an_async_order_is_accepted_and_asked_for(api: RunaApi, http: httpx.AsyncClient) -> None:
    """It may have many items, and is what happens when no mode is said."""
    del http.headers["X-Execution-Mode"]
    reply = await order(http, body() | {"items": [item(10), item(20)]})
    assert (reply.status_code, reply.json().keys()) == (202, {"id", "status"})
    told = (await http.get(f"/order/{reply.json()['id']}")).json()
    assert [shown["payout"]["url"] for shown in told["items"]] == api.links
    assert told["total_price"] == "30.00"


async def test_the_list_has_the_newest_first_and_less_to_tell(api: RunaApi, http: httpx.AsyncClient) -> None:
    """A completed order shows its description and no metadata, and others nearly nothing."""
    first = await order(http, body(description="first", metadata={"gift": "1"}), "first")
    api.links_after(polls=1)
    api.fail_next()
    failed = await order(http, body(), "failed")
    await http.get(f"/order/{failed.json()['id']}")
    await http.get(f"/order/{failed.json()['id']}")
    late = await order(http, body(description="late"), "late")
    rows = (await http.get("/order")).json()["items"]
    assert [row["id"] for row in rows] == [reply.json()["id"] for reply in (late, failed, first)]
    assert [row["status"] for row in rows] == ["PROCESSING", "FAILED", "COMPLETED"]
    assert rows[0].keys() == rows[1].keys() == {"id", "status", "message"}
    assert rows[2]["description"] == "first"
    assert not {"metadata", "items"} & rows[2].keys()


async def test_the_list_comes_in_pages(api: RunaApi, http: httpx.AsyncClient) -> None:
    """New orders on the way change nothing in the pages that follow."""
    for number in range(5):
        await order(http, key=str(number))
    newest_first = [made.id for made in reversed(api.orders)]
    page = (await http.get("/order?limit=2")).json()
    await order(http, key="new")
    seen = []
    while page["items"]:
        seen += [row["id"] for row in page["items"]]
        page = (await http.get("/order", params={"limit": 2, "after": page["pagination"]["cursors"]["after"]})).json()
    assert seen == newest_first
    back = (await http.get(f"/order?limit=2&before={newest_first[3]}")).json()
    assert [row["id"] for row in back["items"]] == newest_first[1:3]
    assert error(await http.get("/order?after=O-0")) == (400, "pagination_error")


@pytest.mark.parametrize(
    ("asked", "country", "value"),
    [
        (single("PGWT-GB", 12.5, "GBP"), "GB", "12.50"),
        (single("HTHR-GB", 100, "GBP"), "GB", "100.00"),
        (single("PPDC-US", 5, "USD"), "US", "5.00"),
        (multiple("SKRT-JP KNBN-JP", 3000, "JPY"), "JP", "3000.00"),
    ],
)
async def test_ranges_and_fixed_values_are_sold(
    api: RunaApi, http: httpx.AsyncClient, asked: Json, country: str, value: str
) -> None:
    """Of one product, or of the recipient's choice."""
    placed = (await order(http, asked)).json()
    assert placed["items"][0]["face_value"] == value
    assert api.orders[0].country == country


@pytest.mark.parametrize(("template_id", "currency"), TEMPLATES.items())
async def test_the_templates_of_the_playground_are_there(
    http: httpx.AsyncClient, template_id: str, currency: str
) -> None:
    """The order says which products they mean."""
    template = {"type": "TEMPLATE", "template_id": template_id}
    placed = (await order(http, chosen(currency, template))).json()
    assert placed["currency"] == currency
    assert len(placed["items"][0]["products"]["values"]) >= 2


async def test_a_sync_order_may_be_processed_first(api: RunaApi, http: httpx.AsyncClient) -> None:
    """It completes after some polls, and stays complete; its key goes on saying that it is accepted."""
    api.links_after(polls=2)
    reply = await order(http)
    path = f"/order/{reply.json()['id']}"
    assert (reply.status_code, reply.json()["status"]) == (202, "PROCESSING")
    statuses = [(await http.get(path)).json()["status"] for _ in range(3)]
    assert statuses == ["PROCESSING", "PROCESSING", "COMPLETED"]
    api.links_after(polls=100)
    assert (await http.get(path)).json()["items"][0]["payout"]["url"] == api.links[0]
    assert (await order(http)).json() == reply.json()


async def test_a_sync_order_may_take_some_time() -> None:
    """The clock decides."""
    now = [1_800_000_000.0]
    async with running(clock=lambda: now[0]) as api, caller(api) as http:
        api.links_after(seconds=60)
        path = f"/order/{(await order(http)).json()['id']}"
        assert (await http.get(path)).json()["status"] == "PROCESSING"
        now[0] += 60
        assert (await http.get(path)).json()["completed_at"] == "2027-01-15T08:01:00.000Z"


@pytest.mark.parametrize(("shown_as", "url"), [(Pending.NULL_URL, None), (Pending.NO_URL, "no such field")])
async def test_a_complete_order_may_lack_its_link_at_first(api: RunaApi, shown_as: Pending, url: str | None) -> None:
    """Against its contract, as the other one does within its own."""
    api.links_after(polls=1, shown_as=shown_as)
    async with caller(api, checked=False) as http:
        placed = (await order(http)).json()
        assert placed["status"] == "COMPLETED"
        replies = [placed, *[(await http.get(f"/order/{placed['id']}")).json() for _ in range(2)]]
    assert [reply["items"][0]["payout"].get("url", "no such field") for reply in replies] == [url, url, api.links[0]]


async def test_an_order_may_fail_at_once_or_later(api: RunaApi) -> None:
    """Nothing was sold: it is not in the ledger."""
    async with caller(api, checked=False) as http:
        api.fail_next()
        at_once = await order(http, key="at once")
        assert (at_once.status_code, at_once.json()["status"]) == (200, "FAILED")
        api.links_after(polls=1)
        api.fail_next()
        later = await order(http, key="later")
        assert (later.status_code, later.json()["status"]) == (202, "PROCESSING")
        path = f"/order/{later.json()['id']}"
        assert [(await http.get(path)).json()["status"] for _ in range(2)] == ["PROCESSING", "FAILED"]
    assert not api.orders


async def test_a_link_is_claimed_expires_or_is_cancelled(api: RunaApi, http: httpx.AsyncClient) -> None:
    """The order tells it, and a link has one end."""
    for key in ("claimed", "expired", "cancelled", "redeemed"):
        await order(http, key=key)
    claimed, expired, cancelled, redeemed = api.orders
    api.claim(claimed)
    api.expire(expired)
    api.cancel(cancelled)
    api.redeem(redeemed.items[0].link)
    payouts = [(await http.get(f"/order/{made.id}")).json()["items"][0]["payout"] for made in api.orders]
    assert [payout["status"] for payout in payouts] == ["CLAIMED", "EXPIRED", "CANCELLED", "CLAIMED"]
    with pytest.raises(ValueError, match="EXPIRED"):
        api.redeem(expired.items[0].link)


async def test_links_need_not_expire(api: RunaApi) -> None:
    """Then the date is null, whatever the type in the contract says."""
    api.links_expire = False
    async with caller(api, checked=False) as http:
        assert (await order(http)).json()["items"][0]["payout"]["expiry_date"] is None


@pytest.mark.parametrize("call", [ORDER, DETAILS])
async def test_an_answer_may_be_nonsense_after_the_work(api: RunaApi, call: str) -> None:
    """The order is made every time, and its key remembers what should have been said."""
    async with caller(api, checked=False) as http:
        other = (await order(http, body(99), "other")).json()
        sensible = (await order(http)).json()

        async def answer(junk: Junk) -> Any:
            api.answer_next(call, junk)
            reply = await (order(http) if call == ORDER else http.get(f"/order/{sensible['id']}"))
            return reply.text if junk is Junk.NOT_JSON else reply.json()

        assert "Bad Gateway" in await answer(Junk.NOT_JSON)
        assert "id" not in await answer(Junk.NO_ID)
        assert (await answer(Junk.OTHER_AMOUNT))["items"][0]["face_value"] == "99.00"
        assert (await answer(Junk.OTHER_ORDER_ID))["id"] == other["id"]
        assert (await answer(Junk.NO_LINK))["items"][0]["payout"]["url"] is None
        assert len((await answer(Junk.TWO_LINKS))["items"]) == 2
        foreign = (await answer(Junk.FOREIGN_HOST))["items"][0]["payout"]["url"]
        assert httpx.URL(foreign).host == "spend.evil.runa.test"
        assert (await answer(Junk.HTTP))["items"][0]["payout"]["url"].startswith("http://spend.runa.test/")
        api.answer_next(call, Junk.NO_ID)
        api.clear_junk()
        assert (await order(http)).json() == sensible
    assert len(api.orders) == 2
