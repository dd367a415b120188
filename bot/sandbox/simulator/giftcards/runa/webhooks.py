"""What Runa's API sends by itself: that an order is settled which it was still working on, that a product was changed.

It is signed as Svix signs: id, time and body, under the secret of the receiver's address.
Source: docs.svix.com, "Verifying webhooks manually".
"""

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import httpx

from bot.sandbox.simulator.giftcards.runa import replies
from bot.sandbox.simulator.giftcards.runa.orders import Placed

Json = dict[str, Any]

PREFIX: Final = "whsec_"
LOOK: Final = 0.02  # seconds between two looks whether an order is settled


@dataclass(frozen=True)
class Sent:
    """A webhook that was sent, and the status that answered it."""

    body: bytes
    headers: dict[str, str]
    status: int


class Webhooks:
    """Sends to one address; `settles` says whether an order is settled by now."""

    def __init__(self, url: str, secret: str, settles: Callable[[Placed], bool]) -> None:
        self.url = url
        self.sent: list[Sent] = []
        self._key = base64.b64decode(secret.removeprefix(PREFIX))
        self._settles = settles
        self._http = httpx.AsyncClient()
        self._announced: set[asyncio.Task[None]] = set()

    def announce(self, placed: Placed) -> None:
        """Send an order's completion once it is settled."""
        task = asyncio.create_task(self._completion(placed))
        self._announced.add(task)
        task.add_done_callback(self._announced.discard)

    async def send(self, message: Json) -> Sent:
        """Sign a message and send it once."""
        body = json.dumps(message).encode()
        return await self.post(body, self.signed(body))

    async def post(self, body: bytes, headers: dict[str, str]) -> Sent:
        """Send a body with these headers, whatever they are."""
        response = await self._http.post(self.url, content=body, headers=headers)
        sent = Sent(body, headers, response.status_code)
        self.sent.append(sent)
        return sent

    def signed(self, body: bytes, *, age: float = 0) -> dict[str, str]:
        """Give the headers for a body, as of so many seconds ago by the real clock."""
        message_id, at = f"msg_{secrets.token_hex(13)}", f"{time.time() - age:.0f}"
        digest = hmac.new(self._key, f"{message_id}.{at}.".encode() + body, hashlib.sha256).digest()
        return {
            "Content-Type": "application/json",
            "svix-id": message_id,
            "svix-timestamp": at,
            "svix-signature": f"v1,{base64.b64encode(digest).decode()}",
        }

    async def stop(self) -> None:
        """Send nothing more."""
        for task in self._announced:
            task.cancel()
        await asyncio.gather(*self._announced, return_exceptions=True)
        await self._http.aclose()

    async def _completion(self, placed: Placed) -> None:
        while not self._settles(placed):  # noqa: ASYNC110 - a clock that tests turn rings no bell
            await asyncio.sleep(LOOK)
        await self.send(replies.completion(placed))
