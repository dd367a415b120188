"""Runa's OpenAPI document, where it lies beside the repository: what the client asks is held to it."""

import json
import re
from functools import cache
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator, ValidationError
from referencing.jsonschema import DRAFT202012, SchemaRegistry

from tests.simulator.test_runa_contract import DOCUMENT, contract

Json = dict[str, Any]

URI = "urn:runa-asked"
OF_ANY_CALL = {"accept", "accept-encoding", "connection", "content-length", "content-type", "host", "user-agent"}


class Questions:
    """What the document says about requests."""

    def __init__(self, document: Json) -> None:
        self._document = document
        self._registry = SchemaRegistry().with_resource(URI, DRAFT202012.create_resource(document))

    def check(self, request: httpx.Request) -> None:
        """Hold a request to the document: its path, its method, its headers, its query and its body."""
        operation = self._operation(request)
        parameters = [self._resolved(parameter) for parameter in operation.get("parameters", [])]
        self._check_headers(request, [one for one in parameters if one["in"] == "header"])
        self._check_query(request, {one["name"]: one["schema"] for one in parameters if one["in"] == "query"})
        if "requestBody" in operation:
            assert request.headers["Content-Type"] == "application/json"
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            self._check(json.loads(request.content), schema)
        else:
            assert request.content == b""

    def _operation(self, request: httpx.Request) -> Json:
        path = request.url.path.removeprefix("/v2")
        for template, methods in sorted(self._document["paths"].items()):
            if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
                operation: Json = methods[request.method.lower()]
                return operation
        raise AssertionError(f"the contract has no {request.url.path}")

    def _check_headers(self, request: httpx.Request, parameters: list[Json]) -> None:
        sent = request.headers.keys() - OF_ANY_CALL
        assert sent <= {"x-api-key", *(one["name"].lower() for one in parameters)}, "a header that is not theirs"
        assert request.headers["X-Api-Key"]
        assert request.headers["X-Api-Version"] == "2024-02-05", "always sent, although another would be guessed"
        for one in parameters:
            if one.get("required", False):
                assert one["name"] in request.headers, one["name"]
            if one["name"] in request.headers:
                self._check(request.headers[one["name"]], one["schema"])

    def _check_query(self, request: httpx.Request, schemas: dict[str, Json]) -> None:
        assert not {"before", "after"} <= request.url.params.keys(), "mutually exclusive"
        for name in request.url.params:
            assert name in schemas, f"a query that is not theirs: {name}"
            values = request.url.params.get_list(name)
            self._check(_read(values, schemas[name]["type"]), schemas[name])

    def _resolved(self, parameter: Json) -> Json:
        if "$ref" not in parameter:
            return parameter
        known: Json = self._document["components"]["parameters"][parameter["$ref"].rpartition("/")[2]]
        return known

    def _check(self, content: Any, schema: Json) -> None:
        inside = json.loads(json.dumps(schema).replace('"#/', f'"{URI}#/'))
        Draft202012Validator(inside, registry=self._registry).validate(content)


def _read(values: list[str], kind: str) -> Any:
    match kind:
        case "array":
            return values
        case "integer":
            return int(values[0])
        case "boolean":
            return {"true": True, "false": False}[values[0]]
    return values[0]


@cache
def questions() -> Questions | None:
    """Give what the document says about requests, if it is there."""
    return Questions(json.loads(DOCUMENT.read_text(encoding="utf-8"))) if DOCUMENT.exists() else None


def check_request(request: httpx.Request) -> None:
    """Hold a request of the client to the document, if it is there."""
    if known := questions():
        known.check(request)


def check_reply(response: httpx.Response) -> None:
    """Hold a reply of the simulator to the document, if it is there."""
    if known := contract():
        known.check(response)


HEADERS = {
    "X-Api-Key": "XXkey",
    "X-Api-Version": "2024-02-05",
    "X-Idempotency-Key": "key-1",
    "X-Execution-Mode": "sync",
}
ORDER: Json = {
    "payment_method": {"type": "ACCOUNT_BALANCE", "currency": "GBP"},
    "items": [
        {
            "face_value": 25,
            "distribution_method": {"type": "PAYOUT_LINK"},
            "products": {"type": "MULTIPLE", "values": ["A-GB", "B-GB"]},
        }
    ],
}


def asked(path: str = "order", body: Json | None = ORDER, **headers: str | None) -> httpx.Request:
    """A request for an order, with other headers; None leaves one out."""
    named = HEADERS | {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {name: value for name, value in named.items() if value is not None}
    return httpx.Request("POST" if body else "GET", f"http://api.test/v2/{path}", headers=sent, json=body)


def lookup(path: str) -> httpx.Request:
    """A request for what is there."""
    return asked(path, None, X_Idempotency_Key=None, X_Execution_Mode=None)


def with_products(products: Json) -> Json:
    """An order for other products."""
    return ORDER | {"items": [ORDER["items"][0] | {"products": products}]}


BREACHES = {
    "no API key": asked(X_Api_Key=None),
    "no version": asked(X_Api_Version=None),
    "another version": asked(X_Api_Version="2023-07-27"),
    "no idempotency key": asked(X_Idempotency_Key=None),
    "a mode that is none": asked(X_Execution_Mode="eager"),
    "a header that is not theirs": asked(X_Gift="1"),
    "a key where none is used": asked("order", None),
    "no items": asked(body=ORDER | {"items": []}),
    "one of many": asked(body=with_products({"type": "MULTIPLE", "values": ["A-GB"]})),
    "the same twice": asked(body=with_products({"type": "MULTIPLE", "values": ["A-GB", "A-GB"]})),
    "a description that is too long": asked(body=ORDER | {"description": "x" * 129}),
    "metadata that is no text": asked(body=ORDER | {"metadata": {"gift": 1}}),
    "a place that is not there": lookup("order/O-1/links"),
    "a query that is not theirs": lookup("order?description=gift-1"),
    "a page that is too long": lookup("order?limit=501"),
    "both ways at once": lookup("order?before=O-1&after=O-2"),
    "a country that is none": lookup("product?countries_redeemable_in=Britain"),
}


def known_questions() -> Questions:
    """What the document says about requests; without it, its tests say why they cannot be made."""
    known = questions()
    if known is None:
        pytest.skip(f"{DOCUMENT.name} is not beside this repository: the requests of the client went unchecked")
    return known


@pytest.mark.parametrize(
    "request_", [asked(), lookup("order?limit=100&after=O-1"), lookup("order/O-1"), lookup("product?is_orderable=true")]
)
def test_what_the_contract_allows_passes(request_: httpx.Request) -> None:
    """Requests as the client makes them."""
    known_questions().check(request_)


@pytest.mark.parametrize("breach", BREACHES.values(), ids=BREACHES.keys())
def test_what_the_contract_does_not_allow_is_noticed(breach: httpx.Request) -> None:
    """The check that holds for all tests of the client is not blind."""
    known = known_questions()
    with pytest.raises((AssertionError, ValidationError, KeyError)):
        known.check(breach)
