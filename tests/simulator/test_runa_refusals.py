"""Orders that Runa's simulated API refuses, each with the type that a program can decide on."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bot.sandbox.simulator.giftcards.runa.api import RunaApi
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


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"payment_method": None}, "payment_method type"),
        ({"payment_method": {"type": "CARD", "currency": "GBP"}}, "payment_method type"),
        ({"payment_method": {"type": "ACCOUNT_BALANCE", "currency": "XXX"}}, "payment_method currency"),
        ({"description": "x" * 129}, "description"),
        ({"metadata": {"n" * 41: "v"}}, "metadata"),
        ({"metadata": {"n": "v" * 201}}, "metadata"),
        ({"metadata": {"n": 1}}, "metadata"),
        ({"metadata": {str(number): "v" for number in range(21)}}, "metadata"),
        ({"items": []}, "items"),
        ({"items": [item()] * 201}, "items"),
        ({"items": ["GB"]}, "items 0"),
        ({"items": [item("10")]}, "items 0 face_value"),
        ({"items": [item(True)]}, "items 0 face_value"),
        ({"items": [item(0)]}, "items 0 face_value"),
        ({"items": [item(1.001)]}, "items 0 face_value"),
        ({"items": [item(distribution_method={"type": "LINK"})]}, "items 0 distribution_method type"),
        ({"items": [item(products=None)]}, "items 0 products"),
        ({"items": [item(products={"type": "SINGLE", "value": ""})]}, "items 0 products"),
        ({"items": [item(products={"type": "MULTIPLE", "values": "PGWT-GB"})]}, "items 0 products"),
        ({"items": [item(products={"type": "MULTIPLE", "values": ["PGWT-GB"]})]}, "items 0 products"),
        ({"items": [item(products={"type": "MULTIPLE", "values": ["PGWT-GB"] * 2})]}, "items 0 products"),
        ({"items": [item(products={"type": "TEMPLATE"})]}, "items 0 products"),
    ],
)
async def test_a_body_that_is_no_order_is_refused_with_its_details(
    api: RunaApi, http: httpx.AsyncClient, change: Json, place: str
) -> None:
    """422 says where."""
    refused = await order(http, body() | change)
    assert error(refused) == (422, "validation_error")
    assert [detail["location"] for detail in refused.json()["details"]] == [place.split()]
    assert not api.orders


async def test_what_is_not_even_an_object_and_a_missing_key_are_refused(http: httpx.AsyncClient) -> None:
    """Both are typed."""
    assert error(await http.post("/order", content=b"[]", headers={"X-Idempotency-Key": "k"})) == (400, "bad_request")
    assert error(await http.post("/order", json=body())) == (422, "validation_error")


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        (single("NONE-GB", 25, "GBP"), "product_validation_error"),
        (single("KTTL-GB", 25, "GBP"), "product_validation_error"),
        (single("HTHR-GB", 20, "GBP"), "product_validation_error"),
        (single("PGWT-GB", 1001, "GBP"), "product_validation_error"),
        (single("PGWT-GB", 25, "EUR"), "currency_mismatch"),
        (body(12.5), "product_validation_error"),
        (multiple("SKRT-JP KNBN-JP", 100, "JPY"), "product_validation_error"),
        (multiple("PGWT-GB BLRG-US", 25, "GBP"), "product_validation_error"),
        (multiple("LSWD-DE MSLN-FR", 25, "EUR"), "product_validation_error"),
        (chosen("GBP", {"type": "TEMPLATE", "template_id": "PT-0"}), "product_validation_error"),
        (body() | {"items": [item(), item()]}, "invalid_execution_mode"),
    ],
)
async def test_an_order_for_what_is_not_sold_is_refused(
    api: RunaApi, http: httpx.AsyncClient, asked: Json, kind: str
) -> None:
    """Each refusal has its type."""
    assert error(await order(http, asked)) == (400, kind)
    assert not api.orders


async def test_a_mode_that_is_none_is_refused(http: httpx.AsyncClient) -> None:
    """There are two."""
    assert error(await order(http, X_Execution_Mode="later")) == (400, "invalid_execution_mode")
