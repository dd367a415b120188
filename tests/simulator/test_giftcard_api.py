"""WeGift's contract as its document describes it, with everything the world does to it."""

import decimal
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bot.sandbox.simulator import Junk, Pending, Simulator
from bot.sandbox.simulator.giftcards.wegift.api import WeGiftApi

Json = dict[str, Any]
ORDER, LINKS = "POST /order", "GET /order/{id}/links"


@pytest.fixture
async def http(giftcards: WeGiftApi) -> AsyncIterator[httpx.AsyncClient]:
    """A client with the right key."""
    async with httpx.AsyncClient(base_url=giftcards.base_url, headers={"X-API-KEY": giftcards.api_key}) as client:
        yield client


def body(giftcards: WeGiftApi, key: str = "k", value: float = 25, **more: Any) -> Json:
    """Write an order for one card."""
    items = [{"country": "GB", "face_value": value}]
    return {"items": items, "idempotency_key": key, "card_id": giftcards.card_id, **more}


async def test_an_order_is_made_and_answered_as_the_document_shows(
    giftcards: WeGiftApi, http: httpx.AsyncClient
) -> None:
    """All fields of the example are there, and the ledger has the bytes that were sent."""
    reply = await http.post("/order", json=body(giftcards, value=12.5))
    placed = reply.json()
    order = giftcards.orders[0]
    assert (order.id, order.currency, order.face_value) == (placed["id"], "GBP", decimal.Decimal("12.5"))
    assert order.body == giftcards.requests[0] == reply.request.content
    assert placed["is_complete"] is False
    assert placed["initial_values"] == {"link_count": 1, "total_price": 12.5, "total_value": 12.5}
    assert placed["items"][0]["order_id"] == order.id
    assert placed["items"][0]["tokens"] == []
    fields = "description customer_id id user_id created_at is_complete card_payment_id currency countries"
    fields += " initial_values final_values product_count customer_name customisation items card_payment_details"
    assert list(placed) == fields.split()


async def test_the_links_of_an_order_are_its_money(giftcards: WeGiftApi, http: httpx.AsyncClient) -> None:
    """There is a row an item, as in the document."""
    items = [{"country": "DE", "face_value": 10}, {"country": "DE", "face_value": 20}]
    placed = (await http.post("/order", json=body(giftcards, items=items))).json()
    rows = (await http.get(f"/order/{placed['id']}/links")).json()
    assert [row["id"] for row in rows] == [item["id"] for item in placed["items"]]
    assert [row["token_url"] for row in rows] == giftcards.links
    assert [(row["currency"], row["face_value"]) for row in rows] == [("EUR", 10), ("EUR", 20)]
    assert rows[0]["token_url"].startswith("https://gifts.wegift.test/r/")
    assert (await http.get("/order/O-0/links")).status_code == 404


async def test_the_same_key_gives_the_first_order_whatever_is_in_the_body(
    giftcards: WeGiftApi, http: httpx.AsyncClient
) -> None:
    """The document promises the details of the original."""
    first = await http.post("/order", json=body(giftcards))
    again = await http.post("/order", json=body(giftcards, value=100))
    assert first.json() == again.json()
    assert len(giftcards.orders) == 1
    assert len(giftcards.requests) == 2


async def test_without_the_right_key_nothing_is_sold(giftcards: WeGiftApi) -> None:
    """The refusal is typed."""
    async with httpx.AsyncClient(base_url=giftcards.base_url) as http:
        reply = await http.post("/order", json=body(giftcards), headers={"X-API-KEY": "wrong"})
        assert (await http.get("/order/O-0/links")).status_code == 401
    assert reply.status_code == 401
    assert reply.json().keys() == {"type", "message", "help"}
    assert reply.json()["type"] == "unauthorized"
    assert not giftcards.orders


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"idempotency_key": None}, ["idempotency_key"]),
        ({"card_id": ""}, ["card_id"]),
        ({"items": []}, ["items"]),
        ({"items": ["GB"]}, ["items"]),
        ({"items": [{"country": "GB", "face_value": 0}]}, ["items", 0, "face_value"]),
        ({"items": [{"country": "GB", "face_value": "10"}]}, ["items", 0, "face_value"]),
        ({"items": [{"country": "UK", "face_value": 1}]}, ["items", 0, "country"]),
        ({"items": [{"country": "GB", "face_value": 1}, {"country": "US", "face_value": 1}]}, ["items"]),
    ],
)
async def test_an_order_that_makes_no_sense_is_refused_with_its_details(
    giftcards: WeGiftApi, http: httpx.AsyncClient, change: Json, place: list[str]
) -> None:
    """422 says where."""
    reply = await http.post("/order", json=body(giftcards) | change)
    assert reply.status_code == 422
    assert reply.json()["type"] == "validation_error"
    assert reply.json()["details"][0]["loc"] == ["body", *place]
    assert not giftcards.orders


async def test_an_unknown_card_and_a_body_that_is_no_json_are_refused(
    giftcards: WeGiftApi, http: httpx.AsyncClient
) -> None:
    """Both are typed 400s."""
    unknown = await http.post("/order", json=body(giftcards, card_id="wg000"))
    assert (unknown.status_code, unknown.json()["type"]) == (400, "payment_method_unavailable")
    assert (await http.post("/order", content=b"items=1")).json()["type"] == "bad_request"


async def test_a_gateway_answers_in_the_service_s_place(giftcards: WeGiftApi, http: httpx.AsyncClient) -> None:
    """Every call, in its own shape, until it lets them through; the service never hears of them."""
    giftcards.block(403, "<html>Blocked</html>")
    replies = [await http.post("/order", json=body(giftcards)), await http.get("/order/O-0/links")]
    assert [(reply.status_code, reply.text) for reply in replies] == [(403, "<html>Blocked</html>")] * 2
    assert (giftcards.turned_away, giftcards.requests, giftcards.calls) == (1, [], [])
    giftcards.unblock()
    assert (await http.post("/order", json=body(giftcards))).status_code == 200


async def test_refusals_are_switched_on_for_new_orders_only(giftcards: WeGiftApi, http: httpx.AsyncClient) -> None:
    """An order that exists is not refused afterwards."""
    await http.post("/order", json=body(giftcards, "first"))
    giftcards.refuse_next("insufficient_funds", 400)
    giftcards.refuse_next("ordering_restricted", 403)
    assert (await http.post("/order", json=body(giftcards, "first"))).status_code == 200
    replies = [await http.post("/order", json=body(giftcards, "second")) for _ in range(3)]
    assert [reply.status_code for reply in replies] == [400, 403, 200]
    assert replies[0].json()["type"] == "insufficient_funds"


async def test_three_hundred_requests_a_minute_are_enough(giftcards: WeGiftApi, http: httpx.AsyncClient) -> None:
    """Failures count, and the answer has a shape of its own."""
    assert giftcards.orders_a_minute == 300
    giftcards.orders_a_minute = 2
    for status in (422, 200, 429):
        reply = await http.post("/order", json={} if status == 422 else body(giftcards))
        assert reply.status_code == status
    assert reply.json() == {"error": "Too many requests"}
    assert int(reply.headers["Retry-After"]) >= 5


@pytest.mark.parametrize(
    ("shown_as", "pending"),
    [(Pending.NO_ROWS, []), (Pending.NULL_URL, [None]), (Pending.NO_URL, ["no such field"])],
)
async def test_links_may_come_late_in_three_ways(
    giftcards: WeGiftApi, http: httpx.AsyncClient, shown_as: Pending, pending: list[Any]
) -> None:
    """After some polls they are there."""
    giftcards.links_after(polls=2, shown_as=shown_as)
    path = f"/order/{(await http.post('/order', json=body(giftcards))).json()['id']}/links"
    for _ in range(2):
        rows = (await http.get(path)).json()
        assert [row.get("token_url", "no such field") for row in rows] == pending
    assert [row["token_url"] for row in (await http.get(path)).json()] == giftcards.links


async def test_links_may_come_after_some_time() -> None:
    """The clock decides."""
    now = [1000.0]
    async with Simulator(clock=lambda: now[0], provider="wegift") as simulator:
        api = simulator.giftcards
        assert isinstance(api, WeGiftApi)
        api.links_after(seconds=60)
        async with httpx.AsyncClient(base_url=api.base_url, headers={"X-API-KEY": api.api_key}) as http:
            path = f"/order/{(await http.post('/order', json=body(api))).json()['id']}/links"
            assert (await http.get(path)).json() == []
            now[0] += 60
            assert len((await http.get(path)).json()) == 1


async def test_an_answer_to_an_order_may_be_nonsense_after_the_work(
    giftcards: WeGiftApi, http: httpx.AsyncClient
) -> None:
    """The order is made every time."""
    first = (await http.post("/order", json=body(giftcards, "first", 99))).json()
    for junk in (Junk.NOT_JSON, Junk.NO_ID, Junk.OTHER_AMOUNT, Junk.OTHER_ORDER_ID, Junk.OTHER_COUNTRY):
        giftcards.answer_next(ORDER, junk)
    replies = [await http.post("/order", json=body(giftcards, str(number))) for number in range(5)]
    assert "Bad Gateway" in replies[0].text
    assert "id" not in replies[1].json()
    assert replies[2].json()["items"][0]["face_value"] == 99
    assert replies[3].json()["id"] == first["id"]
    assert (replies[4].json()["items"][0]["country"], replies[4].json()["countries"]) == ("FR", ["FR"])
    assert len(giftcards.orders) == 6
    with pytest.raises(ValueError, match="no links"):
        giftcards.answer_next(ORDER, Junk.TWO_LINKS)


async def test_links_may_be_nonsense(giftcards: WeGiftApi, http: httpx.AsyncClient) -> None:
    """A foreign host, no TLS, two links for one card, and another order's money."""
    other = (await http.post("/order", json=body(giftcards, "other", 99))).json()
    placed = (await http.post("/order", json=body(giftcards))).json()
    answers: dict[Junk, Any] = {}
    for junk in (Junk.FOREIGN_HOST, Junk.HTTP, Junk.TWO_LINKS, Junk.OTHER_AMOUNT, Junk.OTHER_ORDER_ID):
        giftcards.answer_next(LINKS, junk)
        answers[junk] = (await http.get(f"/order/{placed['id']}/links")).json()
    assert httpx.URL(answers[Junk.FOREIGN_HOST][0]["token_url"]).host not in giftcards.link_hosts
    assert answers[Junk.HTTP][0]["token_url"].startswith("http://gifts.wegift.test/")
    assert len({row["token_url"] for row in answers[Junk.TWO_LINKS]}) == 2
    assert answers[Junk.OTHER_AMOUNT][0]["face_value"] == 99
    assert answers[Junk.OTHER_ORDER_ID][0]["order_id"] == other["id"]


async def test_a_bot_gets_everything_it_needs_from_the_environment(simulator: Simulator) -> None:
    """Tokens, keys and addresses of both services."""
    environment = simulator.environment()
    assert environment["SLACK_API_URL"] == simulator.slack.base_url
    assert environment["SLACK_API_URL"].endswith("/api/")
    assert environment["WEGIFT_API_URL"].endswith("/v2")
    assert environment["GIFTBOT_LINK_HOSTS"] == "gifts.wegift.test"
    assert all(environment.values())
