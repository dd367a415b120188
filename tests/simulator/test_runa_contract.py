"""Runa's OpenAPI document, where it lies beside the repository: what the simulator says and accepts is held to it."""

import json
import re
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator, ValidationError
from referencing.jsonschema import DRAFT202012, SchemaRegistry

from bot.sandbox.simulator.giftcards.runa.api import RunaApi

Json = dict[str, Any]

DOCUMENT = Path(__file__).parents[2] / "../shared/gift-api/runa-2024-02-05.openapi.json"
URI = "urn:runa"
UNLISTED = {"$ref": "#/components/responses/BadRequest"}  # any call may be refused, as all errors are written


class Contract:
    """The document, and what is held to it."""

    def __init__(self, document: Json) -> None:
        self._document = _with_nulls(document)
        self._registry = SchemaRegistry().with_resource(URI, DRAFT202012.create_resource(self._document))
        self.checked = 0

    def check(self, response: httpx.Response) -> None:
        """Check a reply, and what was asked if it was done."""
        path = response.request.url.path.removeprefix("/v2")
        template = next(known for known in sorted(self._document["paths"]) if _matches(known, path))
        method, status = response.request.method.lower(), str(response.status_code)
        operation = f"/paths/{_escaped(template)}/{method}"
        listed = self._document["paths"][template][method]["responses"]
        answer = listed.get(status, UNLISTED) if response.is_error else listed[status]
        self._check(response.json(), answer["$ref"][1:] if "$ref" in answer else f"{operation}/responses/{status}")
        if response.is_success and response.request.method == "POST":
            self._check(json.loads(response.request.content), operation + "/requestBody")
        self.checked += 1

    def check_webhook(self, kind: str, content: Any) -> None:
        """Check what the service sends by itself."""
        self._check(content, f"/webhooks/{kind}/post/requestBody")
        self.checked += 1

    def _check(self, content: Any, pointer: str) -> None:
        schema = {"$ref": f"{URI}#{pointer}/content/application~1json/schema"}
        Draft202012Validator(schema, registry=self._registry).validate(content)


def _with_nulls(schema: Any) -> Any:
    """Say what the document means with a word of an older OpenAPI."""
    if isinstance(schema, list):
        return [_with_nulls(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    meant = {name: _with_nulls(part) for name, part in schema.items()}
    if meant.get("nullable") is True:
        meant["type"] = [meant["type"], "null"]
        if "enum" in meant:
            meant["enum"] = [*meant["enum"], None]
    return meant


def _matches(template: str, path: str) -> bool:
    return re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) is not None


def _escaped(path: str) -> str:
    return path.replace("/", "~1").replace("{", "%7B").replace("}", "%7D")


@cache
def contract() -> Contract | None:
    """Give the contract, if its document is there."""
    return Contract(json.loads(DOCUMENT.read_text(encoding="utf-8"))) if DOCUMENT.exists() else None


@asynccontextmanager
async def running(*, production: bool = False, clock: Callable[[], float] = time.time) -> AsyncGenerator[RunaApi]:
    """Give the API while it listens."""
    api = RunaApi(production=production, clock=clock)
    await api.start()
    yield api
    await api.stop()


def caller(api: RunaApi, *, checked: bool = True) -> httpx.AsyncClient:
    """Give a client with the right headers for sync orders; every reply is held to the contract."""

    async def check(response: httpx.Response) -> None:
        await response.aread()
        if known := contract():
            known.check(response)

    return httpx.AsyncClient(
        base_url=api.base_url,
        headers={"X-Api-Key": api.api_key, "X-Api-Version": "2024-02-05", "X-Execution-Mode": "sync"},
        event_hooks={"response": [check] if checked else []},
    )


def item(value: Any = 25, **more: Any) -> Json:
    """Write an item of an order, for a British choice of products."""
    choice = {"type": "MULTIPLE", "values": ["PGWT-GB", "HTHR-GB"]}
    return {"face_value": value, "distribution_method": {"type": "PAYOUT_LINK"}, "products": choice, **more}


def body(value: float = 25, **more: Any) -> Json:
    """Write an order for one card of a recipient's choice."""
    return {"payment_method": balance("GBP"), "items": [item(value)], **more}


def chosen(currency: str, products: Json, value: float = 25) -> Json:
    """Write an order for one card, of other products."""
    return {"payment_method": balance(currency), "items": [item(value, products=products)]}


def single(code: str, value: float, currency: str) -> Json:
    """Write an order for one product."""
    return chosen(currency, {"type": "SINGLE", "value": code}, value)


def multiple(codes: str, value: float, currency: str) -> Json:
    """Write an order for a choice of products."""
    return chosen(currency, {"type": "MULTIPLE", "values": codes.split()}, value)


def balance(currency: str) -> Json:
    """Write what an order is paid from."""
    return {"type": "ACCOUNT_BALANCE", "currency": currency}


async def order(http: httpx.AsyncClient, asked: Json | None = None, key: str = "k", **headers: str) -> httpx.Response:
    """Order under a key; the names of headers are written with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await http.post("/order", json=asked or body(), headers={"X-Idempotency-Key": key, **named})


def error(response: httpx.Response) -> tuple[int, str]:
    """Give the status and the type of a refusal."""
    return response.status_code, response.json()["type"]


async def test_the_contract_holds_what_the_simulator_says_and_accepts() -> None:
    """Each call is checked; and a reply that breaks the contract is noticed."""
    known = contract()
    if known is None:
        pytest.skip(f"{DOCUMENT.name} is not beside this repository: the replies of the simulator went unchecked")
    before = known.checked
    async with running(production=True) as api, caller(api) as http:
        placed = (await order(http, body(description="a gift", metadata={"gift": "g1"}))).json()
        gets = ["/ping", "/balance", "/balance?currency=GBP", "/order", f"/order/{placed['id']}"]
        gets += ["/product", "/product/PGWT-GB", "/product/countries", "/product/categories", "/product/none"]
        for path in gets:
            await http.get(path)
        await http.post("/order/estimate", json=body())
        assert known.checked - before == len(gets) + 2
        asked = http.build_request("GET", "/order/O-1")
        with pytest.raises(ValidationError):
            known.check(httpx.Response(200, json={**placed, "items": [{}]}, request=asked))
