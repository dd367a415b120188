"""The ways in which a gift card service, or what stands before it, says no: each exactly as it is sent."""

import json
from dataclasses import dataclass, field

import httpx


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that is no order; one that `is_final` says, as a key's first answer, that none was made."""

    status: int
    type: str = ""
    body: bytes = field(default=b"", repr=False)
    is_final: bool = False

    def response(self) -> httpx.Response:
        """It as it arrives."""
        return httpx.Response(self.status, content=self.body)

    def __str__(self) -> str:
        return f"{self.status} {self.type}"


def _typed(status: int, kind: str, *, is_final: bool = False) -> Refusal:
    body = {"type": kind, "message": "No.", "help": f"https://developer.example/errors#{kind}"}
    return Refusal(status, kind, json.dumps(body).encode(), is_final)


def _gateways(status: int, kind: str) -> Refusal:
    """A gateway's, as RFC 9457 has it."""
    body = {"type": kind, "title": "No", "status": status, "detail": "Not here."}
    return Refusal(status, kind, json.dumps(body).encode())


FUNDS = _typed(400, "insufficient_funds", is_final=True)
REFUSALS = (
    FUNDS,
    _typed(402, "insufficient_funds", is_final=True),
    _typed(400, "payment_method_unavailable", is_final=True),
    _typed(403, "ordering_restricted", is_final=True),
    _typed(422, "validation_error", is_final=True),
    _typed(400, "product_validation_error", is_final=True),
    _typed(400, "bad_request", is_final=True),
    _typed(401, "unauthorized"),
    _typed(401, "invalid_api_key"),
    _typed(403, "forbidden"),
    _typed(410, "version_removed"),
    _typed(400, "invalid_version"),
    _typed(400, "idempotency_in_progress"),
    _typed(409, "something_new"),
    _typed(402, "card_declined"),
    _gateways(401, "about:blank"),
    _gateways(403, "https://gateway.example/problems/blocked"),
    _gateways(422, "validation_error"),
    Refusal(403, "a page", b"<html><body>Forbidden</body></html>"),
    Refusal(404, "nothing"),
)
