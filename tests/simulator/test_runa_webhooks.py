"""The simulated webhooks of Runa: signed as Svix's own library wants them, and written as the OpenAPI document says."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from aiohttp import web
from jsonschema import ValidationError
from svix.webhooks import Webhook, WebhookVerificationError

from bot.sandbox.simulator.giftcards.runa.api import RunaApi
from bot.sandbox.simulator.giftcards.runa.webhooks import Webhooks
from tests.harness.giftcard_server import something_else
from tests.harness.office import eventually
from tests.simulator.test_runa_contract import caller, contract, order, running

SECRET = "whsec_" + "c2ltdWxhdGVkLXNlY3JldC0wMTIzNDU2Nzg5"


@asynccontextmanager
async def heard(api: RunaApi) -> AsyncGenerator[tuple[Webhooks, list[httpx.Request]]]:
    """A stranger who listens to the webhooks of a service."""
    async with something_else(lambda _: web.Response()) as (url, requests):
        yield api.webhooks_to(url, SECRET), requests


def check(kind: str, content: Any) -> None:
    """Hold a webhook to the document, where it is there."""
    if known := contract():
        known.check_webhook(kind, content)


async def test_an_order_that_is_settled_later() -> None:
    """An order that is complete, or has failed, after PROCESSING is announced, once; one complete at once is not."""
    async with running(production=True) as api, caller(api) as http, heard(api) as (_, requests):
        await order(http, key="at once")
        api.links_after(seconds=3600)
        complete = (await order(http, key="complete")).json()
        api.fail_next()
        failed = (await order(http, key="failed")).json()
        assert requests == []
        api.links_after()
        await eventually(lambda: len(requests) == 2)
        told = {message["id"]: message for message in (json.loads(request.content) for request in requests)}
        assert told[complete["id"]]["status"] == "COMPLETED"
        assert told[failed["id"]] == {"id": failed["id"], "status": "FAILED"}
        for message in told.values():
            check("order.completion", message)


async def test_a_product_that_is_changed() -> None:
    """It says what was and what is."""
    async with running(production=True) as api, heard(api) as (_, requests):
        await api.change_product("HTHR-GB", is_orderable=False)
        (message,) = (json.loads(request.content) for request in requests)
        check("product.update", message)
        states = (message["old_state"]["is_orderable"], message["new_state"]["is_orderable"])
        assert (message["product_code"], *states) == ("HTHR-GB", True, False)
        found = api.catalogue.find("HTHR-GB")
        assert found
        assert not found.is_orderable


async def test_the_signature_is_svix_s() -> None:
    """Svix's library accepts it, and not that of another body or of six minutes ago."""
    async with running(production=True) as api, heard(api) as (webhooks, requests):
        await webhooks.send({"id": "O-1", "status": "FAILED"})
        (request,) = requests
        headers = dict(request.headers)
        Webhook(SECRET).verify(request.content, headers)
        with pytest.raises(WebhookVerificationError):
            Webhook(SECRET).verify(request.content + b" ", headers)
        with pytest.raises(WebhookVerificationError):
            Webhook(SECRET).verify(request.content, webhooks.signed(request.content, age=360))


async def test_the_playground_has_none() -> None:
    """As the real one."""
    async with running() as api:
        with pytest.raises(ValueError, match="no webhooks in the playground"):
            api.webhooks_to("http://127.0.0.1:9/", SECRET)


def test_what_breaks_the_document_is_noticed() -> None:
    """The check can fail."""
    known = contract()
    if known is None:
        pytest.skip("the OpenAPI document is not beside this repository: the simulator's webhooks went unchecked")
    for kind, content in (("order.completion", {"id": "O-1"}), ("product.update", {"product_code": "X"})):
        with pytest.raises(ValidationError):
            known.check_webhook(kind, content)
