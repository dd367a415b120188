"""What Runa sends by itself, signed by Svix. It says where to look: nothing in it is believed, so a replay is harmless.

Source: docs.svix.com, "Verifying payloads": the signature covers id, time and body; it is good for five minutes.
"""

from typing import Protocol

import structlog
from aiohttp import web
from pydantic import SecretStr, TypeAdapter, ValidationError

from bot.giftcards.api import Reply

log = structlog.get_logger(__name__)

PATH = "/webhooks/runa"
LARGEST = 64 * 1024  # bytes; theirs are below two thousand


class Ears(Protocol):
    """Who wants to know."""

    def hear_of_order(self, order_id: str) -> None:
        """Something has become of an order."""

    def hear_of_products(self) -> None:
        """Something in the catalogue is different now."""


class _Order(Reply):
    id: str
    status: str


class _Product(Reply):
    product_code: str


_MESSAGE: TypeAdapter[_Order | _Product] = TypeAdapter(_Order | _Product)


class Webhooks:
    """The endpoint: refuses what is not signed, passes the rest on, and never minds what it does not know."""

    def __init__(self, secret: SecretStr, ears: Ears) -> None:
        from svix.webhooks import Webhook, WebhookVerificationError  # noqa: PLC0415 - half a second for who has webhooks

        self._signed = Webhook(secret.get_secret_value())
        # the library lets ValueError through for what is no signature, or no text, at all
        self._not_genuine = (WebhookVerificationError, ValueError)
        self._ears = ears

    @property
    def route(self) -> web.RouteDef:
        """Where Runa posts to."""
        return web.post(PATH, self._on_message)

    async def _on_message(self, request: web.Request) -> web.Response:
        if (request.content_length or 0) > LARGEST:
            return web.Response(status=413)
        body = await request.read()
        if len(body) > LARGEST:  # what comes in chunks does not say how long it is
            return web.Response(status=413)
        try:
            self._signed.verify(body, dict(request.headers))
        except self._not_genuine:
            log.warning("webhook_refused", sender=request.remote)
            return web.Response(status=400)
        self._pass_on(body)
        return web.Response()

    def _pass_on(self, body: bytes) -> None:
        try:
            message = _MESSAGE.validate_json(body)
        except ValidationError:
            return
        if isinstance(message, _Order):
            self._ears.hear_of_order(message.id)
        else:
            self._ears.hear_of_products()
