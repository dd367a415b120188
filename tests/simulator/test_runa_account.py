"""What Runa's simulated API tells before anything is ordered: who may ask, balances, prices, the catalogue."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import httpx
import pytest

from bot.sandbox.simulator import Junk, Simulator
from bot.sandbox.simulator.giftcards.runa.api import RunaApi
from tests.simulator.test_runa_contract import body, caller, error, order, running


@pytest.fixture
async def api() -> AsyncIterator[RunaApi]:
    """The API in production, where balances run out."""
    async with running(production=True) as api:
        yield api


@pytest.fixture
async def http(api: RunaApi) -> AsyncIterator[httpx.AsyncClient]:
    """A client with the right headers."""
    async with caller(api) as client:
        yield client


@pytest.mark.parametrize(
    ("headers", "status", "kind"),
    [
        ({"X-Api-Key": "XXwrong"}, 401, "unauthorized"),
        ({"X-Api-Version": ""}, 400, "invalid_version"),
        ({"X-Api-Version": "2031-01-01"}, 400, "invalid_version"),
        ({"X-Api-Version": "2023-01-16"}, 410, "version_removed"),
        ({"X-Api-Version": "2023-07-27"}, 410, "version_removed"),
    ],
)
async def test_only_the_right_key_and_version_are_let_in(
    api: RunaApi, headers: dict[str, str], status: int, kind: str
) -> None:
    """The refusal is typed, whatever was asked."""
    async with caller(api) as http:
        http.headers.update(headers)
        for path in ("/balance", "/order", "/product"):
            assert error(await http.get(path)) == (status, kind)
        refused = await order(http)
    assert error(refused) == (status, kind)
    assert refused.json().keys() == {"type", "message", "help"}
    assert not api.orders


async def test_a_balance_is_told_and_spent(api: RunaApi, http: httpx.AsyncClient) -> None:
    """An order takes its price; when the balance does not cover it, there is no order."""
    api.balances |= {"GBP": Decimal("30.00"), "JPY": Decimal(0)}
    assert (await http.get("/balance?currency=GBP")).json() == {"currency": "GBP", "balance": "30.00"}
    assert (await order(http, key="first")).status_code == 200
    assert error(await order(http, key="second")) == (400, "insufficient_funds")
    assert (await http.get("/balance?currency=GBP")).json()["balance"] == "5.00"
    every = (await http.get("/balance")).json()
    assert [row["currency"] for row in every] == ["CAD", "EUR", "GBP", "USD"]
    assert (await http.get("/balance?currency=SEK")).json()["balance"] == "0.00"
    assert error(await http.get("/balance?currency=pounds")) == (400, "bad_request")
    assert len(api.orders) == 1


async def test_the_balance_of_a_playground_runs_out_only_when_told_to() -> None:
    """And what cannot be provoked otherwise is asked for in a header."""
    async with running() as api, caller(api) as http:
        api.balances["GBP"] = Decimal(0)
        assert (await order(http, key="free")).status_code == 200
        for kind, status in (("insufficient_funds", 400), ("internal_server_error", 500)):
            assert error(await order(http, key=kind, X_Trigger_Error=kind)) == (status, kind)
        api.balance_never_runs_out = False
        assert error(await order(http, key="late")) == (400, "insufficient_funds")
        assert error(await http.post("/order/estimate", json=body())) == (404, "not_found")
        assert len(api.orders) == 1


async def test_production_ignores_the_headers_of_the_playground(http: httpx.AsyncClient) -> None:
    """Nothing is triggered for real money."""
    assert (await order(http, X_Trigger_Error="internal_server_error")).status_code == 200


async def test_an_estimate_is_what_the_order_costs(http: httpx.AsyncClient) -> None:
    """A single product may have a discount."""
    single = body() | {"items": [{"face_value": 50, "products": {"type": "SINGLE", "value": "PGWT-GB"}}]}
    told = (await http.post("/order/estimate", json=single)).json()
    assert (told["total_price"], told["total_discount"], told["items"][0]["discount_multiplier"]) == (47.5, 2.5, "0.05")
    single["items"][0]["distribution_method"] = {"type": "PAYOUT_LINK"}
    placed = (await order(http, single)).json()
    assert (placed["total_price"], placed["total_discount"]) == ("47.50", "2.50")
    assert error(await http.post("/order/estimate", json={"items": []})) == (422, "validation_error")


async def test_the_catalogue_comes_in_pages(http: httpx.AsyncClient) -> None:
    """The end is an empty page; the way back leads to the same products."""
    everything = [product["code"] for product in (await http.get("/product")).json()["catalog"]]
    codes: list[str] = []
    where: dict[str, Any] = {}
    while (shown := (await http.get("/product", params={"limit": 5, **where})).json())["catalog"]:
        codes += [product["code"] for product in shown["catalog"]]
        where = {"after": shown["pagination"]["cursors"]["after"]}
    assert codes == everything
    assert len(set(codes)) >= 12
    assert shown["pagination"] == {"cursors": {}, "page": {"limit": 5}}
    back = (await http.get("/product", params={"limit": 3, "before": everything[5]})).json()
    assert [product["code"] for product in back["catalog"]] == everything[2:5]


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=x", "after=A-0", "before=PGWT-GB&after=PGWT-GB"])
async def test_a_page_that_is_none_is_refused(http: httpx.AsyncClient, query: str) -> None:
    """The refusal has its own type."""
    assert error(await http.get(f"/product?{query}")) == (400, "pagination_error")


async def test_the_catalogue_is_filtered(http: httpx.AsyncClient) -> None:
    """By what can be ordered, by countries and by categories, several of each."""

    async def codes(query: str) -> list[str]:
        return [product["code"] for product in (await http.get(f"/product?{query}")).json()["catalog"]]

    assert await codes("countries_redeemable_in=GB") == ["PGWT-GB", "HTHR-GB", "KTTL-GB"]
    assert await codes("countries_redeemable_in=GB&is_orderable=true") == ["PGWT-GB", "HTHR-GB"]
    assert await codes("countries_redeemable_in=AT&countries_redeemable_in=BE") == ["LSWD-DE", "LPNR-FR"]
    assert await codes("categories=travel&categories=prepaid-card") == ["PPDC-US", "SKRT-JP", "NRTH-CA"]
    countries = (await http.get("/product/countries")).json()["countries"]
    assert {"GB", "US", "DE", "FR", "JP", "CA"} <= set(countries)
    for country in ("GB", "US", "DE", "FR", "JP", "CA"):
        assert len(await codes(f"is_orderable=true&countries_redeemable_in={country}")) >= 2
    categories = [category["code"] for category in (await http.get("/product/categories")).json()["categories"]]
    assert await codes("&".join(f"categories={category}" for category in categories)) == await codes("")


async def test_a_product_tells_its_denominations(http: httpx.AsyncClient) -> None:
    """There are ranges and fixed values, and payouts that are no gift cards."""
    ranged = (await http.get("/product/PGWT-GB")).json()["gift_card"]["denominations"]
    assert ranged == {"type": "open", "minimum_value": "1.00", "maximum_value": "1000.00", "available_list": None}
    fixed = (await http.get("/product/HTHR-GB")).json()["gift_card"]["denominations"]
    assert (fixed["type"], fixed["available_list"]) == ("fixed", ["10.00", "25.00", "100.00"])
    prepaid = (await http.get("/product/PPDC-US")).json()
    assert prepaid["payment"]["denominations"] == {"minimum_value": "5.00", "maximum_value": "500.00"}
    assert "gift_card" not in prepaid
    assert (await http.get("/product/KTTL-GB")).json()["is_orderable"] is False
    assert error(await http.get("/product/none")) == (404, "not_found")


async def test_the_catalogue_may_be_nonsense(api: RunaApi) -> None:
    """A page of a proxy instead of JSON; there are no links to spoil."""
    async with caller(api, checked=False) as http:
        api.answer_next("GET /product", Junk.NOT_JSON)
        assert "Bad Gateway" in (await http.get("/product")).text
    with pytest.raises(ValueError, match="no links"):
        api.answer_next("GET /product", Junk.NO_LINK)


async def test_a_bot_gets_everything_it_needs_from_the_environment() -> None:
    """The simulator is asked for a provider, and its key is one of a playground."""
    async with Simulator(provider="runa") as simulator:
        environment = simulator.environment()
        assert isinstance(simulator.giftcards, RunaApi)
        assert environment["GIFTBOT_PROVIDER"] == "runa"
        assert environment["RUNA_API_KEY"].startswith("XX")
        assert environment["RUNA_API_URL"] == simulator.giftcards.base_url
        assert environment["RUNA_API_URL"].endswith("/v2")
        assert environment["GIFTBOT_LINK_HOSTS"] == "spend.runa.test"
        assert not {name for name in environment if name.startswith("WEGIFT")}
    async with Simulator(provider="wegift") as simulator:
        assert simulator.environment()["GIFTBOT_PROVIDER"] == "wegift"


async def test_three_hundred_orders_a_minute_are_enough(api: RunaApi, http: httpx.AsyncClient) -> None:
    """Failures count, lookups do not, and the answer has a shape of its own."""
    assert api.orders_a_minute == 300
    api.orders_a_minute = 2
    await asyncio.gather(*(http.get("/ping") for _ in range(5)))
    assert [(await order(http, asked, key)).status_code for asked, key in (({"items": []}, "a"), (None, "b"))] == [
        422,
        200,
    ]
    refused = await order(http, key="c")
    assert (refused.status_code, refused.json()) == (429, {"error": "Too many requests"})
    assert int(refused.headers["Retry-After"]) >= 5
