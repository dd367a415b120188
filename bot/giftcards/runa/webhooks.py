"""What Runa sends by itself, signed by Svix. It says where to look: nothing in it is believed, so a replay is harmless.

Source: docs.svix.com, "Verifying payloads": the signature covers id, time and body; it is good for five minutes.
"""

import re
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from aiohttp import web
from pydantic import SecretStr, TypeAdapter, ValidationError

from bot.giftcards.account import ProviderEvents
from bot.giftcards.api import Reply
from bot.input_limits import LARGEST_WEBHOOK

PATH: Final = "/webhooks/runa"


class _Order(Reply):
    id: str
    status: str


class _Product(Reply):
    product_code: str


_MESSAGE: TypeAdapter[_Order | _Product] = TypeAdapter(_Order | _Product)


class Webhooks:
    """The endpoint: refuses what is not signed, passes the rest on, and never minds what it does not know."""

    path: Final = PATH
    largest: Final = LARGEST_WEBHOOK
    refusal: Final = HTTPStatus.BAD_REQUEST
    timestamp: Final = "svix-timestamp"
    signature: Final = {"svix-id": re.compile(".+"), "svix-signature": re.compile(".+")}

    def __init__(self, secret: SecretStr, ears: ProviderEvents) -> None:
        from svix.webhooks import Webhook, WebhookVerificationError  # noqa: PLC0415 - half a second for who has webhooks

        self._signed = Webhook(secret.get_secret_value())
        # the library lets ValueError through for what is no signature, or no text, at all
        self._not_genuine = (WebhookVerificationError, ValueError)
        self._ears = ears

    def now(self) -> float:
        """This machine's time, by which the library goes."""
        return time.time()

    def is_signed(self, headers: Mapping[str, str], body: bytes) -> bool:
        """The signature is of this message."""
        try:
            self._signed.verify(body, dict(headers))
        except self._not_genuine:
            return False
        return True

    def needs_no_signature(self, _body: bytes) -> bool:
        """Nothing is taken without one."""
        return False

    async def answer(self, body: bytes) -> web.Response:
        """Tell whom it concerns; what nobody understands is taken as well, or it would be sent again and again."""
        self._pass_on(body)
        return web.Response()

    def _pass_on(self, body: bytes) -> None:
        try:
            message = _MESSAGE.validate_json(body)
        except ValidationError:
            return
        if isinstance(message, _Order):
            self._ears.order_changed(message.id)
        else:
            self._ears.catalogue_changed()
