"""What Runa sells: every page read, remembered for an hour, and no odd product in the way of the others."""

import asyncio
import itertools
import json
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from bot.gifts.model.failure_reasons import Reason
from bot.gifts.model.outcomes import Rejected, Unavailable
from bot.sandbox.simulator import Fault
from bot.sandbox.simulator.giftcards.runa.catalogue import Product
from tests.harness.giftcard_server import Page
from tests.harness.runa_server import (
    TWENTY_FIVE,
    Dashboard,
    Json,
    a_product,
    an_order,
    exactly,
    says,
    stranger,
    written,
)


def row(code: str = "AAAA-GB", **changes: Any) -> Json:
    """A product as the catalogue lists it, with all that its contract requires."""
    denominations = {"type": "open", "minimum_value": "1.00", "maximum_value": "1000.00", "available_list": None}
    return {
        "name": code,
        "code": code,
        "currency": "GBP",
        "state": "LIVE",
        "is_orderable": True,
        "payout_type": "gift_card",
        "categories": ["fashion"],
        "countries_redeemable_in": ["GB"],
        "customer_service": {},
        "discount_multiplier": "0.00",
        "gift_card": {"denominations": denominations},
    } | changes


def catalogue(*rows: Any, after: str | None = None) -> Json:
    """A page of the catalogue."""
    return {"catalog": list(rows), "pagination": {"cursors": {"after": after} if after else {}, "page": {"limit": 500}}}


@pytest.mark.parametrize(
    "other",
    [
        a_product("OTHR-GB", is_orderable=False),
        a_product("OTHR-GB", payout_type="payment"),
        a_product("OTHR-GB", payout_type="subscription"),
        a_product("OTHR-GB", currency="EUR"),
        a_product("OTHR-GB", countries=("IE",)),
        a_product("OTHR-GB", smallest="25.01"),
        a_product("OTHR-GB", largest="24.99"),
        a_product("OTHR-GB", values=("10.00", "24.99", "250.00")),
    ],
    ids=lambda other: str(other).partition("'fashion', ")[2],
)
async def test_what_cannot_be_had_is_not_ordered(shop: Dashboard, other: Product) -> None:
    """Beside one product that can be had, it is left out; where there is nothing else, nothing is ordered."""
    shop.service.catalogue.products = [other, a_product("PGWT-GB")]
    await shop.placed()
    assert shop.service.requests == [exactly("25", '{"type":"SINGLE","value":"PGWT-GB"}')]
    shop.clock.time += timedelta(hours=1)
    shop.service.catalogue.products = [other, a_product("JPJP-JP", currency="JPY")]
    answer = await written(shop.client, "key-2", TWENTY_FIVE, "GB")
    assert isinstance(answer, Rejected)
    assert answer.reason is Reason.NOT_OFFERED


@pytest.mark.parametrize(
    "other",
    [
        a_product("OTHR-GB", smallest="25.00"),
        a_product("OTHR-GB", largest="25.00"),
        a_product("OTHR-GB", smallest="25.00", largest="25.00"),
        a_product("OTHR-GB", values=("25.00",)),
        a_product("OTHR-GB", values=("10", "25", "50")),
        a_product("OTHR-GB", countries=("IE", "GB", "US")),
    ],
    ids=lambda other: str(other).partition("'fashion', ")[2],
)
async def test_what_can_just_be_had_is_offered(shop: Dashboard, other: Product) -> None:
    """The ends of a range belong to it, and a value is the same however it is written."""
    shop.service.catalogue.products = [a_product("PGWT-GB"), other]
    await shop.placed()
    assert shop.service.requests == [exactly("25", '{"type":"MULTIPLE","values":["PGWT-GB","OTHR-GB"]}')]


async def test_every_page_is_read(shop: Dashboard) -> None:
    """Of 1,001 products none is forgotten, and each stands where the service has it."""
    codes = [f"P{number:04}-GB" for number in range(1001)]
    shop.service.catalogue.products = [a_product(code) for code in codes]
    order = await shop.order()
    assert json.loads(order.body)["items"][0]["products"] == {"type": "MULTIPLE", "values": codes}
    assert shop.looked_at == ["GB", "GB P0499-GB", "GB P0999-GB", "GB P1000-GB"]


async def test_a_product_that_slips_to_the_next_page_is_named_once() -> None:
    """A page that repeats what the last one had, since the list changed meanwhile, makes no order with doubles."""
    pages = {None: catalogue(row("AAAA-GB"), row("BBBB-GB"), after="B"), "B": catalogue(row("BBBB-GB"), row("CCCC-GB"))}
    page: Page = lambda request: web.json_response(pages[request.query.get("after")])  # noqa: E731 - a page
    async with stranger(page, {}) as here:
        order = await an_order(here.client)
    assert json.loads(order.body)["items"][0]["products"]["values"] == ["AAAA-GB", "BBBB-GB", "CCCC-GB"]


async def test_an_endless_catalogue_is_not_read_for_ever() -> None:
    """A cursor that leads to the same page again and again ends at some time, in an order that could be sent."""
    async with stranger(says(catalogue(row("AAAA-GB"), after="AAAA-GB")), {}) as here:
        answer = await asyncio.wait_for(here.writes(), 10)
        assert len(here.asked) <= 100
    assert isinstance(answer, Unavailable) or json.loads(answer)["items"][0]["products"]["value"] == "AAAA-GB"


async def test_a_catalogue_that_always_has_more_is_not_read_for_ever() -> None:
    """Neither is one whose every page is new."""
    numbers = itertools.count()

    def page(_: web.Request) -> web.Response:
        code = f"P{next(numbers)}-GB"
        return web.json_response(catalogue(row(code), after=code))

    async with stranger(page, {}) as here:
        assert isinstance(await asyncio.wait_for(here.writes(), 10), str | Unavailable)
        assert len(here.asked) <= 100


STRANGE_PRODUCTS = {
    "a payout of a new kind": row("OTHR-GB", payout_type="crypto", gift_card=None, crypto={"chain": "GB"}),
    "a payment": row("OTHR-GB", payout_type="payment", gift_card=None, payment={}),
    "a gift card that says nothing": row("OTHR-GB", gift_card=None),
    "more to tell": row("OTHR-GB", currency="EUR", sustainability={"score": 7}),
    "no fixed values": row("OTHR-GB", gift_card={"denominations": {"type": "fixed", "available_list": None}}),
    "a state of a new kind": row("OTHR-GB", is_orderable=False, state="RETIRED"),
    "nowhere": row("OTHR-GB", countries_redeemable_in=[]),
}


@pytest.mark.parametrize("other", STRANGE_PRODUCTS.values(), ids=STRANGE_PRODUCTS.keys())
async def test_a_strange_product_hides_no_other(other: Json) -> None:
    """What the contract may bring one day is left out, and the gift is ordered of the rest."""
    async with stranger(says(catalogue(other, row("AAAA-GB"))), {}) as here:
        assert '"products":{"type":"SINGLE","value":"AAAA-GB"}' in await here.writes()


ODD_PRODUCTS = {
    "no code": row() | {"code": None},
    "no currency": row("OTHR-GB", currency=None),
    "a gift card without values": row("OTHR-GB", gift_card={"denominations": None}),
    "a value that is no number": row("OTHR-GB", gift_card={"denominations": {"type": "open", "minimum_value": "NaN"}}),
    "countries that are one": row("OTHR-GB", countries_redeemable_in="GB"),
    "nothing": None,
}


@pytest.mark.parametrize("other", ODD_PRODUCTS.values(), ids=ODD_PRODUCTS.keys())
async def test_a_product_that_breaks_the_contract_stops_no_order(other: Any) -> None:
    """One mistake in a catalogue of thousands is left out: it must not stop every order of a country."""
    async with stranger(says(catalogue(other, row("AAAA-GB"))), {}) as here:
        assert '"products":{"type":"SINGLE","value":"AAAA-GB"}' in str(await here.writes())


@pytest.mark.parametrize("fault", [Fault.ERROR_BEFORE, Fault.REPLY_LOST, Fault.RATE_LIMITED])
async def test_a_catalogue_that_cannot_be_read_is_read_again(shop: Dashboard, fault: Fault) -> None:
    """Nothing was ordered, nothing is remembered, and the next look succeeds."""
    shop.service.faults.arm("GET /product", fault)
    assert isinstance(await written(shop.client, "key-1", TWENTY_FIVE, "GB"), Unavailable)
    await shop.placed()


async def test_a_catalogue_whose_second_page_fails_is_not_half_remembered() -> None:
    """Half a choice is no choice: it is read anew from its beginning."""
    tries = itertools.count()

    def page(request: web.Request) -> web.Response:
        if "after" not in request.query:
            return web.json_response(catalogue(row("AAAA-GB"), after="A"))
        return web.json_response(catalogue(row("BBBB-GB")), status=500 if next(tries) == 0 else 200)

    async with stranger(page, {}) as here:
        assert isinstance(await here.writes(), Unavailable)
        assert '"values":["AAAA-GB","BBBB-GB"]' in await here.writes()


async def test_a_catalogue_that_asks_for_a_rest_gets_it(shop: Dashboard) -> None:
    """A 429 says how long to wait: whoever asks again is told so."""
    shop.service.faults.arm("GET /product", Fault.RATE_LIMITED, seconds=60)
    answer = await written(shop.client, "key-1", TWENTY_FIVE, "GB")
    assert isinstance(answer, Unavailable)
    assert answer.after == timedelta(minutes=1)


@pytest.mark.parametrize(
    ("kind", "status", "reason"),
    [
        ("unauthorized", 401, Reason.NOT_AUTHORIZED),
        ("ordering_restricted", 403, Reason.ORDERING_RESTRICTED),
        ("version_removed", 410, Reason.OUT_OF_DATE),
    ],
)
async def test_a_catalogue_that_turns_us_away_says_why(kind: str, status: int, reason: Reason) -> None:
    """It is what every order would hear: a person should read that now, and not tomorrow."""
    async with stranger(says({"type": kind, "message": "no"}, status), {}) as here:
        assert await here.writes() == Rejected(reason, f"{status} {kind}")
